internal import Foundation
internal import TagmaAnnotations
public import TagmaCorpora

extension WordVectorTable {
  /// Writes a text file as word2vec and fastText do: number and size, then a word and its vector a line.
  public func write(to file: OutputFile) throws(OutputError) {
    try file.write("\(words.count) \(size)\n")
    for index in words.indices {
      let numbers = vector(index).map { String(format: "%.5g", $0) }
      try file.write("\(words[index]) \(numbers.joined(separator: " "))\n")
    }
  }

  /// Reads GloVe's text, word2vec's or fastText's `.vec` text, or word2vec's binary format, line by line.
  ///
  /// - Parameters:
  ///   - limit: Vectors read at most.
  ///   - name: What a word is called in the table; nil leaves it out. Of several of one name the first is kept.
  public init(
    contentsOf path: String, limit: Int = .max, keeping name: (String) -> String? = { $0 }
  ) throws(CorpusError) {
    let collected =
      if let binary = try BinaryVectors(path) {
        try binary.read(limit: limit, keeping: name)
      } else {
        try Self.readText(path, limit: limit, keeping: name)
      }
    self.init(words: collected.words, size: max(collected.size, 1), values: collected.values)
  }

  private static func readText(
    _ path: String, limit: Int, keeping name: (String) -> String?
  ) throws(CorpusError) -> CollectedVectors {
    var collected = CollectedVectors()
    let lines = try LineReader(path)
    var count = 0
    var announced = 0
    while count < limit, let line = try lines.next() {
      let fields = line.split(separator: " ")
      if lines.lineNumber == 1, fields.count == 2, let n = Int(fields[0]), let m = Int(fields[1]) {
        (announced, collected.size) = (n, m)
        continue
      }
      if collected.size == 0 { collected.size = fields.count - 1 }
      let size = collected.size
      guard size > 0, fields.count > size else {
        throw CorpusError(
          .columnCount(found: fields.count, expected: max(size + 1, 2)), at: lines.location(),
          excerpt: line)
      }
      count += 1
      // Words may hold spaces: the numbers are the last fields.
      guard let word = name(fields.dropLast(size).joined(separator: " ")) else { continue }
      var row: [Float] = []
      for field in fields.suffix(size) {
        guard let value = Float(field), value.isFinite else {
          throw CorpusError(
            .damagedVectors("'\(field)' is no finite number"), at: lines.location(), excerpt: line)
        }
        row.append(value)
      }
      collected.add(word, row)
    }
    guard count >= min(announced, limit) else {
      throw CorpusError(
        .damagedVectors("the file ends after \(count) of \(announced) words"),
        at: lines.location())
    }
    return collected
  }
}

/// The rows that were wanted, each word once.
private struct CollectedVectors {
  var size = 0
  var words: [String] = []
  var values: [Float] = []
  private var known: Set<String> = []

  mutating func add(_ word: String, _ row: [Float]) {
    guard known.insert(word).inserted else { return }
    words.append(word)
    values += row
  }
}

/// The binary format of word2vec: a line with the number of words and the size, then for each word
/// its bytes, a space, and little-endian 32-bit numbers, with or without a line feed after them.
private final class BinaryVectors {
  private static let longestWord = 4096

  private let source: ByteSource
  private let count: Int
  private let size: Int
  private var buffer: [UInt8]
  private var position: Int

  /// Nil where the file is not of this format.
  init?(_ path: String) throws(CorpusError) {
    source = try ByteSource(path)
    buffer = try source.next()
    guard let end = buffer.firstIndex(of: 0x0a) else { return nil }
    let header = String(decoding: buffer[..<end], as: UTF8.self).split(separator: " ")
    guard header.count == 2, let count = Int(header[0]), let size = Int(header[1]), count >= 0,
      (1...65_536).contains(size)
    else { return nil }
    (self.count, self.size) = (count, size)
    position = end + 1
    // In text, numbers follow the first word; their characters alone may stand there.
    guard let space = buffer[position...].firstIndex(of: 0x20) else { return nil }
    let numbers = buffer[(space + 1)...].prefix(4 * size)
    if numbers.allSatisfy({ (0x20..<0x7f).contains($0) || $0 == 0x0a || $0 == 0x0d }) { return nil }
  }

  func read(limit: Int, keeping name: (String) -> String?) throws(CorpusError) -> CollectedVectors {
    var collected = CollectedVectors()
    collected.size = size
    for i in 0..<min(count, limit) {
      let word = name(try nextWord(number: i))
      try fill(4 * size, number: i)
      if let word {
        let row = (0..<size).map { k in
          let bytes = buffer[position + 4 * k..<position + 4 * k + 4].reversed()
          return Float(bitPattern: bytes.reduce(0) { $0 << 8 | UInt32($1) })
        }
        guard row.allSatisfy(\.isFinite) else {
          throw failure("word \(i + 1) has a number that is not finite")
        }
        collected.add(word, row)
      }
      position += 4 * size
    }
    return collected
  }

  private func nextWord(number: Int) throws(CorpusError) -> String {
    var bytes: [UInt8] = []
    while true {
      try fill(1, number: number)
      let byte = buffer[position]
      position += 1
      if byte == 0x20 { break }
      if byte != 0x0a || !bytes.isEmpty { bytes.append(byte) }
      guard bytes.count <= Self.longestWord else {
        throw failure("word \(number + 1) is longer than \(Self.longestWord) bytes")
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Makes sure that `wanted` bytes are there.
  private func fill(_ wanted: Int, number: Int) throws(CorpusError) {
    while buffer.count - position < wanted {
      let block = try source.next()
      guard !block.isEmpty else {
        throw failure("the file ends in word \(number + 1) of \(count)")
      }
      buffer.removeFirst(position)
      position = 0
      buffer += block
    }
  }

  private func failure(_ why: String) -> CorpusError {
    CorpusError(.damagedVectors(why), at: SourceLocation(file: source.name, line: 1))
  }
}

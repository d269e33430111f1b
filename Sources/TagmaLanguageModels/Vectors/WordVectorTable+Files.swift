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
  /// A word ends at a blank or a tab and at nothing else. Bytes of a word that are not UTF-8, where a program cut it within
  /// a character, are read as U+FFFD.
  ///
  /// - Parameters:
  ///   - limit: Vectors read at most.
  ///   - name: What a word is called in the table; nil leaves it out. Of several of one name the first is kept.
  public init(
    contentsOf path: String, limit: Int = .max, keeping name: (String) -> String? = { $0 }
  ) throws(CorpusError) {
    let bytes = try VectorBytes(path)
    let collected: CollectedVectors
    if let binary = try BinaryVectors(bytes) {
      collected = try binary.read(limit: limit, keeping: name)
    } else {
      var text = TextVectors(bytes)
      collected = try text.read(limit: limit, keeping: name)
    }
    self.init(
      words: collected.words, size: max(collected.size, 1), values: collected.values,
      repairedWords: bytes.repairedWords)
  }
}

/// The rows that were wanted, each word once.
struct CollectedVectors {
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

/// The bytes of a file of vectors, as many at a time as are asked for.
final class VectorBytes {
  private let source: ByteSource
  private(set) var buffer: [UInt8] = []
  var position = 0
  /// Words whose bytes are not UTF-8.
  private(set) var repairedWords = 0
  var name: String { source.name }

  init(_ path: String) throws(CorpusError) {
    source = try ByteSource(path)
    try readMore()
  }

  /// Whether more bytes came.
  @discardableResult
  func readMore() throws(CorpusError) -> Bool {
    let block = try source.next()
    buffer.removeFirst(position)
    position = 0
    buffer += block
    return !block.isEmpty
  }

  func failure(_ why: String, line: Int = 1) -> CorpusError {
    CorpusError(.damagedVectors(why), at: SourceLocation(file: name, line: line))
  }

  /// A word of any bytes.
  func word(_ bytes: ArraySlice<UInt8>) -> String {
    if let word = String(validating: bytes, as: UTF8.self) { return word }
    repairedWords += 1
    return String(decoding: bytes, as: UTF8.self)
  }
}

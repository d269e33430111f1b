internal import Foundation
internal import TagmaAnnotations
internal import TagmaCorpora
internal import TagmaLexicon
internal import TagmaNeural

/// Word vectors made elsewhere, for the words of a training set.
public struct WordVectors: Sendable {
  public let size: Int
  public let words: [String]
  package let values: [Float]

  /// Reads GloVe text, word2vec or fastText `.vec` text, or word2vec binary, keeping only words in
  /// `needed` (normalised as the tagger does); the file is streamed.
  ///
  /// - Parameter limit: Vectors read at most.
  public init(
    contentsOf path: String, needed: Set<String>, limit: Int = .max
  ) throws {
    let collected =
      try BinaryVectors(path)?.read(needed: needed, limit: limit)
      ?? Self.readText(path, needed: needed, limit: limit)
    (size, words, values) = (collected.size, collected.words, collected.values)
  }

  private static func readText(
    _ path: String, needed: Set<String>, limit: Int
  ) throws -> CollectedVectors {
    var size = 0
    var collected = CollectedVectors()
    let lines = try LineReader(path)
    var count = 0
    while let line = try lines.next(), count < limit {
      let fields = line.split(separator: " ", omittingEmptySubsequences: true)
      if lines.lineNumber == 1, fields.count == 2, Int(fields[0]) != nil, let n = Int(fields[1]) {
        size = n
        continue
      }
      if size == 0 { size = fields.count - 1 }
      guard size > 0, fields.count > size else {
        throw CorpusError(
          .columnCount(found: fields.count, expected: size + 1), at: lines.location(),
          excerpt: line)
      }
      count += 1
      // Words may hold spaces: the numbers are the last fields.
      let word = WordFeatureExtractor.normalized(
        fields.dropLast(size).joined(separator: " "))
      guard needed.contains(word) else { continue }
      var row: [Float] = []
      for field in fields.suffix(size) {
        guard let value = Float(field), value.isFinite else {
          throw CorpusError(
            .json("'\(field)' is no finite number"), at: lines.location(), excerpt: line)
        }
        row.append(value)
      }
      collected.add(word, row)
    }
    collected.size = size
    return collected
  }

  /// The words of a corpus, as `needed` wants them.
  public static func words(of corpora: [TrainingCorpus]) -> Set<String> {
    var words: Set<String> = []
    for corpus in corpora {
      for sentence in corpus.sentences {
        for token in sentence.tokens {
          words.insert(WordFeatureExtractor.normalized(token.form))
        }
      }
    }
    return words
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
  init?(_ path: String) throws {
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

  func read(needed: Set<String>, limit: Int) throws -> CollectedVectors {
    var collected = CollectedVectors()
    collected.size = size
    for i in 0..<min(count, limit) {
      let word = WordFeatureExtractor.normalized(try nextWord(number: i))
      try fill(4 * size, number: i)
      if needed.contains(word) {
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

  private func nextWord(number: Int) throws -> String {
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
  private func fill(_ wanted: Int, number: Int) throws {
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

extension Parameters {
  /// Begins with vectors made elsewhere for the words that have one.
  mutating func take(_ vectors: WordVectors, network: TaggerNetwork, words: Vocabulary) {
    precondition(
      vectors.size == network.configuration.wordSize, "take: vectors of another size")
    for (i, word) in vectors.words.enumerated() {
      guard let row = words[word] else { continue }
      for member in network.members {
        let start = member.words.table.range.lowerBound + row * vectors.size
        for j in 0..<vectors.size { elements[start + j] = vectors.values[i * vectors.size + j] }
      }
    }
  }

  /// Begins with the weights of another model of the same configuration: tensors of equal shape as
  /// they are, tables that have grown row by row.
  mutating func takeOver(_ other: Parameters, words: TaggerVocabularies) {
    var theirs: [String: Parameter] = [:]
    for entry in other.layout.entries { theirs[entry.name] = entry.parameter }
    for entry in layout.entries {
      guard let source = theirs[entry.name],
        source.shape.dropFirst() == entry.parameter.shape.dropFirst(),
        source.shape[0] == entry.parameter.shape[0] || entry.isLookup
      else { continue }
      let count = min(source.range.count, entry.parameter.range.count)
      for i in 0..<count {
        elements[entry.parameter.range.lowerBound + i] =
          other.elements[source.range.lowerBound + i]
      }
    }
  }
}

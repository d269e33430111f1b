internal import Foundation
internal import TagmaAnnotations
internal import TagmaCorpora

/// The text formats of GloVe, word2vec and fastText: a word and its numbers a line, before them perhaps a line with the number
/// of words and the size.
struct TextVectors {
  private let bytes: VectorBytes
  private var line = 0
  /// Words that the first line names; nil where it does not.
  private var announced: Int?

  init(_ bytes: VectorBytes) { self.bytes = bytes }

  mutating func read(
    limit: Int, keeping name: (String) -> String?
  ) throws(CorpusError) -> CollectedVectors {
    var collected = CollectedVectors()
    var count = 0
    while count < limit, let text = try nextLine() {
      let fields = text.split { $0 == 0x20 || $0 == 0x09 }
      if line == 1, let (words, size) = Self.sizes(fields) {
        guard BinaryVectors.possibleSizes.contains(size) else {
          throw failure(.damagedVectors("vectors of \(size) numbers"), text, at: line)
        }
        (announced, collected.size) = (words, size)
        continue
      }
      if fields.isEmpty, text.isEmpty { continue }
      if collected.size == 0 { collected.size = fields.count - 1 }
      try check(fields, collected.size, isFirst: count == 0, text)
      count += 1
      // Words may hold blanks: the numbers are the last fields.
      let words = fields.dropLast(collected.size)
      let word = bytes.word(text[words[0].startIndex..<words[words.count - 1].endIndex])
      guard let word = name(word) else { continue }
      collected.add(word, try numbers(fields.suffix(collected.size), text))
    }
    guard count >= min(announced ?? 1, limit) else {
      throw bytes.failure(
        announced.map { "the file ends after \(count) of \($0) words" } ?? "an empty file",
        line: max(line, 1))
    }
    return collected
  }

  /// The next line without its end; nil after the last.
  private mutating func nextLine() throws(CorpusError) -> ArraySlice<UInt8>? {
    var scanned = bytes.position
    while true {
      if let end = bytes.buffer[scanned...].firstIndex(of: 0x0a) { return take(upTo: end) }
      let rest = bytes.buffer.count - bytes.position
      guard rest <= LineReader.lineLimit else {
        throw failure(.lineTooLong(limit: LineReader.lineLimit), [], at: line + 1)
      }
      if try !bytes.readMore() { return rest > 0 ? take(upTo: bytes.buffer.count) : nil }
      scanned = rest
    }
  }

  private mutating func take(upTo end: Int) -> ArraySlice<UInt8> {
    line += 1
    let start = bytes.position
    bytes.position = min(end + 1, bytes.buffer.count)
    let text = bytes.buffer[start..<end]
    return text.last == 0x0d ? text.dropLast() : text
  }

  /// What a first line says of the file: words, and numbers of each.
  private static func sizes(_ fields: [ArraySlice<UInt8>]) -> (words: Int, size: Int)? {
    guard fields.count == 2,
      let words = Int(String(decoding: fields[0], as: UTF8.self)),
      let size = Int(String(decoding: fields[1], as: UTF8.self)), words >= 0, size > 0
    else { return nil }
    return (words, size)
  }

  private func check(
    _ fields: [ArraySlice<UInt8>], _ size: Int, isFirst: Bool, _ text: ArraySlice<UInt8>
  ) throws(CorpusError) {
    // A word that goes on with numbers is more likely a vector that is longer than the first line says.
    let isLonger =
      isFirst && fields.count > size + 1
      && fields.dropFirst().dropLast(size).allSatisfy { Self.number($0) != nil }
    guard size > 0, fields.count > size, !isLonger else {
      throw failure(.columnCount(found: fields.count, expected: max(size + 1, 2)), text, at: line)
    }
  }

  private func numbers(
    _ fields: ArraySlice<ArraySlice<UInt8>>, _ text: ArraySlice<UInt8>
  ) throws(CorpusError) -> [Float] {
    var row: [Float] = []
    row.reserveCapacity(fields.count)
    for field in fields {
      guard let value = Self.number(field), value.isFinite else {
        let shown = String(decoding: field, as: UTF8.self)
        throw failure(.damagedVectors("'\(shown)' is no finite number"), text, at: line)
      }
      row.append(value)
    }
    return row
  }

  private static func number(_ field: ArraySlice<UInt8>) -> Float? {
    Float(String(decoding: field, as: UTF8.self))
  }

  private func failure(
    _ kind: CorpusError.Kind, _ text: ArraySlice<UInt8>, at line: Int
  ) -> CorpusError {
    CorpusError(
      kind, at: SourceLocation(file: bytes.name, line: line),
      excerpt: String(decoding: text.prefix(400), as: UTF8.self))
  }
}

internal import TagmaCorpora

/// The binary format of word2vec: a line with the number of words and the size, then for each word
/// its bytes, a space, and little-endian 32-bit numbers, with or without a line feed after them.
final class BinaryVectors {
  private static let longestWord = 4096
  /// Numbers of a vector; what else a first line says is not of its size.
  static let possibleSizes = 1...65_536

  private let bytes: VectorBytes
  private let count: Int
  private let size: Int

  /// Nil where the file is not of this format; then nothing was read.
  init?(_ bytes: VectorBytes) throws(CorpusError) {
    guard let end = bytes.buffer.firstIndex(of: 0x0a) else { return nil }
    let header = String(decoding: bytes.buffer[..<end], as: UTF8.self).split(separator: " ")
    guard header.count == 2, let count = Int(header[0]), let size = Int(header[1]), count >= 0,
      Self.possibleSizes.contains(size)
    else { return nil }
    let start = end + 1
    let longest = Self.longestWord + 64 * size
    while !bytes.buffer[start...].contains(0x0a), bytes.buffer.count - start < longest,
      try bytes.readMore()
    {}
    if Self.isText(bytes.buffer[start...].prefix { $0 != 0x0a }, size) { return nil }
    (self.bytes, self.count, self.size) = (bytes, count, size)
    bytes.position = start
  }

  /// Whether what follows the first line is a line of text: ends in numbers as they are written, or is at least readable.
  private static func isText(_ line: ArraySlice<UInt8>, _ size: Int) -> Bool {
    let fields = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
    if fields.count > size,
      fields.suffix(size).allSatisfy({ Float(String(decoding: $0, as: UTF8.self)) != nil })
    {
      return true
    }
    let numbers = line.drop { $0 != 0x20 }
    return numbers.allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0d }
      && String(validating: numbers, as: UTF8.self) != nil
  }

  func read(limit: Int, keeping name: (String) -> String?) throws(CorpusError) -> CollectedVectors {
    var collected = CollectedVectors()
    collected.size = size
    for i in 0..<min(count, limit) {
      let word = name(try nextWord(number: i))
      try fill(4 * size, number: i)
      if let word {
        let row = (0..<size).map { k in
          let start = bytes.position + 4 * k
          return Float(
            bitPattern: bytes.buffer[start..<start + 4].reversed().reduce(0) {
              $0 << 8 | UInt32($1)
            })
        }
        guard row.allSatisfy(\.isFinite) else {
          throw bytes.failure("word \(i + 1) has a number that is not finite")
        }
        collected.add(word, row)
      }
      bytes.position += 4 * size
    }
    return collected
  }

  private func nextWord(number: Int) throws(CorpusError) -> String {
    var word: [UInt8] = []
    while true {
      try fill(1, number: number)
      let byte = bytes.buffer[bytes.position]
      bytes.position += 1
      if byte == 0x20 { break }
      if byte != 0x0a || !word.isEmpty { word.append(byte) }
      guard word.count <= Self.longestWord else {
        throw bytes.failure("word \(number + 1) is longer than \(Self.longestWord) bytes")
      }
    }
    return bytes.word(word[...])
  }

  /// Makes sure that `wanted` bytes are there.
  private func fill(_ wanted: Int, number: Int) throws(CorpusError) {
    while bytes.buffer.count - bytes.position < wanted {
      guard try bytes.readMore() else {
        throw bytes.failure("the file ends in word \(number + 1) of \(count)")
      }
    }
  }
}

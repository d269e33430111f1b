internal import TagmaAnnotations

/// A stretch of raw text that no sentence leaves.
public struct TextBlock: Sendable {
  /// Valid UTF-8.
  public var bytes: [UInt8]
  /// Whether a paragraph begins with it.
  public var beginsParagraph: Bool

  public init(bytes: [UInt8], beginsParagraph: Bool) {
    self.bytes = bytes
    self.beginsParagraph = beginsParagraph
  }
}

/// Cuts raw text into paragraphs at blank lines, without ever holding more than one of them.
///
/// A paragraph longer than `limit` is cut, in the second half of what the limit allows, after the last
/// sentence that ends with its line, else after the last sentence, line, or word, or between characters.
public final class TextReader {
  public let name: String
  private let source: ByteSource
  private let limit: Int
  private var buffer: [UInt8] = []
  private var scanned = 0
  private var isAtEnd = false
  private var beginsParagraph = true
  private var (line, offset) = (1, 0)

  public convenience init(_ path: String, encoding: String? = nil, limit: Int = 1 << 15)
    throws(CorpusError)
  {
    self.init(
      try ByteSource(path, encoding: encoding, keepsByteOrderMark: true), limit: limit)
  }

  public init(_ source: ByteSource, limit: Int = 1 << 15) {
    self.source = source
    name = source.name
    self.limit = limit
  }

  /// The next block, with the white space after it; nil at the end.
  public func next() throws(CorpusError) -> TextBlock? {
    while true {
      if let end = paragraphEnd() { return try take(end, endsParagraph: true) }
      if isAtEnd {
        return buffer.isEmpty ? nil : try take(buffer.count, endsParagraph: true)
      }
      if buffer.count > limit { return try take(cut(), endsParagraph: false) }
      let block = try source.next(line: line + buffer.count { $0 == 0x0a })
      isAtEnd = block.isEmpty
      buffer += block
    }
  }

  /// One past the white space that follows a blank line.
  ///
  /// A blank line is only complete, and so the cut only a function of the text, when something that
  /// is no white space follows.
  private func paragraphEnd() -> Int? {
    var feeds = 0
    var i = scanned
    var runStart = scanned
    while i < buffer.count {
      let byte = buffer[i]
      if byte == 0x0a {
        feeds += 1
      } else if byte != 0x20 && byte != 0x09 && byte != 0x0d {
        if feeds >= 2 {
          scanned = 0
          return i
        }
        feeds = 0
        runStart = i + 1
      }
      i += 1
    }
    scanned = min(runStart, buffer.count)
    return nil
  }

  private func cut() -> Int {
    // Places of the last end of a word, line, sentence, and sentence with its line.
    var places = [0, 0, 0, 0]
    for i in limit / 2..<limit {
      let byte = buffer[i]
      guard byte == 0x20 || byte == 0x0a || byte == 0x09 || endsIdeographicSentence(at: i) else {
        continue
      }
      let endsLine = byte == 0x0a
      let endsSentence = byte & 0x80 != 0 || sentenceMayEnd(before: i)
      places[(endsSentence ? 2 : 0) + (endsLine ? 1 : 0)] = i + 1
    }
    if let place = places.last(where: { $0 > 0 }) { return place }
    var end = limit
    while end > limit / 2, buffer[end] & 0xc0 == 0x80 { end -= 1 }
    return end
  }

  /// Whether `.`, `!`, `?` or `…` stands before white space, quotes and brackets between them allowed.
  private func sentenceMayEnd(before i: Int) -> Bool {
    var i = i
    while i > 0, [0x22, 0x27, 0x29, 0x5d, 0x0d].contains(buffer[i - 1]) { i -= 1 }
    if scalar(before: i) == 0xe2809d { i -= 3 }
    guard i > 0 else { return false }
    return [0x2e, 0x21, 0x3f].contains(buffer[i - 1]) || scalar(before: i) == 0xe280a6
  }

  /// Whether the byte is the last one of `。`, `！` or `？`.
  private func endsIdeographicSentence(at i: Int) -> Bool {
    buffer[i] & 0xc0 == 0x80 && [0xe38082, 0xefbc81, 0xefbc9f].contains(scalar(before: i + 1))
  }

  /// The three bytes before `i` as one number.
  private func scalar(before i: Int) -> UInt32 {
    guard i >= 3 else { return 0 }
    return UInt32(buffer[i - 3]) << 16 | UInt32(buffer[i - 2]) << 8 | UInt32(buffer[i - 1])
  }

  private func take(_ end: Int, endsParagraph: Bool) throws(CorpusError) -> TextBlock {
    let bytes = Array(buffer[..<end])
    if String(validating: bytes, as: UTF8.self) == nil {
      let bad = firstInvalidByte(bytes[...])
      let before = bytes[..<bad]
      let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
      let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
      throw CorpusError(
        .invalidUTF8(byte: bytes[bad], offset: offset + bad),
        at: SourceLocation(
          file: name, line: line + before.count { $0 == 0x0a }, column: column))
    }
    line += bytes.count { $0 == 0x0a }
    offset += end
    buffer.removeFirst(end)
    scanned = 0
    defer { beginsParagraph = endsParagraph }
    return TextBlock(bytes: bytes, beginsParagraph: beginsParagraph)
  }
}

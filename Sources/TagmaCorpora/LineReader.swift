public import TagmaAnnotations

/// Lines of UTF-8 text, cut at line feeds alone; one carriage return before a line feed is taken off.
public final class LineReader {
  public static let lineLimit = 16 << 20

  public let name: String
  private let source: ByteSource
  private let isLive: Bool
  private var buffer: [UInt8] = []
  private var at = 0
  private var offset = 0
  private var isAtEnd = false
  /// Lines to be given again.
  private var returned: ArraySlice<String> = []
  /// The number of the line that `next` returned last.
  public private(set) var lineNumber = 0
  /// Lines that ended in a carriage return and a line feed.
  public private(set) var carriageReturns = 0
  /// Whether the last line of the file had a line feed.
  public private(set) var endedWithLineFeed = true

  public convenience init(_ path: String, encoding: String? = nil) throws(CorpusError) {
    self.init(try ByteSource(path, encoding: encoding))
  }

  public init(_ source: ByteSource) {
    self.source = source
    name = source.name
    isLive = source.isLive
  }

  /// Whether a whole line lies ready, or the input is a file that never keeps one waiting.
  public var hasLineReady: Bool {
    !isLive || !returned.isEmpty || buffer[at...].contains(0x0a)
  }

  /// Makes `next` give lines again that it gave last.
  func putBack(_ lines: [String]) {
    returned = lines + returned
    lineNumber -= lines.count
  }

  /// The place of the current line.
  public func location(column: Int? = nil) -> SourceLocation {
    SourceLocation(file: name, line: lineNumber, column: column)
  }

  /// The next line without its end, or nil after the last.
  public func next() throws(CorpusError) -> String? {
    if let line = returned.popFirst() {
      lineNumber += 1
      return line
    }
    var scanned = at
    while true {
      if let end = buffer[scanned...].firstIndex(of: 0x0a) { return try line(upTo: end) }
      scanned = buffer.count
      if isAtEnd {
        guard at < buffer.count else { return nil }
        endedWithLineFeed = false
        return try line(upTo: buffer.count)
      }
      guard buffer.count - at <= Self.lineLimit else {
        lineNumber += 1
        throw CorpusError(.lineTooLong(limit: Self.lineLimit), at: location())
      }
      scanned -= at
      buffer.removeFirst(at)
      at = 0
      let block = try source.next(line: lineNumber + 1)
      isAtEnd = block.isEmpty
      buffer += block
    }
  }

  private func line(upTo end: Int) throws(CorpusError) -> String {
    lineNumber += 1
    var stop = end
    // The last line of a file whose lines end in both may have lost its line feed.
    if stop > at, buffer[stop - 1] == 0x0d, end < buffer.count || carriageReturns > 0 {
      stop -= 1
      carriageReturns += 1
    }
    let bytes = buffer[at..<stop]
    guard let line = String(validating: bytes, as: UTF8.self) else {
      let bad = firstInvalidByte(bytes)
      let before = String(decoding: bytes[..<bad], as: UTF8.self)
      throw CorpusError(
        .invalidUTF8(byte: buffer[bad], offset: offset + bad - at),
        at: location(column: before.unicodeScalars.count + 1))
    }
    offset += end + 1 - at
    at = min(end + 1, buffer.count)
    return line
  }
}

/// The index of the first byte that is not part of valid UTF-8.
package func firstInvalidByte(_ bytes: ArraySlice<UInt8>) -> Int {
  var (low, high) = (bytes.startIndex, bytes.endIndex)
  // The longest valid prefix, by bisection; a prefix cut inside a character is as good as valid.
  func isValid(_ end: Int) -> Bool {
    for cut in 0..<4 where end - cut >= bytes.startIndex {
      if String(validating: bytes[..<(end - cut)], as: UTF8.self) != nil {
        return cut == 0 || isTruncatedScalar(bytes[(end - cut)..<end])
      }
    }
    return false
  }
  while low < high {
    let middle = (low + high + 1) / 2
    if isValid(middle) { low = middle } else { high = middle - 1 }
  }
  // The malformed sequence begins where the last whole scalar ends.
  for cut in 0..<4 where low - cut >= bytes.startIndex {
    if String(validating: bytes[..<(low - cut)], as: UTF8.self) != nil { return low - cut }
  }
  return low
}

/// Whether bytes are the beginning of a scalar's encoding.
private func isTruncatedScalar(_ bytes: ArraySlice<UInt8>) -> Bool {
  guard let first = bytes.first else { return true }
  let length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0
  return first < 0xf5 && bytes.count < length
    && bytes.dropFirst().allSatisfy { $0 & 0xc0 == 0x80 }
}

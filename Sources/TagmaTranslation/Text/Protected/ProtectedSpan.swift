/// A part of a text that is no prose: it comes out of a translation as it went in.
package struct ProtectedSpan: Sendable, Equatable {
  package enum Role: Sendable, Equatable {
    /// Stands where a word may, and is carried through the translation as one.
    case word
    /// Stands between texts that are translated apart.
    case gap
    /// One half of what encloses words; both halves have the same key.
    case opening(key: String)
    case closing(key: String)
    /// Stands at a place beside or within words, and goes where they go.
    case mark
    /// The same for what stands for a blank.
    case space
    /// Is read as its value, and does not come back: the reference of an apostrophe within a word.
    case text
  }

  /// Bytes of the text.
  package var range: Range<Int>
  package var role: Role
  /// What is written in its place; nil is the part itself.
  package var value: [UInt8]?

  package init(_ range: Range<Int>, _ role: Role, value: [UInt8]? = nil) {
    (self.range, self.role, self.value) = (range, role, value)
  }
}

/// A kind of text that is no prose, such as tags or file names: adding one is one file and its line in
/// `ProtectedTextScanner.kinds`.
protocol ProtectedTextKind: Sendable {
  /// Bytes that it may begin with.
  static var firstBytes: [UInt8] { get }

  /// The span that begins at a place, where one does.
  func span(at place: Int, in text: TextBytes) -> ProtectedSpan?
}

/// Bytes of UTF-8 and what their characters are.
struct TextBytes: Sendable {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var count: Int { bytes.count }

  /// A byte, or 0 beyond both ends.
  subscript(_ place: Int) -> UInt8 {
    place >= 0 && place < bytes.count ? bytes[place] : 0
  }

  func starts(with pattern: StaticString, at place: Int) -> Bool {
    guard place >= 0, place + pattern.utf8CodeUnitCount <= bytes.count else { return false }
    return pattern.withUTF8Buffer { pattern in
      pattern.indices.allSatisfy { bytes[place + $0] == pattern[$0] }
    }
  }

  func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  func isDigit(_ place: Int) -> Bool { Self.isDigit(self[place]) }
  func isLetter(_ place: Int) -> Bool { Self.isLetter(self[place]) }
  func isAlphanumeric(_ place: Int) -> Bool { isDigit(place) || isLetter(place) }
  func isUppercase(_ place: Int) -> Bool { (0x41...0x5a).contains(self[place]) }
  func isLowercase(_ place: Int) -> Bool { (0x61...0x7a).contains(self[place]) }

  /// Of ASCII.
  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

  /// White space, or an end of the text.
  func isBlank(_ place: Int) -> Bool {
    guard place >= 0, place < bytes.count else { return true }
    let byte = bytes[place]
    guard byte >= 0x80 else { return byte == 0x20 || (0x09...0x0d).contains(byte) }
    return scalar(at: place).map { $0.properties.isWhitespace } ?? false
  }

  /// Whether a letter, a digit, a mark of a letter or `_` stands at a place.
  func isWord(_ place: Int) -> Bool {
    let byte = self[place]
    guard byte >= 0x80 else { return Self.isLetter(byte) || Self.isDigit(byte) || byte == 0x5f }
    return scalar(at: place).map(isPartOfWord) ?? false
  }

  /// Whether one stands before a place.
  func isWordBefore(_ place: Int) -> Bool { place > 0 && isWord(start(before: place)) }

  /// Whether white space, or the beginning of the text, stands before a place.
  func isBlankBefore(_ place: Int) -> Bool { place <= 0 || isBlank(start(before: place)) }

  /// Where the character before a place begins.
  func start(before place: Int) -> Int {
    var start = place - 1
    while start > 0, bytes[start] & 0xc0 == 0x80 { start -= 1 }
    return start
  }

  /// Where the character at a place ends.
  func end(of place: Int) -> Int {
    var end = place + 1
    while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end += 1 }
    return min(end, bytes.count)
  }

  /// The character that begins at a place.
  func scalar(at place: Int) -> Unicode.Scalar? {
    guard place >= 0, place < bytes.count, bytes[place] & 0xc0 != 0x80 else { return nil }
    var iterator = bytes[place..<min(place + 4, bytes.count)].makeIterator()
    var decoder = UTF8()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
    return scalar
  }

  /// Where a run ends, from a place, of bytes that satisfy a condition.
  func end(of place: Int, limit: Int = .max, while condition: (UInt8) -> Bool) -> Int {
    var end = place
    while end < bytes.count, end - place < limit, condition(bytes[end]) { end += 1 }
    return end
  }

  /// Where a run of letters, digits, their marks and `_` ends.
  func endOfWord(_ place: Int) -> Int {
    var end = place
    while end < bytes.count, isWord(end) { end = self.end(of: end) }
    return end
  }

  /// Where a run without white space ends.
  func endOfToken(_ place: Int) -> Int {
    var end = place
    while end < bytes.count, !isBlank(end) { end = self.end(of: end) }
    return end
  }
}

/// Whether a character belongs to words: a letter, a digit, a mark on them, or `_`.
func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
  if isWordLike(scalar) { return true }
  guard scalar.value >= 0x80 else { return false }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .spacingMark: return true
  default: return false
  }
}

/// A set of bytes of ASCII, made without memory of its own.
struct ByteSet {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  @inline(__always)
  init(_ text: StaticString) {
    var place = 0
    while place < text.utf8CodeUnitCount {
      let byte = text.utf8Start[place]
      if byte < 64 { low |= 1 << byte } else if byte < 128 { high |= 1 << (byte & 63) }
      place += 1
    }
  }

  @inline(__always)
  func contains(_ byte: UInt8) -> Bool {
    byte < 64 ? low >> byte & 1 == 1 : byte < 128 && high >> (byte & 63) & 1 == 1
  }
}

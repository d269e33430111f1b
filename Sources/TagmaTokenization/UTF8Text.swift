/// Scalars of UTF-8 text by their places. What is no UTF-8 reads as U+FFFD, a byte at a time.
extension [UInt8] {
  /// The scalar that begins at a place, and its bytes.
  func scalar(at i: Int) -> (scalar: Unicode.Scalar, width: Int) {
    guard i < count else { return (" ", 1) }
    let byte = self[i]
    if byte < 0x80 { return (Unicode.Scalar(byte), 1) }
    let width = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    guard byte >= 0xc2, byte < 0xf5, i + width <= count else { return ("\u{fffd}", 1) }
    var value = UInt32(byte) & (0x7f >> UInt32(width))
    for k in 1..<width {
      guard self[i + k] & 0xc0 == 0x80 else { return ("\u{fffd}", 1) }
      value = value << 6 | UInt32(self[i + k] & 0x3f)
    }
    return Unicode.Scalar(value).map { ($0, width) } ?? ("\u{fffd}", 1)
  }

  /// The scalar that ends before a place, and its bytes: none at the start.
  func scalar(before end: Int) -> (scalar: Unicode.Scalar, width: Int) {
    guard end > 0 else { return (" ", 0) }
    var first = end - 1
    while first > 0, end - first < 4, self[first] & 0xc0 == 0x80 { first -= 1 }
    let (scalar, width) = scalar(at: first)
    return width == end - first ? (scalar, width) : ("\u{fffd}", 1)
  }

  func isSpace(at i: Int) -> Bool { scalar(at: i).scalar.isBlank }

  /// The first place from `i` on where no white space is.
  func skipSpace(_ i: Int) -> Int {
    var i = i
    while i < count {
      let (scalar, width) = scalar(at: i)
      guard scalar.isBlank else { break }
      i += width
    }
    return Swift.min(i, count)
  }

  /// Where the white space before a place begins.
  func dropSpace(before place: Int, from start: Int) -> Int {
    var end = place
    while end > start {
      let (scalar, width) = scalar(before: end)
      guard scalar.isBlank else { break }
      end -= width
    }
    return end
  }
}

extension Unicode.Scalar {
  var isLetterOrDigit: Bool {
    if isASCII { return (value | 0x20) &- 0x61 < 26 || value &- 0x30 < 10 }
    return properties.isAlphabetic || properties.numericType != nil
  }

  var isBracket: Bool { "()[]{}".unicodeScalars.contains(self) }

  /// Han, Hiragana, Katakana: scripts without spaces between words.
  var isIdeographic: Bool {
    (0x3041...0x30ff).contains(value) || (0x3400...0x9fff).contains(value)
      || (0x20000...0x3ffff).contains(value)
  }

  /// Whether it can be a letter, mark or digit of an address: of scripts with spaces between words.
  var isInAddress: Bool {
    if isASCII { return isLetterOrDigit }
    switch value {
    case 0xe00...0xeff, 0x1000...0x109f, 0x1100...0x11ff, 0x1780...0x17ff: return false
    case 0x2e80...0xa4cf, 0xac00...0xd7ff, 0xf900...0xfaff, 0xff66...0xffdf: return false
    case 0x1b000...0x1b2ff, 0x20000...0x3ffff: return false
    default: break
    }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber:
      return true
    default: return false
    }
  }

  /// Signs that a sentence goes on after, in any script.
  var isComma: Bool {
    switch value {
    case 0x60c, 0x61b, 0x7f8, 0x1363...0x1366, 0x1802, 0x1808, 0x3001, 0xa4fe, 0xa60d: true
    case 0xfe10, 0xfe11, 0xfe13, 0xfe14, 0xfe50, 0xfe51, 0xfe54, 0xfe55, 0xff0c, 0xff1a, 0xff1b,
      0xff64:
      true
    default: false
    }
  }
}

extension UInt8 {
  var isASCIIDigit: Bool { self &- 0x30 < 10 }
  var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }
}

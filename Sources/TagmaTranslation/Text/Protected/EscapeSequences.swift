/// Escapes of strings in programs and subtitles: `\n`, `\N`, `\"`, `\u00e9`, and what Swift puts into them: `\(name)`.
struct EscapeSequences: ProtectedTextKind {
  static let firstBytes = Array("\\".utf8)

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    switch text[place + 1] {
    case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"),
      UInt8(ascii: "N"):
      return ProtectedSpan(place..<place + 2, .gap)
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      let range = place..<place + 2
      let key = "\\\(text[place + 1])"
      // Within a word it is that word's apostrophe.
      if text.isWordBefore(place), text.isWord(place + 2) { return ProtectedSpan(range, .mark) }
      return ProtectedSpan(
        range,
        text.isWord(place + 2)
          || text[place + 2] == 0x5c && !text.isBlank(place + 3)
            && text.isBlankBefore(place)
          ? .opening(key: key) : .closing(key: key))
    case UInt8(ascii: "h") where !text.isLowercase(place + 2):
      // A blank of subtitles.
      return ProtectedSpan(place..<place + 2, .mark)
    case UInt8(ascii: "("):
      // `\(x\)` is a formula.
      let end = text.endOfBrackets(place + 1) ?? place + 2
      return ProtectedSpan(place..<end, end > place + 2 ? .word : .mark)
    case UInt8(ascii: "u"), UInt8(ascii: "x"), UInt8(ascii: "U"):
      let digits = text.end(of: place + 2, limit: 8) {
        TextBytes.isDigit($0) || (0x61...0x66).contains($0 | 0x20)
      }
      guard digits >= place + 4 else { return nil }
      return ProtectedSpan(place..<min(digits, place + 6), .mark)
    case let byte where TextBytes.isLetter(byte):
      // A command of TeX.
      let end = text.end(of: place + 1, limit: 32, while: TextBytes.isLetter)
      return ProtectedSpan(place..<end, .word)
    case 0, 0x20: return nil
    case let byte where byte < 0x80: return ProtectedSpan(place..<place + 2, .mark)
    default: return nil
    }
  }
}

/// Conversions of `printf` and its kin: `%s`, `%1$d`, `%-5.2f`, `%@`, `%(name)s`, `%I64d`, `%PRIu64`, `%%`.
struct FormatSpecifiers: ProtectedTextKind {
  static let firstBytes = Array("%".utf8)

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard let end = end(at: place, in: text) else { return nil }
    return ProtectedSpan(place..<end, .word)
  }

  private func end(at place: Int, in text: TextBytes) -> Int? {
    var at = place + 1
    if text[at] == 0x25 { return at + 1 }
    if text.starts(with: "PRI", at: at) || text.starts(with: "SCN", at: at) {
      let end = text.endOfWord(at + 3)
      return end > at + 3 ? end : nil
    }
    // `50%d` is a percentage in front of a word.
    guard !text.isDigit(place - 1) else { return nil }
    if text[at] == 0x28 || text[at] == 0x3c {
      let close = text[at] == 0x28 ? UInt8(ascii: ")") : UInt8(ascii: ">")
      let end = text.end(of: at + 1, limit: 64) { $0 != close && $0 > 0x20 }
      guard end > at + 1, text[end] == close else { return nil }
      at = end + 1
    }
    if text[at] == 0x5b {
      let digits = text.end(of: at + 1, limit: 3, while: TextBytes.isDigit)
      guard digits > at + 1, text[digits] == 0x5d else { return nil }
      at = digits + 1
    }
    let digits = text.end(of: at, limit: 3, while: TextBytes.isDigit)
    let isNumbered = digits > at
    if isNumbered, text[digits] == 0x24 { at = digits + 1 }
    at = text.end(of: at, limit: 8) { ByteSet("-+0#'").contains($0) }
    at = width(at, in: text)
    if text[at] == 0x2e { at = width(at + 1, in: text) }
    let conversion =
      text.starts(with: "I64", at: at) || text.starts(with: "I32", at: at)
      ? at + 3 : text.end(of: at, limit: 2) { ByteSet("hlLqjzt").contains($0) }
    if ByteSet("diouxXeEfFgGaAcCsSpn@").contains(text[conversion]) {
      at = conversion + 1
      // `%discount` is no conversion; `%ds` counts seconds.
      let rest = text.end(of: at, limit: 16, while: TextBytes.isLetter) - at
      return rest <= 2 || text[place + 1] == 0x28 || text[conversion] == 0x40 ? at : nil
    }
    // Numbers alone, as Qt has them: `%1`, `%L1`, `%n`.
    if text[place + 1] == 0x4c, text.isDigit(place + 2) { return place + 3 }
    return isNumbered && digits - place <= 3 && !text.isWord(digits) ? digits : nil
  }

  private func width(_ place: Int, in text: TextBytes) -> Int {
    text[place] == 0x2a ? place + 1 : text.end(of: place, limit: 4, while: TextBytes.isDigit)
  }
}

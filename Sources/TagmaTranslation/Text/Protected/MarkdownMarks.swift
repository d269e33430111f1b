/// Marks of Markdown: headings, lists, quotations, emphasis, links.
struct MarkdownMarks: ProtectedTextKind {
  static let firstBytes = Array("#>-*+_~[]!|".utf8)

  private static let longestTarget = 2048

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    if let end = endOfLineMark(place, in: text) { return ProtectedSpan(place..<end, .gap) }
    switch text[place] {
    case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"):
      return emphasis(place, in: text)
    case UInt8(ascii: "!"):
      guard text[place + 1] == 0x5b, isLink(place + 1, in: text) else { return nil }
      return ProtectedSpan(place..<place + 2, .opening(key: "["))
    case UInt8(ascii: "["): return opening(place, in: text)
    case UInt8(ascii: "]"): return closing(place, in: text)
    default: return nil
    }
  }

  /// What stands at the beginning of a line: `## `, `> `, `- [ ] `.
  private func endOfLineMark(_ place: Int, in text: TextBytes) -> Int? {
    var start = place
    while start > 0, text[start - 1] == 0x20 || text[start - 1] == 0x09 { start -= 1 }
    guard start == 0 || text[start - 1] == 0x0a || text[start - 1] == 0x3e else { return nil }
    let mark = text[place]
    var end = text.end(of: place, limit: 6) { $0 == mark }
    guard ByteSet("#>-*+").contains(mark), end == place + 1 || mark == 0x23 || mark == 0x3e,
      text[end] == 0x20
    else { return nil }
    if mark == 0x2d || mark == 0x2a, text[end + 1] == 0x5b, text[end + 3] == 0x5d,
      ByteSet(" xX").contains(text[end + 2])
    {
      end += 4
    }
    return end
  }

  /// Runs of one mark directly before or behind words.
  private func emphasis(_ place: Int, in text: TextBytes) -> ProtectedSpan? {
    let mark = text[place]
    guard text[place - 1] != mark else { return nil }
    let end = text.end(of: place, limit: 4) { $0 == mark }
    // `~5` is about five.
    guard end - place <= 3, mark != 0x7e || end > place + 1 || !text.isDigit(end) else {
      return nil
    }
    let key = text.string(place..<end)
    let (opens, closes) = (
      !text.isWordBefore(place) && !text.isBlank(end),
      !text.isWord(end) && !text.isBlankBefore(place)
    )
    if opens, !closes || !text.isWordBefore(place) && text.isWord(end) {
      guard hasEnd(key, after: end, in: text) else { return ProtectedSpan(place..<end, .mark) }
      return ProtectedSpan(place..<end, .opening(key: key))
    }
    return closes ? ProtectedSpan(place..<end, .closing(key: key)) : nil
  }

  /// Whether the same run stands once more in the next part of the text.
  private func hasEnd(_ key: String, after place: Int, in text: TextBytes) -> Bool {
    let key = Array(key.utf8)
    var at = place
    while at < text.count, at - place < Self.longestTarget {
      if key.indices.allSatisfy({ text[at + $0] == key[$0] }) { return true }
      at += 1
    }
    return false
  }

  private func opening(_ place: Int, in text: TextBytes) -> ProtectedSpan? {
    // `[text](target)`, or a remark: `[The door opens.]`.
    guard !text.isWordBefore(place), !text.isBlank(place + 1) else {
      // `[1]` behind a word is a note.
      return endOfTime(place, in: text).map { ProtectedSpan(place..<$0, .mark) }
    }
    if let end = endOfTime(place, in: text) {
      let isFirst = place == 0 || text[place - 1] == 0x0a
      return ProtectedSpan(place..<end, isFirst ? .gap : .word)
    }
    if let end = endOfName(place, in: text) { return ProtectedSpan(place..<end, .word) }
    return ProtectedSpan(
      place..<place + 1, endOfRemark(place, in: text) == nil ? .opening(key: "[") : .gap)
  }

  /// Where the brackets of a remark are closed that a line begins with, as in `[Tom laughs] Yes`.
  private func endOfRemark(_ place: Int, in text: TextBytes) -> Int? {
    guard text.isLineStart(place) else { return nil }
    let end = text.end(of: place + 1, limit: 256) { $0 != 0x5d && $0 != 0x5b && $0 != 0x0a }
    return text[end] == 0x5d && text[end + 1] == 0x20 ? end + 1 : nil
  }

  /// `[Enter]`, `[name]` within a sentence: a key or a variable, and no remark such as `[the]` or `[laughs]` on its own.
  private func endOfName(_ place: Int, in text: TextBytes) -> Int? {
    let end = text.end(of: place + 1, limit: 32) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("_-.+").contains($0)
    }
    guard text[end] == 0x5d, !ByteSet("([:").contains(text[end + 1]),
      end - place > 2 || text.isUppercase(place + 1) && !ByteSet("AI").contains(text[place + 1]),
      !text.isLineStart(place)
        || text[end + 1] == 0x20 && text.isWord(end + 2) && isCode(place + 1..<end, text)
    else { return nil }
    return end - place > 4 || text.isUppercase(place + 1) || isCode(place + 1..<end, text)
      ? end + 1 : nil
  }

  private func isCode(_ range: Range<Int>, _ text: TextBytes) -> Bool {
    range.contains { text.isDigit($0) || text[$0] == 0x5f }
      || range.allSatisfy { text.isUppercase($0) }
  }

  /// `[00:01:23]`, `[1]`: digits and marks alone.
  private func endOfTime(_ place: Int, in text: TextBytes) -> Int? {
    let end = text.end(of: place + 1, limit: 24) {
      TextBytes.isDigit($0) || ByteSet(":.,-/ #").contains($0)
    }
    return end > place + 1 && text[end] == 0x5d && text[end + 1] != 0x28 ? end + 1 : nil
  }

  private func closing(_ place: Int, in text: TextBytes) -> ProtectedSpan? {
    if text[place + 1] == 0x20 {
      let start = text.bytes[max(0, place - 256)..<place].lastIndex(of: 0x5b)
      if let start, endOfRemark(start, in: text) == place + 1 {
        return ProtectedSpan(place..<place + 1, .gap)
      }
    }
    return ProtectedSpan(
      place..<(endOfTarget(place + 1, in: text) ?? place + 1), .closing(key: "["))
  }

  private func isLink(_ place: Int, in text: TextBytes) -> Bool {
    let end = text.end(of: place, limit: Self.longestTarget) { $0 != 0x5d && $0 != 0x0a }
    return text[end] == 0x5d && text[end + 1] == 0x28
  }

  /// `(target)` or `[reference]` directly behind a text.
  private func endOfTarget(_ place: Int, in text: TextBytes) -> Int? {
    guard text[place] == 0x28 || text[place] == 0x5b else { return nil }
    let close = text[place] == 0x28 ? UInt8(ascii: ")") : UInt8(ascii: "]")
    let end = text.end(of: place + 1, limit: Self.longestTarget) { $0 != close && $0 != 0x0a }
    return text[end] == close ? end + 1 : nil
  }
}

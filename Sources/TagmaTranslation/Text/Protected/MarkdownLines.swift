/// Lines of Markdown that are no text, and what stands before it: fences of code with what they enclose, definitions of
/// links, and the names of notes.
struct MarkdownLines: ProtectedTextKind {
  static let firstBytes = Array("`~[".utf8)

  private static let longestBlock = 16_384

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard text.isLineStart(place) || text[place] == 0x5b else { return nil }
    let end = text[place] == 0x5b ? endOfReference(place, in: text) : endOfFence(place, in: text)
    guard let end else { return nil }
    if text[place] == 0x5b, !text.isLineStart(place) {
      // A note belongs to the word before it.
      guard text[place + 1] == 0x5e else { return nil }
      let isBeside = !text.isBlankBefore(place)
      return ProtectedSpan(place..<end, isBeside ? .mark : .word)
    }
    return ProtectedSpan(place..<end, .gap)
  }

  /// A fence, or a block where another ends it.
  private func endOfFence(_ place: Int, in text: TextBytes) -> Int? {
    guard let fence = Self.fence(place, in: text) else { return nil }
    let line = text.endOfLine(place)
    var at = line
    while at < text.count, at - line < Self.longestBlock {
      let start = text.end(of: text.end(of: at) { $0 != 0x0a } + 1) { $0 == 0x20 || $0 == 0x09 }
      guard start < text.count else { break }
      let end = text.endOfLine(start)
      let marks = text.end(of: start) { $0 == text[place] }
      if marks - start >= fence, text.end(of: marks, while: { $0 == 0x20 }) == end { return end }
      at = end
    }
    return line
  }

  /// How many marks a fence has that begins at a place: three or more, and a word or nothing behind them.
  static func fence(_ place: Int, in text: TextBytes) -> Int? {
    let mark = text[place]
    guard mark == 0x60 || mark == 0x7e else { return nil }
    let marks = text.end(of: place) { $0 == mark }
    guard marks - place >= 3 else { return nil }
    let line = text.bytes[marks..<text.endOfLine(marks)]
    return line.contains(mark) || line.count > 128 || mark == 0x7e && line.contains(0x7e)
      ? nil : marks - place
  }

  /// `[^1]:`, `[^1]`, `[name]: https://example.org "Title"`.
  private func endOfReference(_ place: Int, in text: TextBytes) -> Int? {
    let isNote = text[place + 1] == 0x5e
    let close = text.end(of: place + 1, limit: 128) { $0 != 0x5d && $0 != 0x5b && $0 != 0x0a }
    guard text[close] == 0x5d, close > place + (isNote ? 2 : 1) else { return nil }
    if isNote {
      guard !text.bytes[place..<close].contains(0x20) else { return nil }
      return text[close + 1] == 0x3a && text.isLineStart(place) ? close + 2 : close + 1
    }
    guard text[close + 1] == 0x3a, text[close + 2] == 0x20 else { return nil }
    let target = text.end(of: close + 2, limit: 8) { $0 == 0x20 }
    return isTarget(target, in: text) ? text.endOfLine(place) : nil
  }

  /// `https://…`, `<…>`, `/path`, `#part`, `./path`, `a.html`.
  private func isTarget(_ place: Int, in text: TextBytes) -> Bool {
    if ByteSet("</#.").contains(text[place]) { return true }
    let token = text.bytes[place..<text.endOfToken(place)]
    return token.contains(0x2f) || token.dropLast().contains(0x2e)
      || token.starts(with: "mailto:".utf8)
  }
}

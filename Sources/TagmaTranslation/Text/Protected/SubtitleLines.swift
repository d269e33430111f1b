/// Lines of subtitles that are no text, and what stands before it: times with their settings, heads, styles, `{1}{25}`, and
/// the fields of `Dialogue:`.
struct SubtitleLines: ProtectedTextKind {
  static let firstBytes = Array("0123456789WNSRDCF{[:".utf8)

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard place == 0 || text[place - 1] == 0x0a || text.isLineStart(place) else { return nil }
    guard let end = endOfHead(place, in: text) else { return nil }
    return ProtectedSpan(place..<end, .gap)
  }

  private func endOfHead(_ place: Int, in text: TextBytes) -> Int? {
    switch text[place] {
    case UInt8(ascii: "{"), UInt8(ascii: "["): endOfFrames(place, in: text)
    case UInt8(ascii: "D"), UInt8(ascii: "C"): endOfFields(place, in: text)
    case UInt8(ascii: "F"), UInt8(ascii: "S"):
      isFormat(place, in: text) || isKeyword(place, in: text) ? text.endOfLine(place) : nil
    case UInt8(ascii: "W"):
      text.starts(with: "WEBVTT", at: place) && text.isBlank(place + 6)
        ? text.endOfLine(place) : nil
    case UInt8(ascii: ":"):
      text.starts(with: "::cue", at: place) ? text.endOfLine(place) : nil
    case UInt8(ascii: "N"), UInt8(ascii: "R"):
      isKeyword(place, in: text) ? text.endOfLine(place) : nil
    default: isTiming(place, in: text) ? text.endOfLine(place) : nil
    }
  }

  /// `00:00:01.500 --> 00:00:04.000 align:start`, `0:00:01.000,0:00:04.000`.
  private func isTiming(_ place: Int, in text: TextBytes) -> Bool {
    let first = text.end(of: place, limit: 16) {
      TextBytes.isDigit($0) || ByteSet(":.,").contains($0)
    }
    guard text.bytes[place..<first].contains(0x3a) else { return false }
    let arrow = text.end(of: first, limit: 8) { $0 == 0x20 || $0 == 0x09 }
    guard text.starts(with: "-->", at: arrow) else { return false }
    let second = text.end(of: arrow + 3, limit: 8) { $0 == 0x20 || $0 == 0x09 }
    return text.isDigit(second)
  }

  /// A word of WebVTT that stands alone on its line.
  private func isKeyword(_ place: Int, in text: TextBytes) -> Bool {
    ["NOTE", "STYLE", "REGION"].contains { (word: StaticString) in
      let end = place + word.utf8CodeUnitCount
      return text.starts(with: word, at: place)
        && text.end(of: end, limit: 64) { $0 == 0x20 } == text.endOfLine(end)
    }
  }

  /// `{1}{25}`, `[100][200]` before the text of a line.
  private func endOfFrames(_ place: Int, in text: TextBytes) -> Int? {
    let close: UInt8 = text[place] == 0x7b ? 0x7d : 0x5d
    var (end, count) = (place, 0)
    while text[end] == text[place], count < 2 {
      let digits = text.end(of: end + 1, limit: 12, while: TextBytes.isDigit)
      guard text[digits] == close, digits > end + 1 || count == 1 else { break }
      end = digits + 1
      count += 1
    }
    // `{y:i}`, `{c:$0000FF}` say how the line looks.
    while text[end] == 0x7b, text.isLetter(end + 1), text[end + 2] == 0x3a {
      let style = text.end(of: end + 3, limit: 64) { $0 != 0x7d && $0 != 0x0a && $0 != 0x7b }
      guard text[style] == 0x7d else { break }
      (end, count) = (style + 1, 2)
    }
    return count == 2 ? end : nil
  }

  private static let fieldCount = 9

  /// The fields before the text: `Dialogue: 0,0:00:01.00,0:00:04.00,Default,,0,0,0,,`.
  private func endOfFields(_ place: Int, in text: TextBytes) -> Int? {
    guard text.starts(with: "Dialogue:", at: place) || text.starts(with: "Comment:", at: place)
    else { return nil }
    var (end, commas) = (place, 0)
    while end < text.count, end - place < 512, text[end] != 0x0a, commas < Self.fieldCount {
      if text[end] == 0x2c { commas += 1 }
      end += 1
    }
    let hasTime = text.bytes[place..<end].contains(0x2e) && text.bytes[place..<end].contains(0x2c)
    return commas == Self.fieldCount && hasTime ? end : nil
  }

  /// `Format: Layer, Start, End, …`, `Style: Default,Arial,20,…`.
  private func isFormat(_ place: Int, in text: TextBytes) -> Bool {
    let isFormat = text.starts(with: "Format: ", at: place)
    guard isFormat || text.starts(with: "Style: ", at: place) else { return false }
    let line = text.bytes[place..<min(text.count, place + 512)].prefix { $0 != 0x0a }
    return line.count { $0 == 0x2c } >= (isFormat ? 5 : 15)
  }
}

/// Follows the lines of a text, and tells which lie within blocks that are no prose: code between fences, plurals of ICU and
/// Fluent over several lines, styles and notes of WebVTT, heads of subtitles.
public struct TextBlocks: Sendable {
  private enum Block {
    /// Code, until so many of the same mark.
    case fence(mark: UInt8, count: Int)
    /// Braces that so many have to close.
    case braces(Int)
    /// Until a line without text.
    case paragraph
    /// A part of a file of subtitles, until the events.
    case section
  }

  private var block: Block?
  /// Lines of the block so far.
  private var length = 0
  private var isFirst = true
  private var isWebVTT = false

  /// Whatever has no end after so many lines was none.
  private static let longestBlock = 1000

  public init() {}

  /// Whether the next line is part of such a block, and comes out as it is.
  public mutating func keeps(_ line: String) -> Bool {
    let text = TextBytes(Array(line.utf8))
    defer { isFirst = false }
    let start = text.end(of: 0) { $0 == 0x20 || $0 == 0x09 }
    guard let current = block, length < Self.longestBlock else { return opens(text, start) }
    length += 1
    switch current {
    case .fence(let mark, let count):
      let marks = text.end(of: start) { $0 == mark } - start
      if marks >= count, text.isBlank(start + marks) { block = nil }
    case .braces(let depth):
      let rest = depth + Self.depth(of: 0..<text.count, in: text)
      block = rest > 0 ? .braces(rest) : nil
    case .paragraph:
      if start == text.count { block = nil }
    case .section:
      if text.starts(with: "[Events]", at: 0) { block = nil }
    }
    return true
  }

  /// Whether a line begins a block and is all part of it.
  private mutating func opens(_ text: TextBytes, _ start: Int) -> Bool {
    (block, length) = (nil, 0)
    switch text[start] {
    case UInt8(ascii: "`"), UInt8(ascii: "~"):
      guard let count = MarkdownLines.fence(start, in: text) else { break }
      block = .fence(mark: text[start], count: count)
      return true
    case UInt8(ascii: "W"), UInt8(ascii: "N"), UInt8(ascii: "S"), UInt8(ascii: "R"):
      if beginsParagraph(text) {
        block = .paragraph
        return true
      }
    case UInt8(ascii: ":"):
      guard text.starts(with: "::cue", at: start) else { break }
      let depth = Self.depth(of: start..<text.count, in: text)
      if depth > 0 { block = .braces(depth) }
      return true
    case UInt8(ascii: "["):
      if Self.sections.contains(text.string(start..<text.endOfLine(start))) {
        block = .section
        return true
      }
    default: break
    }
    return opensMessage(text)
  }

  private static let sections: Set<String> = [
    "[Script Info]", "[V4 Styles]", "[V4+ Styles]", "[Fonts]", "[Graphics]",
    "[Aegisub Project Garbage]",
  ]

  /// The head of WebVTT, and its styles, regions and notes.
  private mutating func beginsParagraph(_ text: TextBytes) -> Bool {
    if isFirst, text.starts(with: "WEBVTT", at: 0), text.isBlank(6) {
      isWebVTT = true
      return true
    }
    let line = text.endOfLine(0)
    let word = text.endOfWord(0)
    switch text.string(0..<word) {
    case "STYLE", "REGION": return line == word
    case "NOTE": return isWebVTT && text.isBlank(word)
    default: return false
    }
  }

  /// Whether a plural that a line leaves open is all of it; what stands before it otherwise is translated.
  private mutating func opensMessage(_ text: TextBytes) -> Bool {
    guard text.bytes.contains(0x7b) else { return false }
    let kind = TemplateVariables()
    var at = 0
    while at < text.count {
      guard text[at] == 0x7b, let span = kind.span(at: at, in: text) else {
        at += 1
        continue
      }
      let depth = Self.depth(of: span.range, in: text)
      if depth > 0 {
        block = .braces(depth)
        // `key = { $count ->`
        return text.bytes[..<at].last { $0 != 0x20 } == 0x3d
      }
      at = span.range.upperBound
    }
    return false
  }

  /// How many braces are left open in a part of a line.
  private static func depth(of range: Range<Int>, in text: TextBytes) -> Int {
    text.bytes[range].reduce(0) { $0 + ($1 == 0x7b ? 1 : $1 == 0x7d ? -1 : 0) }
  }
}

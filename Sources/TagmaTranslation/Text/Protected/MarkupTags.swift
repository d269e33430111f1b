/// Tags of HTML and XML, comments, and elements whose text is code.
struct MarkupTags: ProtectedTextKind {
  static let firstBytes = Array("<&[".utf8)

  private static let longest = 2048

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    if text[place] == 0x26 { return escapedTag(at: place, in: text) }
    if text[place] == 0x5b { return squareTag(at: place, in: text) }
    if text.starts(with: "<!--", at: place) {
      return enclosed(place, "-->", in: text).map { ProtectedSpan($0, .gap) }
    }
    if text.starts(with: "<![CDATA[", at: place) {
      return ProtectedSpan(place..<place + 9, .mark)
    }
    if text[place + 1] == 0x3f {
      return enclosed(place, "?>", in: text).map { ProtectedSpan($0, .gap) }
    }
    if text[place + 1] == 0x25 {
      // `<%= x %>` stands for a word, `<% if x %>` for none.
      let isValue = ByteSet("=-@").contains(text[place + 2])
      return enclosed(place, "%>", in: text).map { ProtectedSpan($0, isValue ? .word : .mark) }
    }
    if let end = endOfTime(place, in: text) { return ProtectedSpan(place..<end, .mark) }
    guard let tag = tag(place, open: 1, in: text) else { return nil }
    return span(of: tag, in: text)
  }

  /// `<00:00:06.000>` within a subtitle.
  private func endOfTime(_ place: Int, in text: TextBytes) -> Int? {
    let end = text.end(of: place + 1, limit: 16) {
      TextBytes.isDigit($0) || $0 == 0x3a || $0 == 0x2e
    }
    guard end > place + 5, text[end] == 0x3e, text.bytes[place..<end].contains(0x3a) else {
      return nil
    }
    return end + 1
  }

  private struct Tag {
    let range: Range<Int>
    let name: String
    let closes: Bool
    let isEmpty: Bool
  }

  /// `<name …>`, `</name>`, `<name …/>`; names of numbers stand for codes in files of interfaces.
  private func tag(_ place: Int, open: Int, in text: TextBytes) -> Tag? {
    var at = place + open
    let closes = text[at] == 0x2f
    if closes { at += 1 }
    let nameEnd = text.end(of: at, limit: 64) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("-_:.").contains($0)
    }
    guard nameEnd > at, text.isLetter(at) || text.bytes[at..<nameEnd].allSatisfy(TextBytes.isDigit)
    else { return nil }
    // `<c.yellow>` is closed by `</c>`.
    let name = String(text.string(at..<nameEnd).lowercased().prefix { $0 != "." })
    var end = nameEnd
    var quote: UInt8 = 0
    while end < text.count, end - place < Self.longest {
      let byte = text[end]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == 0x22 || byte == 0x27 {
        quote = byte
      } else if byte == 0x3c {
        return nil
      } else if byte == 0x3e {
        let isEmpty = text[end - 1] == 0x2f
        guard ByteSet(" />\t\n\r").contains(text[nameEnd]) else { return nil }
        return Tag(range: place..<end + 1, name: name, closes: closes, isEmpty: isEmpty)
      }
      end += 1
    }
    return nil
  }

  private func span(of tag: Tag, in text: TextBytes) -> ProtectedSpan {
    let range = tag.range
    if Self.blocks.contains(tag.name) { return ProtectedSpan(range, .gap) }
    if tag.isEmpty || Self.empty.contains(tag.name) { return ProtectedSpan(range, .mark) }
    if !tag.closes, Self.code.contains(tag.name) || isUntranslated(range, in: text),
      let end = endOfElement(tag, in: text)
    {
      return ProtectedSpan(range.lowerBound..<end, .word)
    }
    if tag.closes { return ProtectedSpan(range, .closing(key: "<\(tag.name)")) }
    // `<file>` in a line of usage stands for a word.
    guard Self.inline.contains(tag.name) || endOfElement(tag, in: text) != nil else {
      // `<v Anna>` says who speaks.
      return ProtectedSpan(range, text.bytes[range].contains(0x20) ? .mark : .word)
    }
    return ProtectedSpan(range, .opening(key: "<\(tag.name)"))
  }

  private func isUntranslated(_ range: Range<Int>, in text: TextBytes) -> Bool {
    let tag = text.string(range)
    return tag.contains("translate=\"no\"") || tag.contains("notranslate")
  }

  /// Where the element ends that a tag begins.
  private func endOfElement(_ tag: Tag, in text: TextBytes) -> Int? {
    let close = Array("</\(tag.name)".utf8)
    var at = tag.range.upperBound
    let limit = min(text.count, at + 2 * Self.longest)
    while at < limit {
      if text[at] == 0x3c, text[at + 1] == 0x2f,
        close.indices.allSatisfy({ text[at + $0] | 0x20 == close[$0] | 0x20 })
      {
        let end = text.end(of: at + close.count, limit: 16) { $0 <= 0x20 }
        if text[end] == 0x3e { return end + 1 }
      }
      at += 1
    }
    return nil
  }

  private func enclosed(
    _ place: Int, _ close: StaticString, in text: TextBytes
  ) -> Range<Int>? {
    var at = place + 2
    let limit = min(text.count, at + Self.longest)
    while at < limit {
      if text.starts(with: close, at: at) { return place..<at + close.utf8CodeUnitCount }
      at += 1
    }
    return nil
  }

  /// `[b]`, `[url=…]`, `[/b]` of bulletin boards, small letters and both halves.
  private func squareTag(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    let closes = text[place + 1] == 0x2f
    let start = place + (closes ? 2 : 1)
    let nameEnd = text.end(of: start, limit: 12) { (0x61...0x7a).contains($0) }
    guard nameEnd > start, text[nameEnd] == 0x5d || !closes && text[nameEnd] == 0x3d else {
      return nil
    }
    let end = text.end(of: nameEnd, limit: 512) { $0 != 0x5d && $0 != 0x0a }
    let name = text.string(start..<nameEnd)
    guard text[end] == 0x5d else { return nil }
    if closes { return ProtectedSpan(place..<end + 1, .closing(key: "[\(name)")) }
    let close = Array("[/\(name)]".utf8)
    let rest = text.bytes[end..<min(text.count, end + 2 * Self.longest)]
    guard
      rest.indices.contains(where: { rest[$0] == 0x5b && rest[$0...].starts(with: close) })
    else { return nil }
    return ProtectedSpan(place..<end + 1, .opening(key: "[\(name)"))
  }

  /// `&lt;b&gt;`: a tag in a text that was escaped once more.
  private func escapedTag(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard text.starts(with: "&lt;", at: place) else { return nil }
    let closes = text[place + 4] == 0x2f
    let start = place + (closes ? 5 : 4)
    let nameEnd = text.end(of: start, limit: 32) { TextBytes.isLetter($0) || TextBytes.isDigit($0) }
    guard nameEnd > start, text.isLetter(start) else { return nil }
    var end = nameEnd
    while end < text.count, end - place < Self.longest, !text.starts(with: "&lt;", at: end),
      text[end] != 0x3c
    {
      if text.starts(with: "&gt;", at: end) {
        let name = text.string(start..<nameEnd).lowercased()
        let range = place..<end + 4
        if Self.blocks.contains(name) { return ProtectedSpan(range, .gap) }
        if Self.empty.contains(name) || text[end - 1] == 0x2f { return ProtectedSpan(range, .mark) }
        return ProtectedSpan(
          range, closes ? .closing(key: "&\(name)") : .opening(key: "&\(name)"))
      }
      end += 1
    }
    return nil
  }

  /// Elements that part texts.
  private static let blocks: Set<String> = [
    "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "details", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "head", "header", "hr", "html", "legend", "li", "main", "nav", "ol", "option", "p",
    "section", "select", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr",
    "ul",
  ]
  private static let empty: Set<String> = [
    "area", "base", "col", "embed", "img", "input", "link", "meta", "source", "track", "wbr",
  ]
  private static let inline: Set<String> = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "del", "dfn", "em", "font", "i", "ins", "label",
    "mark", "q", "ruby", "s", "small", "span", "strike", "strong", "sub", "sup", "u",
  ]
  /// Elements whose text is code.
  private static let code: Set<String> = [
    "code", "kbd", "math", "pre", "samp", "script", "style", "svg", "textarea", "tt", "var",
  ]
}

/// References to characters: `&nbsp;`, `&#160;`.
struct CharacterReferences: ProtectedTextKind {
  static let firstBytes = Array("&".utf8)

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    let isNumber = text[place + 1] == 0x23
    let end = text.end(of: place + (isNumber ? 2 : 1), limit: 32) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0)
    }
    guard end > place + (isNumber ? 2 : 1), text[end] == 0x3b, isNumber || text.isLetter(place + 1)
    else {
      return nil
    }
    // `R&D;` is a company.
    guard end > place + 2 || text.isLowercase(place + 1) else { return nil }
    let name = text.string(place + 1..<end)
    let range = place..<end + 1
    if Self.spaces.contains(name.lowercased()) { return ProtectedSpan(range, .space) }
    let (isAfterWord, isBeforeWord) = (text.isWordBefore(place), text.isWord(end + 1))
    switch name {
    case "quot", "ldquo", "rdquo", "laquo", "raquo":
      if isBeforeWord, !isAfterWord { return ProtectedSpan(range, .opening(key: "&quot")) }
      if !isBeforeWord { return ProtectedSpan(range, .closing(key: "&quot")) }
    case "apos", "#39", "#x27", "rsquo", "#8217":
      // Within a word it is that word's apostrophe.
      if isAfterWord, isBeforeWord {
        return ProtectedSpan(range, .text, value: Array("'".utf8))
      }
    default: break
    }
    return ProtectedSpan(range, isAfterWord || isBeforeWord ? .mark : .word)
  }

  private static let spaces: Set<String> = [
    "nbsp", "ensp", "emsp", "thinsp", "#160", "#xa0", "#8201", "#8239", "#x2009", "#x202f",
  ]
}

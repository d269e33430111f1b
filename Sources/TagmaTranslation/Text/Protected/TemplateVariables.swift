/// Variables of templates and messages: `{name}`, `{{ x }}`, `{#if x}`, `%name%`, `__x__`, `:id`, plurals of ICU and Fluent.
struct TemplateVariables: ProtectedTextKind {
  static let firstBytes = Array("{$:%#@_[*<".utf8)

  private static let longest = 512
  private static let longestMessage = 8192

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    if let block = blockTag(place, in: text) { return block }
    guard let end = end(at: place, in: text) else { return nil }
    // `{\an8}` of subtitles says how what follows looks.
    let isStyle = text[place] == 0x7b && text[place + 1] == 0x5c
    return ProtectedSpan(place..<end, isStyle ? .mark : .word)
  }

  private func end(at place: Int, in text: TextBytes) -> Int? {
    switch text[place] {
    case UInt8(ascii: "{"): braces(place, in: text)
    case UInt8(ascii: "#"), UInt8(ascii: "@"):
      // `#{name}`, `@{name}`; runs around a name: `##NAME##`, `###T1###`.
      text[place + 1] == 0x7b
        ? braces(place + 1, in: text) : run(place, in: text) ?? single(place, in: text)
    case UInt8(ascii: "%"): fenced(place, "%%", "%%", in: text) ?? percent(place, in: text)
    case UInt8(ascii: "_"), UInt8(ascii: "$"): run(place, in: text)
    case UInt8(ascii: "["): squares(place, in: text)
    case UInt8(ascii: "*"): fenced(place, "*|", "|*", in: text)
    case UInt8(ascii: "<"): fenced(place, "<<", ">>", in: text)
    default: colon(place, in: text)
    }
  }

  /// `{#if x}`, `{{#if x}}` and `{% if x %}` with their other halves enclose what stands between them; `{:else}` parts it.
  private func blockTag(_ place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard text[place] == 0x7b else { return text[place] == 0x5b ? directive(place, in: text) : nil }
    if text[place + 1] == 0x25 { return statement(place, in: text) }
    let isDouble = text[place + 1] == 0x7b
    let mark = isDouble ? place + 2 : place + 1
    guard ByteSet("#/@:>^!").contains(text[mark]), text.isLetter(mark + 1) else { return nil }
    let name = text.endOfWord(mark + 1)
    let stop = text.end(of: name, limit: 256) { $0 != 0x7b && $0 != 0x7d && $0 != 0x0a }
    guard text[stop] == 0x7d, !isDouble || text[stop + 1] == 0x7d else { return nil }
    let range = place..<stop + (isDouble ? 2 : 1)
    let key = text.string(place..<mark) + text.string(mark + 1..<name)
    switch text[mark] {
    case UInt8(ascii: "#"), UInt8(ascii: "^"): return ProtectedSpan(range, .opening(key: key))
    case UInt8(ascii: "/"): return ProtectedSpan(range, .closing(key: key))
    case UInt8(ascii: ":"): return ProtectedSpan(range, .gap)
    default: return isDouble ? nil : ProtectedSpan(range, .word)
    }
  }

  /// `{% if x %}` and `{% endif %}`, where both are there.
  private func statement(_ place: Int, in text: TextBytes) -> ProtectedSpan? {
    let start = text.end(of: place + 2, limit: 4) { $0 == 0x20 || $0 == 0x2d }
    let word = text.string(start..<text.endOfWord(start))
    let end = text.end(of: start, limit: Self.longest) { $0 != 0x7d && $0 != 0x0a }
    guard text[end] == 0x7d, text[end - 1] == 0x25 else { return nil }
    let range = place..<end + 1
    if word.hasPrefix("end"), word.utf8.count > 3 {
      return ProtectedSpan(range, .closing(key: "{%\(word.dropFirst(3))"))
    }
    if word == "else" || word == "elif" || word == "elsif" { return ProtectedSpan(range, .gap) }
    guard !word.isEmpty, hasEnd(of: word, behind: end, in: text) else { return nil }
    return ProtectedSpan(range, .opening(key: "{%\(word)"))
  }

  private func hasEnd(of word: String, behind place: Int, in text: TextBytes) -> Bool {
    let pattern = Array("end\(word)".utf8)
    return (place..<min(text.count, place + 4 * Self.longest)).contains { at in
      text[at] == pattern[0] && pattern.indices.allSatisfy { text[at + $0] == pattern[$0] }
    }
  }

  /// `[% IF x %]` and `[% END %]` stand for no word.
  private func directive(_ place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard text[place + 1] == 0x25 else { return nil }
    let start = text.end(of: place + 2, limit: 4) { $0 == 0x20 || $0 == 0x2d }
    let word = text.end(of: start, limit: 16) { (0x41...0x5a).contains($0) }
    guard word > start + 1, text[word] == 0x20, let end = squares(place, in: text) else {
      return nil
    }
    return ProtectedSpan(place..<end, .mark)
  }

  /// `{…}` around a name or a format, `{{…}}` and `{%…%}` around anything, messages of ICU.
  private func braces(_ place: Int, in text: TextBytes) -> Int? {
    for (open, close) in [("{{", "}}"), ("{%", "%}"), ("{#", "#}")]
      as [(StaticString, StaticString)]
    where text.starts(with: open, at: place) {
      var at = place + 2
      // As many as there are: `{{{x}}}`.
      while at < text.count, at - place < Self.longest, text[at] != 0x0a {
        if text.starts(with: close, at: at) {
          let end = at + 2
          return text[place + 2] == 0x7b && text[end] == 0x7d ? end + 1 : end
        }
        at += 1
      }
      return nil
    }
    var at = text.end(of: place + 1, limit: 8) { $0 == 0x20 }
    let start = at
    if let end = endOfFluent(place, start, in: text) { return end }
    at = text.end(of: at, limit: Self.longest) {
      $0 > 0x20 && $0 != 0x7b && $0 != 0x7d && $0 != UInt8(ascii: ",")
    }
    if text[at] == 0x7d, at > start || start == place + 1 { return at + 1 }
    let end = text.end(of: at, limit: 8) { $0 == 0x20 }
    if text[end] == 0x7d, at > start { return end + 1 }
    return text[at] == UInt8(ascii: ",") ? message(place, keyword: at + 1, in: text) : nil
  }

  /// `{ $count -> [one] One file *[other] Files }`, `{ NUMBER($x) }`, `{ -brand }` of Fluent.
  private func endOfFluent(_ place: Int, _ start: Int, in text: TextBytes) -> Int? {
    let isMarked = text[start] == 0x24 || text[start] == 0x2d && text.isLetter(start + 1)
    let name = text.endOfWord(isMarked ? start + 1 : start)
    guard name > start + 1 else { return nil }
    let isCall = text[name] == 0x28 && text.isUppercase(start)
    guard isMarked || isCall else { return nil }
    let rest = isCall ? text.endOfBrackets(name) ?? name : name
    let arrow = text.end(of: rest, limit: 8) { $0 == 0x20 }
    guard text.starts(with: "->", at: arrow) || isCall && text[arrow] == 0x7d else { return nil }
    return endOfMessage(place, in: text)
  }

  /// Where braces are closed again; a line that leaves them open belongs to a message of several.
  private func endOfMessage(_ place: Int, in text: TextBytes) -> Int? {
    if let end = text.endOfBrackets(place, limit: Self.longestMessage, over: true) { return end }
    let rest = min(text.count, place + Self.longestMessage)
    return rest == text.count && !text.bytes[place...].contains(0x0a) ? rest : nil
  }

  /// `{count, plural, one {# file} other {# files}}`: braces that are closed again.
  private func message(_ place: Int, keyword: Int, in text: TextBytes) -> Int? {
    let start = text.end(of: keyword, limit: 8) { $0 <= 0x20 }
    let word = text.string(start..<text.end(of: start, limit: 16, while: TextBytes.isLetter))
    guard Self.keywords.contains(word) || text.isDigit(start) || text[start] == 0x2d else {
      return nil
    }
    return endOfMessage(place, in: text)
  }

  private static let keywords: Set<String> = [
    "plural", "select", "selectordinal", "number", "date", "time", "ordinal", "duration",
    "spellout", "choice", "list",
  ]

  /// `%name%`, `%{name}`, `%[1]s`.
  private func percent(_ place: Int, in text: TextBytes) -> Int? {
    guard !text.isDigit(place - 1) else { return nil }
    if text[place + 1] == 0x7b {
      // `%{count}d`
      return braces(place + 1, in: text).map {
        ByteSet("dfisx").contains(text[$0]) && !text.isWord($0 + 1) ? $0 + 1 : $0
      }
    }
    guard text.isLetter(place + 1) || text[place + 1] == 0x5f else { return nil }
    let end = text.end(of: place + 1, limit: 64) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 == 0x5f || $0 == 0x2d || $0 == 0x2e
    }
    guard end > place + 2, text[end] == 0x25, text[end + 1] != 0x25, !text.isWord(end + 1) else {
      return nil
    }
    return ShellVariables.endOfPath(behind: end + 1, in: text)
  }

  /// `__name__`, `##NAME##`, `@@name@@`: runs of the same mark around a name without blanks.
  private func run(_ place: Int, in text: TextBytes) -> Int? {
    let mark = text[place]
    guard text[place - 1] != mark, !text.isWordBefore(place) else { return nil }
    let start = text.end(of: place, limit: 8) { $0 == mark }
    guard start - place >= 2 else { return nil }
    let end = text.end(of: start, limit: 64) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("_-.").contains($0)
    }
    // The underscores at a name's end are the run.
    var close = end
    while mark == 0x5f, close > start, text[close - 1] == mark { close -= 1 }
    let last = text.end(of: close, limit: 8) { $0 == mark }
    guard close > start, last - close >= 2, !text.isWord(last) else { return nil }
    return last
  }

  /// `*|NAME|*`, `<<name>>`, `%%name%%`: a name between two marks on either side.
  private func fenced(
    _ place: Int, _ open: StaticString, _ close: StaticString, in text: TextBytes
  ) -> Int? {
    guard text.starts(with: open, at: place), text.isLetter(place + 2) else { return nil }
    let end = text.end(of: place + 2, limit: 64) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("_-.:").contains($0)
    }
    return text.starts(with: close, at: end) && !text.isWord(end + 2) ? end + 2 : nil
  }

  /// `@name@`.
  private func single(_ place: Int, in text: TextBytes) -> Int? {
    guard text[place] == 0x40, !text.isWordBefore(place) else { return nil }
    let end = text.end(of: place + 1, limit: 64) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("_-.").contains($0)
    }
    return end > place + 1 && text[end] == 0x40 && !text.isWord(end + 1) ? end + 1 : nil
  }

  /// `[[name]]`, `[%name%]`, `[% name | html %]`.
  private func squares(_ place: Int, in text: TextBytes) -> Int? {
    guard text[place + 1] == 0x5b || text[place + 1] == 0x25 else { return nil }
    let isDirective = text[place + 1] == 0x25
    let inner = isDirective ? UInt8(ascii: "%") : UInt8(ascii: "]")
    let end = text.end(of: place + 2, limit: 256) {
      ($0 > 0x20 || isDirective && $0 == 0x20) && $0 != inner && (isDirective || $0 != 0x5d)
    }
    guard end > place + 2, text[end] == inner, text[end + 1] == 0x5d else { return nil }
    return end + 2
  }

  /// `:name` and `:n` of routes and queries, `:smile:`.
  private func colon(_ place: Int, in text: TextBytes) -> Int? {
    guard text.isFreeBefore(place) || text[place - 1] == 0x2f,
      text.isLetter(place + 1) || text.starts(with: ":+1:", at: place)
        || text.starts(with: ":-1:", at: place)
    else { return nil }
    let end = text.end(of: place + 1, limit: 64) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 == 0x5f || $0 == 0x2d || $0 == 0x2b
    }
    if text[end] == 0x3a { return end > place + 1 ? end + 1 : nil }
    // `*` and `_` around it are emphasis.
    guard !text.isWord(end), !ByteSet("*_~").contains(text[place - 1]) else { return nil }
    return end
  }
}

/// Variables of templates and messages: `{name}`, `{{ x }}`, `${x}`, `$VAR`, `__x__`, plurals of ICU.
struct TemplateVariables: ProtectedTextKind {
  static let firstBytes = Array("{$:%#@_[".utf8)

  private static let longest = 512
  private static let longestMessage = 8192

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard let end = end(at: place, in: text) else { return nil }
    // `{\an8}` of subtitles says how what follows looks.
    let isStyle = text[place] == 0x7b && text[place + 1] == 0x5c
    return ProtectedSpan(place..<end, isStyle ? .mark : .word)
  }

  private func end(at place: Int, in text: TextBytes) -> Int? {
    switch text[place] {
    case UInt8(ascii: "{"): braces(place, in: text)
    case UInt8(ascii: "$"): dollar(place, in: text)
    case UInt8(ascii: "#"), UInt8(ascii: "@"):
      // `#{name}`, `@{name}`; runs around a name: `##NAME##`, `###T1###`.
      text[place + 1] == 0x7b ? braces(place + 1, in: text) : run(place, in: text)
    case UInt8(ascii: "%"): percent(place, in: text)
    case UInt8(ascii: "_"): run(place, in: text)
    case UInt8(ascii: "["): squares(place, in: text)
    default: colon(place, in: text)
    }
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
    at = text.end(of: at, limit: Self.longest) {
      $0 > 0x20 && $0 != 0x7b && $0 != 0x7d && $0 != UInt8(ascii: ",")
    }
    if text[at] == 0x7d, at > start || start == place + 1 { return at + 1 }
    let end = text.end(of: at, limit: 8) { $0 == 0x20 }
    if text[end] == 0x7d, at > start { return end + 1 }
    return text[at] == UInt8(ascii: ",") ? message(place, keyword: at + 1, in: text) : nil
  }

  /// `{count, plural, one {# file} other {# files}}`: braces that are closed again.
  private func message(_ place: Int, keyword: Int, in text: TextBytes) -> Int? {
    let start = text.end(of: keyword, limit: 8) { $0 <= 0x20 }
    let word = text.string(start..<text.end(of: start, limit: 16, while: TextBytes.isLetter))
    guard Self.keywords.contains(word) || text.isDigit(start) || text[start] == 0x2d else {
      return nil
    }
    var depth = 0
    for at in place..<min(text.count, place + Self.longestMessage) {
      if text[at] == 0x7b { depth += 1 }
      if text[at] == 0x7d { depth -= 1 }
      if depth == 0 { return at + 1 }
    }
    return nil
  }

  private static let keywords: Set<String> = [
    "plural", "select", "selectordinal", "number", "date", "time", "ordinal", "duration",
    "spellout", "choice", "list",
  ]

  /// `${…}`, `$(…)`, `$NAME`, `$name`; an amount is none.
  private func dollar(_ place: Int, in text: TextBytes) -> Int? {
    guard !text.isWordBefore(place) else { return nil }
    switch text[place + 1] {
    case UInt8(ascii: "{"), UInt8(ascii: "("):
      let close = text[place + 1] == 0x7b ? UInt8(ascii: "}") : UInt8(ascii: ")")
      let end = text.end(of: place + 2, limit: Self.longest) { $0 != close && $0 != 0x0a }
      return text[end] == close ? end + 1 : nil
    case let byte where TextBytes.isLetter(byte) || byte == 0x5f:
      var end = text.endOfWord(place + 1)
      while ByteSet(".[>").contains(text[end]) || text.starts(with: "->", at: end) {
        let next = text[end] == 0x2d ? end + 2 : end + 1
        guard text.isLowercase(next) || text[end] == 0x5b && text.isAlphanumeric(next) else {
          break
        }
        end = text.endOfWord(next)
        if text[end] == 0x5d { end += 1 }
      }
      return text[end] == 0x24 ? end + 1 : end
    default: return nil
    }
  }

  /// `%name%`, `%{name}`, `%[1]s`.
  private func percent(_ place: Int, in text: TextBytes) -> Int? {
    guard !text.isDigit(place - 1) else { return nil }
    if text[place + 1] == 0x7b { return braces(place + 1, in: text) }
    guard text.isLetter(place + 1) || text[place + 1] == 0x5f else { return nil }
    let end = text.end(of: place + 1, limit: 64) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 == 0x5f || $0 == 0x2d || $0 == 0x2e
    }
    return end > place + 2 && text[end] == 0x25 && text[end + 1] != 0x25 && !text.isWord(end + 1)
      ? end + 1 : nil
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

  /// `[[name]]`, `[%name%]`.
  private func squares(_ place: Int, in text: TextBytes) -> Int? {
    guard text[place + 1] == 0x5b || text[place + 1] == 0x25 else { return nil }
    let inner = text[place + 1] == 0x5b ? UInt8(ascii: "]") : UInt8(ascii: "%")
    let end = text.end(of: place + 2, limit: 128) { $0 > 0x20 && $0 != inner && $0 != 0x5d }
    guard end > place + 2, text[end] == inner, text[end + 1] == 0x5d else { return nil }
    return end + 2
  }

  /// `:name` of routes and queries, `:smile:`.
  private func colon(_ place: Int, in text: TextBytes) -> Int? {
    guard text.isBlankBefore(place) || ByteSet("(/\"'=").contains(text[place - 1]),
      text.isLetter(place + 1)
    else { return nil }
    let end = text.end(of: place + 1, limit: 64) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 == 0x5f || $0 == 0x2d || $0 == 0x2b
    }
    guard end > place + 2 else { return nil }
    return text[end] == 0x3a ? end + 1 : text.isWord(end) ? nil : end
  }
}

/// Conversions of `printf` and its kin: `%s`, `%1$d`, `%-5.2f`, `%@`, `%(name)s`, `%%`.
struct FormatSpecifiers: ProtectedTextKind {
  static let firstBytes = Array("%".utf8)

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard let end = end(at: place, in: text) else { return nil }
    return ProtectedSpan(place..<end, .word)
  }

  private func end(at place: Int, in text: TextBytes) -> Int? {
    var at = place + 1
    if text[at] == 0x25 { return at + 1 }
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
    let conversion = text.end(of: at, limit: 2) { ByteSet("hlLqjzt").contains($0) }
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

/// Escapes of strings in programs: `\n`, `\t`, `\"`, `\u00e9`.
struct EscapeSequences: ProtectedTextKind {
  static let firstBytes = Array("\\".utf8)

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    switch text[place + 1] {
    case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
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

/// Words of programs: versions, options, keys pressed together, languages.
struct CodeWords: ProtectedTextKind {
  static let firstBytes = (0...255).map { UInt8($0) }.filter {
    TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("_-./~\\*").contains($0)
  }

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard !text.isWordBefore(place), !isWithinWord(place, in: text) else { return nil }
    let ends = [
      endOfOption(place, in: text), endOfVersion(place, in: text), endOfKeys(place, in: text),
      endOfNumeral(place, in: text), endOfLanguage(place, in: text),
      endOfCompany(place, in: text), endOfAssignment(place, in: text),
    ]
    guard let end = ends.compactMap({ $0 }).max() else { return nil }
    return ProtectedSpan(place..<end, .word)
  }

  /// Whether a mark that words of code hold stands before a place, and a word before it.
  private func isWithinWord(_ place: Int, in text: TextBytes) -> Bool {
    ByteSet("./\\-~").contains(text[place - 1]) && text.isWordBefore(place - 1)
  }

  /// `--force`, `--output=FILE`, `-x`, `-it`, `-Xmx2g`.
  private func endOfOption(_ place: Int, in text: TextBytes) -> Int? {
    guard text[place] == 0x2d, text.isFreeBefore(place), text[place - 1] != 0x2a else {
      return nil
    }
    if text[place + 1] == 0x2d, text.isLetter(place + 2) {
      let end = text.end(of: place + 2, limit: 64) {
        TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("-_.").contains($0)
      }
      return endOfValue(text[end - 1] == 0x2e ? end - 1 : end, in: text)
    }
    guard text.isLetter(place + 1) else { return nil }
    let end = text.end(of: place + 1, limit: 64) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 == 0x3a || $0 == 0x5f
    }
    let isApostrophe =
      text[end] == 0x27 && text.isWord(end + 1)
      || text.starts(with: "’", at: end) && text.isWord(end + 3)
    guard text[end] != 0x2d, !isApostrophe else { return nil }
    if text[end] == 0x3d, !text.isBlank(end + 1) { return endOfValue(end, in: text) }
    let stop = text[end - 1] == 0x3a ? end - 1 : end
    // `-n 5`
    let value = text.end(of: stop + 1, limit: 8, while: TextBytes.isDigit)
    if stop == place + 2, text[stop] == 0x20, value > stop + 1, !text.isWord(value),
      isShortOption(place + 1..<stop, in: text)
    {
      return value
    }
    return !text.isWord(stop) && isShortOption(place + 1..<stop, in: text) ? stop : nil
  }

  /// `=value` behind an option.
  private func endOfValue(_ place: Int, in text: TextBytes) -> Int {
    guard text[place] == 0x3d, !text.isBlank(place + 1) else { return place }
    if text[place + 1] == 0x22 || text[place + 1] == 0x27 {
      let quote = text[place + 1]
      let end = text.end(of: place + 2, limit: 256) { $0 != quote && $0 != 0x0a }
      if text[end] == quote { return end + 1 }
    }
    var end = text.endOfRun(place + 1, limit: 256) {
      $0 > 0x20 && !ByteSet(",;)]\"'`<>").contains($0)
    }
    while ByteSet(".!?*_:").contains(text[end - 1]) { end -= 1 }
    return end
  }

  /// `PATH=/usr/bin`, `debug=true`.
  private func endOfAssignment(_ place: Int, in text: TextBytes) -> Int? {
    guard text.isLetter(place) || text[place] == 0x5f else { return nil }
    let name = text.end(of: place, limit: 64) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 == 0x5f
    }
    guard text[name] == 0x3d, text.isWord(name + 1) || ByteSet("\"'/$.-").contains(text[name + 1])
    else { return nil }
    return endOfValue(name, in: text)
  }

  /// Whether letters behind one hyphen are an option, and not a word behind a dash: `-it`, `-O2`, `-Wall`.
  private func isShortOption(_ range: Range<Int>, in text: TextBytes) -> Bool {
    let name = text.bytes[range]
    if name.count == 1 {
      // Who speaks begins a line with a dash: `-I see.`
      return
        !(text.isLineStart(range.lowerBound - 1) && ByteSet("AIO").contains(name[range.lowerBound]))
    }
    if name.contains(where: { TextBytes.isDigit($0) }) { return true }
    if name.allSatisfy({ (0x61...0x7a).contains($0) }) {
      return name.count <= 3
        || Self.longOptions.contains(text.string(range))
    }
    return Self.longOptions.contains(text.string(range))
      || name.count <= 3 && text.isLowercase(range.lowerBound)
  }

  private static let longOptions: Set<String> = [
    "Wall", "Wextra", "Werror", "Wpedantic", "Xlint", "Xmx", "Xms", "classpath", "version", "help",
    "name", "type", "exec", "print", "delete", "verbose", "quiet", "recurse", "force", "jar",
    "std", "static", "shared", "File", "Path", "Recurse", "Force", "Name", "Xss", "exit",
    "maxdepth",
  ]

  /// `v1.2`, `1.2.3`, `2.0.0-rc.1`.
  private func endOfVersion(_ place: Int, in text: TextBytes) -> Int? {
    let hasMark = text[place] | 0x20 == 0x76
    var end = text.end(of: hasMark ? place + 1 : place, limit: 8, while: TextBytes.isDigit)
    guard end > place + (hasMark ? 1 : 0) else { return nil }
    var parts = 1
    while text[end] == 0x2e, text.isDigit(end + 1) || text[end + 1] | 0x20 == 0x78, parts < 8 {
      end =
        text.isDigit(end + 1)
        ? text.end(of: end + 1, limit: 8, while: TextBytes.isDigit) : end + 2
      parts += 1
    }
    guard hasMark || parts > 2, !isThousands(place..<end, in: text) else { return nil }
    if ByteSet("-+").contains(text[end]), text.isAlphanumeric(end + 1) {
      let tail = text.end(of: end + 1, limit: 64) {
        TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 == 0x2e || $0 == 0x2d
      }
      end = text[tail - 1] == 0x2e ? tail - 1 : tail
    }
    return text.isWord(end) ? nil : end
  }

  /// `1.000.000` is a number.
  private func isThousands(_ range: Range<Int>, in text: TextBytes) -> Bool {
    let parts = text.bytes[range].split(separator: 0x2e)
    return parts[0].count <= 3 && parts.dropFirst().allSatisfy { $0.count == 3 }
      && text.isDigit(range.lowerBound) && parts[0].first != 0x30
  }

  /// `Ctrl+C`, `Cmd+Shift+P`.
  private func endOfKeys(_ place: Int, in text: TextBytes) -> Int? {
    let first = text.end(of: place, limit: 12, while: TextBytes.isLetter)
    guard Self.keys.contains(text.string(place..<first).lowercased()) else { return nil }
    var end = first
    while text[end] == 0x2b || text[end] == 0x2d, text.isWord(end + 1) {
      end = text.endOfWord(end + 1)
    }
    return end > first ? end : nil
  }

  /// `AT&T`, `R&D`.
  private func endOfCompany(_ place: Int, in text: TextBytes) -> Int? {
    let first = text.end(of: place, limit: 8) { (0x41...0x5a).contains($0) }
    guard first > place, text[first] == 0x26 else { return nil }
    let end = text.end(of: first + 1, limit: 8) { (0x41...0x5a).contains($0) }
    return end > first + 1 && !text.isWord(end)
      && (text[end] != 0x3b || end == first + 2) ? end : nil
  }

  /// `C++`, `C#`, `g++`, `.NET`.
  private func endOfLanguage(_ place: Int, in text: TextBytes) -> Int? {
    if text.starts(with: ".NET", at: place), !text.isWord(place + 4) { return place + 4 }
    let end = text.end(of: place, limit: 16, while: TextBytes.isLetter)
    guard end > place else { return nil }
    if text.starts(with: "++", at: end) {
      // `C++`, `C++17`
      let version = text.end(of: end + 2, limit: 2, while: TextBytes.isDigit)
      if !text.isWord(version) { return version }
    }
    return end == place + 1 && text[end] == 0x23 && !text.isWord(end + 1) ? end + 1 : nil
  }

  /// Numerals of Rome of two letters or more: `MCMXCIV`.
  private func endOfNumeral(_ place: Int, in text: TextBytes) -> Int? {
    let end = text.end(of: place, limit: 16) { ByteSet("MDCLXVI").contains($0) }
    guard end > place + 1, !text.isWord(end), text[end] != 0x27 else { return nil }
    var rest = text.bytes[place..<end]
    while rest.first == 0x4d { rest.removeFirst() }
    for numerals in [
      ["CM", "CD", "DCCC", "DCC", "DC", "D", "CCC", "CC", "C"],
      ["XC", "XL", "LXXX", "LXX", "LX", "L", "XXX", "XX", "X"],
      ["IX", "IV", "VIII", "VII", "VI", "V", "III", "II", "I"],
    ] {
      if let numeral = numerals.first(where: { rest.starts(with: $0.utf8) }) {
        rest = rest.dropFirst(numeral.utf8.count)
      }
    }
    return rest.isEmpty ? end : nil
  }

  private static let keys: Set<String> = [
    "alt", "cmd", "command", "control", "ctrl", "fn", "meta", "option", "shift", "strg", "super",
    "win",
  ]
}

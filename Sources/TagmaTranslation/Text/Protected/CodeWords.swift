/// Words of programs: names of functions, files, paths, versions, options, and keys pressed together.
struct CodeWords: ProtectedTextKind {
  static let firstBytes = (0...255).map { UInt8($0) }.filter {
    TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("_-./~\\*").contains($0)
  }

  private static let longest = 1024

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard !text.isWordBefore(place), !isWithinWord(place, in: text) else { return nil }
    let ends = [
      endOfOption(place, in: text), endOfPath(place, in: text), endOfCall(place, in: text),
      endOfFileName(place, in: text), endOfVersion(place, in: text), endOfName(place, in: text),
      endOfKeys(place, in: text), endOfNumeral(place, in: text), endOfLanguage(place, in: text),
      endOfCompany(place, in: text),
    ]
    guard let end = ends.compactMap({ $0 }).max() else { return nil }
    return ProtectedSpan(place..<end, .word)
  }

  /// Whether a mark that words of code hold stands before a place, and a word before it.
  private func isWithinWord(_ place: Int, in text: TextBytes) -> Bool {
    ByteSet("./\\-~").contains(text[place - 1]) && text.isWordBefore(place - 1)
  }

  /// `--force`, `--output=FILE`, `-x`.
  private func endOfOption(_ place: Int, in text: TextBytes) -> Int? {
    guard text[place] == 0x2d,
      text.isBlankBefore(place) || ByteSet("([\"'`=|,").contains(text[place - 1])
    else { return nil }
    if text[place + 1] == 0x2d, text.isLetter(place + 2) {
      var end = text.end(of: place + 2, limit: 64) {
        TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 == 0x2d || $0 == 0x5f
      }
      if text[end] == 0x3d, !text.isBlank(end + 1) {
        end = text.end(of: end + 1, limit: 256) {
          $0 > 0x20 && !ByteSet(",;)]\"'").contains($0)
        }
        if text[end - 1] == 0x2e { end -= 1 }
      }
      return end
    }
    return text.isLetter(place + 1) && !text.isWord(place + 2) && text[place + 2] != 0x2d
      && text[place + 2] != 0x27 ? place + 2 : nil
  }

  /// `/usr/bin`, `./x`, `~/x`, `C:\x`, `\\server\x`, `src/main.swift`.
  private func endOfPath(_ place: Int, in text: TextBytes) -> Int? {
    let isDrive =
      text.isLetter(place) && text[place + 1] == 0x3a
      && (text[place + 2] == 0x5c || text[place + 2] == 0x2f && text[place + 3] != 0x2f)
    let isShare = text[place] == 0x5c && text[place + 1] == 0x5c && text.isWord(place + 2)
    var end = text.end(of: isDrive ? place + 2 : place, limit: Self.longest) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 >= 0x80
        || ByteSet("._-/~+@*\\").contains($0) && ($0 != 0x5c || isDrive || isShare)
    }
    while end > place, ByteSet(".-*").contains(text[end - 1]) { end -= 1 }
    guard end > place + 1 else { return nil }
    if isDrive || isShare { return end }
    let part = text.bytes[place..<end]
    guard part.contains(0x2f), !part.contains(where: { $0 >= 0x80 }) || text[place] < 0x41 else {
      return nil
    }
    for start in ["~/", "./", "../"] as [StaticString] where text.starts(with: start, at: place) {
      return end
    }
    if text[place] == 0x2f {
      // `/help`, `/etc/hosts`; a lone slash is none.
      let isFree = text.isBlankBefore(place) || ByteSet("\"'([=`").contains(text[place - 1])
      return isFree && (text.isLetter(place + 1) || text[place + 1] == 0x5f)
        ? end : nil
    }
    let last = part.lastIndex(of: 0x2f).map { $0 + 1 } ?? place
    let hasExtension = fileName(last, in: text).map { $0 == end } ?? false
    return hasExtension || last == end && part.count(where: { $0 == 0x2f }) > 1 ? end : nil
  }

  /// `main()`, `foo_bar(x, y)`, `array.map()`, `std::sort(a)`; `file(s)` is none.
  private func endOfCall(_ place: Int, in text: TextBytes) -> Int? {
    guard text.isLetter(place) || text[place] == 0x5f else { return nil }
    let end = qualifiedName(place, in: text)
    guard text[end] == 0x28 else { return nil }
    if text[end + 1] == 0x29 { return end + 2 }
    guard isIdentifier(text.bytes[place..<end]) else { return nil }
    let close = text.end(of: end + 1, limit: 128) { $0 != 0x29 && $0 != 0x28 && $0 != 0x0a }
    return text[close] == 0x29 ? close + 1 : nil
  }

  /// Letters, digits and `_`, with `.`, `::` or `->` between names.
  private func qualifiedName(_ place: Int, in text: TextBytes) -> Int {
    var end = place
    while end - place < 256 {
      let next = text.end(of: end, limit: 128) {
        TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 == 0x5f
      }
      guard next > end else { return end }
      end = next
      for link in [".", "::", "->"] as [StaticString] where text.starts(with: link, at: end) {
        let after = end + link.utf8CodeUnitCount
        guard text.isLetter(after) || text[after] == 0x5f else { return end }
        end = after
        break
      }
      guard end > next else { return end }
    }
    return end
  }

  /// Whether a name is written as programs write names: `foo_bar`, `fooBar`, `a::b`.
  private func isIdentifier(_ name: ArraySlice<UInt8>) -> Bool {
    name.contains(0x5f) || name.contains(0x3a) || name.contains(0x3e)
      || name.indices.dropFirst().contains {
        (0x41...0x5a).contains(name[$0]) && (0x61...0x7a).contains(name[$0 - 1])
      }
  }

  /// Names of programs: with `_`, with capitals within, with `::`, or of three parts with points.
  private func endOfName(_ place: Int, in text: TextBytes) -> Int? {
    guard text.isLetter(place) || text[place] == 0x5f else { return nil }
    var end = qualifiedName(place, in: text)
    while end > place, text[end - 1] == 0x5f, text[place] != 0x5f { end -= 1 }
    guard end > place + 1, !text.isWord(end) || text[end] == 0x5f else { return nil }
    let name = text.bytes[place..<end]
    let parts = name.count(where: { $0 == 0x2e }) + 1
    // `_word_` is emphasis.
    if text[place] == 0x5f { return isEmphasis(place, end, text) ? nil : end }
    let isDotted =
      parts > 2 && name.allSatisfy { $0 == 0x2e || $0 >= 0x61 || TextBytes.isDigit($0) }
      && name.split(separator: 0x2e).contains { $0.count > 2 }
    return isIdentifier(name) || isDotted ? end : nil
  }

  private func isEmphasis(_ start: Int, _ end: Int, _ text: TextBytes) -> Bool {
    let inner = text.bytes[start..<end].drop { $0 == 0x5f }
    return !inner.dropLast().contains(0x5f) || text[end - 1] == 0x5f && text[start + 1] != 0x5f
  }

  private func endOfFileName(_ place: Int, in text: TextBytes) -> Int? {
    if text[place] == 0x2e {
      // `.gitignore`
      let end = text.end(of: place + 1, limit: 32) { TextBytes.isLetter($0) || $0 == 0x2d }
      return text.isBlankBefore(place) && text.isLowercase(place + 1) && end > place + 2
        && !text.isWord(end) ? fileName(place, in: text) ?? end : nil
    }
    return fileName(place, in: text)
  }

  /// A name with an extension that files have: `report.pdf`, `*.swift`, `archive.tar.gz`.
  private func fileName(_ place: Int, in text: TextBytes) -> Int? {
    var end = text.end(of: place, limit: 255) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 >= 0x80
        || ByteSet("._-*+").contains($0)
    }
    while end > place, ByteSet(".-_*+").contains(text[end - 1]) { end -= 1 }
    guard end > place, let dot = text.bytes[place..<end].lastIndex(of: 0x2e),
      dot > place || text[place] == 0x2e,
      Self.extensions.contains(text.string(dot + 1..<end).lowercased())
    else { return nil }
    return end
  }

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
    guard hasMark || parts > 2 else { return nil }
    if ByteSet("-+").contains(text[end]), text.isAlphanumeric(end + 1) {
      let tail = text.end(of: end + 1, limit: 64) {
        TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 == 0x2e || $0 == 0x2d
      }
      end = text[tail - 1] == 0x2e ? tail - 1 : tail
    }
    return text.isWord(end) ? nil : end
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
    return end > first + 1 && !text.isWord(end) && text[end] != 0x3b ? end : nil
  }

  /// `C++`, `C#`, `g++`, `.NET`.
  private func endOfLanguage(_ place: Int, in text: TextBytes) -> Int? {
    if text.starts(with: ".NET", at: place), !text.isWord(place + 4) { return place + 4 }
    let end = text.end(of: place, limit: 16, while: TextBytes.isLetter)
    guard end > place else { return nil }
    if text.starts(with: "++", at: end), !text.isWord(end + 2) { return end + 2 }
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

  private static let extensions: Set<String> = [
    "7z", "aac", "apk", "avi", "bak", "bash", "bat", "bib", "bin", "bmp", "bz2", "c", "cc", "cfg",
    "cmake", "cmd", "conf", "conllu", "cpp", "cs", "css", "csv", "dart", "db", "deb", "diff", "dll",
    "dmg", "doc", "docx", "dylib", "eml", "env", "eps", "epub", "exe", "flac", "gif", "git", "go",
    "gradle", "gz", "h", "hpp", "hs", "htm", "html", "ico", "ics", "ini", "ipynb", "iso", "jar",
    "java", "jpeg", "jpg", "js", "json", "jsonl", "jsx", "key", "kt", "lock", "log", "lua", "md",
    "mjs", "mkv", "mo", "mov", "mp3", "mp4", "mpeg", "msi", "odp", "ods", "odt", "ogg", "otf",
    "patch", "pdf", "pem", "php", "plist", "png", "po", "pot", "ppt", "pptx", "properties", "ps1",
    "psd", "py", "rar", "rb", "rpm", "rs", "rst", "rtf", "sass", "scala", "scss", "sh", "sql",
    "sqlite", "srt", "strings", "svg", "swift", "tar", "tbx", "tex", "tgz", "tif", "tiff", "tmp",
    "tmx", "toml", "ts", "tsv", "tsx", "ttf", "txt", "vtt", "vue", "war", "wasm", "wav", "webm",
    "webp", "woff", "woff2", "xcodeproj", "xlf", "xliff", "xls", "xlsx", "xml", "xsd", "xsl",
    "xz", "yaml", "yml", "zip", "zst",
  ]
}

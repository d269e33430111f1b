/// Names of files, and paths.
struct FilePaths: ProtectedTextKind {
  static let firstBytes = (0...255).map { UInt8($0) }.filter {
    TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("_-./~\\*").contains($0)
      || $0 >= 0xc3
  }

  private static let longest = 1024

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard text[place] < 0x80 || text.isWord(place) else { return nil }
    guard isStart(place, in: text), !isWithinWord(place, in: text), !isEmphasis(place, in: text)
    else { return nil }
    guard
      let end = [endOfPath(place, in: text), endOfName(place, in: text)].compactMap({ $0 }).max()
    else { return nil }
    return ProtectedSpan(place..<endOfPlace(end, in: text), .word)
  }

  /// Whether no word stands before a place; `_` of emphasis is none.
  private func isStart(_ place: Int, in text: TextBytes) -> Bool {
    guard text.isWordBefore(place) else { return true }
    return text[place - 1] == 0x5f && text.isFreeBefore(place - 1)
      && isEmphasis(place - 1, in: text)
  }

  /// Whether a mark that words of code hold stands before a place, and a word before it.
  private func isWithinWord(_ place: Int, in text: TextBytes) -> Bool {
    ByteSet("./\\-~").contains(text[place - 1]) && text.isWordBefore(place - 1)
  }

  /// Whether what stands here are marks of emphasis around a name: `**a.txt**`, `_a.txt_`.
  private func isEmphasis(_ place: Int, in text: TextBytes) -> Bool {
    if text[place] == 0x2a {
      let end = text.end(of: place, limit: 4) { $0 == 0x2a }
      return text[end] != 0x2e && text[end] != 0x2f
    }
    guard text[place] == 0x5f, text.isFreeBefore(place) else { return false }
    let end = text.endOfRun(place, limit: 255) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("._-").contains($0)
    }
    return text[end - 1] == 0x5f
  }

  /// `:12`, `:12:5`, `#L10` behind the name of a file.
  private func endOfPlace(_ place: Int, in text: TextBytes) -> Int {
    if text[place] == 0x23, text.isAlphanumeric(place + 1) {
      return text.endOfRun(place + 1, limit: 64) {
        TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("-_").contains($0)
      }
    }
    var end = place
    while text[end] == 0x3a, text.isDigit(end + 1), end - place < 24 {
      end = text.end(of: end + 1, limit: 8, while: TextBytes.isDigit)
    }
    return text.isWord(end) ? place : end
  }

  // MARK: - Paths

  /// `/usr/bin`, `./x`, `~/x`, `C:\x`, `\\server\x`, `src/main.swift`, `app/config/name`, `src/`.
  private func endOfPath(_ place: Int, in text: TextBytes) -> Int? {
    if let end = endOfWindowsPath(place, in: text) { return end }
    var end = Self.endOfParts(place, in: text)
    while end > place, ByteSet(".-*~@+_").contains(text[end - 1]),
      text[end - 2] != 0x2f || text[place] != 0x2e
    {
      end -= 1
    }
    guard end > place + 1 else { return nil }
    let part = text.bytes[place..<end]
    guard part.contains(0x2f) else { return nil }
    for start in ["~/", "./", "../"] as [StaticString] where text.starts(with: start, at: place) {
      return end
    }
    if text[place] == 0x2f {
      // `/help`, `/etc/hosts`; a lone slash is none.
      return text.isFreeBefore(place) && (text.isWord(place + 1) || text[place + 1] == 0x2e)
        && !text.isDigit(place + 1) ? end : nil
    }
    let last = part.lastIndex(of: 0x2f).map { $0 + 1 } ?? place
    if fileName(last, in: text) == end { return end }
    return isPath(part, isLast: isLast(end, in: text)) ? end : nil
  }

  /// Whether nothing of a word or a path follows.
  private func isLast(_ place: Int, in text: TextBytes) -> Bool {
    text.isBlank(place) || text.isForeignBracket(place)
      || ByteSet(".,;:!?)]\"'`*").contains(text[place]) && !text.isWord(place + 1)
  }

  /// Where a run ends of what paths hold.
  static func endOfParts(_ place: Int, in text: TextBytes, backslashes: Bool = false) -> Int {
    text.endOfRun(place, limit: longest) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("._-/~+@*").contains($0)
        || backslashes && $0 == 0x5c
    }
  }

  private func endOfWindowsPath(_ place: Int, in text: TextBytes) -> Int? {
    let isDrive =
      text.isLetter(place) && text[place + 1] == 0x3a
      && (text[place + 2] == 0x5c || text[place + 2] == 0x2f && text[place + 3] != 0x2f)
    let isShare = text[place] == 0x5c && text[place + 1] == 0x5c && text.isWord(place + 2)
    guard isDrive || isShare else { return nil }
    var end = Self.endOfParts(place + 2, in: text, backslashes: true)
    // `C:\Program Files\x`
    while text[end] == 0x20, text.isUppercase(end + 1) {
      let word = text.endOfWord(end + 1)
      guard text[word] == 0x5c || text.starts(with: " (x86)\\", at: word),
        text.isWord(word + 1)
          || text[word] == 0x20
      else { break }
      end = Self.endOfParts(text[word] == 0x20 ? word + 6 : word, in: text, backslashes: true)
    }
    while end > place + 3, ByteSet(".-*_").contains(text[end - 1]) { end -= 1 }
    return end
  }

  /// Whether words with slashes between them are a path: three or more, or a slash at the end; `he/she/it` and
  /// `Monday/Tuesday/Sunday` are none.
  private func isPath(_ path: ArraySlice<UInt8>, isLast: Bool) -> Bool {
    guard path.allSatisfy({ $0 < 0x80 }), path.contains(where: TextBytes.isLetter) else {
      return false
    }
    let parts = path.split(separator: 0x2f, omittingEmptySubsequences: false)
    let words = parts.map { String(decoding: $0, as: UTF8.self) }
    if words.contains(where: { Self.prose.contains($0.lowercased()) }) { return false }
    let isTrailed = path.last == 0x2f
    guard parts.dropLast(isTrailed ? 1 : 0).allSatisfy({ !$0.isEmpty }) else { return false }
    if isTrailed { return parts.count > 2 || isLast && parts[0].count > 1 }
    if path.contains(0x5f) { return true }
    guard parts.count > 2 else { return false }
    // `friend/teacher/neighbour` counts up; folders have names of their own, digits or marks.
    return words.contains { Self.folders.contains($0.lowercased()) }
      || path.contains { TextBytes.isDigit($0) || ByteSet(".-~+@").contains($0) }
        && parts.contains { $0.count > 2 }
  }

  /// Folders that programs have.
  private static let folders: Set<String> = [
    "api", "app", "apps", "assets", "bin", "build", "cache", "client", "cmd", "components", "conf",
    "config", "controllers", "core", "css", "data", "db", "debug", "dev", "dist", "doc", "docs",
    "etc",
    "examples", "fonts", "helpers", "hooks", "icons", "images", "img", "include", "internal", "js",
    "lib", "libs", "locale", "locales", "log", "logs", "main", "media", "migrations", "models",
    "modules", "node_modules", "opt", "out", "packages", "pages", "pkg", "plugins", "public",
    "release",
    "res", "resources", "routes", "scripts", "server", "services", "share", "sources", "spec",
    "sql",
    "src", "static", "styles", "templates", "test", "tests", "themes", "tmp", "tools", "usr",
    "util",
    "utils", "var", "vendor", "views", "web", "www",
  ]

  /// Words that slashes part in running texts.
  private static let prose: Set<String> = [
    "and", "or", "he", "she", "it", "they", "his", "her", "hers", "him", "them", "their", "its",
    "my", "your", "our", "yes", "no", "und", "oder", "er", "sie", "es", "ihm", "ihr", "ihn", "der",
    "die", "das", "dem", "den", "des", "ein", "eine", "einer", "mit", "ohne", "with", "without",
    "am", "pm", "was", "were", "is", "are", "has", "have", "who", "whom", "which", "that", "this",
    "day", "week", "month", "year", "hour", "person", "tag", "jahr", "monat", "woche", "w", "c",
  ]

  // MARK: - Names of files

  private func endOfName(_ place: Int, in text: TextBytes) -> Int? {
    if text[place] == 0x2e {
      // `.gitignore`
      let end = text.end(of: place + 1, limit: 32) { TextBytes.isLetter($0) || $0 == 0x2d }
      return text.isFreeBefore(place) && text.isLowercase(place + 1) && end > place + 2
        && !text.isWord(end) ? fileName(place, in: text) ?? end : nil
    }
    return fileName(place, in: text)
  }

  /// A name with an extension that files have: `report.pdf`, `*.swift`, `archive.tar.gz`.
  private func fileName(_ place: Int, in text: TextBytes) -> Int? {
    var end = text.endOfRun(place, limit: 255) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("._-*+").contains($0)
    }
    while end > place, ByteSet(".-_*+").contains(text[end - 1]) { end -= 1 }
    guard end > place, let dot = text.bytes[place..<end].lastIndex(of: 0x2e),
      dot > place || text[place] == 0x2e,
      Self.extensions.contains(text.string(dot + 1..<end).lowercased()),
      !(text.starts(with: "d.h.", at: place) && end == place + 3)
    else { return nil }
    return end
  }

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

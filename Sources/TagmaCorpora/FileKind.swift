internal import Foundation
internal import TagmaAnnotations

/// A kind of file that its name or its first bytes tell, so that no file is taken for what it is not.
public enum FileKind: String, Sendable, CaseIterable {
  case xliff = "XLIFF"
  case tmx = "TMX"
  /// XML or SGML of the workshops on machine translation.
  case wmt = "WMT's XML"
  case xml = "XML"
  case html = "HTML"
  case json = "JSON"
  /// Messages of programs.
  case gettext = "a gettext catalogue (PO)"
  case subtitles = "subtitles"
  case conllu = "CoNLL-U"
  /// Columns that begin with `-DOCSTART-`.
  case columns = "CoNLL columns"
  /// What `tagma tag -O tsv` writes.
  case table = "a table of words"
  /// Annotations beside their text.
  case brat = "annotations of brat"
  case pdf = "PDF"
  case office = "an office document"
  case archive = "an archive"
  case rtf = "RTF"

  /// The kind that the ending of a name stands for; one of compression is passed over.
  public init?(name: String) {
    let parts = name.split(separator: "/").last?.split(separator: ".").map { $0.lowercased() } ?? []
    guard parts.count > 1, let last = parts.last else { return nil }
    let ending = last == "gz" ? parts[parts.count - 2] : last
    guard let kind = Self.endings[ending] else { return nil }
    self = kind
  }

  private static let endings: [String: FileKind] = [
    "xlf": .xliff, "xliff": .xliff, "sdlxliff": .xliff, "mqxliff": .xliff, "mxliff": .xliff,
    "tmx": .tmx, "xml": .xml, "html": .html, "htm": .html, "xhtml": .html, "json": .json,
    "jsonl": .json, "ndjson": .json, "po": .gettext, "pot": .gettext, "srt": .subtitles,
    "vtt": .subtitles, "conllu": .conllu, "conll": .columns, "iob2": .columns, "bio": .columns,
    "ann": .brat,
    "pdf": .pdf, "doc": .office, "docx": .office, "odt": .office, "ppt": .office,
    "pptx": .office, "odp": .office, "xls": .office, "xlsx": .office, "ods": .office,
    "epub": .office, "zip": .archive, "tar": .archive, "tgz": .archive, "7z": .archive,
    "rtf": .rtf,
  ]

  /// The kind that the beginning of a file shows; nil where it may be any text.
  public init?(firstBytes: some Sequence<UInt8>) {
    var bytes = Array(firstBytes)
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
      // UTF-16: what tells a kind is ASCII.
      bytes = bytes.dropFirst(2).filter { $0 != 0 }
    } else if bytes.prefix(2).contains(0) {
      bytes = bytes.filter { $0 != 0 }
    } else if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
      bytes.removeFirst(3)
    }
    guard let kind = Self.binary(bytes) ?? Self.written(bytes) else { return nil }
    self = kind
  }

  private static func binary(_ bytes: [UInt8]) -> FileKind? {
    if bytes.starts(with: "%PDF-".utf8) { return .pdf }
    if bytes.starts(with: "{\\rtf".utf8) { return .rtf }
    if bytes.starts(with: [0xd0, 0xcf, 0x11, 0xe0]) { return .office }
    guard bytes.starts(with: [0x50, 0x4b, 0x03, 0x04]) else { return nil }
    // The first entry of office documents has one of these names.
    let entry = bytes.dropFirst(30).prefix(20)
    let names = ["mimetype", "[Content_Types]", "_rels/", "word/", "docProps/"]
    return names.contains { entry.starts(with: $0.utf8) } ? .office : .archive
  }

  private static func written(_ bytes: [UInt8]) -> FileKind? {
    var scanner = ByteScanner(bytes)
    scanner.skipSpace()
    switch scanner.peek {
    case UInt8(ascii: "<"): return markup(&scanner)
    case UInt8(ascii: "{"), UInt8(ascii: "["): return isObject(&scanner) ? .json : nil
    default: return lines(bytes)
    }
  }

  // MARK: - Markup

  private static let roots: [String: FileKind] = [
    "xliff": .xliff, "tmx": .tmx, "dataset": .wmt, "mteval": .wmt, "srcset": .wmt,
    "refset": .wmt, "tstset": .wmt, "html": .html, "head": .html, "body": .html,
  ]

  /// The kind of the first element, before which there may be declarations and comments.
  private static func markup(_ scanner: inout ByteScanner) -> FileKind? {
    var isXML = false
    while scanner.skip("<") {
      if scanner.skip("?") {
        isXML = isXML || scanner.skip("xml")
        guard scanner.skipPast("?>") else { break }
      } else if scanner.skip("!--") {
        guard scanner.skipPast("-->") else { break }
      } else if scanner.skip("!") {
        guard scanner.name() == "doctype" else { return nil }
        scanner.skipSpace()
        if let kind = roots[scanner.name()] { return kind }
        isXML = true
        guard scanner.skipPast(">") else { break }
      } else {
        let name = scanner.name()
        guard let end = scanner.peek else { break }
        let isTag = end <= 0x20 || end == UInt8(ascii: ">") || end == UInt8(ascii: "/")
        // A line of text may begin with a tag.
        return (isTag ? roots[name] : nil) ?? (isXML ? .xml : nil)
      }
      scanner.skipSpace()
    }
    return isXML ? .xml : nil
  }

  // MARK: - JSON

  /// Whether an object begins, or an array of objects: a brace, a string and a colon.
  private static func isObject(_ scanner: inout ByteScanner) -> Bool {
    if scanner.skip("[") { scanner.skipSpace() }
    guard scanner.skip("{") else { return false }
    scanner.skipSpace()
    guard scanner.skip("\"") else { return false }
    while let byte = scanner.next(), byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") { _ = scanner.next() }
    }
    scanner.skipSpace()
    return scanner.peek == UInt8(ascii: ":")
  }

  // MARK: - Lines

  private static func lines(_ bytes: [UInt8]) -> FileKind? {
    let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
    }
    if lines[0].hasPrefix("WEBVTT") { return .subtitles }
    if lines[0].hasPrefix("-DOCSTART-") { return .columns }
    if isTableHead(lines[0]) { return .table }
    if lines.count > 1, Int(lines[0]) != nil, lines[1].contains(" --> ") { return .subtitles }
    let first = lines.first { !$0.isEmpty && !$0.hasPrefix("#") } ?? ""
    if first.hasPrefix("msgid \"") || first.hasPrefix("msgctxt \"") { return .gettext }
    if isBrat(first) { return .brat }
    let fields = first.split(separator: "\t", omittingEmptySubsequences: false)
    let isNumbered = fields[0].utf8.first.map { (0x30...0x39).contains($0) } ?? false
    return fields.count == 10 && isNumbered ? .conllu : nil
  }

  /// Whether a line is such as `T1⇥PER 0 3⇥Ann`.
  private static func isBrat(_ line: String) -> Bool {
    let fields = line.fields(at: 0x09)
    guard fields.count == 3, fields[0].begins(with: "T"), Int(fields[0].dropFirst()) != nil else {
      return false
    }
    let place = fields[1].fields(at: 0x20)
    return place.count >= 3 && Int(place[1]) != nil && Int(place[place.count - 1]) != nil
  }

  /// Whether a line is the head of what `tagma tag -O tsv` writes.
  static func isTableHead(_ line: String) -> Bool {
    // The name of a column is quoted where its words are.
    let plain = line.replacing("\"", with: "")
    return plain == "sentence\ttoken\tstart\tend\tform"
      || plain.hasPrefix("sentence\ttoken\tstart\tend\tform\t")
  }
}

extension FileKind {
  /// Refuses a file that is plainly of a kind that is not read.
  ///
  /// - Parameters:
  ///   - known: Kinds that are read, or taken for plain text.
  ///   - expected: What is read instead of a kind, and what may be done about it.
  package static func check(
    _ path: String, known: Set<FileKind> = [], expected: (FileKind) -> String
  ) throws(CorpusError) {
    guard let kind = FileKind(of: path), !known.contains(kind) else { return }
    throw CorpusError(
      .otherKind(kind, expected: expected(kind)),
      at: SourceLocation(file: path == "-" ? "<stdin>" : path, line: 1))
  }

  /// Bytes that are looked at.
  static let sample = 4096

  /// The kind of a file: what it shows, else what its name says; nil for plain text, for what is empty, missing or
  /// no regular file.
  ///
  /// - Parameter path: `-` is standard input, of which nothing is taken.
  public init?(of path: String) {
    let descriptor =
      path == "-" ? STDIN_FILENO : FileSystem.open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { if path != "-" { close(descriptor) } }
    guard let status = FileSystem.status(descriptor: descriptor), status.kind == .file,
      status.size > 0
    else { return nil }
    let position = path == "-" ? max(lseek(descriptor, 0, SEEK_CUR), 0) : 0
    let bytes = [UInt8](unsafeUninitializedCapacity: Self.sample) { buffer, count in
      count = max(pread(descriptor, buffer.baseAddress, Self.sample, position), 0)
    }
    let isCompressed = bytes.starts(with: [0x1f, 0x8b])
    let shown = isCompressed && path != "-" ? try? ByteSource(path).next() : bytes
    guard let kind = FileKind(firstBytes: (shown ?? []).prefix(Self.sample)) ?? FileKind(name: path)
    else { return nil }
    self = kind
  }
}

/// Walks over the beginning of a file.
private struct ByteScanner {
  private let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  mutating func next() -> UInt8? {
    guard at < bytes.count else { return nil }
    at += 1
    return bytes[at - 1]
  }

  mutating func skipSpace() {
    while let byte = peek, byte <= 0x20 { at += 1 }
  }

  /// Moves over a text where it stands here.
  mutating func skip(_ text: String) -> Bool {
    guard bytes[at...].starts(with: text.utf8) else { return false }
    at += text.utf8.count
    return true
  }

  /// Moves behind the next place of a text; false where there is none.
  mutating func skipPast(_ text: String) -> Bool {
    while at < bytes.count {
      if skip(text) { return true }
      at += 1
    }
    return false
  }

  /// Letters that follow, small, without the prefix of a name space.
  mutating func name() -> String {
    var name = ""
    while let byte = peek {
      if byte == UInt8(ascii: ":") {
        name = ""
      } else {
        let low = byte | 0x20
        guard (0x61...0x7a).contains(low) || !name.isEmpty && (0x30...0x39).contains(byte) else {
          break
        }
        name.unicodeScalars.append(Unicode.Scalar((0x30...0x39).contains(byte) ? byte : low))
      }
      at += 1
    }
    return name
  }
}

internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// Files that a command is about to read, looked at before it writes anything.
struct InputFiles {
  /// `-` is standard input.
  let paths: [String]

  init(_ paths: [String]) {
    self.paths = paths.isEmpty ? ["-"] : paths
  }

  /// Throws where a file is not there, cannot be opened, or is a folder.
  func checkOpen() throws {
    for path in paths where path != "-" {
      // A pipe that is opened is a pipe that is read.
      if FileSystem.status(path)?.kind != .other { _ = try ByteSource(path) }
    }
  }

  /// Throws where a file is of a kind that is not read.
  ///
  /// - Parameters:
  ///   - known: Kinds that are.
  ///   - expected: What the command reads, and how this kind may be read.
  func check(known: Set<FileKind> = [], expected: (FileKind) -> String) throws {
    for path in paths { try FileKind.check(path, known: known, expected: expected) }
  }

  /// Throws where a file is plainly no text of lines.
  func checkText() throws { try check(known: [.subtitles], expected: plainTextAdvice) }

  /// Tells somebody at a keyboard that the program waits for text.
  func tellKeyboard() {
    guard paths.contains("-"), isatty(STDIN_FILENO) == 1 else { return }
    note("reading from the keyboard; end with Control-D")
  }

  /// Bytes of each file, compressed as they are; nil where one is none or its size is not known.
  var sizes: [Int]? {
    var sizes: [Int] = []
    for path in paths {
      let status =
        path == "-" ? FileSystem.status(descriptor: STDIN_FILENO) : FileSystem.status(path)
      guard let status, status.kind == .file else { return nil }
      sizes.append(status.size)
    }
    return sizes
  }
}

/// What commands that read lines of plain text say of other files.
func plainTextAdvice(_ kind: FileKind) -> String {
  switch kind {
  case .xliff, .tmx, .wmt, .xml, .html, .office, .pdf, .rtf, .archive:
    "plain text: \(textMakers[kind] ?? "take the text out first")"
  case .gettext: "plain text: po2xliff of the Translate Toolkit makes XLIFF of it"
  case .json: "plain text: take the text out first, a line for each"
  case .conllu, .columns, .table: "plain text: tagma convert -O text gives it"
  case .subtitles, .brat: "plain text"
  }
}

/// Programs that make text of documents.
private let textMakers: [FileKind: String] = [
  .html: "a browser saves a page as text, pandoc -t plain converts it",
  .office: "save it as text, or pandoc -t plain converts it",
  .pdf: "pdftotext converts it",
  .rtf: "save it as text",
  .archive: "unpack it first",
]

internal import TagmaAnnotations

extension CorpusFormat {
  /// Comments that may stand before what tells of the format.
  private static let mostComments = 10_000

  /// The format of what begins with the next lines, which can be read afterwards.
  ///
  /// Files named `.conllu` are CoNLL-U; so is what has about ten columns separated by tabs, of which the first is a number. What
  /// has them separated by blanks once was: its reader says so. All else is columns, but for formats that are neither.
  static func recognized(in lines: LineReader) throws(CorpusError) -> CorpusFormat {
    let name = lines.name.hasSuffix(".gz") ? String(lines.name.dropLast(3)) : lines.name
    if name.hasSuffix(".conllu") { return .conllu }
    var seen: [String] = []
    defer { lines.putBack(seen) }
    while seen.count < mostComments, let line = try lines.nextOfCorpus() {
      seen.append(line)
      if line.isBlank || isComment(line) { continue }
      if FileKind.isTableHead(line) { return .tsv }
      if line.utf8.first == UInt8(ascii: "{"), line.utf8.last == UInt8(ascii: "}") { return .jsonl }
      try refuse(FileKind(firstBytes: line.utf8), lines.name, isLine: true)
      return isCoNLLU(line) ? .conllu : .columns
    }
    return .conllu
  }

  /// Throws where a file shows by its beginning, or by its name, that no words with labels are in it.
  ///
  /// - Parameter isLine: Whether a line shows it, which is no object and no head of a table.
  static func refuse(
    _ kind: FileKind?, _ path: String, isLine: Bool = false
  ) throws(CorpusError) {
    let known: Set<FileKind> = isLine ? [.conllu, .columns] : [.conllu, .columns, .table, .json]
    guard let kind, !known.contains(kind) else { return }
    let expected = "CoNLL-U, columns, or what tag -O tsv or jsonl writes"
    throw CorpusError(
      .otherKind(kind, expected: expected), at: SourceLocation(file: path, line: 1))
  }

  /// `#` may be a word with its label.
  private static func isComment(_ line: String) -> Bool {
    guard line.utf8.first == UInt8(ascii: "#"), !line.begins(with: "#\t") else { return false }
    let fields = line.fields(at: 0x20, omittingEmpty: true)
    return !(fields.count == 2 && fields[0] == "#" && SpanTag.isTag(String(fields[1])))
  }

  private static func isCoNLLU(_ line: String) -> Bool {
    let fields = line.fields(at: 0x09)
    let beginsWithNumber = fields[0].utf8.first.map { (0x30...0x39).contains($0) } == true
    if fields.count == 10 { return beginsWithNumber }
    // One column too few or too many is a fault of the line.
    if fields.count == 9 || fields.count == 11 {
      return fields[0] == "1" && fields[5...7].contains { $0 == "_" || Int($0) != nil }
    }
    return fields.count == 1
      && CoNLLUReader.looksLikeWord(line.fields(at: 0x20, omittingEmpty: true))
  }
}

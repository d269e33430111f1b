public import TagmaAnnotations

/// Reads files with one word a line and its labels in columns: CoNLL-2000, -2002, -2003, WNUT, UNER.
///
/// Lines of white space alone end a sentence, and so do lines of `-DOCSTART-`; these and lines that begin with `# ` at the
/// beginning of a sentence are kept as comments, unless they have as many columns as others. A first column of numbers 1, 2, …
/// is recognised as an identifier.
public final class ColumnReader: SentenceReader {
  /// Lines that are read ahead to see how many columns a file has.
  private static let mostAhead = 1000

  private let lines: LineReader
  private let format: ColumnFormat
  private let limits: CorpusLimits
  private var layout: ColumnLayout
  /// Comments that stand before the next sentence.
  private var held: [String] = []

  public convenience init(
    _ path: String, format: ColumnFormat = ColumnFormat(), encoding: String? = nil,
    limits: CorpusLimits = CorpusLimits()
  ) throws(CorpusError) {
    self.init(try LineReader(path, encoding: encoding), format: format, limits: limits)
  }

  public init(
    _ lines: LineReader, format: ColumnFormat = ColumnFormat(),
    limits: CorpusLimits = CorpusLimits()
  ) {
    (self.lines, self.format, self.limits) = (lines, format, limits)
    layout = ColumnLayout(format)
  }

  public var hasMoreReady: Bool { lines.hasLineReady }

  public func next() throws(CorpusError) -> Sentence? {
    var sentence = Sentence(comments: held)
    held = []
    var rows: [ColumnRow] = []
    while let row = try nextRow() {
      let beginsDocument = !row.isBlank && row.fields[0] == "-DOCSTART-"
      if row.isBlank || beginsDocument {
        if rows.isEmpty {
          if beginsDocument { sentence.comments.append("# newdoc") }
          continue
        }
        if beginsDocument { held.append("# newdoc") }
        break
      }
      if rows.isEmpty {
        if try isComment(row) {
          sentence.comments.append(row.text)
          continue
        }
        sentence.location = lines.location()
      }
      try admit(row, number: rows.count)
      rows.append(row)
      guard rows.count <= limits.sentenceTokens else {
        throw CorpusError(.sentenceTooLong(limit: limits.sentenceTokens), at: lines.location())
      }
    }
    guard !rows.isEmpty else { return nil }
    try fill(&sentence, rows)
    return sentence
  }
}

// MARK: - Rows

extension ColumnReader {
  private func nextRow() throws(CorpusError) -> ColumnRow? {
    guard let line = try lines.nextOfCorpus() else { return nil }
    var bytes = Substring(line).utf8
    while bytes.last == 0x0d { bytes.removeLast() }
    let text = bytes.count == line.utf8.count ? line : String(Substring(bytes))
    try lines.refuseCarriageReturns(text)
    return try cut(text)
  }

  private func cut(_ text: String) throws(CorpusError) -> ColumnRow {
    let tab = "\t"
    let separator = format.separator ?? (text.utf8.contains(0x09) ? tab : " ")
    let parts: [Substring]
    if separator == " " {
      parts = text.fields(at: 0x20, omittingEmpty: true)
    } else {
      let whole = separator == tab ? text.fields(at: 0x09) : text.fields(at: separator)
      parts = whole.map(\.withoutOuterBlanks)
    }
    guard parts.count <= limits.columns else {
      throw CorpusError(
        .tooManyColumns(found: parts.count, limit: limits.columns), at: lines.location(),
        excerpt: text)
    }
    if let long = parts.first(where: { $0.utf8.count > limits.tokenBytes }) {
      throw CorpusError(
        .tokenTooLong(limit: limits.tokenBytes), at: lines.location(), excerpt: String(long))
    }
    let filled = (parts.lastIndex { !$0.isBlank } ?? -1) + 1
    return ColumnRow(
      text: text, fields: parts.map(String.init), filled: filled,
      hasSeparator: separator != " " && parts.count > 1)
  }

  private func admit(_ row: ColumnRow, number: Int) throws(CorpusError) {
    guard !layout.admit(row), let expected = layout.allowed?.lowerBound else { return }
    // UNER numbers its words, and may leave out the remarks after the tag where there is no entity.
    guard layout.isNumbered ?? true, expected >= 3, row.filled >= 3, row.isNumbered(number) else {
      throw CorpusError(
        .columnCount(found: row.filled, expected: expected), at: lines.location(), excerpt: row.text
      )
    }
  }

  /// Whether a line before the first word of a sentence says something about it: `#` may be a word, too.
  private func isComment(_ row: ColumnRow) throws(CorpusError) -> Bool {
    guard row.text.utf8.first == UInt8(ascii: "#") else { return false }
    if row.text.begins(with: "#begin document") || row.text.begins(with: "#end document") {
      return true
    }
    guard row.text.begins(with: "# ") else { return false }
    if row.hasSeparator { return row.fields[0] != "#" }
    if ![nil, " "].contains(format.separator) { return true }
    let fields = row.fields
    if fields.count > 2, fields[2] == "=" { return true }
    if fields.count > 1, ["newdoc", "newpar"].contains(fields[1]) { return true }
    if fields.count > 1, row.endsInTag { return layout.allowed?.contains(fields.count) == false }
    var other = layout.lastRow
    if other == nil { other = try nextRowAhead() }
    guard let other else { return true }
    return other.hasSeparator || other.fields.count != fields.count || other.endsInTag
  }

  /// The next row that is no comment; nil where a sentence ends before.
  private func nextRowAhead() throws(CorpusError) -> ColumnRow? {
    var seen: [String] = []
    defer { lines.putBack(seen) }
    while seen.count < Self.mostAhead, let line = try lines.next() {
      seen.append(line)
      if line.utf8.first == UInt8(ascii: "#") { continue }
      let row = try cut(line)
      return row.isBlank ? nil : row
    }
    return nil
  }
}

// MARK: - From rows to a sentence

extension ColumnReader {
  private func fill(_ sentence: inout Sentence, _ rows: [ColumnRow]) throws(CorpusError) {
    let place = sentence.location ?? lines.location()
    let isNumbered = layout.numbers(rows)
    let width = layout.width(of: rows)
    try check(rows, isNumbered: isNumbered, width: width, place)
    func index(_ column: Int) throws(CorpusError) -> Int {
      let i = column < 0 ? width + column : column
      guard i >= 0, i < width else {
        throw CorpusError(.noSuchColumn(column, columns: width), at: place, excerpt: rows[0].text)
      }
      return i
    }
    sentence.columns = rows.map { row in
      Array(row.fields.prefix(width))
        + [String](repeating: "-", count: max(width - row.fields.count, 0))
    }
    let form = try index(format.form ?? (isNumbered ? 1 : 0))
    let hasWords = format.numbers.isEmpty || format.form != nil
    if hasWords { try checkFilled(form, of: "the word", rows, place) }
    sentence.tokens = sentence.columns.map { Token(form: hasWords ? $0[form] : "_") }
    for number in format.numbers { _ = try index(number) }
    if !format.numbers.isEmpty {
      for (i, row) in sentence.columns.enumerated() {
        sentence.numbers.append(try numbers(in: row, line: place.line + i))
      }
    }
    var tasks = format.tasks
    if format.ignoresLabels {
      tasks = tasks.filter { $0.key != format.defaultTask }
    } else if tasks.isEmpty, width > form + 1 {
      tasks[format.defaultTask] = layout.defaultColumn(
        rows, form: form, width: width, isNumbered: isNumbered)
    }
    for (task, column) in tasks.sorted(by: { $0.key.name < $1.key.name }) {
      let i = try index(column)
      try checkFilled(i, of: task.name, rows, place)
      sentence.setLabels(sentence.columns.map { format.mapped($0[i], task) }, of: task)
    }
  }

  /// Rows may differ only where their words are numbered and nothing is counted from the right.
  private func check(
    _ rows: [ColumnRow], isNumbered: Bool, width: Int, _ place: SourceLocation
  ) throws(CorpusError) {
    let mayDiffer =
      isNumbered && format.tasks.values.allSatisfy { $0 >= 0 }
      && format.form ?? 0 >= 0
    let expected = layout.allowed?.lowerBound ?? width
    for (i, row) in rows.enumerated() {
      var location = place
      location.line += i
      if !mayDiffer, !(row.filled...row.fields.count).contains(expected) {
        throw CorpusError(
          .columnCount(found: row.filled, expected: expected), at: location, excerpt: row.text)
      }
      if isNumbered, format.form == nil, !row.isNumbered(i) {
        throw CorpusError(
          .notNumbered(row.fields[0], expected: i + 1), at: location, excerpt: row.text)
      }
    }
  }

  /// Refuses empty words and labels that are to be read.
  private func checkFilled(
    _ column: Int, of what: String, _ rows: [ColumnRow], _ place: SourceLocation
  ) throws(CorpusError) {
    for (i, row) in rows.enumerated() {
      var location = place
      location.line += i
      guard column < row.fields.count else {
        throw CorpusError(
          .noSuchColumn(column, columns: row.fields.count), at: location, excerpt: row.text)
      }
      if row.fields[column].isBlank {
        throw CorpusError(
          .emptyColumn(column: column + 1, name: what), at: location, excerpt: row.text)
      }
    }
  }

  private func numbers(in row: [String], line: Int) throws(CorpusError) -> [Float] {
    var values: [Float] = []
    for column in format.numbers {
      let i = column < 0 ? row.count + column : column
      guard row.indices.contains(i), let value = Float(row[i]), value.isFinite else {
        var place = lines.location()
        place.line = line
        throw CorpusError(
          .notANumber(row.indices.contains(i) ? row[i] : "", column: "\(column)"), at: place)
      }
      values.append(value)
    }
    return values
  }
}

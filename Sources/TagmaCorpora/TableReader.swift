public import TagmaAnnotations

/// Reads the table that `tagma tag -O tsv` writes: a word a line, under a line that names the columns.
///
/// A new sentence begins where the number of the sentence changes or the word is the first. Columns that are no places and no
/// confidences are labels. Tables that were put together are read as one.
public final class TableReader: SentenceReader {
  private let lines: LineReader
  private let limits: CorpusLimits
  private var columns: Columns?
  /// The column of words that are never quoted; nil where they are, as a quoted name of the column says.
  private var bareColumn: Int?
  /// A row that was read but belongs to the next sentence.
  private var held: [String]?

  /// What the head line says stands where.
  private struct Columns {
    let names: [String]
    let sentence, token, form: Int
    let labels: [(task: TaggingTask, column: Int)]

    init?(_ names: [String]) {
      guard let sentence = names.firstIndex(of: "sentence"),
        let token = names.firstIndex(of: "token"), let form = names.firstIndex(of: "form")
      else { return nil }
      (self.names, self.sentence, self.token, self.form) = (names, sentence, token, form)
      let others: Set<String> = ["sentence", "token", "start", "end", "form"]
      labels = names.enumerated().compactMap { column, name in
        others.contains(name) || name.hasSuffix("_confidence") ? nil : (TaggingTask(name), column)
      }
    }
  }

  public init(_ lines: LineReader, limits: CorpusLimits = CorpusLimits()) {
    (self.lines, self.limits) = (lines, limits)
  }

  public var hasMoreReady: Bool { lines.hasLineReady }

  public func next() throws(CorpusError) -> Sentence? {
    var rows: [[String]] = []
    var place: SourceLocation?
    while let row = try nextRow() {
      guard let columns else { break }
      let isNew = row[columns.token] == "1" || rows.last?[columns.sentence] != row[columns.sentence]
      if isNew, !rows.isEmpty {
        held = row
        break
      }
      place = place ?? lines.location()
      rows.append(row)
      guard rows.count <= limits.sentenceTokens else {
        throw CorpusError(.sentenceTooLong(limit: limits.sentenceTokens), at: lines.location())
      }
    }
    guard let columns, !rows.isEmpty else { return nil }
    var sentence = Sentence(tokens: rows.map { Token(form: $0[columns.form]) })
    for (task, column) in columns.labels { sentence.setLabels(rows.map { $0[column] }, of: task) }
    sentence.location = place
    return sentence
  }

  /// The next line that is no head line.
  private func nextRow() throws(CorpusError) -> [String]? {
    if let row = held {
      held = nil
      return row
    }
    while let line = try lines.next() {
      let fields = try fields(of: line)
      if columns == nil {
        columns = Columns(fields)
        bareColumn =
          line.utf8.split(separator: 0x09).contains { $0.elementsEqual("\"form\"".utf8) }
          ? nil : columns?.form
        guard columns != nil else {
          throw CorpusError(
            .noSuchColumnName("form", known: fields), at: lines.location(), excerpt: line)
        }
      } else if let columns, fields != columns.names {
        try check(fields, columns, line)
        return fields
      }
    }
    return nil
  }

  private func check(
    _ fields: [String], _ columns: Columns, _ line: String
  ) throws(CorpusError) {
    guard fields.count == columns.names.count else {
      throw CorpusError(
        .columnCount(found: fields.count, expected: columns.names.count), at: lines.location(),
        excerpt: line)
    }
    let form = fields[columns.form]
    guard !form.isEmpty else {
      throw CorpusError(
        .emptyField(column: columns.form + 1, name: "form"), at: lines.location(), excerpt: line)
    }
    guard form.utf8.count <= limits.tokenBytes else {
      throw CorpusError(
        .tokenTooLong(limit: limits.tokenBytes), at: lines.location(), excerpt: form)
    }
  }

  /// The fields of a line; one that begins with a quotation mark ends with one, and holds them twice, but for bare words.
  private func fields(of line: String) throws(CorpusError) -> [String] {
    let (quote, tab) = (UInt8(ascii: "\""), UInt8(ascii: "\t"))
    var fields: [String] = []
    var rest = line.utf8[...]
    while true {
      guard rest.first == quote, fields.count != bareColumn else {
        let end = rest.firstIndex(of: tab) ?? rest.endIndex
        fields.append(String(Substring(rest[..<end])))
        if end == rest.endIndex { return fields }
        rest = rest[rest.index(after: end)...]
        continue
      }
      rest.removeFirst()
      var field: [UInt8] = []
      while let byte = rest.popFirst() {
        if byte == quote {
          guard rest.first == quote else { break }
          rest.removeFirst()
        }
        field.append(byte)
      }
      fields.append(String(decoding: field, as: UTF8.self))
      guard let next = rest.popFirst() else { return fields }
      guard next == tab else {
        throw CorpusError(
          .unbalancedQuotes(column: fields.count), at: lines.location(), excerpt: line)
      }
    }
  }
}

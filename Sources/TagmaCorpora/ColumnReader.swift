public import TagmaAnnotations

/// Which column of a column file holds what.
public struct ColumnFormat: Sendable, Equatable {
  /// The column of each task; negative numbers count from the right.
  ///
  /// Empty means: recognise.
  public var tasks: [TaggingTask: Int] = [:]
  /// The column of the word; nil means: recognise.
  public var form: Int?
  /// Columns of numbers that describe a row: where there are any, and no column of words is named, all words are `_`.
  public var numbers: [Int] = []
  /// The separator; nil is a tab where lines have one, otherwise runs of blanks.
  public var separator: String?
  /// Labels that are read as others, such as `OTH=O`.
  public var map: [String: String] = [:]
  /// The task of the last column where `tasks` is empty.
  public var defaultTask = TaggingTask.ner
  /// Whether only the form matters, as when labels are about to be predicted.
  public var ignoresLabels = false

  public init() {}
}

/// Reads files with one word a line and its labels in columns: CoNLL-2000, -2002, -2003, WNUT, UNER.
///
/// White-space-only lines end a sentence; lines that begin with `# ` and lines of `-DOCSTART-` are
/// kept as comments. A first column of numbers 1, 2, … is recognised as an identifier.
public final class ColumnReader: SentenceReader {
  private let lines: LineReader
  private let format: ColumnFormat
  private let limits: CorpusLimits
  private var columnCount: Int?

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
  }

  public var hasMoreReady: Bool { lines.hasLineReady }

  public func next() throws(CorpusError) -> Sentence? {
    var sentence = Sentence()
    while let line = try lines.next() {
      if line.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
        if sentence.columns.isEmpty { continue }
        try finish(&sentence)
        return sentence
      }
      if line.hasPrefix("-DOCSTART-") {
        sentence.comments.append("# newdoc")
        continue
      }
      if line.hasPrefix("# "), sentence.columns.isEmpty {
        sentence.comments.append(line)
        continue
      }
      if sentence.location == nil || sentence.columns.isEmpty {
        sentence.location = lines.location()
      }
      sentence.columns.append(try cut(line, row: sentence.columns.count))
      guard sentence.columns.count <= limits.sentenceTokens else {
        throw CorpusError(.sentenceTooLong(limit: limits.sentenceTokens), at: lines.location())
      }
    }
    guard !sentence.columns.isEmpty else { return nil }
    try finish(&sentence)
    return sentence
  }

  private func cut(_ line: String, row: Int) throws(CorpusError) -> [String] {
    let separator = format.separator ?? (line.utf8.contains(0x09) ? "\t" : " ")
    let fields = line.split(separator: separator, omittingEmptySubsequences: separator == " ")
      .map(String.init)
    guard fields.count <= limits.columns else {
      throw CorpusError(.tooManyColumns(limit: limits.columns), at: lines.location(), excerpt: line)
    }
    // UNER numbers its words, and leaves out the remarks after the tag where there is no entity.
    let isNumbered = fields.count >= 3 && fields[0] == String(row + 1)
    if let expected = columnCount, fields.count != expected, !(isNumbered && expected >= 3) {
      throw CorpusError(
        .columnCount(found: fields.count, expected: expected), at: lines.location(), excerpt: line)
    }
    columnCount = fields.count
    if let long = fields.first(where: { $0.utf8.count > limits.tokenBytes }) {
      throw CorpusError(
        .tokenTooLong(limit: limits.tokenBytes), at: lines.location(), excerpt: long)
    }
    return fields
  }

  private func finish(_ sentence: inout Sentence) throws(CorpusError) {
    let rows = sentence.columns
    let place = sentence.location ?? lines.location()
    let count = rows[0].count
    let hasIDs = rows.enumerated().allSatisfy { $1[0] == String($0 + 1) } && count > 1
    func index(_ column: Int) throws(CorpusError) -> Int {
      let i = column < 0 ? count + column : column
      guard i >= 0, i < count else {
        throw CorpusError(
          .noSuchColumn(column, columns: count), at: place, excerpt: rows[0].joined(separator: "\t")
        )
      }
      return i
    }
    let form = try index(format.form ?? (hasIDs ? 1 : 0))
    let hasWords = format.numbers.isEmpty || format.form != nil
    sentence.tokens = rows.map { Token(form: hasWords ? $0[form] : "_") }
    for number in format.numbers { _ = try index(number) }
    if !format.numbers.isEmpty {
      for (i, row) in rows.enumerated() {
        sentence.numbers.append(try numbers(in: row, line: place.line + i))
      }
    }
    var tasks = format.tasks
    if format.ignoresLabels {
      tasks = tasks.filter { $0.key != format.defaultTask }
    } else if tasks.isEmpty, count > form + 1 {
      // UNER: id, word, tag, then two columns about the annotation.
      tasks = [format.defaultTask: hasIDs ? form + 1 : -1]
    }
    for (task, column) in tasks {
      let i = try index(column)
      sentence.setLabels(rows.map { mapped($0[i], task) }, of: task)
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

  private func mapped(_ label: String, _ task: TaggingTask) -> String {
    // Some releases of UNER hold `B-O`: outside of any span, not a span of outsiders.
    if task.isSpans, label == "B-O" || label == "I-O" { return "O" }
    guard !format.map.isEmpty else { return label }
    if let whole = format.map[label] { return whole }
    guard task.isSpans else { return label }
    let parts = SpanTag(label)
    guard let other = format.map[parts.label], parts.prefix != "O" else { return label }
    return other == "O" ? "O" : "\(parts.prefix)-\(other)"
  }
}

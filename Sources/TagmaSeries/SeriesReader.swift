internal import TagmaAnnotations
internal import TagmaCorpora

/// Finds the names of a table's columns, then reads its rows.
final class SeriesReader {
  private let reader: CSVReader
  private var numbers: CSVNumbers
  /// Names of all columns; their numbers where they have none.
  private(set) var names: [String] = []
  /// Records that were looked at before they are read, last first.
  private var ahead: [CSVRecord] = []
  /// Whether each line ends with a separator, behind which there is nothing.
  private var endsWithSeparator = false
  var name: String { reader.lines.name }

  init(_ path: String, encoding: String?) throws(CorpusError) {
    reader = try CSVReader(path, encoding: encoding)
    numbers = CSVNumbers(allowsDecimalComma: false)
    guard let first = try reader.next() else { return }
    let second = try reader.next()
    numbers = CSVNumbers(allowsDecimalComma: reader.separator != ",")
    endsWithSeparator =
      first.fields.count > 1 && first.fields.last == ""
      && second.map { $0.fields.last == "" || $0.fields.count == first.fields.count - 1 } ?? true
    let fields = endsWithSeparator ? first.fields.dropLast() : first.fields[...]
    let isHeader = isHeader(Array(fields), before: second)
    names = fields.enumerated().map { isHeader && !$1.isEmpty ? $1 : "\($0)" }
    ahead = [second, isHeader ? nil : first].compactMap { $0 }
    if isHeader, let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
      throw failure(.repeatedColumnName(names[twice]), first.line)
    }
  }

  private func failure(
    _ kind: CorpusError.Kind, _ line: Int, column: Int? = nil, excerpt: String = ""
  ) -> CorpusError {
    CorpusError(
      kind, at: SourceLocation(file: name, line: line, column: column), excerpt: excerpt)
  }

  /// Whether a first record names columns: a word stands in it, or a date above a number.
  ///
  /// What stands for a missing number is no word.
  private func isHeader(_ fields: [String], before second: CSVRecord?) -> Bool {
    fields.indices.contains { i in
      let field = fields[i]
      if numbers.isNumber(field) || numbers.isMissing(field) { return false }
      guard numbers.isDate(field) else { return numbers.isName(field) }
      return second.map { $0.fields.indices.contains(i) && numbers.isNumber($0.fields[i]) } ?? false
    }
  }

  /// The columns to be read.
  ///
  /// - Parameter wanted: Names or numbers; all but dates where there are none.
  func choose(_ wanted: [String]) throws(CorpusError) -> [Int] {
    guard wanted.isEmpty else {
      var chosen: [Int] = []
      for name in wanted {
        let index =
          names.firstIndex(of: name)
          ?? Int(name).flatMap { names.indices.contains($0) ? $0 : nil }
        guard let index else { throw failure(.noSuchColumnName(name, known: names), 1) }
        if !chosen.contains(index) { chosen.append(index) }
      }
      return chosen.sorted()
    }
    guard let row = ahead.last else { return Array(names.indices) }
    let chosen = names.indices.filter {
      !row.fields.indices.contains($0) || !numbers.isDate(row.fields[$0])
    }
    return chosen.isEmpty ? Array(names.indices) : chosen
  }

  /// The numbers of the next row; nil after the last.
  func next(_ columns: [Int]) throws(CorpusError) -> [Double]? {
    guard let record = try nextRecord() else { return nil }
    if record.isEmpty {
      // Spreadsheets end a table with empty rows; between others a row of nothing is one that is missing.
      while let other = try nextRecord() {
        if !other.isEmpty { throw failure(.missingValue("", column: names[0]), record.line) }
      }
      return nil
    }
    let fields = try fields(of: record)
    var row: [Double] = []
    for column in columns {
      guard let value = numbers.number(fields[column]) else {
        throw failure(
          numbers.isMissing(fields[column])
            ? .missingValue(fields[column], column: names[column])
            : .notANumber(fields[column], column: names[column]),
          record.line, column: column + 1)
      }
      row.append(value)
    }
    return row
  }

  private func nextRecord() throws(CorpusError) -> CSVRecord? {
    if let record = ahead.popLast() { return record }
    return try reader.next()
  }

  private func fields(of record: CSVRecord) throws(CorpusError) -> ArraySlice<String> {
    var fields = record.fields[...]
    if endsWithSeparator, fields.count == names.count + 1, fields.last == "" {
      fields.removeLast()
    }
    guard fields.count == names.count else {
      throw failure(
        .columnCount(found: fields.count, expected: names.count), record.line,
        excerpt: record.fields.joined(separator: String(reader.separator ?? " ")))
    }
    return fields
  }
}

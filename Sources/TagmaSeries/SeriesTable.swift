internal import TagmaAnnotations
public import TagmaCorpora

/// Rows of numbers, such as measurements one after the other.
public struct SeriesTable: Sendable, Equatable {
  /// Names of the columns; their numbers from 0 where the file names none.
  public let columns: [String]
  /// Row by row.
  public private(set) var values: [Double]

  public var rows: Int { values.count / max(columns.count, 1) }

  public init(columns: [String], values: [Double]) {
    (self.columns, self.values) = (columns, values)
  }

  public subscript(row: Int, column: Int) -> Double { values[row * columns.count + column] }

  /// Some of the rows.
  public func rows(_ range: Range<Int>) -> SeriesTable {
    SeriesTable(
      columns: columns,
      values: Array(values[range.lowerBound * columns.count..<range.upperBound * columns.count]))
  }

  public mutating func append(_ row: [Double]) { values += row }

  /// Reads lines of numbers parted by commas, semicolons, tabs or spaces; a first line that holds a word names the columns.
  public init(contentsOf path: String, encoding: String? = nil) throws(CorpusError) {
    let lines = try LineReader(path, encoding: encoding)
    var columns: [String] = []
    var values: [Double] = []
    var separator: Character?
    while let line = try lines.next() {
      if line.allSatisfy(\.isWhitespace) || line.hasPrefix("#") { continue }
      if columns.isEmpty { separator = [",", ";", "\t"].first { line.contains($0) } }
      let fields = Self.fields(line, separator)
      if columns.isEmpty {
        let isHeader = fields.contains { Double($0) == nil }
        columns = isHeader ? fields : fields.indices.map { String($0) }
        if isHeader { continue }
      }
      guard fields.count == columns.count else {
        throw CorpusError(
          .columnCount(found: fields.count, expected: columns.count), at: lines.location(),
          excerpt: line)
      }
      for (i, field) in fields.enumerated() {
        guard let value = Double(field), value.isFinite else {
          throw CorpusError(
            .notANumber(field, column: columns[i]), at: lines.location(column: i + 1))
        }
        values.append(value)
      }
    }
    self.init(columns: columns, values: values)
  }

  private static func fields(_ line: String, _ separator: Character?) -> [String] {
    let parts =
      separator.map { line.split(separator: $0, omittingEmptySubsequences: false) }
      ?? line.split(whereSeparator: \.isWhitespace)
    return parts.map { part in
      var text = part.drop(while: \.isWhitespace)
      while text.last?.isWhitespace == true { text.removeLast() }
      if text.count > 1, text.first == "\"", text.last == "\"" {
        text = text.dropFirst().dropLast()
      }
      return String(text)
    }
  }

  /// The numbers of columns that are named, or given by their numbers; all where there are no names.
  public func indices(of names: [String]) throws(CorpusError) -> [Int] {
    if names.isEmpty { return Array(columns.indices) }
    var found: [Int] = []
    for name in names {
      guard
        let index = columns.firstIndex(of: name)
          ?? Int(name).flatMap({ columns.indices.contains($0) ? $0 : nil })
      else {
        throw CorpusError(
          .noSuchColumnName(name, known: columns), at: SourceLocation(file: "", line: 1))
      }
      found.append(index)
    }
    return found
  }
}

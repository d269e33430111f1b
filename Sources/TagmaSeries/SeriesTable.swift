internal import TagmaAnnotations
public import TagmaCorpora

/// Rows of numbers, such as measurements one after the other.
public struct SeriesTable: Sendable {
  /// Names of the columns; their numbers from 0 where the file names none.
  public let columns: [String]
  /// Row by row.
  public private(set) var values: [Double]
  /// Columns of the file that hold dates and were left out, since nobody asked for them.
  public private(set) var dateColumns: [String] = []
  /// The file; empty where there is none.
  public private(set) var file = ""
  /// For each column its number in the file.
  private var numbers: [Int]

  public var rows: Int { values.count / max(columns.count, 1) }

  public init(columns: [String], values: [Double]) {
    (self.columns, self.values) = (columns, values)
    numbers = Array(columns.indices)
  }

  public subscript(row: Int, column: Int) -> Double { values[row * columns.count + column] }

  /// Some of the rows.
  public func rows(_ range: Range<Int>) -> SeriesTable {
    var table = self
    table.values = Array(
      values[range.lowerBound * columns.count..<range.upperBound * columns.count])
    return table
  }

  public mutating func append(_ row: [Double]) { values += row }

  /// Reads lines of numbers, separated by commas, semicolons, tabs or white space; a first line that holds a word names the
  /// columns.
  ///
  /// Quotation marks, Excel's `sep=;`, a separator at the end of each line, and decimal commas between semicolons or tabs
  /// are understood. A missing number is an error, wherever it stands: a row that is left out would shift the series.
  ///
  /// - Parameter wanted: Columns, by name or number from 0; all that do not hold dates where there are none.
  public init(
    contentsOf path: String, columns wanted: [String] = [], encoding: String? = nil
  ) throws(CorpusError) {
    let reader = try SeriesReader(path, encoding: encoding)
    let chosen = try reader.choose(wanted)
    var values: [Double] = []
    while let row = try reader.next(chosen) { values += row }
    self.init(columns: chosen.map { reader.names[$0] }, values: values)
    numbers = chosen
    file = reader.name
    if wanted.isEmpty {
      dateColumns = reader.names.indices.filter { !chosen.contains($0) }.map { reader.names[$0] }
    }
  }

  /// The places of columns that are named, or given by their numbers in the file; all where there are no names.
  public func indices(of names: [String]) throws(CorpusError) -> [Int] {
    if names.isEmpty { return Array(columns.indices) }
    var found: [Int] = []
    for name in names {
      let index = columns.firstIndex(of: name) ?? Int(name).flatMap { numbers.firstIndex(of: $0) }
      guard let index else {
        throw CorpusError(
          .noSuchColumnName(name, known: columns), at: SourceLocation(file: file, line: 1))
      }
      found.append(index)
    }
    return found
  }

  /// The same rows with columns in the order of another table that has the same names; as it is where the names differ.
  func ordered(as other: SeriesTable) -> SeriesTable {
    let places = other.columns.compactMap { columns.firstIndex(of: $0) }
    guard places.count == columns.count, columns.count == other.columns.count,
      places != Array(columns.indices)
    else { return self }
    var table = SeriesTable(
      columns: other.columns,
      values: (0..<rows).flatMap { row in places.map { self[row, $0] } })
    table.file = file
    return table
  }
}

extension SeriesTable: Equatable {
  /// Whether names and numbers are the same, wherever they were read.
  public static func == (a: SeriesTable, b: SeriesTable) -> Bool {
    a.columns == b.columns && a.values == b.values
  }
}

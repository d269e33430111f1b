internal import TagmaAnnotations

/// A line of a column file.
struct ColumnRow {
  /// The line itself.
  let text: String
  var fields: [String]
  /// How many fields there are without empty ones at the end.
  let filled: Int
  /// Whether something else than blanks parts them.
  let hasSeparator: Bool

  var isBlank: Bool { filled == 0 }

  /// Whether its last column holds a tag of spans.
  var endsInTag: Bool { filled > 0 && SpanTag.isTag(fields[filled - 1]) }

  /// Whether the row begins with its number in its sentence, from 0; it does with more than a word beside it.
  func isNumbered(_ index: Int) -> Bool { fields[0] == String(index + 1) }
}

/// What the rows of a column file have told of its columns so far.
struct ColumnLayout {
  private let format: ColumnFormat
  /// Numbers of columns that fit all rows: a row that ends in separators may have more columns than it shows.
  private(set) var allowed: ClosedRange<Int>?
  /// The most columns that a row had.
  private var widest = 0
  private(set) var lastRow: ColumnRow?
  /// Whether the first column numbers the words of a sentence; nil where nothing was told.
  private(set) var isNumbered: Bool?
  /// The column of labels, where rows are numbered.
  private var labelColumn: Int?

  init(_ format: ColumnFormat) {
    self.format = format
    if !format.numbers.isEmpty { isNumbered = false }
  }

  /// Takes a row in; false where it has another number of columns than those before it.
  mutating func admit(_ row: ColumnRow) -> Bool {
    let own = row.filled...row.fields.count
    lastRow = row
    guard let allowed else {
      self.allowed = own
      return true
    }
    guard own.overlaps(allowed) else { return false }
    self.allowed = own.clamped(to: allowed)
    return true
  }

  /// How many columns the rows of a sentence are given; later sentences have as many.
  mutating func width(of rows: [ColumnRow]) -> Int {
    let filled = rows.reduce(0) { max($0, $1.filled) }
    if let allowed, !format.countsFromLeft {
      self.allowed = allowed.lowerBound...allowed.lowerBound
    }
    widest = max(widest, filled, allowed?.lowerBound ?? 0)
    return isNumbered == true ? widest : max(filled, allowed?.lowerBound ?? 0)
  }

  /// Whether rows are a sentence whose words are numbered.
  ///
  /// One row that begins with 1 tells little: what follows the number then decides.
  mutating func numbers(_ rows: [ColumnRow]) -> Bool {
    if let isNumbered { return isNumbered }
    guard rows.indices.allSatisfy({ rows[$0].isNumbered($0) }), rows[0].filled > 1 else {
      isNumbered = false
      return false
    }
    if rows.count == 1 {
      return rows[0].filled >= 5 || (rows[0].filled >= 3 && !Self.isLabel(rows[0].fields[1]))
    }
    if rows[0].filled == 2, rows.allSatisfy({ SpanTag.isTag($0.fields[1]) }) { return false }
    isNumbered = true
    return true
  }

  /// The column of the task that no column is named for.
  ///
  /// UNER has a number, a word, a tag, and then two columns about the annotation; others have the tag at the end.
  mutating func defaultColumn(_ rows: [ColumnRow], form: Int, width: Int, isNumbered: Bool) -> Int {
    guard isNumbered else { return -1 }
    if let labelColumn { return labelColumn }
    let hasTags = { column in
      rows.allSatisfy { $0.fields.count > column && SpanTag.isTag($0.fields[column]) }
    }
    let isLast = format.defaultTask.isSpans && !hasTags(form + 1) && hasTags(width - 1)
    labelColumn = isLast ? width - 1 : form + 1
    return isLast ? width - 1 : form + 1
  }

  /// Whether a field may be a part of speech or a tag of spans, rather than a word.
  private static func isLabel(_ field: String) -> Bool {
    SpanTag.isTag(field)
      || field.utf8.allSatisfy { (0x41...0x5a).contains($0) || $0 == 0x24 || $0 == 0x2d }
  }
}

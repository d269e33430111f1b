internal import ArgumentParser
internal import Tagma

/// Options of everything that reads corpora.
struct ColumnOptions: ParsableArguments {
  @Option(help: "Which column holds what, such as form=0,ner=-1; recognised by default.")
  var columns: String?

  @Option(help: "Columns that are given, not predicted: input of the network, such as pos=1.")
  var features: String?

  @Option(
    help:
      "Columns of numbers that describe a row, such as 0-12 or 0,2: frames of sound or of sensors; a blank line ends a series."
  )
  var numbers: String?

  @Option(help: "What parts the columns: tab, space or any text.")
  var separator: String?

  @Option(name: .customLong("map"), help: "Read a label as another, such as OTH=O.")
  var map: [String] = []

  @Option(help: "The encoding of text input, such as latin1 or utf-16.")
  var encoding: String?

  func validate() throws {
    if separator?.isEmpty == true { throw ValidationError("--separator must not be empty") }
    _ = try format()
  }

  /// Whether anything is said of columns.
  var describesColumns: Bool {
    columns != nil || features != nil || numbers != nil || separator != nil || !map.isEmpty
  }

  /// Labels that are input, and their columns.
  func givenColumns() throws -> [(TaggingTask, Int)] {
    try (features ?? "").split(separator: ",").map { part in
      let sides = part.split(separator: "=")
      guard sides.count == 2, let column = Int(sides[1]) else {
        throw ValidationError("--features: '\(part)' is not NAME=NUMBER")
      }
      return (TaggingTask(String(sides[0])), column)
    }
  }

  /// Columns of numbers.
  private func numberColumns() throws -> [Int] {
    try (numbers ?? "").split(separator: ",").flatMap { part -> [Int] in
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends[0], let last = ends[ends.count - 1], ends.count <= 2, first >= 0,
        first <= last, last < 100_000
      else { throw ValidationError("--numbers: '\(part)' is neither a column nor FIRST-LAST") }
      return Array(first...last)
    }
  }

  /// The options as the reader wants them.
  func format(task: TaggingTask = .ner) throws -> ColumnFormat {
    var format = ColumnFormat()
    format.defaultTask = task
    for part in (columns ?? "").split(separator: ",") {
      let sides = part.split(separator: "=")
      guard sides.count == 2, let column = Int(sides[1]) else {
        throw ValidationError("--columns: '\(part)' is not NAME=NUMBER")
      }
      if sides[0] == "form" || sides[0] == "word" {
        format.form = column
      } else {
        format.tasks[TaggingTask(String(sides[0]))] = column
      }
    }
    format.numbers = try numberColumns()
    for (task, column) in try givenColumns() { format.tasks[task] = column }
    // The label's own column is no longer recognised once others are named.
    if columns == nil, features != nil { format.tasks[task] = -1 }
    switch separator {
    case "tab": format.separator = "\t"
    case "space": format.separator = " "
    default: format.separator = separator
    }
    for pair in map.flatMap({ $0.split(separator: ",") }) {
      let sides = pair.split(separator: "=", maxSplits: 1)
      guard sides.count == 2 else { throw ValidationError("--map: '\(pair)' is not LABEL=LABEL") }
      format.map[String(sides[0])] = String(sides[1])
    }
    return format
  }
}

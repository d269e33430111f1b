internal import ArgumentParser
internal import Tagma

/// Options of everything that reads corpora.
struct ColumnOptions: ParsableArguments {
  @Option(help: "Which column holds what, such as form=0,ner=-1; recognised by default.")
  var columns: String?

  @Option(help: "Columns that are given, not predicted: input of the network, such as pos=1.")
  var features: String?

  @Option(help: "What parts the columns: tab, space or any text.")
  var separator: String?

  @Option(name: .customLong("map"), help: "Read a label as another, such as OTH=O.")
  var map: [String] = []

  @Option(help: "The encoding of text input, such as latin1 or utf-16.")
  var encoding: String?

  func validate() throws {
    _ = try format()
  }

  /// Labels that are input, and their columns.
  func givenColumns() throws -> [(Task, Int)] {
    try (features ?? "").split(separator: ",").map { part in
      let sides = part.split(separator: "=")
      guard sides.count == 2, let column = Int(sides[1]) else {
        throw ValidationError("--features: '\(part)' is not NAME=NUMBER")
      }
      return (Task(String(sides[0])), column)
    }
  }

  /// The options as the reader wants them.
  func format(task: Task = .ner) throws -> ColumnFormat {
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
        format.tasks[Task(String(sides[0]))] = column
      }
    }
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

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
  /// The separator, not empty; nil is a tab where lines have one, otherwise runs of blanks.
  public var separator: String?
  /// Labels that are read as others, such as `OTH=O`.
  public var map: [String: String] = [:]
  /// The task of the last column where `tasks` is empty.
  public var defaultTask = TaggingTask.ner
  /// Whether only the form matters, as when labels are about to be predicted.
  public var ignoresLabels = false

  public init() {}

  /// Whether it is said of each column that is read where it is from the left, so that others may follow.
  var countsFromLeft: Bool {
    let read = tasks.filter { !ignoresLabels || $0.key != defaultTask }.values
    return form.map { $0 >= 0 } == true && (ignoresLabels || !read.isEmpty)
      && read.allSatisfy { $0 >= 0 } && numbers.allSatisfy { $0 >= 0 }
  }

  /// A label as others are to see it.
  func mapped(_ label: String, _ task: TaggingTask) -> String {
    // Some releases of UNER hold `B-O`: outside of any span, not a span of outsiders.
    if task.isSpans, label == "B-O" || label == "I-O" { return "O" }
    guard !map.isEmpty else { return label }
    if let whole = map[label] { return whole }
    guard task.isSpans else { return label }
    let parts = SpanTag(label)
    guard let other = map[parts.label], parts.prefix != "O" else { return label }
    return other == "O" ? "O" : "\(parts.prefix)-\(other)"
  }
}

internal import TagmaAnnotations
public import TagmaCorpora

/// Names by label, each of which may stand where a training sentence has another: a gazetteer that costs nothing when
/// tagging.
public struct NameList: Sendable {
  struct Name: Sendable {
    let label: String
    let words: [String]
    let location: SourceLocation
  }

  let names: [Name]

  /// Reads lines of a label, a tab, and the words of a name with blanks between them; blank lines are skipped.
  public init(contentsOf path: String, encoding: String? = nil) throws(CorpusError) {
    let lines = try LineReader(path, encoding: encoding)
    var names: [Name] = []
    while let line = try lines.next() {
      if line.allSatisfy(\.isWhitespace) { continue }
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard columns.count == 2 else {
        throw CorpusError(
          .columnCount(found: columns.count, expected: 2), at: lines.location())
      }
      for (i, (text, name)) in zip(columns, ["label", "name"]).enumerated()
      where text.allSatisfy(\.isWhitespace) {
        throw CorpusError(.emptyField(column: i + 1, name: name), at: lines.location(column: i + 1))
      }
      names.append(
        Name(
          label: String(columns[0]), words: columns[1].split(separator: " ").map(String.init),
          location: lines.location(column: 1)))
    }
    self.names = names
  }
}

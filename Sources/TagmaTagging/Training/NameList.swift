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

  /// Words that a name may have: a longer line is something else.
  private static let longest = 64

  let names: [Name]

  /// Reads lines of a label, a tab, and the words of a name with blanks between them; blank lines are skipped.
  public init(contentsOf path: String, encoding: String? = nil) throws(CorpusError) {
    let lines = try LineReader(path, encoding: encoding)
    let limits = CorpusLimits()
    var names: [Name] = []
    while let line = try lines.next() {
      if line.isInvisible { continue }
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
      let filled = columns.count { !String($0).isInvisible }
      guard columns.count == 2, filled == 2 else {
        throw CorpusError(.columnCount(found: filled, expected: 2), at: lines.location())
      }
      // Scalars, since a blank and a mark that begins a word are one `Character`.
      let words = columns[1].unicodeScalars.split(separator: " ").map { String($0) }
      guard words.count <= Self.longest else {
        throw CorpusError(.sentenceTooLong(limit: Self.longest), at: lines.location(column: 2))
      }
      guard words.allSatisfy({ $0.utf8.count <= limits.tokenBytes }) else {
        throw CorpusError(.tokenTooLong(limit: limits.tokenBytes), at: lines.location(column: 2))
      }
      names.append(
        Name(label: String(columns[0]), words: words, location: lines.location(column: 1)))
    }
    self.names = names
  }
}

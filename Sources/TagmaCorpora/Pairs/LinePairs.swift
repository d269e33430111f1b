public import TagmaAnnotations

/// Pairs of texts, one a line, parted by a tab; what follows a second tab is not read.
public final class PairReader: PairSource {
  private let lines: LineReader
  private let isSwapped: Bool

  /// - Parameter isSwapped: Whether lines hold the target first.
  public init(_ path: String, isSwapped: Bool = false, encoding: String? = nil)
    throws(CorpusError)
  {
    lines = try LineReader(path, encoding: encoding)
    self.isSwapped = isSwapped
  }

  /// The next pair, or nil at the end; blank lines are passed over.
  public func next() throws(CorpusError) -> TextPair? {
    while let line = try lines.next() {
      if line.allSatisfy(\.isWhitespace) { continue }
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard columns.count >= 2 else {
        throw CorpusError(
          .columnCount(found: columns.count, expected: 2), at: lines.location(), excerpt: line)
      }
      return TextPair(
        source: String(columns[isSwapped ? 1 : 0]), target: String(columns[isSwapped ? 0 : 1]))
    }
    return nil
  }

  public func location() -> SourceLocation { lines.location() }
}

/// Pairs of two files, line by line; a line that is blank on either side is no pair.
public final class AlignedPairReader: PairSource {
  private let sources: SegmentReader
  private let targets: SegmentReader

  public init(_ source: String, _ target: String, encoding: String? = nil) throws(CorpusError) {
    sources = try SegmentReader(source, encoding: encoding)
    targets = try SegmentReader(target, encoding: encoding)
  }

  /// The next pair; nil where both files end.
  public func next() throws(CorpusError) -> TextPair? {
    while true {
      let (source, target) = (try sources.next(), try targets.next())
      guard let source, let target else {
        if source == nil, target == nil { return nil }
        let (shorter, longer) = source == nil ? (sources, targets) : (targets, sources)
        throw CorpusError(
          .unalignedLines(other: shorter.name, lines: shorter.lines.lineNumber),
          at: longer.location())
      }
      if !source.allSatisfy(\.isWhitespace), !target.allSatisfy(\.isWhitespace) {
        return TextPair(source: source, target: target)
      }
    }
  }

  public func location() -> SourceLocation { sources.location() }
}

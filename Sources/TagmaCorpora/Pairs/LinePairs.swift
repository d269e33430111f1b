public import TagmaAnnotations

/// Pairs of texts, one a line, separated by a tab; what follows a second tab is not read.
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
      if line.isInvisible { continue }
      guard let pair = TextPair(columns: line, isSwapped: isSwapped) else {
        throw CorpusError(
          .columnCount(found: 1, expected: 2), at: lines.location(), excerpt: line)
      }
      return pair
    }
    return nil
  }

  public func location() -> SourceLocation { lines.location() }
}

extension TextPair {
  /// The first two columns of a line; nil where it has only one.
  ///
  /// - Parameter isSwapped: Whether the target stands first.
  public init?(columns line: String, isSwapped: Bool = false) {
    // Bytes, since a tab and a mark that follows it are one `Character`.
    let columns = line.utf8.split(
      separator: UInt8(ascii: "\t"), maxSplits: 2, omittingEmptySubsequences: false
    ).map { String(Substring($0)) }
    guard columns.count >= 2 else { return nil }
    self.init(source: columns[isSwapped ? 1 : 0], target: columns[isSwapped ? 0 : 1])
  }
}

extension String {
  /// Whether there is nothing to see: only white space, controls, and what is there for others alone, such as soft hyphens.
  public var isInvisible: Bool {
    unicodeScalars.allSatisfy {
      $0.properties.isWhitespace || $0.properties.isDefaultIgnorableCodePoint
        || $0.properties.generalCategory == .control
    }
  }
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
      if !source.isInvisible, !target.isInvisible {
        return TextPair(source: source, target: target)
      }
    }
  }

  public func location() -> SourceLocation { sources.location() }
}

/// A text and its translation.
public struct TextPair: Sendable, Equatable {
  public var source: String
  public var target: String

  public init(source: String, target: String) {
    (self.source, self.target) = (source, target)
  }
}

/// Pairs of texts, one a line, parted by a tab; what follows a second tab is not read.
public final class PairReader {
  private let lines: LineReader

  public init(_ path: String, encoding: String? = nil) throws(CorpusError) {
    lines = try LineReader(path, encoding: encoding)
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
      return TextPair(source: String(columns[0]), target: String(columns[1]))
    }
    return nil
  }

  /// All pairs that are left.
  public func readAll() throws(CorpusError) -> [TextPair] {
    var pairs: [TextPair] = []
    while let pair = try next() { pairs.append(pair) }
    return pairs
  }
}

/// The pairs of a file in the order of source and target: a translation memory (`.tmx`), or lines.
///
/// - Parameter isSwapped: Whether lines hold the target first.
public func readPairs(
  _ path: String, source: String, target: String, isSwapped: Bool = false, encoding: String? = nil
) throws(CorpusError) -> [TextPair] {
  let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
  if name.lowercased().hasSuffix(".tmx") {
    return try TMXReader(path, source: source, target: target).readAll()
  }
  let pairs = try PairReader(path, encoding: encoding).readAll()
  return isSwapped ? pairs.map { TextPair(source: $0.target, target: $0.source) } : pairs
}

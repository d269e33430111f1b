internal import Foundation
public import TagmaAnnotations

/// A text and its translation.
public struct TextPair: Sendable, Equatable {
  public var source: String
  public var target: String

  public init(source: String, target: String) {
    (self.source, self.target) = (source, target)
  }
}

/// Where pairs come from, one at a time.
public protocol PairSource: AnyObject {
  /// The next pair; nil at the end.
  func next() throws(CorpusError) -> TextPair?
  /// The place of the pair that `next` returned last.
  func location() -> SourceLocation
}

extension PairSource {
  /// All pairs that are left.
  public func readAll() throws(CorpusError) -> [TextPair] {
    var pairs: [TextPair] = []
    while let pair = try next() { pairs.append(pair) }
    return pairs
  }
}

/// Opens a corpus of pairs, in the order of source and target, by its name and its first bytes.
///
/// - A translation memory (TMX); XLIFF: the units that are translated; XML of WMT: segments and their references.
/// - `A,B`: two files, line by line. A name of no file to which languages can be added (`news` for `news.en` and
///   `news.de`) is two files too.
/// - Others: lines of two columns.
///
/// - Parameter isSwapped: Whether lines hold the target first.
public func openPairs(
  _ path: String, source: String, target: String, isSwapped: Bool = false, encoding: String? = nil
) throws(CorpusError) -> any PairSource {
  if let (a, b) = alignedFiles(path, source: source, target: target) {
    return try AlignedPairReader(a, b, encoding: encoding)
  }
  switch FileKind(of: path) {
  case .tmx: return try TMXReader(path, source: source, target: target)
  case .xliff: return try XLIFFPairReader(path, source: source, target: target)
  case .wmt: return try WMTPairReader(path, source: source, target: target)
  default: break
  }
  try FileKind.check(path, known: [.subtitles, .columns]) { _ in
    "lines of two columns, TMX, XLIFF or WMT's XML"
  }
  return try PairReader(path, isSwapped: isSwapped, encoding: encoding)
}

/// The two files that a name stands for; nil where it is one.
public func alignedFiles(
  _ path: String, source: String, target: String
) -> (source: String, target: String)? {
  let exists = FileSystem.exists
  guard path != "-", !exists(path) else { return nil }
  let parts = path.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  // One is enough: that the other is missing is said when it is opened.
  if parts.count == 2, exists(parts[0]) || exists(parts[1]) { return (parts[0], parts[1]) }
  let endings = ["", ".gz"]
  for (first, second) in endings.flatMap({ a in endings.map { (a, $0) } }) {
    let (a, b) = ("\(path).\(source)\(first)", "\(path).\(target)\(second)")
    if exists(a), exists(b) { return (a, b) }
  }
  for ending in endings {
    let (a, b) = ("\(path).\(source)\(ending)", "\(path).\(target)\(ending)")
    if exists(a) || exists(b) { return (a, b) }
  }
  return nil
}

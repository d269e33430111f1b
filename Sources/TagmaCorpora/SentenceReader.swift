public import TagmaAnnotations

/// Something that gives one sentence after the other.
public protocol SentenceReader: AnyObject {
  /// The next sentence, or nil after the last.
  func next() throws(CorpusError) -> Sentence?
  /// Whether more can be read without waiting for somebody to send it.
  var hasMoreReady: Bool { get }
}

/// How large the parts of a corpus may be.
public struct CorpusLimits: Sendable {
  public var tokenBytes = 64 << 10
  public var sentenceTokens = 10_000
  public var columns = 64

  public init() {}
}

extension SentenceReader {
  /// All sentences that are left.
  public func readAll() throws(CorpusError) -> [Sentence] {
    var all: [Sentence] = []
    while let sentence = try next() { all.append(sentence) }
    return all
  }
}

/// The formats of files with one word a line.
public enum CorpusFormat: String, Sendable, CaseIterable {
  case conllu
  case columns
  /// What is written as tables and as JSON lines.
  case tsv, jsonl
}

/// Opens a corpus, recognising its format from its name and its first lines where none is given.
///
/// A pipe is recognised as well: what was read of it is not lost.
public func openCorpus(
  _ path: String, format: CorpusFormat? = nil, columns: ColumnFormat = ColumnFormat(),
  encoding: String? = nil
) throws(CorpusError) -> any SentenceReader {
  if format == nil { try CorpusFormat.refuse(FileKind(of: path), path) }
  let lines = try LineReader(path, encoding: encoding)
  let actual: CorpusFormat
  if let format { actual = format } else { actual = try .recognized(in: lines) }
  switch actual {
  case .conllu: return CoNLLUReader(lines)
  case .columns: return ColumnReader(lines, format: columns)
  case .tsv: return TableReader(lines)
  case .jsonl: return LabelledJSONReader(lines)
  }
}

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

/// Opens a corpus, recognising its format from its first lines where none is given.
public func openCorpus(
  _ path: String, format: CorpusFormat? = nil, columns: ColumnFormat = ColumnFormat(),
  encoding: String? = nil
) throws(CorpusError) -> any SentenceReader {
  var actual = CorpusFormat.conllu
  if let format { actual = format } else { actual = try recognizeFormat(path, encoding: encoding) }
  switch actual {
  case .conllu: return try CoNLLUReader(path, encoding: encoding)
  case .columns: return try ColumnReader(path, format: columns, encoding: encoding)
  case .tsv: return TableReader(try LineReader(path, encoding: encoding))
  case .jsonl: return LabelledJSONReader(try LineReader(path, encoding: encoding))
  }
}

/// CoNLL-U has ten tab-separated columns of which the first is a number; all else is columns.
private func recognizeFormat(_ path: String, encoding: String?) throws(CorpusError)
  -> CorpusFormat
{
  guard path != "-" else { return .conllu }
  let lines = try LineReader(path, encoding: encoding)
  while let line = try lines.next() {
    if line.isEmpty || line.hasPrefix("#") { continue }
    if FileKind.isTableHead(line) { return .tsv }
    if line.utf8.first == UInt8(ascii: "{"), line.utf8.last == UInt8(ascii: "}") { return .jsonl }
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
    return fields.count == 10 && fields[0].utf8.first.map { (0x30...0x39).contains($0) } == true
      ? .conllu : .columns
  }
  return .conllu
}

public import TagmaCorpora
internal import TagmaKernels
internal import TagmaModels
public import TagmaSegmentation
public import TagmaTokenization

/// From files to written results: reads units in order, works on several at once, writes in order.
///
/// What a unit gives depends on its text alone, so the output is the same for any number of threads,
/// and memory holds a few units, whatever the size of the text.
public struct DocumentPipeline: Sendable {
  public var tagger: Tagger?
  /// What cuts raw text; without one the rules for the language do.
  public var segmenter: Segmenter?
  public var tagging = TaggingOptions()
  public var tokenizer = TokenizerOptions()
  public var format = InputFormat.text
  public var columns = ColumnFormat()
  public var encoding: String?
  public var threads = 1
  /// Units that are worked on at once for each thread: each needs memory of its own, and several keep threads from waiting.
  public var unitsAThread = 4
  /// Looks at a file before it is read; throws where it is none to be read.
  public var check: @Sendable (ByteSource) throws -> Void = { _ in }
  /// Told of what is done otherwise than a user may expect.
  public var warn: @Sendable (String) -> Void = { _ in }

  /// Returning memory takes about as long as tagging a few sentences.
  private static let roundsBeforeRelease = 4

  public init() {}

  /// A pipeline that cuts and tags as the tagger's training data has it.
  ///
  /// - Parameter language: The language of raw text; another than the tagger's is cut by rules.
  public init(_ tagger: Tagger, language: String? = nil) {
    self.tagger = tagger
    tokenizer.language = language ?? tagger.description.language ?? "en"
    if let segmenter = tagger.segmenter,
      language.map({ isSameLanguage($0, segmenter.description.language) }) ?? true
    {
      self.segmenter = segmenter
    }
    columns.ignoresLabels = true
    columns.numbers = tagger.description.configuration.numbers
  }

  /// Works through one file.
  ///
  /// - Parameters:
  ///   - flush: Called when everything that was sent so far is written, where the input is live.
  ///   - progress: Told how many bytes of the file have been read, compressed as they are.
  /// - Returns: How many sentences there were.
  @discardableResult
  public func run(
    _ path: String, formatter: any SentenceFormatter, write: (String) throws -> Void,
    flush: () throws -> Void = {}, progress: (Int) -> Void = { _ in }
  ) throws -> Int {
    let source = try ByteSource(
      path, encoding: encoding, keepsByteOrderMark: format.keepsByteOrderMark)
    try check(source)
    let run = DocumentRun(self, source, formatter)
    var rounds = 0
    while let texts = try run.next() {
      for text in texts { try write(text) }
      try flush()
      progress(source.bytesRead)
      rounds += 1
      if rounds % Self.roundsBeforeRelease == 0 { releaseFreeMemory() }
    }
    return run.sentenceCount
  }

  /// Works through one file and hands on its sentences in order.
  ///
  /// - Parameter progress: Told how many bytes of the file have been read, compressed as they are.
  public func run(
    _ path: String, each body: (DocumentSentence) throws -> Void,
    progress: (Int) -> Void = { _ in }
  ) throws {
    let source = try ByteSource(
      path, encoding: encoding, keepsByteOrderMark: format.keepsByteOrderMark)
    try check(source)
    let run = DocumentRun(self, source)
    var rounds = 0
    while let sentences = try run.nextSentences() {
      for sentence in sentences { try body(sentence) }
      progress(source.bytesRead)
      rounds += 1
      if rounds % Self.roundsBeforeRelease == 0 { releaseFreeMemory() }
    }
  }
}

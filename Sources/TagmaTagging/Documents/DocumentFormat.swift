public import TagmaAnnotations

/// What `tokenize` and `tag` write.
public enum OutputFormat: String, Sendable, CaseIterable {
  case conllu, columns, tsv, jsonl, html, brat
  /// One sentence a line, words separated by spaces.
  case lines
  /// One word a line with its labels, a blank line after each sentence.
  case vertical
}

/// The unit that offsets are counted in.
public enum OffsetUnit: String, Sendable, CaseIterable {
  case bytes, scalars, utf16

  func range(of place: TextPlace) -> Range<Int> {
    switch self {
    case .bytes: place.utf8
    case .scalars: place.scalars
    case .utf16: place.utf16
    }
  }
}

/// How results are written.
public struct OutputOptions: Sendable {
  public var offsets = OffsetUnit.scalars
  public var confidence = false
  /// Whether words that hold quotation marks are quoted in tables, as readers of CSV expect; labels always are.
  public var quotesForms = false
  /// The tasks whose labels are written, in canonical order.
  public var tasks: [TaggingTask] = []
  /// What a page is called, and its language where that is known.
  public var title = "Tagma"
  public var language: String?

  public init() {}
}

/// A sentence with what was found about it, and its number in its document.
public struct DocumentSentence: Sendable {
  public var sentence: Sentence
  public var tagged: TaggedSentence?
  public var number: Int
  /// The name of its document.
  public var document: String?

  public init(
    _ sentence: Sentence, tagged: TaggedSentence? = nil, number: Int, document: String? = nil
  ) {
    self.sentence = sentence
    self.tagged = tagged
    self.number = number
    self.document = document
  }
}

extension TaggedSentence {
  /// Labels from elsewhere, one for each word; spans as BIO.
  public init(_ labels: [TaggingTask: [String]]) { self.init(labels: labels) }
}

/// Writes sentences in one format; a function of its input, so that threads may share it.
public protocol SentenceFormatter: Sendable {
  /// What stands before the first and after the last sentence of a file.
  var header: String { get }
  var footer: String { get }
  func write(_ item: DocumentSentence, to out: inout String)
}

extension SentenceFormatter {
  public var header: String { "" }
  public var footer: String { "" }
}

/// The formatter of a format.
///
/// brat has none, as its documents are two files: `BratDocument` makes them, and what is returned is their text.
public func formatter(for format: OutputFormat, _ options: OutputOptions) -> any SentenceFormatter {
  switch format {
  case .conllu: CoNLLUFormatter(options)
  case .columns: ColumnFormatter(options)
  case .tsv: TableFormatter(options)
  case .jsonl: JSONLinesFormatter(options)
  case .html: HTMLFormatter(options)
  case .brat: PlainTextFormatter()
  case .lines: LineFormatter()
  case .vertical: VerticalFormatter(options)
  }
}

/// A probability with four decimals, without Foundation's locale and cost.
func probability(_ value: Float) -> String {
  let scaled = Int((min(max(value, 0), 1) * 10_000).rounded())
  let digits = String(scaled % 10_000)
  return "\(scaled / 10_000).\(String(repeating: "0", count: 4 - digits.count))\(digits)"
}

/// The order tasks are written in.
public func inCanonicalOrder(_ tasks: [TaggingTask]) -> [TaggingTask] {
  TaggingTask.canonicalOrder.filter(tasks.contains)
    + tasks.filter { !TaggingTask.canonicalOrder.contains($0) }.sorted { $0.name < $1.name }
}

extension Sentence {
  /// The text of the sentence with its white space, put together from its words.
  public var text: String { pieces().joined() }

  /// Each surface token followed by the white space after it.
  public func pieces(withOuterSpace: Bool = false) -> [String] {
    var out: [String] = []
    var i = 0
    let multiword = Dictionary(
      multiwordTokens.map { ($0.words.lowerBound, $0) }, uniquingKeysWith: { a, _ in a })
    if withOuterSpace, let first = tokens.first,
      let space = Misc.value(of: "SpacesBefore", in: first.misc)
    {
      out.append(Misc.unescapeSpaces(space))
    }
    while i < tokens.count {
      let token = multiword[i]
      let (form, misc) = token.map { ($0.form, $0.misc) } ?? (tokens[i].form, tokens[i].misc)
      out.append(form)
      i = token.map { $0.words.upperBound + 1 } ?? i + 1
      if i < tokens.count || withOuterSpace { out.append(Self.space(after: misc)) }
    }
    return out
  }
}

internal import TagmaCorpora
internal import TagmaLexicon
internal import TagmaModels
internal import TagmaTokenization

/// Pairs as they are learned from, the units that they are cut into, and what is known of both languages by counting.
struct TranslatorTrainingSet {
  /// Whether numbers are written alike in both languages, so that they are carried.
  let hasAlikeNumbers: Bool
  /// Whether most sources end in marks as sentences do.
  let sourcesEndInMarks: Bool
  let subwords: Subwords
  /// Which words are names; nil where pairs are no running text.
  let names: NameTable?
  let pairs: [TextPair]
  /// The same in units, no merge left out.
  let encoded: [(source: [Int], target: [Int])]
  let lengths: [(source: Int, target: Int)]
  /// How long translations are for their sources.
  let lengthBounds: LengthBounds?
  /// What guides attention, if anything does.
  let lexicon: UnitLexicon?
  let augmentation: PairAugmentation

  /// Units that stand for what is not translated.
  private static let placeholders = 16

  init(
    _ corpora: [PairCorpus], _ configuration: TranslatorConfiguration,
    _ training: TranslatorTrainingSettings
  ) throws {
    let placeholders = training.placeholderShare > 0 ? Self.placeholders : 0
    let read = Self.normalized(
      corpora.flatMap(\.items), configuration, partsOpeningMarks: placeholders > 0)
    var rules = CarriedText.Rules()
    rules.numbers = placeholders > 0 && areNumbersAlike(in: read)
    hasAlikeNumbers = rules.numbers
    sourcesEndInMarks =
      placeholders > 0 && 10 * read.count { SourceText.isClosed($0.source) } >= 8 * read.count
    let spelled = read.map { Self.carried($0, placeholders, rules) }
    let subwords = Subwords(
      training: spelled.lazy.map(\.source) + spelled.lazy.map(\.target),
      size: configuration.subwords, placeholders: placeholders, kind: configuration.units)
    self.subwords = subwords
    // Names and the case of words depend on what units there are.
    var all = spelled
    var names: NameTable?
    if placeholders > 0 {
      let table = NameTable(counting: read)
      rules.isName = { table.isName($0, isFirst: $1, subwords) }
      let caseReading = CaseReading(subwords)
      all = read.map { pair in
        let (text, isShouted) = caseReading(pair.source)
        return Self.carried(
          TextPair(source: isShouted ? pair.source : text, target: pair.target), placeholders, rules
        )
      }
      names = table
    }
    self.names = names
    augmentation = PairAugmentation(
      placeholders: placeholders, placeholderShare: Float(training.placeholderShare),
      capitalShare: configuration.lowercasesSource ? 0 : Float(training.capitalShare))
    (pairs, encoded) = try Self.encoded(
      all, subwords, maximumLength: training.maximumLength, of: corpora)
    lengths = encoded.map { ($0.source.count, $0.target.count) }
    lengthBounds = LengthBounds(lengths)
    lexicon =
      training.guidedAlignment > 0
      ? UnitLexicon(encoded, unitCount: subwords.units.count) : nil
  }

  /// Pairs as the network reads them, without those of which a side is empty.
  private static func normalized(
    _ pairs: [TextPair], _ configuration: TranslatorConfiguration, partsOpeningMarks: Bool
  ) -> [TextPair] {
    let ofSource = configuration.sourceNormalization(partsOpeningMarks: partsOpeningMarks)
    let ofTarget = configuration.targetNormalization
    return pairs.map {
      TextPair(
        source: ofSource(normalizedText($0.source)).text,
        target: ofTarget(normalizedText($0.target)).text)
    }.filter { !$0.source.isEmpty && !$0.target.isEmpty }
  }

  /// A pair with placeholders for what both sides hold.
  private static func carried(
    _ pair: TextPair, _ placeholders: Int, _ rules: CarriedText.Rules
  ) -> TextPair {
    CarriedText.pair(pair.source, pair.target, limit: placeholders, rules: rules)
      .map { TextPair(source: $0.source.text, target: $0.target) } ?? pair
  }

  /// Pairs that are short enough, and their units.
  private static func encoded(
    _ pairs: [TextPair], _ subwords: Subwords, maximumLength: Int, of corpora: [PairCorpus]
  ) throws -> ([TextPair], [(source: [Int], target: [Int])]) {
    var kept: [TextPair] = []
    var encoded: [(source: [Int], target: [Int])] = []
    for pair in pairs {
      let units = (source: subwords.encode(pair.source), target: subwords.encode(pair.target))
      guard max(units.source.count, units.target.count) <= maximumLength else { continue }
      kept.append(pair)
      encoded.append(units)
    }
    guard !kept.isEmpty else {
      throw ModelError(
        .tooLittleData(
          found: "no pair to learn from among \(corpora.reduce(0) { $0 + $1.items.count })",
          needed:
            "some with two sides of at most \(maximumLength) units (training.maximumLength)"
        ),
        path: corpora.map(\.name).joined(separator: ", "))
    }
    return (kept, encoded)
  }
}

internal import Crypto
internal import Foundation
public import TagmaCorpora
internal import TagmaEvaluation
internal import TagmaKernels
internal import TagmaLexicon
public import TagmaModels
internal import TagmaNeural
internal import TagmaTokenization

/// Pairs of one file.
public typealias PairCorpus = Corpus<TextPair>

/// Trains a translator.
///
/// Gradients of a batch come from its shards, each computed by a thread of its own and summed in
/// order, so the weights do not depend on the number of threads.
public final class TranslatorTrainer: ModelTrainer {
  public typealias Kind = TranslatorKind
  public let configuration: TranslatorConfiguration
  public let training: TranslatorTrainingSettings
  public let source: String
  public let target: String
  public var licence: String?
  /// The command that the model's card names.
  public var command: [String]?

  private let corpora: [PairCorpus]
  private let dev: [TextPair]
  private let subwords: Subwords
  private let network: TranslatorNetwork
  private let augmentation: PairAugmentation
  /// Whether numbers are written alike in both languages, so that they are carried.
  public let hasAlikeNumbers: Bool
  /// Whether most sources end in marks as sentences do.
  private let sourcesEndInMarks: Bool
  /// Which words are names; nil where pairs are no running text.
  private let names: NameTable?
  private let pairs: [TextPair]
  /// The same in units, no merge left out.
  private let encoded: [(source: [Int], target: [Int])]
  private let lengths: [(source: Int, target: Int)]
  /// How long translations are for their sources.
  public let lengthBounds: LengthBounds?
  /// What guides attention, if anything does.
  private let lexicon: UnitLexicon?
  public let loop: TrainingLoop
  /// Units that stand for what is not translated.
  private static let placeholders = 16

  /// Prepares a training: units, layers, first weights.
  public init(
    corpora: [PairCorpus], dev: [PairCorpus], source: String, target: String,
    configuration: TranslatorConfiguration = TranslatorConfiguration(),
    training: TranslatorTrainingSettings = TranslatorTrainingSettings()
  ) throws {
    try configuration.validate()
    try training.validate()
    self.corpora = corpora
    self.dev = Array(dev.flatMap(\.items).prefix(training.devPairs))
    self.source = source
    self.target = target
    self.configuration = configuration
    self.training = training
    let placeholders = training.placeholderShare > 0 ? Self.placeholders : 0
    let ofSource = configuration.sourceNormalization(partsOpeningMarks: placeholders > 0)
    let ofTarget = configuration.targetNormalization
    let read = corpora.flatMap(\.items).map {
      TextPair(
        source: ofSource(normalizedText($0.source)).text,
        target: ofTarget(normalizedText($0.target)).text)
    }.filter { !$0.source.isEmpty && !$0.target.isEmpty }
    var rules = CarriedText.Rules()
    rules.numbers = placeholders > 0 && areNumbersAlike(in: read)
    hasAlikeNumbers = rules.numbers
    sourcesEndInMarks =
      placeholders > 0 && 10 * read.count { SourceText.isClosed($0.source) } >= 8 * read.count
    func carried(_ pair: TextPair) -> TextPair {
      CarriedText.pair(pair.source, pair.target, limit: placeholders, rules: rules)
        .map { TextPair(source: $0.source.text, target: $0.target) } ?? pair
    }
    let spelled = read.map(carried)
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
        return carried(
          TextPair(source: isShouted ? pair.source : text, target: pair.target))
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
    network = TranslatorNetwork(configuration, unitCount: subwords.units.count)
    loop = TrainingLoop(
      TranslatorKind.self, configuration, training,
      Parameters(network.layout, seed: training.seed), files: corpora + dev,
      dataHash: Self.hash(of: pairs + self.dev))
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

  private static func hash(of pairs: [TextPair]) -> String {
    var hash = SHA256()
    for pair in pairs { hash.update(data: Data("\(pair.source)\t\(pair.target)\n".utf8)) }
    return hexadecimal(hash.finalize())
  }

  /// Whether names that the pairs do not hold are carried.
  public var takesNewNames: Bool { names?.takesNewWords == true }

  public var sizes: [(name: String, count: Int)] {
    [
      ("pairs", pairs.count), ("source units", lengths.reduce(0) { $0 + $1.source }),
      ("target units", lengths.reduce(0) { $0 + $1.target }), ("units", subwords.units.count),
      ("parameters", network.layout.count),
    ]
  }

  public var files: [TrainingFile<TranslatorKind.FileFacts>] {
    corpora.map { TrainingFile($0, TranslatorKind.FileFacts(pairs: $0.items.count)) }
  }
}

// MARK: - The loop

extension TranslatorTrainer {
  /// Trains until the last epoch, early stopping, or a request to stop.
  public func train(report: (TrainingEvent) -> Void) throws -> TrainingOutcome {
    keepWorkMemory()
    report(.began(sizes: sizes))
    return try loop.run(
      TrainingLoop.Body(
        batches: shuffledBatches, gradients: computeGradients,
        evaluate: { elements in
          let scores = self.evaluate(with: elements)
          // BLEU alone is 0 for any corpus of segments shorter than four words.
          return (scores, ((scores["bleu"] ?? 0) + (scores["chrf"] ?? 0)) / 2)
        }), report: report)
  }

  /// Pairs of similar length together, batches in random order.
  ///
  /// The order is a function of the generator's state alone, which stays the same within an epoch.
  private func shuffledBatches() -> [[Int]] {
    var source = loop.state.random
    var random = SplitMix64(seed: source.next())
    let keys = lengths.map { length in
      (Float(length.target) + random.nextUnit(), Float(length.source) + 2 * random.nextUnit())
    }
    let order = lengths.indices.sorted { keys[$0] < keys[$1] }
    var batches: [[Int]] = [[]]
    var tokens = 0
    for i in order {
      // A batch of short pairs may have few target units and many of the source.
      let count = max(lengths[i].target + 1, (lengths[i].source + 1) / 2)
      if tokens + count > training.batchTokens, tokens > 0 {
        batches.append([])
        tokens = 0
      }
      batches[batches.count - 1].append(i)
      tokens += count
    }
    batches.shuffle(using: &random)
    return batches
  }

  /// Each worker computes the gradients of every n-th pair.
  private func computeGradients(_ batch: [Int]) -> (count: Int, scale: Double) {
    let sorted = batch.sorted {
      lengths[$0].target != lengths[$1].target ? lengths[$0].target > lengths[$1].target : $0 < $1
    }
    let tokens = batch.reduce(0) { $0 + lengths[$1].target + 1 }
    let pass = TranslatorNetwork.Pass(
      dropout: Dropout(rate: Float(training.dropout), kind: .locked),
      wordDropout: Float(training.wordDropout), labelSmoothing: Float(training.labelSmoothing),
      weight: 1 / Float(tokens), guidedAlignment: Float(training.guidedAlignment))
    let skipped = Float(training.subwordDropout)
    let (network, subwords, parameters) = (network, subwords, loop.parameters)
    let (pairs, encoded, augmentation) = (pairs, encoded, augmentation)
    let lexicon = lexicon
    let longest = training.maximumLength
    loop.computeGradients { worker, random in
      let part = worker.part(of: sorted)
      guard !part.isEmpty else { return 0 }
      let units = part.map { i -> (source: [Int], target: [Int]) in
        // Capitals cost several times the units.
        let changed =
          max(encoded[i].source.count, encoded[i].target.count) < longest / 4
          ? augmentation.changed(pairs[i], random: &random) : nil
        guard skipped > 0 || changed != nil else { return encoded[i] }
        let pair = changed ?? pairs[i]
        func skips() -> Bool { random.nextUnit() < skipped }
        return (
          source: subwords.encode(pair.source, skips: skips),
          target: subwords.encode(pair.target, skips: skips)
        )
      }
      let guides = lexicon.map { lexicon in
        units.map { lexicon.alignment($0.source, $0.target) }
      }
      return network.train(
        TranslatorNetwork.Batch(units, guides: guides), pass: pass, random: &random, parameters,
        accumulatingInto: &worker.gradients)
    }
    return (tokens, Double(tokens))
  }

  /// BLEU and chrF of greedy translations of the dev data.
  private func evaluate(with elements: [Float]) -> [String: Double] {
    guard !dev.isEmpty else { return [:] }
    var options = SearchOptions()
    options.beam = 1
    let translations = Translator(model(elements)).translate(
      dev.map(\.source), options: options, threads: threads)
    var evaluations = [
      "bleu": TranslationEvaluation(BLEU()), "chrf": TranslationEvaluation(CharacterFScore()),
    ]
    for (pair, list) in zip(dev, translations) {
      for key in evaluations.keys {
        evaluations[key]?.add(list.first?.text ?? "", references: [pair.target])
      }
    }
    return evaluations.mapValues(\.score)
  }
}

// MARK: - Results and checkpoints

extension TranslatorTrainer {
  private func model(_ elements: [Float]) -> TranslatorModel {
    var facts = TranslatorKind.Facts()
    (facts.source, facts.target) = (source, target)
    facts.carriesNumbers = hasAlikeNumbers
    facts.readsKnownWords = names != nil
    facts.sourcesEndInMarks = sourcesEndInMarks
    facts.lengthBounds = lengthBounds
    return TranslatorModel(
      description: description(facts), subwords: subwords, network: network,
      parameters: Parameters(network.layout, elements: elements), names: names)
  }

  /// The translator of the epoch with the best dev score.
  public func bestTranslator() -> Translator {
    var best = model(loop.chosen)
    if training.shortlist > 0 {
      best.shortlist = Shortlist(
        lexicon ?? UnitLexicon(encoded, unitCount: subwords.units.count), subwords: subwords,
        limit: training.shortlist)
    }
    return Translator(best)
  }
}

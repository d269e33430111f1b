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
  private let data: TranslatorTrainingSet
  private let network: TranslatorNetwork
  public let loop: TrainingLoop

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
    data = try TranslatorTrainingSet(corpora, configuration, training)
    network = TranslatorNetwork(configuration, unitCount: data.subwords.units.count)
    loop = TrainingLoop(
      TranslatorKind.self, configuration, training,
      Parameters(network.layout, seed: training.seed), files: corpora + dev,
      dataHash: Self.hash(of: data.pairs + self.dev))
  }

  private static func hash(of pairs: [TextPair]) -> String {
    var hash = SHA256()
    for pair in pairs { hash.update(data: Data("\(pair.source)\t\(pair.target)\n".utf8)) }
    return hexadecimal(hash.finalize())
  }

  /// Whether names that the pairs do not hold are carried.
  public var takesNewNames: Bool { data.names?.takesNewWords == true }
  /// Whether numbers are written alike in both languages, so that they are carried.
  public var hasAlikeNumbers: Bool { data.hasAlikeNumbers }
  /// How long translations are for their sources.
  public var lengthBounds: LengthBounds? { data.lengthBounds }

  public var sizes: [(name: String, count: Int)] {
    [
      ("pairs", data.pairs.count), ("source units", data.lengths.reduce(0) { $0 + $1.source }),
      ("target units", data.lengths.reduce(0) { $0 + $1.target }),
      ("units", data.subwords.units.count),
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
    let lengths = data.lengths
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
    let lengths = data.lengths
    let sorted = batch.sorted {
      lengths[$0].target != lengths[$1].target ? lengths[$0].target > lengths[$1].target : $0 < $1
    }
    let tokens = batch.reduce(0) { $0 + lengths[$1].target + 1 }
    let pass = TranslatorNetwork.Pass(
      dropout: Dropout(rate: Float(training.dropout), kind: .locked),
      wordDropout: Float(training.wordDropout), labelSmoothing: Float(training.labelSmoothing),
      weight: 1 / Float(tokens), guidedAlignment: Float(training.guidedAlignment))
    let skipped = Float(training.subwordDropout)
    let (network, subwords, parameters) = (network, data.subwords, loop.parameters)
    let (pairs, encoded, augmentation) = (data.pairs, data.encoded, data.augmentation)
    let lexicon = data.lexicon
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
    facts.readsKnownWords = data.names != nil
    facts.sourcesEndInMarks = data.sourcesEndInMarks
    facts.lengthBounds = lengthBounds
    return TranslatorModel(
      description: description(facts), subwords: data.subwords, network: network,
      parameters: Parameters(network.layout, elements: elements), names: data.names)
  }

  /// The translator of the epoch with the best dev score.
  public func bestTranslator() -> Translator {
    var best = model(loop.chosen)
    if training.shortlist > 0 {
      best.shortlist = Shortlist(
        data.lexicon ?? UnitLexicon(data.encoded, unitCount: data.subwords.units.count),
        subwords: data.subwords,
        limit: training.shortlist)
    }
    return Translator(best)
  }
}

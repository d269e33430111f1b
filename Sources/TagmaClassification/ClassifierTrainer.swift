internal import Crypto
internal import Foundation
internal import TagmaEvaluation
internal import TagmaKernels
internal import TagmaLexicon
public import TagmaModels
internal import TagmaNeural

/// Trains a classifier.
public final class ClassifierTrainer: ModelTrainer {
  public typealias Kind = ClassifierKind
  public let configuration: ClassifierConfiguration
  public let training: ClassifierTrainingSettings
  public var licence: String?
  public var command: [String]?

  private let corpora: [ClassifierCorpus]
  private let dev: [LabelledText]
  private let labels: Vocabulary
  private let allowsSeveral: Bool
  private let features: TextFeatures
  private let network: ClassifierNetwork
  private let examples: [Example]
  public let loop: TrainingLoop

  private struct Example: Sendable {
    /// Rows of each word; of a bag one list for all.
    let words: [[Int]]
    let labels: [Int]
  }

  /// Prepares a training: labels, layers, first weights.
  public init(
    corpora: [ClassifierCorpus], dev: [ClassifierCorpus],
    configuration: ClassifierConfiguration = ClassifierConfiguration(),
    training: ClassifierTrainingSettings = ClassifierTrainingSettings()
  ) throws {
    try configuration.validate()
    try training.validate()
    (self.corpora, self.dev) = (corpora, dev.flatMap(\.items))
    (self.configuration, self.training) = (configuration, training)
    let texts = corpora.flatMap(\.items)
    var counts: [String: Int] = [:]
    for label in texts.lazy.flatMap(\.labels) { counts[label, default: 0] += 1 }
    guard counts.count > 1 else {
      throw ModelError(
        .tooLittleData(found: "\(counts.count) different labels", needed: "at least 2"))
    }
    let labels = Vocabulary(Vocabulary.frequent(counts, minimum: 0))
    allowsSeveral = texts.contains { $0.labels.count != 1 }
    let features = TextFeatures(configuration)
    examples = texts.compactMap { text in
      let words =
        configuration.encoder == .bag
        ? [features.bag(of: text.text)].filter { !$0.isEmpty } : features.words(of: text.text)
      return words.isEmpty
        ? nil : Example(words: words, labels: text.labels.compactMap { labels[$0] })
    }
    guard !examples.isEmpty else { throw ModelError(.noTrainingData) }
    (self.labels, self.features) = (labels, features)
    network = ClassifierNetwork(
      configuration, labels: labels.count, allowsSeveral: allowsSeveral,
      labelSmoothing: Float(training.labelSmoothing))
    loop = TrainingLoop(
      ClassifierKind.self, configuration, training,
      Parameters(network.layout, seed: training.seed), files: corpora + dev,
      dataHash: Self.hash(of: texts + self.dev))
  }

  private static func hash(of texts: [LabelledText]) -> String {
    var hash = SHA256()
    for text in texts { hash.update(data: Data("\(text.labels)\t\(text.text)\n".utf8)) }
    return hexadecimal(hash.finalize())
  }

  public var sizes: [(name: String, count: Int)] {
    [
      ("texts", examples.count), ("labels", labels.count), ("parameters", network.layout.count),
    ]
  }

  public var files: [TrainingFile<ClassifierKind.FileFacts>] {
    corpora.map { TrainingFile($0, ClassifierKind.FileFacts(texts: $0.items.count)) }
  }
}

// MARK: - The loop

extension ClassifierTrainer {
  /// Trains until the last epoch, early stopping, or a request to stop.
  public func train(report: (TrainingEvent) -> Void) throws -> TrainingOutcome {
    keepWorkMemory()
    report(.began(sizes: sizes))
    return try loop.run(
      TrainingLoop.Body(
        batches: shuffledBatches, gradients: computeGradients, evaluate: evaluate),
      report: report)
  }

  /// Texts of similar length together, batches in random order.
  private func shuffledBatches() -> [[Int]] {
    var source = loop.state.random
    var random = SplitMix64(seed: source.next())
    let keys = examples.map { Float($0.words.count) * (1 + 0.2 * random.nextUnit()) }
    let isBag = configuration.encoder == .bag
    var order = Array(examples.indices)
    if isBag { order.shuffle(using: &random) } else { order.sort { keys[$0] < keys[$1] } }
    // A small corpus is learned in small batches: it needs its number of steps too.
    let size = min(training.batchSize, max(1, order.count / 64))
    var batches = stride(from: 0, to: order.count, by: size).map {
      Array(order[$0..<min($0 + size, order.count)])
    }
    batches.shuffle(using: &random)
    return batches
  }

  private func computeGradients(_ batch: [Int]) -> (count: Int, scale: Double) {
    let sorted = batch.map { examples[$0] }.sorted { $0.words.count > $1.words.count }
    let (network, parameters) = (network, loop.parameters)
    let dropout = Dropout(rate: Float(training.dropout), kind: .locked)
    let (skipped, weight) = (Float(training.wordDropout), 1 / Float(batch.count))
    let isBag = configuration.encoder == .bag
    loop.computeGradients { worker, random in
      let part = worker.part(of: sorted)
      guard !part.isEmpty else { return 0 }
      // A word that is not read has no rows, so that its embedding is zeros; of a bag some rows are left out.
      let texts = part.map { example in
        example.words.map { rows in
          isBag
            ? rows.filter { _ in random.nextUnit() >= skipped }
            : random.nextUnit() < skipped ? [] : rows
        }
      }
      let input =
        isBag
        ? ClassifierNetwork.Input(bags: texts.map { $0[0] }) : ClassifierNetwork.Input(texts: texts)
      return network.train(
        input, targets: part.map(\.labels), dropout: dropout, weight: weight, random: &random,
        parameters, accumulatingInto: &worker.gradients)
    }
    return (batch.count, Double(batch.count))
  }

  /// Accuracy, or F₁ over all labels where a text may have several, and the mean F₁ of labels.
  private func evaluate(_ elements: [Float]) -> (scores: [String: Double], score: Double) {
    guard !dev.isEmpty else { return ([:], 0) }
    let found = classifier(elements).classify(dev.map(\.text), threads: threads)
    var evaluation = ClassEvaluation()
    for (gold, mine) in zip(dev, found) {
      evaluation.add(gold: gold.labels, predicted: mine.labels)
    }
    let first = allowsSeveral ? evaluation.microF1 : evaluation.accuracy
    return (
      [allowsSeveral ? "micro f1" : "accuracy": 100 * first, "macro f1": 100 * evaluation.macroF1],
      100 * first
    )
  }

  private func classifier(_ elements: [Float]) -> Classifier {
    var facts = ClassifierKind.Facts()
    facts.allowsSeveral = allowsSeveral
    return Classifier(
      description(facts), labels, network, Parameters(network.layout, elements: elements))
  }

  /// The classifier of the epoch with the best dev score.
  public func bestClassifier() -> Classifier { classifier(loop.chosen) }
}

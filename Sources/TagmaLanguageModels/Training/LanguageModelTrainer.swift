internal import Crypto
internal import Foundation
internal import TagmaKernels
internal import TagmaLexicon
public import TagmaModels
internal import TagmaNeural

/// Lines of one file.
public typealias TextCorpus = Corpus<String>

/// Trains a language model by truncated backpropagation through time.
///
/// The text is cut into streams that are read side by side; their states are carried from batch to batch. Each shard of a
/// batch has streams of its own, so the weights do not depend on the number of threads.
public final class LanguageModelTrainer: ModelTrainer {
  public typealias Kind = LanguageModelKind
  public let configuration: LanguageModelConfiguration
  public let training: LanguageModelTrainingSettings
  public var licence: String?
  /// The command that the model's card names.
  public var command: [String]?

  private let corpora: [TextCorpus]
  private let dev: [String]
  private let subwords: Subwords
  private let network: LanguageModelNetwork
  /// All units of the training text, a mark of the end after each line.
  private let units: [Int32]
  public let loop: TrainingLoop

  /// Prepares a training: units, layers, first weights.
  ///
  /// - Parameter initial: A model whose units, layers and weights are taken over.
  public init(
    corpora: [TextCorpus], dev: [String],
    configuration: LanguageModelConfiguration = LanguageModelConfiguration(),
    training: LanguageModelTrainingSettings = LanguageModelTrainingSettings(),
    initial: LanguageModel? = nil
  ) throws {
    let configuration = initial?.description.configuration ?? configuration
    try configuration.validate()
    try training.validate()
    self.corpora = corpora
    self.dev = dev
    self.configuration = configuration
    self.training = training
    subwords =
      initial?.model.subwords
      ?? Subwords(training: corpora.lazy.flatMap(\.items), size: configuration.subwords)
    var units: [Int32] = []
    for line in corpora.lazy.flatMap(\.items) {
      units += encoded(line, subwords, backward: configuration.readsBackward)
    }
    guard units.count > training.streams else {
      throw ModelError(
        .tooLittleData(
          found: "\(units.count) units of text",
          needed: "more than training.streams, which is \(training.streams)"))
    }
    self.units = units
    network = LanguageModelNetwork(configuration, unitCount: subwords.units.count)
    loop = TrainingLoop(
      LanguageModelKind.self, configuration, training,
      initial?.model.parameters ?? Parameters(network.layout, seed: training.seed),
      files: corpora, dataHash: Self.hash(of: corpora, dev: dev, initial))
  }

  private static func hash(
    of corpora: [TextCorpus], dev: [String], _ initial: LanguageModel?
  ) -> String {
    var hash = SHA256()
    for line in corpora.lazy.flatMap(\.items) { hash.update(data: Data((line + "\n").utf8)) }
    for line in dev { hash.update(data: Data((line + "\n").utf8)) }
    if let initial { hash.update(data: Data(initial.description.folder.weightsCRC32.utf8)) }
    return hexadecimal(hash.finalize())
  }

  public var sizes: [(name: String, count: Int)] {
    [
      ("lines", corpora.reduce(0) { $0 + $1.items.count }), ("units", units.count),
      ("vocabulary", subwords.units.count), ("parameters", network.layout.count),
    ]
  }

  public var files: [TrainingFile<LanguageModelKind.FileFacts>] {
    corpora.map { TrainingFile($0, LanguageModelKind.FileFacts(lines: $0.items.count)) }
  }

  /// Units of each stream.
  private var streamLength: Int { (units.count - 1) / training.streams }
}

// MARK: - The loop

extension LanguageModelTrainer {
  /// Trains until the last epoch, early stopping, or a request to stop.
  public func train(report: (TrainingEvent) -> Void) throws -> TrainingOutcome {
    keepAllWorkMemory()
    report(.began(sizes: sizes))
    let batches = (streamLength + training.steps - 1) / training.steps
    return try loop.run(
      TrainingLoop.Body(
        batches: { (0..<batches).map { [$0] } }, gradients: { self.computeGradients($0[0]) },
        evaluate: evaluate), report: report)
  }

  private func computeGradients(_ batch: Int) -> (count: Int, scale: Double) {
    let first = batch * training.steps
    let steps = min(training.steps, streamLength - first)
    let streams = Array(0..<training.streams)
    let tokens = steps * streams.count
    let pass = LanguageModelNetwork.Pass(
      dropout: Dropout(rate: Float(training.dropout), kind: .locked), weight: 1 / Float(tokens))
    let weightDropout = WeightDropout(
      rate: Float(training.recurrentDropout), of: network.layers.map(\.hiddenWeight),
      seed: loop.stepSeed ^ 0x6472_6f70)
    let parameters = weightDropout?.applied(to: loop.parameters) ?? loop.parameters
    let (units, network, length) = (units, network, streamLength)
    // A text is read on from batch to batch, and from its beginning in each epoch.
    loop.carry(
      { worker in
        network.beginning(worker.part(of: streams).count).flatMap { $0.h + $0.c }
      }, isNew: batch == 0)
    loop.computeGradients(weightDropout) { worker, random in
      let part = worker.part(of: streams)
      guard !part.isEmpty else { return 0 }
      var inputs: [Int] = []
      var targets: [Int32] = []
      for t in first..<first + steps {
        for stream in part {
          inputs.append(Int(units[stream * length + t]))
          targets.append(units[stream * length + t + 1])
        }
      }
      var states = network.states(part.count, worker.carried)
      let loss = network.train(
        inputs, targets: targets, &states, pass: pass, random: &random, parameters,
        accumulatingInto: &worker.gradients)
      worker.carried = states.flatMap { $0.h + $0.c }
      return loss
    }
    return (tokens, Double(tokens))
  }

  /// Bits per character and perplexity of a unit on the dev text, which is read on from line to line.
  private func evaluate(_ elements: [Float]) -> (scores: [String: Double], score: Double) {
    guard !dev.isEmpty else { return ([:], 0) }
    let score = LanguageModel(model(elements)).score(text: dev)
    return (
      ["bits per character": score.bitsPerCharacter, "perplexity": score.perplexity],
      // Higher is better.
      100 * exp(score.logProbability / Double(max(score.characters, 1)))
    )
  }

  private func model(_ elements: [Float]) -> LanguageModelFolder {
    LanguageModelFolder(
      description: description(LanguageModelKind.Facts()), subwords: subwords, network: network,
      parameters: Parameters(network.layout, elements: elements))
  }

  /// The model of the epoch with the best dev score.
  public func bestModel() -> LanguageModel { LanguageModel(model(loop.chosen)) }
}

/// The units of a line and its end, in the order in which they are read.
func encoded(_ line: String, _ subwords: Subwords, backward: Bool) -> [Int32] {
  let units = subwords.encode(withSingleSpaces(line)).map { Int32($0) }
  return (backward ? units.reversed() : units) + [Int32(Subwords.end)]
}

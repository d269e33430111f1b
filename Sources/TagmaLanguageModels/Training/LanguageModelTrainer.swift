internal import Crypto
internal import Foundation
internal import TagmaKernels
internal import TagmaLexicon
public import TagmaModels
internal import TagmaNeural

/// Lines of one file.
public struct TextCorpus: Sendable {
  public var name: String
  /// SHA-256 of the file, hexadecimal, or empty.
  public var sha256: String
  public var lines: [String]

  public init(name: String, sha256: String = "", lines: [String]) {
    (self.name, self.sha256, self.lines) = (name, sha256, lines)
  }
}

/// Trains a language model by truncated backpropagation through time.
///
/// The text is cut into streams that are read side by side; their states are carried from batch to batch. Each shard of a
/// batch has streams of its own, so the weights do not depend on the number of threads.
public final class LanguageModelTrainer: ModelTrainer {
  public let configuration: LanguageModelConfiguration
  public let training: LanguageModelTrainingConfiguration
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
    training: LanguageModelTrainingConfiguration = LanguageModelTrainingConfiguration(),
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
      ?? Subwords(training: corpora.lazy.flatMap(\.lines), size: configuration.subwords)
    var units: [Int32] = []
    for line in corpora.lazy.flatMap(\.lines) {
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
      training.commonPlan,
      initial?.model.parameters ?? Parameters(network.layout, seed: training.seed),
      salt: 0x6c61_6e67_7561_6765)
    loop.state.configurationHash = settingsHash(configuration, training)
    loop.state.identity = TrainingIdentity(
      "language-model", configuration, training, files: (corpora).map { ($0.name, $0.sha256) })
    var hash = SHA256()
    for corpus in corpora {
      for line in corpus.lines { hash.update(data: Data((line + "\n").utf8)) }
    }
    for line in dev { hash.update(data: Data((line + "\n").utf8)) }
    if let initial { hash.update(data: Data(initial.description.weightsCRC32.utf8)) }
    loop.state.dataHash = hexadecimal(hash.finalize())
  }

  /// What will be trained, in numbers.
  public var summary: (lines: Int, units: Int, vocabulary: Int, parameters: Int) {
    (
      corpora.reduce(0) { $0 + $1.lines.count }, units.count, subwords.units.count,
      network.layout.count
    )
  }

  /// Units of each stream.
  private var streamLength: Int { (units.count - 1) / training.streams }
}

// MARK: - The loop

extension LanguageModelTrainer {
  /// Trains until the last epoch, early stopping, or a request to stop.
  public func train(report: (TrainingEvent) -> Void) throws -> TrainingOutcome {
    keepAllWorkMemory()
    let summary = summary
    report(
      .began(
        sentences: summary.lines, tokens: summary.units, parameters: summary.parameters,
        words: summary.vocabulary))
    let batches = (streamLength + training.steps - 1) / training.steps
    return try loop.run(
      TrainingLoop.Body(
        batches: { (0..<batches).map { [$0] } }, gradients: { self.computeGradients($0[0]) },
        evaluate: evaluate), report: report)
  }

  /// Each worker reads every n-th stream.
  private func streams(of worker: Int) -> [Int] {
    Array(stride(from: worker, to: training.streams, by: loop.workers.count))
  }

  private func computeGradients(_ batch: Int) -> (count: Int, scale: Double) {
    let first = batch * training.steps
    let steps = min(training.steps, streamLength - first)
    var carried = carriedStates(isFirst: batch == 0)
    let tokens = steps * training.streams
    let pass = LanguageModelNetwork.Pass(
      dropout: Dropout(rate: Float(training.dropout), kind: .locked), weight: 1 / Float(tokens))
    let seed =
      SplitMix64(seed: training.seed &* 0x9e37_79b9_7f4a &+ UInt64(loop.state.step)).state
    let weightDropout = WeightDropout(
      rate: Float(training.recurrentDropout), of: network.layers.map(\.recurrentWeight),
      seed: seed ^ 0x6472_6f70)
    let parameters = weightDropout?.applied(to: loop.parameters) ?? loop.parameters
    var work = zip(loop.workers, carried).enumerated().map { index, pair in
      (worker: pair.0, carried: pair.1, streams: streams(of: index))
    }
    // The workers' gradients are not to be copied where they are written to.
    loop.workers.removeAll()
    let (units, network, length) = (units, network, streamLength)
    forEachConcurrently(&work, threads: threads) { index, work in
      work.worker.gradients.reset()
      work.worker.loss = 0
      guard !work.streams.isEmpty else { return }
      var inputs: [Int] = []
      var targets: [Int32] = []
      for t in first..<first + steps {
        for stream in work.streams {
          inputs.append(Int(units[stream * length + t]))
          targets.append(units[stream * length + t + 1])
        }
      }
      var random = SplitMix64(seed: seed &+ UInt64(index) &* 0xd134_2543_de82_ef95)
      work.worker.loss = network.train(
        inputs, targets: targets, &work.carried, pass: pass, random: &random, parameters,
        accumulatingInto: &work.worker.gradients)
    }
    loop.workers = work.map(\.worker)
    carried = work.map(\.carried)
    loop.carried = carried.flatMap { $0.flatMap { $0.h + $0.c } }
    loop.sumGradients(weightDropout)
    return (tokens, Double(tokens))
  }

  /// For each worker the states of its streams.
  private func carriedStates(isFirst: Bool) -> [[CarriedState]] {
    var rest = loop.carried[...]
    let isNew = isFirst || rest.isEmpty
    return loop.workers.indices.map { worker in
      network.beginning(streams(of: worker).count).map { state in
        guard !isNew else { return state }
        var state = state
        state.h = Array(rest.prefix(state.h.count))
        rest = rest.dropFirst(state.h.count)
        state.c = Array(rest.prefix(state.c.count))
        rest = rest.dropFirst(state.c.count)
        return state
      }
    }
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
    var description = LanguageModelDescription()
    description.configuration = configuration
    description.training = training
    description.licence = licence
    description.devScores = loop.state.bestScores
    description.epoch = loop.state.bestEpoch
    description.toolVersion = tagmaVersion
    description.command = command
    description.trainingData = corpora.map {
      LanguageModelDescription.TrainingFile(
        name: $0.name, sha256: $0.sha256, lines: $0.lines.count)
    }
    return LanguageModelFolder(
      description: description, subwords: subwords, network: network,
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

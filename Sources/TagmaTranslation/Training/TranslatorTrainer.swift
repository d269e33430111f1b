internal import Crypto
internal import Foundation
internal import TagmaEvaluation
internal import TagmaKernels
internal import TagmaLexicon
public import TagmaModels
internal import TagmaNeural
internal import TagmaTokenization

/// Pairs of one file.
public struct PairCorpus: Sendable {
  public struct Pair: Sendable, Equatable {
    public var source: String
    public var target: String

    public init(source: String, target: String) {
      (self.source, self.target) = (source, target)
    }
  }

  public var name: String
  /// SHA-256 of the file, hexadecimal, or empty.
  public var sha256: String
  public var pairs: [Pair]

  public init(name: String, sha256: String = "", pairs: [Pair]) {
    (self.name, self.sha256, self.pairs) = (name, sha256, pairs)
  }
}

/// Trains a translator.
///
/// Gradients of a batch come from its shards, each computed by a thread of its own and summed in
/// order, so the weights do not depend on the number of threads.
public final class TranslatorTrainer {
  public let configuration: TranslatorConfiguration
  public let training: TranslatorTrainingConfiguration
  public let source: String
  public let target: String
  /// What each epoch brought, also those before a resumption.
  public var reports: [EpochReport] { state.reports }
  /// Directory for checkpoints; nil keeps none.
  public var checkpointPath: String?
  /// Asked before each batch: a training that stops writes a checkpoint first.
  public var shouldStop: @Sendable () -> Bool = { false }
  /// Asked before each batch: whether to write a checkpoint and go on.
  public var wantsCheckpoint: @Sendable () -> Bool = { false }
  public var allowsChangedData = false
  public var threads = 2
  public var licence: String?
  /// The command that the model's card names.
  public var command: [String]?
  /// Why the last checkpoint that failed could not be written.
  public private(set) var checkpointFailure: (any Error)?

  private let corpora: [PairCorpus]
  private let dev: [PairCorpus.Pair]
  private let subwords: Subwords
  private let network: TranslatorNetwork
  private let pairs: [PairCorpus.Pair]
  /// The same in units, no merge left out.
  private let encoded: [(source: [Int], target: [Int])]
  private let lengths: [(source: Int, target: Int)]
  private var parameters: Parameters
  private var optimizer: Optimizer
  private var average: MovingAverage?
  private var best: [Float] = []
  private var state: Checkpoint.State
  private var workers: [Worker]

  private struct Worker: Sendable {
    var gradients: Gradients
    var loss = 0.0
  }

  /// Prepares a training: units, layers, first weights.
  public init(
    corpora: [PairCorpus], dev: [PairCorpus], source: String, target: String,
    configuration: TranslatorConfiguration = TranslatorConfiguration(),
    training: TranslatorTrainingConfiguration = TranslatorTrainingConfiguration()
  ) throws {
    try configuration.validate()
    try training.validate()
    self.corpora = corpora
    self.dev = Array(dev.flatMap(\.pairs).prefix(training.devPairs))
    self.source = source
    self.target = target
    self.configuration = configuration
    self.training = training
    let all = corpora.flatMap(\.pairs).map {
      PairCorpus.Pair(source: normalizedText($0.source), target: normalizedText($0.target))
    }.filter { !$0.source.isEmpty && !$0.target.isEmpty }
    let subwords = Subwords(
      training: all.lazy.map(\.source) + all.lazy.map(\.target), size: configuration.subwords)
    self.subwords = subwords
    var kept: [PairCorpus.Pair] = []
    var encoded: [(source: [Int], target: [Int])] = []
    for pair in all {
      let units = (source: subwords.encode(pair.source), target: subwords.encode(pair.target))
      guard max(units.source.count, units.target.count) <= training.maximumLength else { continue }
      kept.append(pair)
      encoded.append(units)
    }
    guard !kept.isEmpty else { throw ModelError(.noTrainingData) }
    pairs = kept
    self.encoded = encoded
    lengths = encoded.map { ($0.source.count, $0.target.count) }
    network = TranslatorNetwork(configuration, unitCount: subwords.units.count)
    parameters = Parameters(network.layout, seed: training.seed)
    optimizer = Optimizer(
      OptimizerKind(rawValue: training.optimizer) ?? .adam, count: network.layout.count)
    optimizer.beta1 = Float(training.beta1)
    optimizer.beta2 = Float(training.beta2)
    optimizer.weightDecay = Float(training.weightDecay)
    optimizer.maximumNorm = Float(training.maximumNorm)
    average =
      training.averageDecay > 0
      ? MovingAverage(decay: Float(training.averageDecay), of: parameters) : nil
    state = Checkpoint.State(random: SplitMix64(seed: training.seed ^ 0x7472_616e_736c_6174))
    let layout = network.layout
    workers = (0..<max(training.shards, 1)).map { _ in Worker(gradients: Gradients(layout)) }
    (state.configurationHash, state.dataHash) = hashes()
  }

  private func hashes() -> (configuration: String, data: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var settings = SHA256()
    for part in [try? encoder.encode(configuration), try? encoder.encode(training)] {
      settings.update(data: part ?? Data())
    }
    var data = SHA256()
    for pair in pairs + dev { data.update(data: Data("\(pair.source)\t\(pair.target)\n".utf8)) }
    func text(_ digest: SHA256.Digest) -> String {
      digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    return (text(settings.finalize()), text(data.finalize()))
  }

  /// What will be trained, in numbers.
  public var summary: (pairs: Int, sourceUnits: Int, targetUnits: Int, units: Int, parameters: Int)
  {
    (
      pairs.count, lengths.reduce(0) { $0 + $1.source }, lengths.reduce(0) { $0 + $1.target },
      subwords.units.count, network.layout.count
    )
  }
}

// MARK: - The loop

extension TranslatorTrainer {
  /// Trains until the last epoch, early stopping, or a request to stop.
  public func train(report: (TrainingEvent) -> Void) throws -> TrainingOutcome {
    keepWorkMemory()
    let summary = summary
    report(
      .began(
        sentences: summary.pairs, tokens: summary.targetUnits, parameters: summary.parameters,
        words: summary.units))
    while state.epoch < training.epochs {
      if training.patience > 0, state.epochsWithoutGain >= training.patience { break }
      guard try trainEpoch(report) else { return .interrupted }
    }
    return .finished
  }

  /// The rest of a pass over the data, and its evaluation; false where it was asked to stop.
  private func trainEpoch(_ report: (TrainingEvent) -> Void) throws -> Bool {
    let start = Date()
    let earlier = state.current.seconds
    let batches = shuffledBatches()
    while state.current.batches < batches.count {
      if shouldStop() {
        saveCheckpoint(report)
        return false
      }
      if wantsCheckpoint() { saveCheckpoint(report) }
      let batch = state.current.batches
      let (loss, count, norm) = try step(
        batches[batch], rate: learningRate(batch: batch, of: batches.count))
      state.current.batches += 1
      state.current.loss += loss
      state.current.tokens += count
      state.current.norm += norm
      state.current.seconds = earlier + Date().timeIntervalSince(start)
      if batch % 8 == 7 || batch == batches.count - 1 {
        report(
          .progress(
            TrainingProgress(
              epoch: state.epoch + 1, epochs: training.epochs, batch: batch + 1,
              batches: batches.count, lossPerToken: state.current.lossPerToken,
              tokensPerSecond: state.current.tokensPerSecond)))
      }
    }
    let epoch = endEpoch(batches: batches.count)
    saveCheckpoint(report)
    report(.epoch(epoch))
    return true
  }

  /// Evaluates, keeps the weights where they are the best, and draws the order of the next epoch.
  private func endEpoch(batches: Int) -> EpochReport {
    let (done, rate) = (state.current, learningRate(batch: 0, of: batches))
    state.epoch += 1
    state.current = Checkpoint.Epoch()
    _ = state.random.next()
    let scores = evaluate(with: average?.values ?? parameters.elements)
    // BLEU alone is 0 for any corpus of segments shorter than four words.
    let score =
      scores.isEmpty
      ? Double(state.epoch) : ((scores["bleu"] ?? 0) + (scores["chrf"] ?? 0)) / 2
    let isBest = score > state.bestScore
    if isBest {
      state.bestScore = score
      state.bestScores = scores
      state.bestEpoch = state.epoch
      state.epochsWithoutGain = 0
      best = average?.values ?? parameters.elements
    } else {
      state.epochsWithoutGain += 1
      if state.epochsWithoutGain % 2 == 0 { state.reductions += 1 }
    }
    let epoch = EpochReport(
      epoch: state.epoch, step: state.step, lossPerToken: done.lossPerToken,
      devScores: scores, devScore: score, isBest: isBest, learningRate: Double(rate),
      gradientNorm: done.norm / Double(max(batches, 1)),
      tokensPerSecond: done.tokensPerSecond, seconds: done.seconds)
    state.reports.append(epoch)
    return epoch
  }

  private func learningRate(batch: Int, of batches: Int) -> Float {
    let done = Double(state.epoch) + Double(batch) / Double(max(batches, 1))
    let schedule = Schedule(rawValue: training.schedule) ?? .cosine
    return Float(
      training.learningRate
        * schedule.factor(
          progress: done / Double(max(training.epochs, 1)), epoch: state.epoch,
          warmUp: training.warmUp, floor: training.finalRate, decay: 0.05,
          reductions: state.reductions, reduction: 0.5))
  }

  /// Pairs of similar length together, batches in random order.
  ///
  /// The order is a function of the generator's state alone, which stays the same within an epoch.
  private func shuffledBatches() -> [[Int]] {
    var source = state.random
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

  /// One update of the weights; returns the loss, the target units and the norm of the gradient.
  private func step(_ batch: [Int], rate: Float) throws -> (Double, Int, Double) {
    let count = workers.count
    let sorted = batch.sorted {
      lengths[$0].target != lengths[$1].target ? lengths[$0].target > lengths[$1].target : $0 < $1
    }
    let tokens = batch.reduce(0) { $0 + lengths[$1].target + 1 }
    let seed = SplitMix64(seed: training.seed &* 0x9e37_79b9_7f4a &+ UInt64(state.step)).state
    let pass = TranslatorNetwork.Pass(
      dropout: Dropout(rate: Float(training.dropout), kind: .locked),
      wordDropout: Float(training.wordDropout), labelSmoothing: Float(training.labelSmoothing),
      weight: 1 / Float(tokens))
    let skipped = Float(training.subwordDropout)
    let (network, subwords, parameters) = (network, subwords, parameters)
    let (pairs, encoded) = (pairs, encoded)
    forEachConcurrently(&workers, isParallel: threads > 1) { index, worker in
      worker.gradients.reset()
      worker.loss = 0
      let part = Swift.stride(from: index, to: sorted.count, by: count).map { sorted[$0] }
      guard !part.isEmpty else { return }
      var random = SplitMix64(seed: seed &+ UInt64(index) &* 0xd134_2543_de82_ef95)
      func skips() -> Bool { random.nextUnit() < skipped }
      let units = part.map { i in
        skipped > 0
          ? (
            source: subwords.encode(pairs[i].source, skips: skips),
            target: subwords.encode(pairs[i].target, skips: skips)
          ) : encoded[i]
      }
      worker.loss = network.train(
        TranslatorNetwork.Batch(units), pass: pass, random: &random, parameters,
        accumulatingInto: &worker.gradients)
    }
    for i in workers.indices.dropFirst() { workers[0].gradients.add(workers[i].gradients) }
    let loss = workers.reduce(0) { $0 + $1.loss } * Double(tokens)
    return (loss, tokens, try update(loss: loss, rate: rate))
  }

  private func update(loss: Double, rate: Float) throws -> Double {
    let norm = optimizer.update(&parameters, workers[0].gradients, rate: rate)
    guard norm.isFinite, loss.isFinite else {
      throw ModelError(.diverged(epoch: state.epoch + 1))
    }
    state.step += 1
    average?.update(parameters, step: state.step)
    return norm
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
    var description = TranslatorDescription()
    description.source = source
    description.target = target
    description.configuration = configuration
    description.training = training
    description.licence = licence
    description.devScores = state.bestScores
    description.epoch = state.bestEpoch
    description.toolVersion = tagmaVersion
    description.command = command
    description.trainingData = corpora.map {
      TranslatorDescription.TrainingFile(name: $0.name, sha256: $0.sha256, pairs: $0.pairs.count)
    }
    return TranslatorModel(
      description: description, subwords: subwords, network: network,
      parameters: Parameters(network.layout, elements: elements))
  }

  /// The translator of the epoch with the best dev score.
  public func bestTranslator() -> Translator {
    Translator(model(best.isEmpty ? average?.values ?? parameters.elements : best))
  }

  /// A checkpoint that cannot be written does not end a training: the one before is still there.
  private func saveCheckpoint(_ report: (TrainingEvent) -> Void) {
    guard let checkpointPath else { return }
    state.averageUpdates = average?.updates ?? 0
    state.optimizerStep = optimizer.step
    state.toolVersion = tagmaVersion
    let checkpoint = Checkpoint(
      state: state, parameters: parameters.elements, first: optimizer.first,
      second: optimizer.second, average: average?.values ?? [], best: best)
    do {
      try checkpoint.replace(checkpointPath)
    } catch {
      checkpointFailure = error
      report(.checkpointFailed(error))
    }
  }

  /// Takes up the last checkpoint; false where there is none.
  public func resume() throws -> Bool {
    guard let checkpointPath,
      let checkpoint = try Checkpoint.last(
        checkpointPath, like: state, parameters: network.layout.count,
        allowsChangedData: allowsChangedData)
    else { return false }
    state = checkpoint.state
    parameters.elements = checkpoint.parameters
    optimizer.first = checkpoint.first
    optimizer.second = checkpoint.second
    optimizer.step = checkpoint.state.optimizerStep
    average?.values = checkpoint.average
    average?.updates = checkpoint.state.averageUpdates
    best = checkpoint.best
    return true
  }

  /// The number of epochs that are done, and of batches of the next.
  public var done: (epochs: Int, batches: Int) { (state.epoch, state.current.batches) }
}

internal import Foundation
internal import TagmaKernels
package import TagmaNeural

/// What a loop has to know of a training's settings.
public struct TrainingPlan: Sendable {
  package var optimization: OptimizationSettings
  /// After so many epochs without a better dev score a plateau is met.
  package var plateau: Int
  /// A dev score that cannot be bettered.
  package var perfectScore: Double

  public init(
    _ optimization: OptimizationSettings, plateau: Int = 3, perfectScore: Double = .infinity
  ) {
    (self.optimization, self.plateau, self.perfectScore) = (optimization, plateau, perfectScore)
  }
}

/// The weights of a training, where it stands, and its way through epochs and batches: what all kinds of models share.
///
/// A kind of model says what its batches are, computes their gradients, and evaluates.
public final class TrainingLoop {
  private let plan: TrainingPlan
  private let seedFactor: UInt64
  package var parameters: Parameters
  package private(set) var average: MovingAverage?
  package private(set) var best: [Float] = []
  package var state: Checkpoint.State
  /// For each shard of a batch and each range of the weights what learns it; their sum does not depend on the number of
  /// threads.
  private var workers: [Worker]
  private let rangeCount: Int
  private var optimizer: Optimizer
  var threads = 2
  /// What the workers had carried when the checkpoint was written that was taken up.
  private var restored: [Float] = []

  var checkpointPath: String?
  var shouldStop: @Sendable () -> Bool = { false }
  var wantsCheckpoint: @Sendable () -> Bool = { false }
  var allowsChangedData = false
  var checkpointFailure: (any Error)?
  var resumedFromEarlier = false

  /// What computes the gradients of a shard.
  package struct Worker: Sendable {
    package let shard: Int
    /// Of how many shards.
    package let shards: Int
    /// Which of the ranges of the weights it learns.
    package let range: Int
    package var gradients: Gradients
    /// What a kind of model carries from one batch to the next; part of a checkpoint.
    package var carried: [Float] = []
    fileprivate var loss = 0.0

    /// Its share of a batch: every n-th.
    package func part<Item>(of items: [Item]) -> [Item] {
      stride(from: shard, to: items.count, by: shards).map { items[$0] }
    }
  }

  /// What a kind of model does in a loop.
  package struct Body {
    /// The batches of an epoch, a function of the state's generator alone.
    package var batches: () -> [[Int]]
    /// Computes the gradients of a batch by `computeGradients`; returns its units and what their losses are multiplied by.
    package var gradients: ([Int]) -> (count: Int, scale: Double)
    /// Dev scores of weights and what they come to; no scores where there is no dev data.
    package var evaluate: ([Float]) -> (scores: [String: Double], score: Double)

    package init(
      batches: @escaping () -> [[Int]],
      gradients: @escaping ([Int]) -> (count: Int, scale: Double),
      evaluate: @escaping ([Float]) -> (scores: [String: Double], score: Double)
    ) {
      (self.batches, self.gradients, self.evaluate) = (batches, gradients, evaluate)
    }
  }

  /// - Parameters:
  ///   - parameters: The first weights.
  ///   - ranges: Networks that have no weights in common: what each of them learns is computed apart. Together all weights,
  ///     in order; one unless given.
  ///   - files: Training and dev data, in order.
  ///   - dataHash: Differs where the data does.
  package init<Kind: ModelKind>(
    _: Kind.Type, _ configuration: Kind.Configuration,
    _ training: TrainingSettings<Kind.Hyperparameters>,
    _ parameters: Parameters, ranges: [Range<Int>]? = nil, files: [any CorpusFile],
    dataHash: String
  ) {
    let settings = training.optimization
    plan = Kind.plan(configuration, settings)
    seedFactor = Kind.seedFactor
    self.parameters = parameters
    let layout = parameters.layout
    optimizer = Optimizer(settings.optimizer, count: layout.count)
    optimizer.beta1 = Float(settings.beta1)
    optimizer.beta2 = Float(settings.beta2)
    optimizer.weightDecay = Float(settings.weightDecay)
    optimizer.maximumNorm = Float(plan.optimization.maximumNorm)
    average =
      settings.averageDecay > 0
      ? MovingAverage(decay: Float(settings.averageDecay), of: parameters) : nil
    state = Checkpoint.State(random: SplitMix64(seed: settings.seed ^ Kind.seedSalt))
    state.configurationHash = settingsHash(configuration, training)
    state.identity = TrainingIdentity(
      Kind.name, configuration, training, files: files.map { ($0.name, $0.sha256) })
    state.dataHash = dataHash
    let (ranges, shards) = (ranges ?? [0..<layout.count], max(settings.shards, 1))
    rangeCount = ranges.count
    workers = (0..<shards).flatMap { shard in
      ranges.indices.map {
        Worker(
          shard: shard, shards: shards, range: $0, gradients: Gradients(layout, of: ranges[$0]))
      }
    }
  }

  /// Gives the workers what they carry from one batch to the next.
  ///
  /// - Parameter initial: What a worker carries at the beginning; a checkpoint has as many numbers of each.
  package func carry(_ initial: (_ worker: Worker) -> [Float], isNew: Bool) {
    var rest = restored[...]
    restored = []
    for i in workers.indices where isNew || workers[i].carried.isEmpty {
      let first = initial(workers[i])
      let isRestored = !isNew && rest.count >= first.count
      workers[i].carried = isRestored ? Array(rest.prefix(first.count)) : first
      if isRestored { rest = rest.dropFirst(first.count) }
    }
  }

  /// The weights that would be kept now.
  package var current: [Float] { average?.values ?? parameters.elements }
  /// The weights of the epoch with the best dev score.
  package var chosen: [Float] { best.isEmpty ? current : best }
}

// MARK: - The loop

extension TrainingLoop {
  /// Trains until the last epoch, early stopping, or a request to stop.
  package func run(_ body: Body, report: (TrainingEvent) -> Void) throws -> TrainingOutcome {
    while state.epoch < plan.optimization.epochs {
      if plan.optimization.patience > 0, state.epochsWithoutGain >= plan.optimization.patience {
        break
      }
      // One epoch more settles the average.
      if state.bestScore >= plan.perfectScore, state.epochsWithoutGain > 0 { break }
      guard try runEpoch(body, report) else { return .interrupted }
    }
    return .finished
  }

  /// The rest of a pass over the data, and its evaluation; false where it was asked to stop.
  private func runEpoch(_ body: Body, _ report: (TrainingEvent) -> Void) throws -> Bool {
    let start = Date()
    let earlier = state.current.seconds
    let batches = body.batches()
    while state.current.batches < batches.count {
      if shouldStop() {
        saveCheckpoint(report)
        return false
      }
      if wantsCheckpoint() { saveCheckpoint(report) }
      let batch = state.current.batches
      _ = try step(
        batches[batch], rate: learningRate(batch: batch, of: batches.count), body.gradients)
      state.current.seconds = earlier + Date().timeIntervalSince(start)
      if batch % 8 == 7 || batch == batches.count - 1 {
        report(
          .progress(
            TrainingProgress(
              epoch: state.epoch + 1, epochs: plan.optimization.epochs, batch: batch + 1,
              batches: batches.count, lossPerToken: state.current.lossPerToken,
              tokensPerSecond: state.current.tokensPerSecond)))
      }
    }
    let epoch = endEpoch(body, batches: batches.count)
    saveCheckpoint(report)
    report(.epoch(epoch))
    return true
  }

  /// One update of the weights; returns the batch's units.
  package func step(
    _ batch: [Int], rate: Float, _ gradients: ([Int]) -> (count: Int, scale: Double)
  ) throws -> Int {
    let (count, scale) = gradients(batch)
    let loss = workers.reduce(0) { $0 + $1.loss } * scale
    let norm = optimizer.update(
      &parameters, workers.prefix(rangeCount).map(\.gradients), rate: rate, threads: threads)
    guard norm.isFinite, loss.isFinite else {
      throw ModelError(.diverged(epoch: state.epoch + 1))
    }
    state.step += 1
    average?.update(parameters, step: state.step)
    state.current.batches += 1
    state.current.loss += loss
    state.current.tokens += count
    state.current.norm += norm
    return count
  }

  /// What the random numbers of the next step are made of.
  package var stepSeed: UInt64 {
    SplitMix64(seed: plan.optimization.seed &* seedFactor &+ UInt64(state.step)).state
  }

  /// Lets all workers compute gradients side by side, each with random numbers of its own, and sums them in order.
  ///
  /// - Parameters:
  ///   - weightDropout: What the weights that gradients are computed with have lost.
  ///   - learn: Adds gradients to those of a worker; returns the summed loss.
  package func computeGradients(
    _ weightDropout: WeightDropout? = nil,
    _ learn: @Sendable (_ worker: inout Worker, _ random: inout SplitMix64) -> Double
  ) {
    let seed = stepSeed
    forEachConcurrently(&workers, threads: threads) { index, worker in
      worker.gradients.reset()
      var random = SplitMix64(seed: seed &+ UInt64(index) &* 0xd134_2543_de82_ef95)
      worker.loss = learn(&worker, &random)
    }
    for i in workers.indices.dropFirst(rangeCount) {
      workers[i % rangeCount].gradients.add(workers[i].gradients, threads: threads)
    }
    for i in 0..<rangeCount { weightDropout?.apply(to: &workers[i].gradients) }
  }

  /// Evaluates, keeps the weights where they are the best, and draws the order of the next epoch.
  private func endEpoch(_ body: Body, batches: Int) -> EpochReport {
    let (done, rate) = (state.current, learningRate(batch: 0, of: batches))
    state.epoch += 1
    state.current = Checkpoint.Epoch()
    _ = state.random.next()
    let (scores, value) = body.evaluate(current)
    let score = scores.isEmpty ? Double(state.epoch) : value
    let isBest = keepIfBest(score, scores)
    let epoch = EpochReport(
      epoch: state.epoch, step: state.step, lossPerToken: done.lossPerToken,
      devScores: scores, devScore: score, isBest: isBest, learningRate: Double(rate),
      gradientNorm: done.norm / Double(max(batches, 1)),
      tokensPerSecond: done.tokensPerSecond, seconds: done.seconds)
    state.reports.append(epoch)
    return epoch
  }

  private func keepIfBest(_ score: Double, _ scores: [String: Double]) -> Bool {
    if score > state.bestScore {
      state.bestScore = score
      state.bestScores = scores
      state.bestEpoch = state.epoch
      state.epochsWithoutGain = 0
      best = current
      return true
    }
    state.epochsWithoutGain += 1
    if state.epochsWithoutGain % plan.plateau == 0 { state.reductions += 1 }
    return false
  }

  private func learningRate(batch: Int, of batches: Int) -> Float {
    let settings = plan.optimization
    let done = Double(state.epoch) + Double(batch) / Double(max(batches, 1))
    return Float(
      settings.learningRate
        * settings.schedule.factor(
          progress: done / Double(max(settings.epochs, 1)), epoch: state.epoch,
          warmUp: settings.warmUp, floor: settings.finalRate, decay: 0.05,
          reductions: state.reductions, reduction: 0.5))
  }
}

// MARK: - Checkpoints

extension TrainingLoop {
  /// A checkpoint that cannot be written does not end a training: the one before is still there.
  private func saveCheckpoint(_ report: (TrainingEvent) -> Void) {
    guard let checkpointPath else { return }
    state.averageUpdates = average?.updates ?? 0
    state.optimizerStep = optimizer.step
    state.toolVersion = tagmaVersion
    let checkpoint = Checkpoint(
      state: state, parameters: parameters.elements, first: optimizer.first,
      second: optimizer.second, average: average?.values ?? [], best: best,
      carried: workers.flatMap(\.carried))
    do {
      try checkpoint.replace(checkpointPath)
    } catch {
      checkpointFailure = error
      report(.checkpointFailed(error))
    }
  }

  func resume() throws -> Bool {
    guard let checkpointPath,
      let (checkpoint, isEarlier) = try Checkpoint.last(
        checkpointPath, like: state, parameters: parameters.layout.count,
        allowsChangedData: allowsChangedData)
    else { return false }
    resumedFromEarlier = isEarlier
    let identity = state.identity
    state = checkpoint.state
    state.identity = identity
    parameters.elements = checkpoint.parameters
    optimizer.first = checkpoint.first
    optimizer.second = checkpoint.second
    optimizer.step = checkpoint.state.optimizerStep
    average?.values = checkpoint.average
    average?.updates = checkpoint.state.averageUpdates
    best = checkpoint.best
    restored = checkpoint.carried
    return true
  }
}

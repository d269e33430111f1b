internal import Foundation
package import TagmaNeural

/// What a loop has to know of a training's settings.
package struct TrainingPlan: Sendable {
  package var epochs = 1
  /// Epochs without a better dev score after which it ends; 0 never ends early.
  package var patience = 0
  /// After so many epochs without a better dev score a plateau is met.
  package var plateau = 3
  package var optimizer = OptimizerKind.adam
  package var learningRate = 0.001
  package var schedule = Schedule.cosine
  package var warmUp = 0.0
  package var finalRate = 0.0
  package var beta1 = 0.9
  package var beta2 = 0.999
  package var weightDecay = 0.0
  package var maximumNorm = 5.0
  package var averageDecay = 0.0
  package var shards = 1
  package var seed: UInt64 = 1
  /// A dev score that cannot be bettered.
  package var perfectScore = Double.infinity

  package init() {}
}

/// The weights of a training, where it stands, and its way through epochs and batches: what all kinds of models share.
///
/// A kind of model says what its batches are, computes their gradients, and evaluates.
public final class TrainingLoop {
  package let plan: TrainingPlan
  package var parameters: Parameters
  package private(set) var average: MovingAverage?
  package private(set) var best: [Float] = []
  package var state: Checkpoint.State
  /// What a kind of model carries from one batch to the next; part of a checkpoint.
  package var carried: [Float] = []
  /// Gradients of the shards of a batch, for each shard all stretches of the weights, whose sum does not depend on the number
  /// of threads.
  package var workers: [Worker]
  private let stretches: Int
  private var optimizer: Optimizer
  fileprivate var threads = 2

  fileprivate var checkpointPath: String?
  fileprivate var shouldStop: @Sendable () -> Bool = { false }
  fileprivate var wantsCheckpoint: @Sendable () -> Bool = { false }
  fileprivate var allowsChangedData = false
  fileprivate var checkpointFailure: (any Error)?
  fileprivate var resumedFromEarlier = false

  package struct Worker: Sendable {
    package let shard: Int
    package let stretch: Int
    package var gradients: Gradients
    package var loss = 0.0
  }

  /// What a kind of model does in a loop.
  package struct Body {
    /// The batches of an epoch, a function of the state's generator alone.
    package var batches: () -> [[Int]]
    /// Computes the gradients of a batch into the workers; returns its units and what their losses are multiplied by.
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
  ///   - stretches: Networks that have no weights in common: what each of them learns is computed apart. Together all weights,
  ///     in order; one unless given.
  ///   - salt: Tells the random numbers of one kind of model from those of another.
  package init(
    _ plan: TrainingPlan, _ parameters: Parameters, stretches: [Range<Int>]? = nil, salt: UInt64
  ) {
    self.plan = plan
    self.parameters = parameters
    let layout = parameters.layout
    optimizer = Optimizer(plan.optimizer, count: layout.count)
    optimizer.beta1 = Float(plan.beta1)
    optimizer.beta2 = Float(plan.beta2)
    optimizer.weightDecay = Float(plan.weightDecay)
    optimizer.maximumNorm = Float(plan.maximumNorm)
    average =
      plan.averageDecay > 0
      ? MovingAverage(decay: Float(plan.averageDecay), of: parameters) : nil
    state = Checkpoint.State(random: SplitMix64(seed: plan.seed ^ salt))
    let stretches = stretches ?? [0..<layout.count]
    self.stretches = stretches.count
    workers = (0..<max(plan.shards, 1)).flatMap { shard in
      stretches.indices.map {
        Worker(shard: shard, stretch: $0, gradients: Gradients(layout, of: stretches[$0]))
      }
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
    while state.epoch < plan.epochs {
      if plan.patience > 0, state.epochsWithoutGain >= plan.patience { break }
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
              epoch: state.epoch + 1, epochs: plan.epochs, batch: batch + 1,
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
      &parameters, workers.prefix(stretches).map(\.gradients), rate: rate, threads: threads)
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

  /// Adds the gradients of all shards to those of the first, in order.
  ///
  /// - Parameter weightDropout: What the weights that they are of had lost.
  package func sumGradients(_ weightDropout: WeightDropout? = nil) {
    for i in workers.indices.dropFirst(stretches) {
      workers[i % stretches].gradients.add(workers[i].gradients, threads: threads)
    }
    for i in 0..<stretches { weightDropout?.apply(to: &workers[i].gradients) }
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
    let done = Double(state.epoch) + Double(batch) / Double(max(batches, 1))
    return Float(
      plan.learningRate
        * plan.schedule.factor(
          progress: done / Double(max(plan.epochs, 1)), epoch: state.epoch, warmUp: plan.warmUp,
          floor: plan.finalRate, decay: 0.05, reductions: state.reductions, reduction: 0.5))
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
      second: optimizer.second, average: average?.values ?? [], best: best, carried: carried)
    do {
      try checkpoint.replace(checkpointPath)
    } catch {
      checkpointFailure = error
      report(.checkpointFailed(error))
    }
  }

  fileprivate func resume() throws -> Bool {
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
    carried = checkpoint.carried
    return true
  }
}

// MARK: - What a program asks of any trainer

/// A training that can be watched, stopped and resumed.
public protocol ModelTrainer: AnyObject {
  /// Where it stands.
  var loop: TrainingLoop { get }
  var licence: String? { get set }
  /// The command that the model's card names.
  var command: [String]? { get set }
  /// Trains until the last epoch, early stopping, or a request to stop.
  func train(report: (TrainingEvent) -> Void) throws -> TrainingOutcome
}

extension ModelTrainer {
  /// The weights do not depend on it.
  public var threads: Int {
    get { loop.threads }
    set { loop.threads = newValue }
  }
  /// Where checkpoints are kept; nil keeps none.
  public var checkpointPath: String? {
    get { loop.checkpointPath }
    set { loop.checkpointPath = newValue }
  }
  /// Asked before each batch: a training that stops writes a checkpoint first.
  public var shouldStop: @Sendable () -> Bool {
    get { loop.shouldStop }
    set { loop.shouldStop = newValue }
  }
  /// Asked before each batch: whether to write a checkpoint and go on.
  public var wantsCheckpoint: @Sendable () -> Bool {
    get { loop.wantsCheckpoint }
    set { loop.wantsCheckpoint = newValue }
  }
  /// Whether a checkpoint of other settings or data may be taken up.
  public var allowsChangedData: Bool {
    get { loop.allowsChangedData }
    set { loop.allowsChangedData = newValue }
  }
  /// Why the last checkpoint that failed could not be written.
  public var checkpointFailure: (any Error)? { loop.checkpointFailure }
  /// What each epoch brought, also those before a resumption.
  public var reports: [EpochReport] { loop.state.reports }
  /// The number of epochs that are done.
  public var epochsDone: Int { loop.state.epoch }
  /// The number of batches of the next epoch that are done.
  public var batchesDone: Int { loop.state.current.batches }

  /// Whether the last checkpoint was damaged, so that the one before it was taken up.
  public var resumedFromEarlierCheckpoint: Bool { loop.resumedFromEarlier }

  /// Takes up the last checkpoint; false where there is none.
  public func resume() throws -> Bool { try loop.resume() }
}

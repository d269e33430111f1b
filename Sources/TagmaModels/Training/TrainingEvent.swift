/// What a training tells while it runs.
public enum TrainingEvent: Sendable {
  case began(sizes: [(name: String, count: Int)])
  case progress(TrainingProgress)
  case epoch(EpochReport)
  /// A checkpoint could not be written; the training goes on, the last good one is kept.
  case checkpointFailed(any Error)
}

/// Where a training stands within an epoch.
public struct TrainingProgress: Sendable {
  public var epoch: Int
  public var epochs: Int
  public var batch: Int
  public var batches: Int
  public var lossPerToken: Double
  public var tokensPerSecond: Double

  package init(
    epoch: Int, epochs: Int, batch: Int, batches: Int, lossPerToken: Double,
    tokensPerSecond: Double
  ) {
    (self.epoch, self.epochs, self.batch, self.batches) = (epoch, epochs, batch, batches)
    (self.lossPerToken, self.tokensPerSecond) = (lossPerToken, tokensPerSecond)
  }
}

/// What an epoch brought.
public struct EpochReport: Sendable, Codable {
  public var epoch: Int
  public var step: Int
  public var lossPerToken: Double
  /// Dev scores of each task in percent.
  public var devScores: [String: Double]
  public var devScore: Double
  public var isBest: Bool
  public var learningRate: Double
  public var gradientNorm: Double
  public var tokensPerSecond: Double
  public var seconds: Double

  package init(
    epoch: Int, step: Int, lossPerToken: Double, devScores: [String: Double], devScore: Double,
    isBest: Bool, learningRate: Double, gradientNorm: Double, tokensPerSecond: Double,
    seconds: Double
  ) {
    (self.epoch, self.step, self.lossPerToken) = (epoch, step, lossPerToken)
    (self.devScores, self.devScore, self.isBest) = (devScores, devScore, isBest)
    (self.learningRate, self.gradientNorm) = (learningRate, gradientNorm)
    (self.tokensPerSecond, self.seconds) = (tokensPerSecond, seconds)
  }
}

/// How a training ended.
public enum TrainingOutcome: Sendable, Equatable {
  case finished
  /// It was asked to stop; a checkpoint was written.
  case interrupted
}

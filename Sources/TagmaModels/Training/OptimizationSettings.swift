public import TagmaNeural

/// How weights are learned: what all kinds of models have in common.
public struct OptimizationSettings: Codable, Sendable, Equatable {
  /// Passes over the training data at most.
  public var epochs = 1
  /// Stop after this many epochs without a better dev score; 0 never stops early.
  public var patience = 0
  /// `adam`, `nadam` or `sgd`.
  public var optimizer = OptimizerKind.adam
  public var learningRate = 0.001
  /// `cosine`, `linear`, `inverse-time`, `plateau` or `constant`.
  public var schedule = Schedule.cosine
  /// Share of the training in which the learning rate rises.
  public var warmUp = 0.02
  /// The last learning rate as a share of the first.
  public var finalRate = 0.02
  /// Adam's decay rates.
  public var beta1 = 0.9
  public var beta2 = 0.99
  public var weightDecay = 0.0
  /// Gradients of a larger norm are scaled down to it.
  public var maximumNorm = 1.0
  /// Decay of the moving average of the weights; 0 uses the weights themselves.
  public var averageDecay = 0.0
  /// Each batch is cut into this many parts, whose gradients are summed in order: the weights depend on it, not on the
  /// number of threads.
  public var shards = 2
  public var seed: UInt64 = 1

  public init() {}
}

extension OptimizationSettings {
  /// Refuses values that cannot be meant.
  func validate() throws {
    try check((0...1_000_000).contains(epochs), "training.epochs", "a number from 0 to 1000000")
    try check((0...1_000_000).contains(patience), "training.patience", "a number from 0 to 1000000")
    // Each has gradients of its own for all weights.
    try check((1...256).contains(shards), "training.shards", "a number from 1 to 256")
    try checkShares([
      ("averageDecay", averageDecay), ("beta1", beta1), ("beta2", beta2), ("warmUp", warmUp),
    ])
    try check(
      learningRate > 0 && learningRate.isFinite, "training.learningRate", "a positive number")
    try check(maximumNorm > 0, "training.maximumNorm", "a positive number")
  }
}

public import TagmaModels

/// How a regressor is built: Dense → recurrent layers → Dense.
///
/// Stored in `model.json`; changing it changes the parameter layout.
public struct RegressorConfiguration: Codable, Sendable, Equatable {
  /// Rows that are read for one prediction.
  public var window = 24
  /// How many rows after the last one read the prediction is for; 0 is the same row.
  public var horizon = 1
  /// Units of the first layer (ReLU), which reads each row by itself; 0 does without.
  public var denseSize = 32
  /// What the layers remember with: `lstm`, `gru`, `elman-tanh`, `elman-sigmoid` or `elman-relu`.
  public var cell = CellKind.lstm
  /// Units of each recurrent layer.
  public var hiddenSizes = [32]

  public init() {}

  /// Rows of a series of which one window can be learned.
  public var neededRows: Int { window + horizon }
}

/// How a regressor is trained.
public struct RegressorTrainingConfiguration: Codable, Sendable, Equatable {
  /// Passes over the training data at most.
  public var epochs = 60
  /// Windows in a batch.
  public var batchSize = 32
  /// Stop after this many epochs without a better dev score; 0 never stops early.
  public var patience = 15
  /// `adam`, `nadam` or `sgd`.
  public var optimizer = "adam"
  public var learningRate = 0.005
  /// `cosine`, `linear`, `inverse-time`, `plateau` or `constant`.
  public var schedule = "cosine"
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
  public var averageDecay = 0.99
  /// Each batch is cut into this many parts, whose gradients are summed in order.
  public var shards = 1
  public var seed: UInt64 = 1

  public init() {}
}

extension RegressorConfiguration {
  func validate() throws {
    try check((1...100_000).contains(window), "regressor.window", "1 to 100000")
    try check((0...100_000).contains(horizon), "regressor.horizon", "0 to 100000")
    try check((0...16_384).contains(denseSize), "regressor.denseSize", "0 to 16384")
    try check(
      (1...16).contains(hiddenSizes.count) && hiddenSizes.allSatisfy((1...16_384).contains),
      "regressor.hiddenSizes", "1 to 16 numbers from 1 to 16384")
  }
}

extension RegressorTrainingConfiguration: CommonTrainingSettings {
  func validate() throws {
    try checkCommon(counts: [("batchSize", batchSize)], shares: [])
  }
}

public import TagmaModels
public import TagmaNeural

/// How a regressor is built: Dense → recurrent layers → Dense.
///
/// Stored in `model.json`; changing it changes the parameter layout.
public struct RegressorConfiguration: ModelConfiguration {
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
public struct RegressorHyperparameters: TrainingHyperparameters {
  /// Windows in a batch.
  public var batchSize = 32

  public init() {}

  public static let optimization = {
    var settings = OptimizationSettings()
    (settings.epochs, settings.patience) = (60, 15)
    (settings.learningRate, settings.averageDecay, settings.shards) = (0.005, 0.99, 1)
    return settings
  }()

  public func validate() throws { try checkCounts([("batchSize", batchSize)]) }
}

public typealias RegressorTrainingSettings = TrainingSettings<RegressorHyperparameters>

extension RegressorConfiguration {
  public func validate() throws {
    try check((1...100_000).contains(window), "regressor.window", "1 to 100000")
    try check((0...100_000).contains(horizon), "regressor.horizon", "0 to 100000")
    try check((0...16_384).contains(denseSize), "regressor.denseSize", "0 to 16384")
    try check(
      (1...16).contains(hiddenSizes.count) && hiddenSizes.allSatisfy((1...16_384).contains),
      "regressor.hiddenSizes", "1 to 16 numbers from 1 to 16384")
  }
}

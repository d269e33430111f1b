public import TagmaModels
internal import TagmaNeural

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

private func check(_ isGood: Bool, _ setting: String, _ expected: String) throws {
  guard isGood else { throw ModelError(.badSetting(setting, expected: expected)) }
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

extension RegressorTrainingConfiguration {
  func validate() throws {
    func names<Kind: CaseIterable & RawRepresentable>(_: Kind.Type) -> String
    where Kind.RawValue == String {
      Kind.allCases.map(\.rawValue).joined(separator: ", ")
    }
    try check(
      OptimizerKind(rawValue: optimizer) != nil, "training.optimizer", names(OptimizerKind.self))
    try check(Schedule(rawValue: schedule) != nil, "training.schedule", names(Schedule.self))
    let counts = [
      ("epochs", epochs, 0), ("batchSize", batchSize, 1), ("patience", patience, 0),
      ("shards", shards, 1),
    ]
    for (name, count, least) in counts {
      try check((least...1_000_000).contains(count), "training.\(name)", "a number from \(least)")
    }
    let shares = [
      ("averageDecay", averageDecay), ("beta1", beta1), ("beta2", beta2), ("warmUp", warmUp),
    ]
    for (name, share) in shares {
      try check(share >= 0 && share < 1, "training.\(name)", "a number from 0 to below 1")
    }
    try check(
      learningRate > 0 && learningRate.isFinite, "training.learningRate", "a positive number")
    try check(maximumNorm > 0, "training.maximumNorm", "a positive number")
  }

  var plan: TrainingPlan {
    var plan = TrainingPlan()
    plan.epochs = epochs
    plan.patience = patience
    plan.optimizer = OptimizerKind(rawValue: optimizer) ?? .adam
    plan.learningRate = learningRate
    plan.schedule = Schedule(rawValue: schedule) ?? .cosine
    (plan.warmUp, plan.finalRate) = (warmUp, finalRate)
    (plan.beta1, plan.beta2) = (beta1, beta2)
    (plan.weightDecay, plan.maximumNorm) = (weightDecay, maximumNorm)
    (plan.averageDecay, plan.shards, plan.seed) = (averageDecay, shards, seed)
    return plan
  }
}

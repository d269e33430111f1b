public import TagmaModels

/// How a language model is built.
///
/// Stored in `model.json`; changing it changes the parameter layout.
public struct LanguageModelConfiguration: Codable, Sendable, Equatable {
  /// Subword units, 259 of them bytes and marks; 0 reads character by character.
  public var subwords = 0
  /// Width of an embedding; the same table serves input and output.
  public var embeddingSize = 128
  /// What the layers remember with: `lstm`, `gru`, `elman-tanh`, `elman-sigmoid` or `elman-relu`.
  public var cell = CellKind.lstm
  /// Units of each layer.
  public var hiddenSizes = [512]
  /// Whether text is read from its end to its beginning.
  public var readsBackward = false

  public init() {}
}

/// How a language model is trained.
public struct LanguageModelTrainingConfiguration: Codable, Sendable, Equatable {
  /// Passes over the training data at most.
  public var epochs = 4
  /// Places of the text that are read side by side.
  public var streams = 32
  /// Steps after which the weights are updated; gradients go no further back.
  public var steps = 100
  /// Stop after this many epochs without a better dev score; 0 never stops early.
  public var patience = 0
  /// `adam`, `nadam` or `sgd`.
  public var optimizer = "adam"
  public var learningRate = 0.002
  /// `cosine`, `linear`, `inverse-time`, `plateau` or `constant`.
  public var schedule = "cosine"
  /// Share of the training in which the learning rate rises.
  public var warmUp = 0.01
  /// The last learning rate as a share of the first.
  public var finalRate = 0.02
  /// Adam's decay rates.
  public var beta1 = 0.9
  public var beta2 = 0.99
  public var weightDecay = 0.0
  /// Gradients of a larger norm are scaled down to it.
  public var maximumNorm = 1.0
  /// Share of the values set to zero after each layer.
  public var dropout = 0.1
  /// Share of the weights between steps that a batch does without.
  public var recurrentDropout = 0.0
  /// Decay of the moving average of the weights; 0 uses the weights themselves.
  public var averageDecay = 0.0
  /// Each batch is cut into this many parts, whose gradients are summed in order: the weights depend on it, not on the
  /// number of threads.
  public var shards = 2
  public var seed: UInt64 = 1

  public init() {}
}

// MARK: - Checks

extension LanguageModelConfiguration {
  func validate() throws {
    try check(
      subwords == 0 || (300...1_000_000).contains(subwords), "language-model.subwords",
      "0, or 300 to 1000000")
    try check(
      (1...16_384).contains(embeddingSize), "language-model.embeddingSize",
      "a number from 1 to 16384")
    try check(
      (1...16).contains(hiddenSizes.count) && hiddenSizes.allSatisfy((1...16_384).contains),
      "language-model.hiddenSizes", "1 to 16 numbers from 1 to 16384")
  }
}

extension LanguageModelTrainingConfiguration: CommonTrainingSettings {
  func validate() throws {
    try checkCommon(
      counts: [("streams", streams), ("steps", steps)],
      shares: [("dropout", dropout), ("recurrentDropout", recurrentDropout)])
  }
}

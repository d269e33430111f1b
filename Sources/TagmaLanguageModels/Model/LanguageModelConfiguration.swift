public import TagmaModels
public import TagmaNeural

/// How a language model is built.
///
/// Stored in `model.json`; changing it changes the parameter layout.
public struct LanguageModelConfiguration: ModelConfiguration {
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
public struct LanguageModelHyperparameters: TrainingHyperparameters {
  /// Places of the text that are read side by side.
  public var streams = 32
  /// Steps after which the weights are updated; gradients go no further back.
  public var steps = 100
  /// Share of the values set to zero after each layer.
  public var dropout = 0.1
  /// Share of the weights between steps that a batch does without.
  public var recurrentDropout = 0.0

  public init() {}

  public static let optimization = {
    var settings = OptimizationSettings()
    (settings.epochs, settings.learningRate, settings.warmUp) = (4, 0.002, 0.01)
    return settings
  }()
}

public typealias LanguageModelTrainingSettings = TrainingSettings<LanguageModelHyperparameters>

// MARK: - Checks

extension LanguageModelConfiguration {
  public func validate() throws {
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

extension LanguageModelHyperparameters {
  public func validate() throws {
    try checkCounts([("streams", streams), ("steps", steps)])
    try checkShares([("dropout", dropout), ("recurrentDropout", recurrentDropout)])
  }
}

public import TagmaModels
public import TagmaNeural

/// How a segmenter is built.
///
/// Stored in `model.json`; changing it changes the parameter layout.
public struct SegmenterConfiguration: ModelConfiguration {
  /// Width of what a character is read as.
  public var characterSize = 32
  /// Units per direction of each recurrent layer.
  public var hiddenSizes = [64]
  /// What the layers remember with.
  public var cell = CellKind.lstm
  /// Rarer characters of the training data are read by their category alone.
  public var minimumCount = 3

  public init() {}
}

/// How a segmenter is trained.
public struct SegmenterHyperparameters: TrainingHyperparameters {
  /// Stretches of text in a batch.
  public var batchSize = 6
  /// Characters of a stretch at most.
  public var stretch = 300
  /// Share of the values set to zero between layers.
  public var dropout = 0.3
  /// Share of the characters that are read by their category alone.
  public var characterDropout = 0.02
  /// Share of the paragraphs that are read as one with the next: not every text has blank lines.
  public var joinedParagraphs = 0.2
  /// Share of the paragraphs in small letters, and of those without the mark at their end: real texts are careless.
  public var lowercased = 0.03
  public var unfinished = 0.05

  public init() {}

  public static let optimization = {
    var settings = OptimizationSettings()
    (settings.epochs, settings.patience) = (30, 10)
    (settings.learningRate, settings.averageDecay) = (0.004, 0.99)
    return settings
  }()
}

public typealias SegmenterTrainingSettings = TrainingSettings<SegmenterHyperparameters>

extension SegmenterConfiguration {
  public func validate() throws {
    try check((1...4096).contains(characterSize), "segmenter.characterSize", "1 to 4096")
    try check(
      (1...16).contains(hiddenSizes.count) && hiddenSizes.allSatisfy((1...8192).contains),
      "segmenter.hiddenSizes", "1 to 16 numbers from 1 to 8192")
    try check((1...1_000_000).contains(minimumCount), "segmenter.minimumCount", "1 to 1000000")
  }
}

extension SegmenterHyperparameters {
  public func validate() throws {
    try checkCounts([("batchSize", batchSize), ("stretch", stretch)])
    try checkShares([
      ("dropout", dropout), ("characterDropout", characterDropout),
      ("joinedParagraphs", joinedParagraphs), ("lowercased", lowercased),
      ("unfinished", unfinished),
    ])
  }
}

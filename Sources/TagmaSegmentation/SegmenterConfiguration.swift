public import TagmaModels

/// How a segmenter is built.
///
/// Stored in `model.json`; changing it changes the parameter layout.
public struct SegmenterConfiguration: Codable, Sendable, Equatable {
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
public struct SegmenterTrainingConfiguration: Codable, Sendable, Equatable {
  /// Passes over the training data at most.
  public var epochs = 30
  /// Stretches of text in a batch.
  public var batchSize = 6
  /// Characters of a stretch at most.
  public var stretch = 300
  /// Stop after this many epochs without a better dev score; 0 never stops early.
  public var patience = 10
  /// `adam`, `nadam` or `sgd`.
  public var optimizer = "adam"
  public var learningRate = 0.004
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
  /// Share of the values set to zero between layers.
  public var dropout = 0.3
  /// Share of the characters that are read by their category alone.
  public var characterDropout = 0.02
  /// Share of the paragraphs that are read as one with the next: not every text has blank lines.
  public var joinedParagraphs = 0.2
  /// Share of the paragraphs in small letters, and of those without the mark at their end: real texts are careless.
  public var lowercased = 0.03
  public var unfinished = 0.05
  /// Decay of the moving average of the weights; 0 uses the weights themselves.
  public var averageDecay = 0.99
  /// Each batch is cut into this many parts, whose gradients are summed in order.
  public var shards = 2
  public var seed: UInt64 = 1

  public init() {}
}

extension SegmenterConfiguration {
  func validate() throws {
    try check((1...4096).contains(characterSize), "segmenter.characterSize", "1 to 4096")
    try check(
      (1...16).contains(hiddenSizes.count) && hiddenSizes.allSatisfy((1...8192).contains),
      "segmenter.hiddenSizes", "1 to 16 numbers from 1 to 8192")
    try check((1...1_000_000).contains(minimumCount), "segmenter.minimumCount", "1 to 1000000")
  }
}

extension SegmenterTrainingConfiguration: CommonTrainingSettings {
  func validate() throws {
    try checkCommon(
      counts: [("batchSize", batchSize), ("stretch", stretch)],
      shares: [
        ("dropout", dropout), ("characterDropout", characterDropout),
        ("joinedParagraphs", joinedParagraphs), ("lowercased", lowercased),
        ("unfinished", unfinished),
      ])
  }
}

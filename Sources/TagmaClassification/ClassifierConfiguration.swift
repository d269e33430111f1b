public import TagmaModels
public import TagmaNeural

/// How a classifier is built.
///
/// Stored in `model.json`; changing it changes the parameter layout.
public struct ClassifierConfiguration: ModelConfiguration {
  /// How a text is read.
  public enum Encoder: String, Codable, Sendable, CaseIterable {
    /// Word by word, from both sides.
    case recurrent
    /// As a bag of its words and runs of letters, whose order says nothing (Joulin and others 2017): a thousand times as fast.
    case bag
  }

  /// How the states of all words become one vector.
  public enum Pooling: String, Codable, Sendable, CaseIterable {
    /// The greatest value of each column (Collobert and others 2011).
    case max
    /// The mean, weighted by how much a word says (Yang and others 2016).
    case attention
  }

  public var encoder = Encoder.recurrent
  /// Width of the embedding of a word or of a run of letters.
  public var embeddingSize = 64
  /// Rows of the table of embeddings, which words and runs of letters share by their hash.
  public var buckets = 50_000
  /// Lengths of the runs of letters that a word is made of, its ends among them; 0 to 0 has none.
  public var shortestNGram = 3
  public var longestNGram = 5
  /// Whether a whole word is a feature beside its runs of letters.
  public var readsWords = true
  /// What the layers remember with.
  public var cell = CellKind.lstm
  /// Units per direction of each recurrent layer.
  public var hiddenSizes = [64]
  public var pooling = Pooling.max

  public init() {}

  public func validate() throws {
    try check((1...4096).contains(embeddingSize), "classifier.embeddingSize", "1 to 4096")
    try check((1...10_000_000).contains(buckets), "classifier.buckets", "1 to 10000000")
    try check(
      shortestNGram >= 0 && shortestNGram <= longestNGram && longestNGram <= 16
        && (longestNGram == 0 || shortestNGram > 0), "classifier.longestNGram",
      "0, or at least shortestNGram and at most 16")
    try check(
      readsWords || longestNGram > 0, "classifier.readsWords",
      "true where there are no runs of letters")
    try check(
      (1...16).contains(hiddenSizes.count) && hiddenSizes.allSatisfy((1...8192).contains),
      "classifier.hiddenSizes", "1 to 16 numbers from 1 to 8192")
  }
}

/// How a classifier is trained.
public struct ClassifierHyperparameters: TrainingHyperparameters {
  /// Texts in a batch.
  public var batchSize = 32
  /// Share of the values set to zero before and after the recurrent layers.
  public var dropout = 0.3
  /// Share of the words that are not read.
  public var wordDropout = 0.1
  /// Probability spread over all labels.
  public var labelSmoothing = 0.0

  public init() {}

  public static let optimization = {
    var settings = OptimizationSettings()
    (settings.epochs, settings.patience) = (20, 5)
    (settings.learningRate, settings.averageDecay) = (0.002, 0.99)
    return settings
  }()

  public func validate() throws {
    try checkCounts([("batchSize", batchSize)])
    try checkShares([
      ("dropout", dropout), ("wordDropout", wordDropout), ("labelSmoothing", labelSmoothing),
    ])
  }
}

public typealias ClassifierTrainingSettings = TrainingSettings<ClassifierHyperparameters>

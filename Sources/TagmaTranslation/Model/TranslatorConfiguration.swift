public import TagmaCorpora
public import TagmaLexicon
public import TagmaModels
public import TagmaNeural

/// How a translator is built.
///
/// Stored in `model.json`; changing it changes the parameter layout.
public struct TranslatorConfiguration: ModelConfiguration {
  /// Subword units of both languages together, 259 of them bytes and marks.
  public var subwords = 6000
  /// `bpe`, `unigram`, `words` or `characters`.
  public var units = UnitKind.bpe
  /// Width of an embedding, which is also that of the decoder's output: the same table serves input and output.
  public var embeddingSize = 256
  /// Units per direction of each layer of the encoder.
  public var encoderSizes = [256]
  /// What the encoder's layers remember with; the decoder is an LSTM.
  public var cell = CellKind.lstm
  /// Units of the decoder.
  public var decoderSize = 512
  /// Heads of the attention.
  public var heads = 1
  /// `dot` or `additive`.
  public var attention = AttentionScore.dot
  /// Whether the decoder reads its own last output; without, training takes fewer and larger products.
  public var inputFeeding = true
  /// Whether what each layer of the encoder puts out is normalised (Ba, Kiros & Hinton 2016).
  public var layerNorm = false
  /// Whether attention sees, beside the encoder's states, the words' own embeddings: a short way from a word to its
  /// translation (after the lexical model of Nguyen & Chiang 2018).
  public var lexicalMemory = false
  /// Whether marks of punctuation, on both sides, are read as typewriters have them: `"` for `“`, `-` for `–`.
  public var plainPunctuation = false
  /// Whether sources are read in small letters.
  public var lowercasesSource = false

  public init() {}
}

/// How a translator is trained.
public struct TranslatorHyperparameters: TrainingHyperparameters {
  /// Target units in a batch.
  public var batchTokens = 1500
  /// Pairs with a side of more units are left out.
  public var maximumLength = 100
  /// Share of the values set to zero in embeddings, in the encoder's states and in the decoder's output.
  public var dropout = 0.2
  /// Share of the units, on both sides, that are not seen.
  public var wordDropout = 0.0
  /// Share of the merges of units that are left out, anew each time a pair is read.
  public var subwordDropout = 0.0
  /// Share of the pairs in which placeholders stand for names and numbers that both sides hold, so that what is to be
  /// carried over unchanged can be; 0 does without placeholders.
  public var placeholderShare = 0.1
  /// Share of the pairs that are written in capitals.
  public var capitalShare = 0.02
  /// Probability spread over all units.
  public var labelSmoothing = 0.1
  /// Weight of the loss of attention that does not look where a table of words that was learned beforehand says (Chen and
  /// others 2016); 0 does without.
  public var guidedAlignment = 0.0
  /// When translations are looked for, each unit of a source may become so many; 0 looks among all.
  public var shortlist = 0
  /// Pairs of the dev data that are translated after each epoch.
  public var devPairs = 1000

  public init() {}

  public static let optimization = {
    var settings = OptimizationSettings()
    (settings.epochs, settings.patience) = (15, 6)
    (settings.learningRate, settings.averageDecay) = (0.001, 0.999)
    return settings
  }()
}

public typealias TranslatorTrainingSettings = TrainingSettings<TranslatorHyperparameters>

// MARK: - What fits the data

/// Fewer pairs are a small corpus.
private let manyPairs = 30_000

extension TranslatorConfiguration {
  /// Units and sizes for these pairs: a large network learns a small corpus by heart.
  public init(for pairs: [TextPair]) {
    self.init()
    guard pairs.count < manyPairs else { return }
    subwords = 1000
    embeddingSize = 128
    encoderSizes = [128]
    decoderSize = 256
    // Names, words and dates are spelled: what units of several letters become depends on where they are cut.
    let characters = pairs.reduce(0) {
      $0 + $1.source.unicodeScalars.count + $1.target.unicodeScalars.count
    }
    if characters < 2 * Self.shortText * pairs.count { units = .characters }
  }

  /// Characters of a text that is no sentence, in the mean.
  private static let shortText = 24
}

extension TranslatorTrainingSettings {
  /// Settings for these pairs: a small corpus needs small batches to be learned in as many steps.
  public init(for pairs: [TextPair]) {
    self.init()
    guard pairs.count < manyPairs else { return }
    self.batchTokens = 400
    self.learningRate = 0.002
    // Names, dates and the like: there is nothing to carry over, and capitals are what they are.
    self.placeholderShare = 0
    self.capitalShare = 0
  }
}

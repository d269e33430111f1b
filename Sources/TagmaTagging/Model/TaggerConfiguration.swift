public import TagmaAnnotations
public import TagmaModels
public import TagmaNeural

/// How a tagger is built.
///
/// Stored in `model.json`; changing it changes the parameter layout.
public struct TaggerConfiguration: ModelConfiguration {
  /// The step function of the recurrent layers.
  public typealias Cell = CellKind

  /// How a word is read letter by letter.
  public enum CharacterModel: String, Codable, Sendable, CaseIterable {
    case lstm, cnn, none
  }

  /// What joins a recurrent layer's output with its input, where their sizes agree.
  public enum Connection: String, Codable, Sendable, CaseIterable {
    case none, residual, highway
  }

  /// What turns emissions of span tasks into tags.
  public enum SpanDecoder: String, Codable, Sendable, CaseIterable {
    /// Scores whole sequences.
    case crf
    /// Scores each word alone.
    case softmax
  }

  /// Where self-attention stands.
  public enum AttentionPlace: String, Codable, Sendable, CaseIterable {
    case top, each
  }

  /// Where lemmas come from, of a model that also knows parts of speech.
  public enum LemmaSource: String, Codable, Sendable, CaseIterable {
    /// A table of words and of how words end.
    case table
    /// Scripts as labels.
    case network
  }

  /// Width of a word embedding.
  public var wordSize = 100
  /// Words rarer than this in training are unknown.
  public var minimumCount = 2
  /// How characters are read.
  public var characterModel = CharacterModel.lstm
  /// Width of a character embedding.
  public var characterSize = 50
  /// Units per direction of the character LSTM; the CNN has twice as many filters.
  public var characterHiddenSize = 50
  /// Width of an embedding of a prefix, suffix or shape; 0 leaves them out.
  public var affixSize = 16
  /// Rows of the table of each kind of affix, which are found by hashing.
  public var affixBuckets = 2000
  /// The step function.
  public var cell = Cell.lstm
  /// Units per direction of each recurrent layer, from the lowest.
  public var hiddenSizes = [200]
  /// What joins layers.
  public var connection = Connection.none
  /// Networks that are trained side by side and whose scores are averaged: an ensemble in one model.
  public var members = 1
  /// Where lemmas come from.
  public var lemmas = LemmaSource.table
  /// Heads of the attention that lets each word look at all words of its sentence; 0 does without.
  public var attentionHeads = 0
  /// `top`: after the last recurrent layer; `each`: after every one.
  public var attention = AttentionPlace.top
  /// What decodes spans.
  public var spanDecoder = SpanDecoder.crf
  /// Labels that are given, not predicted: their embeddings are input.
  public var inputTasks: [TaggingTask] = []
  /// Width of an embedding of a given label.
  public var inputTaskSize = 25
  /// Columns of numbers that describe each word or row.
  public var numbers: [Int] = []
  /// How many numbers describe each word: states of language models that read it in its sentence, vectors that stay as
  /// they are, and what was measured.
  public var contextInputSize = 0
  /// Width that these numbers are brought to.
  public var contextSize = 128
  /// How many of the members read these numbers, the first ones; 0: all do.
  ///
  /// Those that read them and those that do not err differently.
  public var contextMembers = 0

  public init() {}
}

/// How a tagger is trained.
public struct TaggerHyperparameters: TrainingHyperparameters {
  /// Sentences in a batch.
  public var batchSize = 32
  /// Share of the values set to zero before and after each recurrent layer.
  public var dropout = 0.5
  /// Share of the weights between the steps of a recurrent layer that are zero for a batch.
  public var recurrentDropout = 0.0
  /// `locked`, `plain` or `word`.
  public var dropoutKind = DropoutKind.locked
  /// Share of words replaced by the unknown word.
  public var wordDropout = 0.2
  /// Share of what is known of words beside their forms (`contextInputSize`) that is zero for a batch.
  public var contextDropout = 0.0
  /// Probability spread over all labels of softmax heads.
  public var labelSmoothing = 0.03
  /// Factor on the loss of each task; 1 where none is named.
  public var taskWeights: [String: Double] = [:]
  /// Tasks that are learned only because they help the others: the model is written without them.
  public var auxiliaryTasks: [String] = []
  /// Weight of the loss of telling each word's neighbours, beside the loss of its labels; 0 leaves it out.
  public var languageModelWeight = 0.0
  /// Share of the spans in a training sentence that are replaced by others of the same label.
  public var spanReplacement = 0.0
  /// Share of the training sentences that are read in lower case or in capitals.
  public var caseNoise = 0.0
  /// Whether at the end the threshold above which spans are believed is chosen by F₁ on dev.
  public var tunesSpans = true

  public init() {}

  public static let optimization = {
    var settings = OptimizationSettings()
    (settings.epochs, settings.patience) = (40, 12)
    (settings.learningRate, settings.warmUp, settings.averageDecay) = (0.002, 0.01, 0.998)
    settings.maximumNorm = 5
    return settings
  }()
}

public typealias TaggerTrainingSettings = TrainingSettings<TaggerHyperparameters>

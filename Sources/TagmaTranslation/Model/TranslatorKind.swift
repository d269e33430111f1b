public import TagmaModels

/// Translators as a kind of model.
public enum TranslatorKind: ModelKind {
  public static let name = "translator"
  public static let seedSalt: UInt64 = 0x7472_616e_736c_6174
  public typealias Configuration = TranslatorConfiguration
  public typealias Hyperparameters = TranslatorHyperparameters

  public struct Facts: ModelFacts {
    /// The languages, as BCP 47 writes them.
    public var source = ""
    public var target = ""
    /// Whether all numbers are carried by placeholders.
    public var carriesNumbers = false
    /// Whether first words and those after opening marks were read in training as decision 0016 says; nil: they were not.
    public var readsKnownWords: Bool?
    /// Whether the sources of the training end in marks as sentences do; nil: they do not, or nobody counted.
    ///
    /// A text that has none is then read with one.
    public var sourcesEndInMarks: Bool?
    /// How long translations are; nil where the pairs were too few to tell.
    public var lengthBounds: LengthBounds?

    public init() {}

    public func validate(_: TranslatorConfiguration, path: String) throws {
      if let lengthBounds, !lengthBounds.isPossible {
        throw ModelError(
          .damaged("lengthBounds: expected 0 ≤ least ≤ most ≤ 1000"), path: path)
      }
    }
  }

  public struct FileFacts: Codable, Sendable, Equatable {
    public var pairs: Int
  }

  public static func plan(
    _: TranslatorConfiguration, _ optimization: OptimizationSettings
  ) -> TrainingPlan {
    TrainingPlan(optimization, plateau: 2, perfectScore: 99.999)
  }
}

/// What `model.json` says of a translator.
public typealias TranslatorDescription = ModelDescription<TranslatorKind>

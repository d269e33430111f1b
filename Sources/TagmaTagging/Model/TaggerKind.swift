public import TagmaAnnotations
public import TagmaModels

/// Taggers as a kind of model.
public enum TaggerKind: ModelKind {
  public static let name = "tagger"
  public static let seedSalt: UInt64 = 0x7461_676d_6100_0000
  public static let seedFactor: UInt64 = 0x9e37_79b9
  public typealias Configuration = TaggerConfiguration
  public typealias Hyperparameters = TaggerHyperparameters

  public struct NumberScale: Codable, Sendable, Equatable {
    public var mean: Float
    public var deviation: Float
  }

  public struct Facts: ModelFacts {
    public var tasks: [TaggingTask] = []
    /// For span tasks, the probability above which a span is believed; where there is none, the likeliest tag
    /// sequence is taken.
    public var spanThresholds: [String: Double] = [:]
    /// For span tasks, how much the rest of a document counts where it has the same words again, from 0 to 1.
    public var documentShares: [String: Double] = [:]
    /// For span tasks, the labels of names whose first or last word stands for the whole in the rest of a document.
    public var documentParts: [String: [String]] = [:]
    /// For each column of numbers its mean and its standard deviation in training.
    public var numberScales: [NumberScale] = []
    public var language: String?

    public init() {}

    public func validate(_ c: TaggerConfiguration, path: String) throws {
      guard (c.numbers.count...65_536 + c.numbers.count).contains(c.contextInputSize),
        numberScales.count == c.numbers.count,
        numberScales.allSatisfy({ $0.mean.isFinite && $0.deviation > 0 }),
        !tasks.isEmpty,
        spanThresholds.values.allSatisfy({ $0 > 0 && $0 < 1 }),
        documentShares.values.allSatisfy({ (0...1).contains($0) }),
        Set(tasks + c.inputTasks).count == tasks.count + c.inputTasks.count,
        (tasks + c.inputTasks).allSatisfy({ Self.isFileName($0.name) })
      else {
        throw ModelError(
          .damaged("a size, task or threshold in model.json is impossible"), path: path)
      }
    }

    private static func isFileName(_ name: String) -> Bool {
      !name.isEmpty && name.utf8.count <= 64
        && name.utf8.allSatisfy {
          ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a || $0 == 0x2d || $0 == 0x5f
        }
    }
  }

  public struct FileFacts: Codable, Sendable, Equatable {
    public var tasks: [TaggingTask]
    public var sentences: Int
    public var tokens: Int
  }

  public static func plan(
    _ configuration: TaggerConfiguration, _ optimization: OptimizationSettings
  ) -> TrainingPlan {
    var optimization = optimization
    // Each member has its share of the norm.
    optimization.maximumNorm *= Double(configuration.members).squareRoot()
    return TrainingPlan(optimization)
  }
}

/// What `model.json` says of a tagger.
public typealias TaggerDescription = ModelDescription<TaggerKind>

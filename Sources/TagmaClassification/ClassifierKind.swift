public import TagmaModels

/// Classifiers as a kind of model.
public enum ClassifierKind: ModelKind {
  public static let name = "classifier"
  public static let seedSalt: UInt64 = 0x636c_6173_7369_6679
  public typealias Configuration = ClassifierConfiguration
  public typealias Hyperparameters = ClassifierHyperparameters

  public struct Facts: ModelFacts {
    /// Whether a text may have several labels, or none.
    public var allowsSeveral = false

    public init() {}

    public func validate(_: ClassifierConfiguration, path: String) {}
  }

  public struct FileFacts: Codable, Sendable, Equatable {
    public var texts: Int
  }
}

/// What `model.json` says of a classifier.
public typealias ClassifierDescription = ModelDescription<ClassifierKind>

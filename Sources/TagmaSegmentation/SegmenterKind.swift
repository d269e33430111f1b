public import TagmaModels

/// Segmenters as a kind of model.
public enum SegmenterKind: ModelKind {
  public static let name = "segmenter"
  public static let seedSalt: UInt64 = 0x7365_676d_656e_7465
  public typealias Configuration = SegmenterConfiguration
  public typealias Hyperparameters = SegmenterHyperparameters

  public struct Facts: ModelFacts {
    /// The language whose ICU rules give the hints.
    public var language = "en"
    /// Whether tokens may hold white space.
    public var allowsSpaces = false

    public init() {}

    public func validate(_: SegmenterConfiguration, path: String) {}
  }

  public struct FileFacts: Codable, Sendable, Equatable {
    public var sentences: Int
  }
}

/// What `model.json` says of a segmenter.
public typealias SegmenterDescription = ModelDescription<SegmenterKind>

public import TagmaModels

/// Regressors as a kind of model.
public enum RegressorKind: ModelKind {
  public static let name = "regressor"
  public static let seedSalt: UInt64 = 0x7265_6772_6573_7300
  public typealias Configuration = RegressorConfiguration
  public typealias Hyperparameters = RegressorHyperparameters

  /// What a column is scaled by, so that its mean is 0 and its variance 1.
  public struct Scale: Codable, Sendable, Equatable {
    public var name: String
    public var mean: Double
    public var deviation: Double
  }

  public struct Facts: ModelFacts {
    public var inputs: [Scale] = []
    public var targets: [Scale] = []

    public init() {}

    public func validate(_: RegressorConfiguration, path: String) throws {
      guard !inputs.isEmpty, !targets.isEmpty,
        (inputs + targets).allSatisfy({ $0.deviation > 0 && $0.mean.isFinite })
      else { throw ModelError(.damaged("columns without a scale"), path: path) }
    }
  }

  public struct FileFacts: Codable, Sendable, Equatable {
    public var rows: Int
  }
}

/// What `model.json` says of a regressor.
public typealias RegressorDescription = ModelDescription<RegressorKind>

/// What a kind of model has to set of its training beside the optimisation.
public protocol TrainingHyperparameters: Codable, Sendable, Equatable {
  init()
  /// How weights are learned unless settings say otherwise.
  static var optimization: OptimizationSettings { get }
  /// Refuses values that cannot be meant.
  func validate() throws
}

/// All settings of a training, in one table: those that all kinds of models have, and a kind's own.
@dynamicMemberLookup
public struct TrainingSettings<Own: TrainingHyperparameters>: Sendable, Equatable {
  public var optimization = Own.optimization
  public var own = Own()

  public init() {}

  public subscript<Value>(
    dynamicMember path: WritableKeyPath<OptimizationSettings, Value>
  ) -> Value {
    get { optimization[keyPath: path] }
    set { optimization[keyPath: path] = newValue }
  }

  public subscript<Value>(dynamicMember path: WritableKeyPath<Own, Value>) -> Value {
    get { own[keyPath: path] }
    set { own[keyPath: path] = newValue }
  }

  /// Refuses values that cannot be meant.
  package func validate() throws {
    try optimization.validate()
    try own.validate()
  }
}

extension TrainingSettings: Codable {
  public init(from decoder: any Decoder) throws {
    optimization = try OptimizationSettings(from: decoder)
    own = try Own(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    try optimization.encode(to: encoder)
    try own.encode(to: encoder)
  }
}

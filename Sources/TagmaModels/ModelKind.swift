/// A kind of model: what its parts are called and what is said of it.
///
/// `Docs/CONTRIBUTING.md` tells how to add one.
public protocol ModelKind: Sendable {
  /// What `model.json` calls it; also the section of its settings.
  static var name: String { get }
  /// How the network is built.
  associatedtype Configuration: ModelConfiguration
  /// What is set of its training beside the optimisation.
  associatedtype Hyperparameters: TrainingHyperparameters
  /// What `model.json` says of this kind alone.
  associatedtype Facts: ModelFacts where Facts.Configuration == Configuration
  /// What `model.json` says of a file that it learned from, such as the number of its sentences.
  associatedtype FileFacts: Codable, Sendable, Equatable
  /// Tells its random numbers from those of other kinds.
  static var seedSalt: UInt64 { get }
  /// What the seed of a step is multiplied with; published weights depend on it.
  static var seedFactor: UInt64 { get }
  /// What a training loop has to know beside the optimisation.
  static func plan(_ configuration: Configuration, _ optimization: OptimizationSettings)
    -> TrainingPlan
}

extension ModelKind {
  public static var seedFactor: UInt64 { 0x9e37_79b9_7f4a }

  public static func plan(
    _ configuration: Configuration, _ optimization: OptimizationSettings
  ) -> TrainingPlan { TrainingPlan(optimization) }
}

/// How a network is built.
///
/// Stored in `model.json`; changing it changes the parameter layout.
public protocol ModelConfiguration: Codable, Sendable, Equatable {
  init()
  /// Refuses values that cannot be meant, before memory is taken for them.
  func validate() throws
}

/// What is known of a model beside what all kinds have.
public protocol ModelFacts: Codable, Sendable, Equatable {
  associatedtype Configuration
  init()
  /// Refuses what cannot be meant.
  func validate(_ configuration: Configuration, path: String) throws
}

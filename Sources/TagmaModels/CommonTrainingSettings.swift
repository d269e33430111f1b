internal import Foundation
internal import TagmaNeural

/// Refuses a setting whose value cannot be meant, before anything is computed with it.
package func check(_ isGood: Bool, _ setting: String, _ expected: String) throws {
  guard isGood else { throw ModelError(.badSetting(setting, expected: expected)) }
}

/// What the settings of all kinds of training have in common.
package protocol CommonTrainingSettings {
  var epochs: Int { get }
  var patience: Int { get }
  var optimizer: String { get }
  var learningRate: Double { get }
  var schedule: String { get }
  var warmUp: Double { get }
  var finalRate: Double { get }
  var beta1: Double { get }
  var beta2: Double { get }
  var weightDecay: Double { get }
  var maximumNorm: Double { get }
  var averageDecay: Double { get }
  var shards: Int { get }
  var seed: UInt64 { get }
}

extension CommonTrainingSettings {
  /// What a loop has to know of them.
  package var commonPlan: TrainingPlan {
    var plan = TrainingPlan()
    (plan.epochs, plan.patience) = (epochs, patience)
    plan.optimizer = OptimizerKind(rawValue: optimizer) ?? .adam
    plan.learningRate = learningRate
    plan.schedule = Schedule(rawValue: schedule) ?? .cosine
    (plan.warmUp, plan.finalRate) = (warmUp, finalRate)
    (plan.beta1, plan.beta2) = (beta1, beta2)
    (plan.weightDecay, plan.maximumNorm) = (weightDecay, maximumNorm)
    (plan.averageDecay, plan.shards, plan.seed) = (averageDecay, shards, seed)
    return plan
  }

  /// Refuses values that cannot be meant.
  ///
  /// - Parameters:
  ///   - counts: Numbers of a kind's own that are at least 1.
  ///   - shares: Those that are shares.
  package func checkCommon(
    counts: [(name: String, value: Int)], shares: [(name: String, value: Double)]
  ) throws {
    try check(
      OptimizerKind(rawValue: optimizer) != nil, "training.optimizer", names(OptimizerKind.self))
    try check(Schedule(rawValue: schedule) != nil, "training.schedule", names(Schedule.self))
    try check((0...1_000_000).contains(epochs), "training.epochs", "a number from 0 to 1000000")
    try check((0...1_000_000).contains(patience), "training.patience", "a number from 0 to 1000000")
    // Each has gradients of its own for all weights.
    try check((1...256).contains(shards), "training.shards", "a number from 1 to 256")
    for (name, value) in counts {
      try check((1...1_000_000).contains(value), "training.\(name)", "a number from 1 to 1000000")
    }
    let common = [
      ("averageDecay", averageDecay), ("beta1", beta1), ("beta2", beta2), ("warmUp", warmUp),
    ]
    for (name, share) in common + shares {
      try check(share >= 0 && share < 1, "training.\(name)", "a number from 0 to below 1")
    }
    try check(
      learningRate > 0 && learningRate.isFinite, "training.learningRate", "a positive number")
    try check(maximumNorm > 0, "training.maximumNorm", "a positive number")
  }
}

/// The names of a setting's values, for a person.
package func names<Kind: CaseIterable & RawRepresentable>(_: Kind.Type) -> String
where Kind.RawValue == String {
  Kind.allCases.map(\.rawValue).joined(separator: ", ")
}

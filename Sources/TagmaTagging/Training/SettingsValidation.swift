internal import TagmaAnnotations
internal import TagmaModels
internal import TagmaNeural

/// Refuses a setting whose value cannot be meant, before anything is computed with it.
private func check(_ isGood: Bool, _ setting: String, _ expected: String) throws {
  guard isGood else { throw ModelError(.badSetting(setting, expected: expected)) }
}

/// Refuses settings of tasks that are not learned: most likely a slip of the pen.
private func check(_ names: some Sequence<String>, _ setting: String, areAmong tasks: [Task]) throws
{
  for name in names.sorted() where !tasks.contains(Task(name)) {
    throw ModelError(.unknownSetting("\(setting).\(name)", known: tasks.map(\.name)))
  }
}

extension TaggerConfiguration {
  static let memberRange = 1...64

  func validate() throws {
    let sizes = [
      ("wordSize", wordSize), ("characterSize", characterSize),
      ("characterHiddenSize", characterHiddenSize), ("inputTaskSize", inputTaskSize),
    ]
    for (name, size) in sizes {
      try check((1...16_384).contains(size), "tagger.\(name)", "a number from 1 to 16384")
    }
    try check(
      (1...64).contains(hiddenSizes.count) && hiddenSizes.allSatisfy((1...16_384).contains),
      "tagger.hiddenSizes", "1 to 64 numbers from 1 to 16384")
    try check(Self.memberRange.contains(members), "tagger.members", "a number from 1 to 64")
    try check((0...4096).contains(affixSize), "tagger.affixSize", "a number from 0 to 4096")
    try check(
      affixSize == 0 || (1...1_000_000).contains(affixBuckets), "tagger.affixBuckets",
      "a number from 1 to 1000000")
  }
}

extension TrainingConfiguration {
  func validate(tasks: [Task]) throws {
    try check(taskWeights.keys, "training.taskWeights", areAmong: tasks)
    try check(auxiliaryTasks, "training.auxiliaryTasks", areAmong: tasks)
    guard tasks.isEmpty || tasks.contains(where: { !auxiliaryTasks.contains($0.name) }) else {
      throw ModelError(
        .badSetting("training.auxiliaryTasks", expected: "at least one task that is not auxiliary"))
    }
    func names<Kind: CaseIterable & RawRepresentable>(_: Kind.Type) -> String
    where Kind.RawValue == String {
      Kind.allCases.map(\.rawValue).joined(separator: ", ")
    }
    try check(
      OptimizerKind(rawValue: optimizer) != nil, "training.optimizer", names(OptimizerKind.self))
    try check(Schedule(rawValue: schedule) != nil, "training.schedule", names(Schedule.self))
    try check(
      DropoutKind(rawValue: dropoutKind) != nil, "training.dropoutKind", names(DropoutKind.self))
    try check((0...1_000_000).contains(epochs), "training.epochs", "a number from 0 to 1000000")
    try check((1...1_000_000).contains(batchSize), "training.batchSize", "a number from 1")
    try check((1...256).contains(shards), "training.shards", "a number from 1 to 256")
    let shares = [
      ("dropout", dropout), ("wordDropout", wordDropout), ("labelSmoothing", labelSmoothing),
      ("averageDecay", averageDecay), ("beta1", beta1), ("beta2", beta2), ("warmUp", warmUp),
      ("spanReplacement", spanReplacement), ("recurrentDropout", recurrentDropout),
      ("caseNoise", caseNoise),
    ]
    for (name, share) in shares {
      try check(share >= 0 && share < 1, "training.\(name)", "a number from 0 to below 1")
    }
    try check(
      languageModelWeight >= 0 && languageModelWeight.isFinite, "training.languageModelWeight",
      "a number from 0")
    try check(
      learningRate > 0 && learningRate.isFinite, "training.learningRate", "a positive number")
    try check(maximumNorm > 0, "training.maximumNorm", "a positive number")
    try check(
      taskWeights.values.allSatisfy { $0 >= 0 }, "training.taskWeights", "no negative number")
  }
}

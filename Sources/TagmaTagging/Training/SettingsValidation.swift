internal import TagmaAnnotations
internal import TagmaModels
internal import TagmaNeural

/// Refuses settings of tasks that are not learned: most likely a slip of the pen.
private func check(_ names: some Sequence<String>, _ setting: String, areAmong tasks: [TaggingTask])
  throws
{
  for name in names.sorted() where !tasks.contains(TaggingTask(name)) {
    throw ModelError(
      .badSetting(
        "\(setting).\(name)",
        expected: "a task that is learned: \(tasks.map(\.name).joined(separator: ", "))"))
  }
}

extension TaggerConfiguration {
  static let memberRange = 1...64

  /// Whether the first layer's states know of the words that a language model is to tell.
  fileprivate var letsFirstLayerAttend: Bool {
    attentionHeads > 0 && (attention == .each || hiddenSizes.count == 1)
  }

  public func validate() throws {
    let sizes = [
      ("wordSize", wordSize), ("characterSize", characterSize),
      ("characterHiddenSize", characterHiddenSize), ("inputTaskSize", inputTaskSize),
      ("contextSize", contextSize),
    ]
    for (name, size) in sizes {
      try check((1...16_384).contains(size), "tagger.\(name)", "a number from 1 to 16384")
    }
    try check(
      (1...64).contains(hiddenSizes.count) && hiddenSizes.allSatisfy((1...16_384).contains),
      "tagger.hiddenSizes", "1 to 64 numbers from 1 to 16384")
    try check(
      attentionHeads >= 0
        && (attentionHeads == 0 || hiddenSizes.allSatisfy { 2 * $0 % attentionHeads == 0 }),
      "tagger.attentionHeads", "0, or a divisor of twice the units of each layer")
    try check(Self.memberRange.contains(members), "tagger.members", "a number from 1 to 64")
    try check(
      (0...members).contains(contextMembers), "tagger.contextMembers",
      "0, or at most as many as there are members")
    try check((0...4096).contains(affixSize), "tagger.affixSize", "a number from 0 to 4096")
    try check(
      affixSize == 0 || (1...1_000_000).contains(affixBuckets), "tagger.affixBuckets",
      "a number from 1 to 1000000")
  }
}

extension TaggerHyperparameters {
  public func validate() throws {
    try checkCounts([("batchSize", batchSize)])
    try checkShares([
      ("dropout", dropout), ("wordDropout", wordDropout), ("contextDropout", contextDropout),
      ("labelSmoothing", labelSmoothing), ("spanReplacement", spanReplacement),
      ("recurrentDropout", recurrentDropout), ("caseNoise", caseNoise),
    ])
    try check(
      languageModelWeight >= 0 && languageModelWeight.isFinite, "training.languageModelWeight",
      "a number from 0")
    try check(
      taskWeights.values.allSatisfy { $0 >= 0 }, "training.taskWeights", "no negative number")
  }

  /// Refuses what does not fit the tasks or the network.
  func validate(tasks: [TaggingTask], _ configuration: TaggerConfiguration) throws {
    try check(taskWeights.keys, "training.taskWeights", areAmong: tasks)
    try check(auxiliaryTasks, "training.auxiliaryTasks", areAmong: tasks)
    guard tasks.isEmpty || tasks.contains(where: { !auxiliaryTasks.contains($0.name) }) else {
      throw ModelError(
        .badSetting("training.auxiliaryTasks", expected: "at least one task that is not auxiliary"))
    }
    try check(
      languageModelWeight == 0 || !configuration.letsFirstLayerAttend,
      "training.languageModelWeight", "0 where the first layer's words look at each other")
  }
}

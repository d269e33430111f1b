internal import Foundation
public import TagmaAnnotations
internal import TagmaLexicon
internal import TagmaModels
internal import TagmaNeural

// MARK: - Results and checkpoints

extension TaggerTrainer {
  func model(_ elements: [Float]) -> TaggerModel {
    var description = TaggerDescription()
    description.tasks = published.tasks
    description.configuration = configuration
    description.training = training
    description.language = language
    description.licence = licence
    description.devScores = state.bestScores
    description.epoch = state.bestEpoch
    description.spanThresholds = spanThresholds
    description.toolVersion = tagmaVersion
    description.command = command
    description.trainingData = corpora.map {
      TaggerDescription.TrainingFile(
        name: $0.name, sha256: $0.sha256, tasks: $0.tasks, sentences: $0.sentences.count,
        tokens: $0.sentences.reduce(0) { $0 + $1.tokens.count })
    }
    return TaggerModel(
      description: description, vocabularies: published.vocabularies, network: published.network,
      parameters: Parameters(
        published.network.layout,
        elements: Parameters(network.layout, elements: elements).elements(
          of: published.network.layout)))
  }

  /// The tagger of the epoch with the best dev score.
  public func bestTagger() -> Tagger {
    Tagger(model(best.isEmpty ? average?.values ?? parameters.elements : best))
  }

  /// Words and parameters, without training.
  public var summary: (words: Int, characters: Int, labels: [(Task, Int)], parameters: Int) {
    (
      vocabularies.words.count, vocabularies.characters.count,
      vocabularies.labels.map { ($0.task, $0.labels.count) }, network.layout.count
    )
  }

  /// A checkpoint that cannot be written does not end a training: the one before is still there.
  func saveCheckpoint(_ report: (TrainingEvent) -> Void) {
    do {
      try writeCheckpoint()
    } catch {
      checkpointFailure = error
      report(.checkpointFailed(error))
    }
  }

  private func writeCheckpoint() throws {
    guard let checkpointPath else { return }
    state.averageUpdates = average?.updates ?? 0
    state.optimizerStep = optimizer.step
    state.toolVersion = tagmaVersion
    let checkpoint = Checkpoint(
      state: state, parameters: parameters.elements, first: optimizer.first,
      second: optimizer.second, average: average?.values ?? [], best: best)
    try checkpoint.replace(checkpointPath)
  }

  /// Takes up the last checkpoint; false where there is none.
  public func resume() throws -> Bool {
    guard let checkpointPath,
      let checkpoint = try Checkpoint.last(
        checkpointPath, like: state, parameters: network.layout.count,
        allowsChangedData: allowsChangedData)
    else { return false }
    state = checkpoint.state
    parameters.elements = checkpoint.parameters
    optimizer.first = checkpoint.first
    optimizer.second = checkpoint.second
    optimizer.step = checkpoint.state.optimizerStep
    average?.values = checkpoint.average
    average?.updates = checkpoint.state.averageUpdates
    best = checkpoint.best
    return true
  }

  /// The number of epochs that are done.
  public var epochsDone: Int { state.epoch }

  /// The number of batches of the next epoch that are done.
  public var batchesDone: Int { state.current.batches }
}

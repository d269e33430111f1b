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
    description.devScores = loop.state.bestScores
    description.epoch = loop.state.bestEpoch
    description.numberScales = numberScales
    description.toolVersion = tagmaVersion
    description.believe(spanChoices)
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
    Tagger(model(loop.chosen), lemmatizer: lemmatizer, embeddings: embeddings)
  }

  /// Words and parameters, without training.
  public var summary: (words: Int, characters: Int, labels: [(TaggingTask, Int)], parameters: Int) {
    (
      vocabularies.words.count, vocabularies.characters.count,
      vocabularies.labels.map { ($0.task, $0.labels.count) }, network.layout.count
    )
  }
}

extension TrainingConfiguration {
  func plan(members: Int) -> TrainingPlan {
    var plan = commonPlan
    // Each member has its share of the norm.
    plan.maximumNorm = maximumNorm * Double(members).squareRoot()
    return plan
  }
}

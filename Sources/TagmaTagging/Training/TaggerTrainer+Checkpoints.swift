internal import Foundation
internal import TagmaAnnotations
internal import TagmaLexicon
public import TagmaModels
internal import TagmaNeural

// MARK: - Results and checkpoints

extension TaggerTrainer {
  func model(_ elements: [Float]) -> TaggerModel {
    var facts = TaggerKind.Facts()
    (facts.tasks, facts.language) = (published.tasks, language)
    facts.numberScales = numberScales
    var description = description(facts)
    description.believe(spanChoices)
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

  public var sizes: [(name: String, count: Int)] {
    [
      ("sentences", data.examples.count),
      ("tokens", data.examples.reduce(0) { $0 + $1.forms.count }),
      ("words", vocabularies.words.count), ("characters", vocabularies.characters.count),
    ] + vocabularies.labels.map { ("\($0.task) labels", $0.labels.count) }
      + [("parameters", network.layout.count)]
  }

  public var files: [TrainingFile<TaggerKind.FileFacts>] {
    corpora.map { corpus in
      TrainingFile(
        corpus,
        TaggerKind.FileFacts(
          tasks: corpus.tasks, sentences: corpus.sentences.count,
          tokens: corpus.sentences.reduce(0) { $0 + $1.tokens.count }))
    }
  }
}

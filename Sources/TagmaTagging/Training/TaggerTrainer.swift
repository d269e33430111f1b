internal import Foundation
public import TagmaAnnotations
internal import TagmaEvaluation
internal import TagmaKernels
public import TagmaLanguageModels
internal import TagmaLexicon
public import TagmaModels
internal import TagmaNeural

/// Trains a tagger.
///
/// What each member learns of each shard of a batch is computed apart, and the shards are summed in order, so the weights do
/// not depend on the number of threads.
public final class TaggerTrainer: ModelTrainer {
  public typealias Kind = TaggerKind
  public let configuration: TaggerConfiguration
  public let training: TaggerTrainingSettings
  public let tasks: [TaggingTask]
  public var language: String?
  public var licence: String?
  /// The command that the model's card names.
  public var command: [String]?

  let corpora: [TrainingCorpus]
  let dev: [TrainingCorpus]
  let vocabularies: TaggerVocabularies
  let network: TaggerNetwork
  /// What is written: all but the heads of auxiliary tasks and the language model.
  let published: (tasks: [TaggingTask], vocabularies: TaggerVocabularies, network: TaggerNetwork)
  let data: TaggerTrainingSet
  /// Made of the training data, where lemmas come from a table.
  let lemmatizer: Lemmatizer?
  public let loop: TrainingLoop
  /// For tasks of spans which are believed, once that is chosen.
  private(set) var spanChoices: [TaggingTask: SpanChoice] = [:]
  /// What describes words beside the tagger's own tables, and what is so known of the training data.
  let embeddings: TokenEmbeddings?
  private(set) var contexts: ContextStore?
  /// Of each column of numbers.
  let numberScales: [TaggerKind.NumberScale]

  /// Prepares a training: vocabularies, layers, first weights, data as numbers.
  ///
  /// - Parameter names: Names that may stand where training sentences have others (`training.spanReplacement`).
  public init(
    corpora: [TrainingCorpus], dev: [TrainingCorpus], tasks: [TaggingTask], names: NameList? = nil,
    configuration: TaggerConfiguration = TaggerConfiguration(),
    training: TaggerTrainingSettings = TaggerTrainingSettings(), vectors: WordVectorTable? = nil,
    embeddings: TokenEmbeddings? = nil, initial: Tagger? = nil
  ) throws {
    let embeddings = initial == nil ? embeddings : initial?.embeddings
    self.embeddings = embeddings
    var configuration = initial?.description.configuration ?? configuration
    configuration.contextInputSize = (embeddings?.size ?? 0) + configuration.numbers.count
    guard configuration.numbers.isEmpty || training.caseNoise == 0 else {
      throw ModelError(
        .badSetting("training.caseNoise", expected: "0 where numbers describe words"))
    }
    try Self.checkNumbers(of: corpora + dev, count: configuration.numbers.count)
    // Weights that are taken over know numbers by the scales they were learned with.
    numberScales =
      initial?.description.numberScales
      ?? configuration.numbers.indices.map { Self.scale(of: $0, in: corpora) }
    self.corpora = corpora
    self.dev = dev
    let hasTable = configuration.lemmas == .table && tasks.contains(.upos)
    let (all, tasks) = (tasks, hasTable ? tasks.filter { $0 != .lemma } : tasks)
    self.tasks = tasks
    lemmatizer =
      all == tasks
      ? nil
      : Lemmatizer(
        learning: corpora.filter { $0.tasks.contains(.lemma) }.flatMap(\.sentences)
          .flatMap(lemmaExamples))
    self.configuration = configuration
    self.training = training
    try configuration.validate()
    try training.validate()
    try training.own.validate(tasks: tasks, configuration)
    guard corpora.contains(where: { !$0.sentences.isEmpty }) else {
      throw ModelError(.noTrainingData)
    }
    vocabularies = try LabelCounts(corpora, tasks: tasks, given: configuration.inputTasks)
      .vocabularies(
        tasks: tasks, configuration: configuration,
        extraWords: (vectors?.words ?? [])
          + (names?.names.flatMap { $0.words.map(WordFeatureExtractor.normalized) } ?? [])
      ).following(initial?.model.vocabularies)
    network = TaggerNetwork(
      configuration, vocabularies, labelSmoothing: Float(training.labelSmoothing),
      learnsLanguageModel: training.languageModelWeight > 0)
    var written = vocabularies
    written.labels.removeAll { training.auxiliaryTasks.contains($0.task.name) }
    published = (written.labels.map(\.task), written, TaggerNetwork(configuration, written))
    var parameters = Parameters(network.layout, seed: training.seed)
    if let initial { parameters.takeOver(initial.model.parameters, words: vocabularies) }
    if let vectors { parameters.take(vectors, network: network, words: vocabularies.words) }
    loop = TrainingLoop(
      TaggerKind.self, configuration, training, parameters, ranges: network.stretches,
      files: corpora + dev, dataHash: TaggerTrainingSet.hash(of: corpora + dev, names, embeddings))
    data = try TaggerTrainingSet(
      corpora, tasks: tasks, names: names, network: network, vocabularies: vocabularies,
      configuration, training)
  }

  /// Each word has the numbers that the configuration names, or none has any.
  private static func checkNumbers(of corpora: [TrainingCorpus], count: Int) throws {
    for sentence in corpora.lazy.flatMap(\.sentences)
    where sentence.numbers.count != (count > 0 ? sentence.tokens.count : 0)
      || sentence.numbers.contains(where: { $0.count != count })
    {
      throw ModelError(
        .missingNumbers(
          found: sentence.numbers.first { $0.count != count }?.count ?? sentence.numbers.count,
          needed: count), path: sentence.location?.description ?? "")
    }
  }

  /// Lets the language models read the training data.
  func prepareContexts() {
    guard configuration.contextInputSize > 0, contexts == nil else { return }
    let numbers = data.examples.flatMap(\.numbers)
    contexts = ContextStore(
      embeddings, numbers: numberMatrix(numbers, numberScales, rows: numbers.count), data.examples,
      forms: data.forms, threads: threads)
  }

  /// The mean and deviation of a column of numbers.
  private static func scale(
    of column: Int, in corpora: [TrainingCorpus]
  ) -> TaggerKind.NumberScale {
    let (mean, deviation) = meanAndDeviation(
      of: corpora.flatMap(\.sentences).flatMap { $0.numbers.map { Double($0[column]) } })
    return TaggerKind.NumberScale(mean: Float(mean), deviation: Float(deviation))
  }
}

/// Numbers of the labels that are given; 0 where one is unknown.
func inputLabels(_ sentence: Sentence, _ inputs: [(task: TaggingTask, labels: Vocabulary)])
  -> [[Int]]
{
  inputs.map { task, labels in
    sentence.labels(of: task)?.map { labels[$0] ?? 0 }
      ?? [Int](repeating: 0, count: sentence.tokens.count)
  }
}

// MARK: - The loop

extension TaggerTrainer {
  /// Trains until the last epoch, early stopping, or a request to stop.
  public func train(report: (TrainingEvent) -> Void) throws -> TrainingOutcome {
    keepWorkMemory()
    report(.began(sizes: sizes))
    prepareContexts()
    let outcome = try loop.run(
      TrainingLoop.Body(
        batches: shuffledBatches, gradients: computeGradients,
        evaluate: { elements in
          let tasks = self.published.tasks
          let scores = self.evaluate(tasks, with: elements)
          // In the order of the tasks: a dictionary's own order changes from run to run.
          return (scores, Self.jointScore(tasks.compactMap { scores[$0.name] }))
        }), report: report)
    if outcome == .finished, training.tunesSpans { tuneSpans() }
    return outcome
  }

  /// What is left of 100 without the geometric mean of the tasks' errors, in percent.
  ///
  /// A tenth fewer errors count alike whatever the task: in the plain mean, the chance in a few hundred spans drowns what
  /// tens of thousands of tags say.
  package static func jointScore(_ scores: [Double]) -> Double {
    guard scores.contains(where: { $0 < 100 }) else { return scores.isEmpty ? 0 : 100 }
    let logarithms = scores.map { log(max(100 - $0, 0.01)) }
    return 100 - exp(logarithms.reduce(0, +) / Double(scores.count))
  }

  /// Chooses for each task of spans which are believed.
  private func tuneSpans() {
    guard !loop.best.isEmpty else { return }
    let tagger = Tagger(model(loop.best), embeddings: embeddings)
    for head in network.heads {
      let task = head.task
      let corpora = dev.filter { $0.tasks.contains(task) }.map(\.sentences)
      guard let choice = tagger.tunedSpans(of: task, on: corpora, threads: threads) else {
        continue
      }
      spanChoices[task] = choice
    }
  }

  /// Sentences of similar length together, batches in random order.
  ///
  /// The order is a function of the generator's state alone, which stays the same within an epoch.
  func shuffledBatches() -> [[Int]] {
    var source = loop.state.random
    var random = SplitMix64(seed: source.next())
    let keys = data.examples.map { Float($0.forms.count) + 2 * random.nextUnit() }
    let order = data.examples.indices.sorted {
      keys[$0] != keys[$1] ? keys[$0] > keys[$1] : $0 < $1
    }
    var batches = stride(from: 0, to: order.count, by: max(training.batchSize, 1)).map {
      Array(order[$0..<min($0 + max(training.batchSize, 1), order.count)])
    }
    batches.shuffle(using: &random)
    return batches
  }

  /// Dev scores in percent, with the given weights.
  private func evaluate(_ tasks: [TaggingTask], with elements: [Float]) -> [String: Double] {
    guard dev.contains(where: { !$0.sentences.isEmpty }) else { return [:] }
    let tagger = Tagger(model(elements), lemmatizer: lemmatizer, embeddings: embeddings)
    let tasks = tasks + (lemmatizer == nil ? [] : [.lemma])
    var evaluations: [TaggingTask: TagEvaluation] = [:]
    for corpus in dev where tasks.contains(where: corpus.tasks.contains) {
      let sentences = corpus.sentences.filter { !$0.tokens.isEmpty }
      let predicted = tagger.tag(sentences, threads: threads)
      for task in tasks where corpus.tasks.contains(task) {
        var evaluation = evaluations[task] ?? TagEvaluation(task: task)
        for (gold, mine) in zip(sentences, predicted) {
          guard let labels = gold.labels(of: task), let own = mine.labels[task] else { continue }
          evaluation.add(gold: labels, predicted: own)
        }
        evaluations[task] = evaluation
      }
    }
    var scores: [String: Double] = [:]
    for (task, evaluation) in evaluations where evaluation.tokens > 0 {
      scores[task.name] = 100 * evaluation.score
    }
    return scores
  }
}

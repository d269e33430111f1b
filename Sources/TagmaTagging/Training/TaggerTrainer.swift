internal import Crypto
internal import Foundation
public import TagmaAnnotations
internal import TagmaCorpora
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
  /// Spans of the training data by label, to replace others with.
  let spanPool: SpanPool?
  let caseNoise: CaseNoise?
  /// Made of the training data, where lemmas come from a table.
  let lemmatizer: Lemmatizer?
  public let loop: TrainingLoop
  /// For tasks of spans which are believed, once that is chosen.
  private(set) var spanChoices: [TaggingTask: SpanChoice] = [:]
  let features: [WordFeatures]
  let examples: [Example]
  /// The different forms of the data.
  private let forms: [String]
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
    let extractor = WordFeatureExtractor(
      words: vocabularies.words, characters: vocabularies.characters,
      affixBuckets: configuration.affixSize > 0 ? configuration.affixBuckets : 0)
    var parameters = Parameters(network.layout, seed: training.seed)
    if let initial { parameters.takeOver(initial.model.parameters, words: vocabularies) }
    if let vectors { parameters.take(vectors, network: network, words: vocabularies.words) }
    loop = TrainingLoop(
      TaggerKind.self, configuration, training, parameters, ranges: network.stretches,
      files: corpora + dev, dataHash: Self.hash(of: corpora + dev, names, embeddings))
    var (forms, features, examples) = Self.encode(
      corpora, tasks: tasks, network: network, extractor: extractor, vocabularies: vocabularies)
    let numbered = try Self.checked(names, heads: network.heads, training).map { name in
      let ids = name.words.map { Self.number(of: $0, &forms, &features, extractor) }
      return (label: name.label, forms: ids)
    }
    caseNoise =
      training.caseNoise > 0
      ? CaseNoise(forms.entries) { TaggerTrainer.number(of: $0, &forms, &features, extractor) }
      : nil
    if configuration.contextInputSize > 0 { Self.numberContexts(of: &examples) }
    (self.features, self.examples, self.forms) = (features, examples, forms.entries)
    spanPool =
      training.spanReplacement > 0
      ? SpanPool(examples, heads: network.heads, names: numbered) : nil
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

  /// Rows of what is known of words beside their forms: one for each word of all examples.
  private static func numberContexts(of examples: inout [Example]) {
    var row = 0
    for i in examples.indices {
      examples[i].context = Array(row..<row + examples[i].forms.count)
      row += examples[i].forms.count
    }
  }

  /// The number of a form among all different ones, a new one where it was not seen before.
  private static func number(
    of form: String, _ forms: inout Vocabulary, _ features: inout [WordFeatures],
    _ extractor: WordFeatureExtractor
  ) -> Int {
    let id = forms.insert(form)
    if id == features.count { features.append(extractor.features(of: form)) }
    return id
  }

  private static func encode(
    _ corpora: [TrainingCorpus], tasks: [TaggingTask], network: TaggerNetwork,
    extractor: WordFeatureExtractor, vocabularies: TaggerVocabularies
  ) -> (Vocabulary, [WordFeatures], [Example]) {
    var forms = Vocabulary()
    var features: [WordFeatures] = []
    var examples: [Example] = []
    // Corpora often annotate the same sentences, each for other tasks: such are learned as one.
    var twins: [[Int]: [Int]] = [:]
    for corpus in corpora {
      for sentence in corpus.sentences where !sentence.tokens.isEmpty {
        let ids = sentence.tokens.map { number(of: $0.form, &forms, &features, extractor) }
        let targets = network.heads.map { head -> [[Int32]]? in
          guard corpus.tasks.contains(head.task),
            let labels = networkLabels(sentence, head.task)
          else { return nil }
          return head.targets(labels)
        }
        let example = Example(
          forms: ids, inputs: inputLabels(sentence, vocabularies.inputs), targets: targets,
          numbers: sentence.numbers)
        // The first that still lacks these labels: a sentence may stand in a corpus more than once.
        if let twin = twins[ids]?.first(where: { examples[$0].canJoin(example) }) {
          examples[twin].join(example)
        } else {
          twins[ids, default: []].append(examples.count)
          examples.append(example)
        }
      }
    }
    return (forms, features, examples)
  }

  /// The names, each of which has a label that the training data has.
  private static func checked(
    _ list: NameList?, heads: [TaskHead], _ training: TaggerTrainingSettings
  ) throws -> [NameList.Name] {
    guard let list else { return [] }
    guard training.spanReplacement > 0 else {
      throw ModelError(
        .badSetting("training.spanReplacement", expected: "more than 0 where names are given"))
    }
    let tags = heads.first(where: \.task.isSpans)?.labels.entries ?? []
    let known = Set(tags.map { SpanTag($0).label }).subtracting([""]).sorted()
    for name in list.names where !known.contains(name.label) {
      throw CorpusError(.unknownLabel(name.label, known: known), at: name.location)
    }
    return list.names
  }

  private static func hash(
    of corpora: [TrainingCorpus], _ names: NameList?, _ embeddings: TokenEmbeddings?
  ) -> String {
    var hash = SHA256()
    for name in names?.names ?? [] {
      hash.update(data: Data("\(name.label)\t\(name.words)".utf8))
    }
    for corpus in corpora {
      for sentence in corpus.sentences {
        for token in sentence.tokens { hash.update(data: Data((token.form + "\t").utf8)) }
        for row in sentence.numbers { hash.update(data: Data("\(row)".utf8)) }
        for task in corpus.tasks {
          hash.update(data: Data((sentence.labels(of: task) ?? []).joined(separator: "\t").utf8))
        }
      }
    }
    for checksum in embeddings?.checksums ?? [] { hash.update(data: Data(checksum.utf8)) }
    return hexadecimal(hash.finalize())
  }

  /// Lets the language models read the training data.
  func prepareContexts() {
    guard configuration.contextInputSize > 0, contexts == nil else { return }
    let numbers = examples.flatMap(\.numbers)
    contexts = ContextStore(
      embeddings, numbers: numberMatrix(numbers, numberScales, rows: numbers.count), examples,
      forms: forms, threads: threads)
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
    let keys = examples.map { Float($0.forms.count) + 2 * random.nextUnit() }
    let order = examples.indices.sorted { keys[$0] != keys[$1] ? keys[$0] > keys[$1] : $0 < $1 }
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

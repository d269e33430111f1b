internal import Crypto
internal import Foundation
public import TagmaAnnotations
internal import TagmaEvaluation
internal import TagmaKernels
internal import TagmaLexicon
public import TagmaModels
internal import TagmaNeural

/// Trains a tagger.
///
/// Gradients of a batch come from its shards, each computed by a thread of its own and summed in
/// order, so the weights do not depend on the number of threads.
public final class TaggerTrainer {
  public let configuration: TaggerConfiguration
  public let training: TrainingConfiguration
  public let tasks: [Task]
  /// What each epoch brought, also those before a resumption.
  public var reports: [EpochReport] { state.reports }
  /// Directory for checkpoints; nil keeps none.
  public var checkpointPath: String?
  /// Asked before each batch: a training that stops writes a checkpoint first.
  public var shouldStop: @Sendable () -> Bool = { false }
  /// Asked before each batch: whether to write a checkpoint and go on.
  public var wantsCheckpoint: @Sendable () -> Bool = { false }
  public var allowsChangedData = false
  public var threads = 2
  public var language: String?
  /// Why the last checkpoint that failed could not be written.
  public internal(set) var checkpointFailure: (any Error)?
  public var licence: String?
  /// The command that the model's card names.
  public var command: [String]?

  let corpora: [TrainingCorpus]
  let dev: [TrainingCorpus]
  let vocabularies: TaggerVocabularies
  let network: TaggerNetwork
  /// What is written: all but the heads of auxiliary tasks and the language model.
  let published: (tasks: [Task], vocabularies: TaggerVocabularies, network: TaggerNetwork)
  /// Spans of the training data by label, to replace others with.
  let spanPool: SpanPool?
  let caseNoise: CaseNoise?
  var parameters: Parameters
  var optimizer: Optimizer
  var average: MovingAverage?
  var best: [Float]
  /// For each task of spans the probability above which they are believed, once that is chosen.
  var spanThresholds: [String: Double] = [:]
  var state: Checkpoint.State
  let features: [WordFeatures]
  let examples: [Example]
  var workers: [Worker]

  struct Worker: Sendable {
    var gradients: Gradients
    var loss = 0.0
  }

  /// Prepares a training: vocabularies, layers, first weights, data as numbers.
  public init(
    corpora: [TrainingCorpus], dev: [TrainingCorpus], tasks: [Task],
    configuration: TaggerConfiguration = TaggerConfiguration(),
    training: TrainingConfiguration = TrainingConfiguration(), vectors: WordVectors? = nil,
    initial: Tagger? = nil
  ) throws {
    let configuration = initial?.description.configuration ?? configuration
    self.corpora = corpora
    self.dev = dev
    self.tasks = tasks
    self.configuration = configuration
    self.training = training
    try configuration.validate()
    try training.validate(tasks: tasks)
    guard corpora.contains(where: { !$0.sentences.isEmpty }) else {
      throw ModelError(.noTrainingData)
    }
    let counts = LabelCounts(corpora, tasks: tasks, given: configuration.inputTasks)
    var vocabularies = try counts.vocabularies(
      tasks: tasks, configuration: configuration, extraWords: vectors?.words ?? [])
    if let initial {
      // Known words and characters keep their rows; labels are those of the new data.
      vocabularies.words = Vocabulary(
        initial.model.vocabularies.words.entries + vocabularies.words.entries)
      vocabularies.characters = Vocabulary(
        initial.model.vocabularies.characters.entries + vocabularies.characters.entries)
    }
    self.vocabularies = vocabularies
    network = TaggerNetwork(
      configuration, vocabularies, labelSmoothing: Float(training.labelSmoothing),
      learnsLanguageModel: training.languageModelWeight > 0)
    var written = vocabularies
    written.labels.removeAll { training.auxiliaryTasks.contains($0.task.name) }
    published = (written.labels.map(\.task), written, TaggerNetwork(configuration, written))
    let extractor = WordFeatureExtractor(
      words: vocabularies.words, characters: vocabularies.characters,
      affixBuckets: configuration.affixSize > 0 ? configuration.affixBuckets : 0)
    parameters = Parameters(network.layout, seed: training.seed)
    if let initial { parameters.takeOver(initial.model.parameters, words: vocabularies) }
    if let vectors { parameters.take(vectors, network: network, words: vocabularies.words) }
    optimizer = Optimizer(
      OptimizerKind(rawValue: training.optimizer) ?? .adam, count: network.layout.count)
    optimizer.beta1 = Float(training.beta1)
    optimizer.beta2 = Float(training.beta2)
    optimizer.weightDecay = Float(training.weightDecay)
    // Each member has its share of the norm.
    optimizer.maximumNorm = Float(
      training.maximumNorm * Double(configuration.members).squareRoot())
    average =
      training.averageDecay > 0
      ? MovingAverage(decay: Float(training.averageDecay), of: parameters) : nil
    best = []
    state = Checkpoint.State(random: SplitMix64(seed: training.seed ^ 0x7461_676d_6100_0000))
    var (forms, features, examples) = Self.encode(
      corpora, tasks: tasks, network: network, extractor: extractor, vocabularies: vocabularies)
    caseNoise =
      training.caseNoise > 0
      ? CaseNoise(forms.entries) { TaggerTrainer.number(of: $0, &forms, &features, extractor) }
      : nil
    (self.features, self.examples) = (features, examples)
    spanPool = training.spanReplacement > 0 ? SpanPool(examples, heads: network.heads) : nil
    let layout = network.layout
    workers = (0..<max(training.shards, 1)).map { _ in Worker(gradients: Gradients(layout)) }
    (state.configurationHash, state.dataHash) = hashes()
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
    _ corpora: [TrainingCorpus], tasks: [Task], network: TaggerNetwork,
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
          forms: ids, inputs: inputLabels(sentence, vocabularies.inputs), targets: targets)
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

  private func hashes() -> (configuration: String, data: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var settings = SHA256()
    for part in [try? encoder.encode(configuration), try? encoder.encode(training)] {
      settings.update(data: part ?? Data())
    }
    var data = SHA256()
    for corpus in corpora + dev {
      for sentence in corpus.sentences {
        for token in sentence.tokens { data.update(data: Data((token.form + "\t").utf8)) }
        for task in corpus.tasks {
          data.update(data: Data((sentence.labels(of: task) ?? []).joined(separator: "\t").utf8))
        }
      }
    }
    func text(_ digest: SHA256.Digest) -> String {
      digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    return (text(settings.finalize()), text(data.finalize()))
  }
}

/// Numbers of the labels that are given; 0 where one is unknown.
func inputLabels(_ sentence: Sentence, _ inputs: [(task: Task, labels: Vocabulary)]) -> [[Int]] {
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
    report(
      .began(
        sentences: examples.count, tokens: examples.reduce(0) { $0 + $1.forms.count },
        parameters: network.layout.count, words: vocabularies.words.count))
    while state.epoch < training.epochs {
      if training.patience > 0, state.epochsWithoutGain >= training.patience { break }
      guard try trainEpoch(report) else { return .interrupted }
    }
    if training.tunesSpans { tuneSpans() }
    return .finished
  }

  /// Chooses for each task of spans the threshold with the highest F₁ on dev, averaged with those beside it: one
  /// point of a curve that a few hundred spans draw is partly chance.
  private func tuneSpans() {
    for head in network.heads where head.crf != nil && !best.isEmpty {
      let task = head.task
      let thresholds = (1...14).map { 0.05 * Double($0) }
      var scores: [Double] = []
      for threshold in thresholds {
        spanThresholds[task.name] = threshold
        guard let score = evaluate([task], with: best)[task.name] else { break }
        scores.append(score)
      }
      spanThresholds[task.name] = nil
      guard scores.count == thresholds.count else { continue }
      let smooth = zip(scores, zip(scores.dropFirst(), scores.dropFirst(2))).map {
        (left: Double, pair: (Double, Double)) in left + pair.0 + pair.1
      }
      guard let highest = smooth.indices.max(by: { smooth[$0] < smooth[$1] }) else { continue }
      spanThresholds[task.name] = thresholds[highest + 1]
      state.bestScores[task.name] = scores[highest + 1]
    }
  }

  /// The rest of a pass over the data, and its evaluation; false where it was asked to stop.
  private func trainEpoch(_ report: (TrainingEvent) -> Void) throws -> Bool {
    let start = Date()
    let earlier = state.current.seconds
    let batches = shuffledBatches()
    while state.current.batches < batches.count {
      if shouldStop() {
        saveCheckpoint(report)
        return false
      }
      if wantsCheckpoint() { saveCheckpoint(report) }
      let batch = state.current.batches
      let (loss, count, norm) = try step(
        batches[batch], rate: learningRate(batch: batch, of: batches.count))
      state.current.batches += 1
      state.current.loss += loss
      state.current.tokens += count
      state.current.norm += norm
      state.current.seconds = earlier + Date().timeIntervalSince(start)
      if batch % 8 == 7 || batch == batches.count - 1 {
        report(
          .progress(
            TrainingProgress(
              epoch: state.epoch + 1, epochs: training.epochs, batch: batch + 1,
              batches: batches.count, lossPerToken: state.current.lossPerToken,
              tokensPerSecond: state.current.tokensPerSecond)))
      }
    }
    let epoch = endEpoch(batches: batches.count)
    saveCheckpoint(report)
    report(.epoch(epoch))
    return true
  }

  /// Evaluates, keeps the weights where they are the best, and draws the order of the next epoch.
  private func endEpoch(batches: Int) -> EpochReport {
    let (done, rate) = (state.current, learningRate(batch: 0, of: batches))
    state.epoch += 1
    state.current = Checkpoint.Epoch()
    _ = state.random.next()
    let tasks = published.tasks
    let scores = evaluate(tasks, with: average?.values ?? parameters.elements)
    let score =
      // Summed in the order of the tasks: a dictionary's own order changes from run to run.
      scores.isEmpty
      ? Double(state.epoch)
      : tasks.reduce(0) { $0 + (scores[$1.name] ?? 0) } / Double(scores.count)
    let isBest = keepIfBest(score, scores)
    let epoch = EpochReport(
      epoch: state.epoch, step: state.step, lossPerToken: done.lossPerToken,
      devScores: scores, devScore: score, isBest: isBest, learningRate: Double(rate),
      gradientNorm: done.norm / Double(max(batches, 1)),
      tokensPerSecond: done.tokensPerSecond, seconds: done.seconds)
    state.reports.append(epoch)
    return epoch
  }

  private func keepIfBest(_ score: Double, _ scores: [String: Double]) -> Bool {
    if score > state.bestScore {
      state.bestScore = score
      state.bestScores = scores
      state.bestEpoch = state.epoch
      state.epochsWithoutGain = 0
      best = average?.values ?? parameters.elements
      return true
    }
    state.epochsWithoutGain += 1
    if state.epochsWithoutGain % 3 == 0 { state.reductions += 1 }
    return false
  }

  private func learningRate(batch: Int, of batches: Int) -> Float {
    let done = Double(state.epoch) + Double(batch) / Double(max(batches, 1))
    let schedule = Schedule(rawValue: training.schedule) ?? .cosine
    return Float(
      training.learningRate
        * schedule.factor(
          progress: done / Double(max(training.epochs, 1)), epoch: state.epoch,
          warmUp: training.warmUp, floor: training.finalRate, decay: 0.05,
          reductions: state.reductions, reduction: 0.5))
  }

  /// Sentences of similar length together, batches in random order.
  ///
  /// The order is a function of the generator's state alone, which stays the same within an epoch.
  func shuffledBatches() -> [[Int]] {
    var source = state.random
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
  private func evaluate(_ tasks: [Task], with elements: [Float]) -> [String: Double] {
    guard dev.contains(where: { !$0.sentences.isEmpty }) else { return [:] }
    let tagger = Tagger(model(elements))
    var scores: [String: Double] = [:]
    for task in tasks {
      var evaluation = TagEvaluation(task: task)
      for corpus in dev where corpus.tasks.contains(task) {
        let sentences = corpus.sentences.filter { !$0.tokens.isEmpty }
        let predicted = tagger.tag(sentences, threads: threads)
        for (gold, mine) in zip(sentences, predicted) {
          guard let labels = gold.labels(of: task), let own = mine.labels[task] else { continue }
          evaluation.add(gold: labels, predicted: own)
        }
      }
      if evaluation.tokens > 0 { scores[task.name] = 100 * evaluation.score }
    }
    return scores
  }
}

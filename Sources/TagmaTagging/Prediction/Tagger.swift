internal import Foundation
public import TagmaAnnotations
internal import TagmaKernels
public import TagmaLanguageModels
package import TagmaLexicon
public import TagmaModels
internal import TagmaNeural
public import TagmaSegmentation

/// What a tagger says of a sentence.
public struct TaggedSentence: Sendable {
  /// One label for each word and task; spans are written as BIO.
  public var labels: [TaggingTask: [String]]
  /// How sure each label is: a marginal probability from 0 to 1.
  public var confidences: [TaggingTask: [Float]] = [:]
  /// Spans of span tasks with their exact probabilities.
  public var spans: [TaggingTask: [(span: LabeledSpan, probability: Float)]] = [:]
  /// Further label sequences of span tasks with their probabilities, best first.
  public var alternatives: [TaggingTask: [(labels: [String], probability: Float)]] = [:]
  /// For each head what its spans are to be chosen from.
  var undecided: [Int: UndecidedSpans] = [:]
}

/// What to compute beside the labels.
public struct TaggingOptions: Sendable {
  public var confidence = false
  /// How many label sequences of span tasks to give.
  public var nbest = 0
  /// Whether the first sentences are of a document although no comment `# newdoc` stands before them.
  public var startsInDocument = false
  /// Asked before each batch of sentences; once it is true, no more is labelled, and what is returned is of no use.
  public var shouldStop: @Sendable () -> Bool = { false }

  public init() {}
}

/// Labels words.
///
/// Immutable and safe to share between threads.
public final class Tagger: Sendable {
  package let model: TaggerModel
  /// What cuts raw text as the treebank does; nil where the rules for the language have to do.
  public let segmenter: Segmenter?
  /// What makes lemmas of words, their parts of speech and their features.
  package let lemmatizer: Lemmatizer?
  /// What describes words beside the tagger's own tables.
  public let embeddings: TokenEmbeddings?
  private let extractor: WordFeatureExtractor
  /// For each member its weights.
  private let prepared: [TaggerMember.Prepared]
  private let output: OutputLayer
  /// Of each head that is a CRF.
  private let crfScores: [LinearChainCRF.Scores?]
  /// Of each head whose spans may be chosen by a threshold.
  let spanDecoders: [SpanDecoder?]
  private let cache: WordCache
  private let lemmaCache: LemmaCache?
  /// Longest sentences first: words in a batch are at most about this many.
  private static let batchWords = 2048
  private static let partWords = 2048

  public var description: TaggerDescription { model.description }
  public var tasks: [TaggingTask] {
    model.description.tasks + (lemmatizer == nil ? [] : [.lemma])
  }

  package init(
    _ model: TaggerModel, segmenter: Segmenter? = nil, lemmatizer: Lemmatizer? = nil,
    embeddings: TokenEmbeddings? = nil
  ) {
    self.model = model
    self.segmenter = segmenter
    self.embeddings = embeddings
    // A model that has learned lemmas as labels needs no table.
    let known = model.description.tasks
    self.lemmatizer = known.contains(.upos) && !known.contains(.lemma) ? lemmatizer : nil
    lemmaCache = self.lemmatizer.map(LemmaCache.init)
    let configuration = model.network.configuration
    extractor = WordFeatureExtractor(
      words: model.vocabularies.words, characters: model.vocabularies.characters,
      affixBuckets: configuration.affixSize > 0 ? configuration.affixBuckets : 0)
    let members = model.network.members
    prepared = members.map { $0.prepare(model.parameters) }
    output = OutputLayer(model.network, model.parameters)
    crfScores = model.network.heads.indices.map { h in
      let fields = members.compactMap(\.heads[h].crf)
      return fields.isEmpty ? nil : LinearChainCRF.meanScores(of: fields, model.parameters)
    }
    spanDecoders = model.network.heads.map { head in
      head.crf.map { SpanDecoder($0, tags: head.labels.entries) }
    }
    cache = WordCache(gateSizes: members.map(\.layers[0].gateSize))
  }

  /// Loads a model's folder.
  public convenience init(contentsOf folder: String) throws {
    try self.init(ModelFiles(in: folder))
  }

  /// Loads a model.
  package convenience init(_ files: ModelFiles) throws {
    let model = try TaggerModel(files)
    let configuration = model.description.configuration
    let wanted = configuration.contextInputSize - configuration.numbers.count
    let embeddings = wanted > 0 ? try TokenEmbeddings(in: files) : nil
    guard embeddings?.size ?? 0 == wanted else {
      throw ModelError(
        .damaged(
          "its embeddings have \(embeddings?.size ?? 0) columns, expected \(wanted)"),
        path: files.folder)
    }
    let inner = Segmenter.innerFolder
    self.init(
      model, segmenter: try files.containsModel(inner) ? try Segmenter(files.inner(inner)) : nil,
      lemmatizer: try Self.readLemmas(in: files), embeddings: embeddings)
  }

  /// Writes the model's folder, whole or not at all.
  ///
  /// - Parameters:
  ///   - storage: How weights are stored; nil is the smallest way that holds every one as it is.
  ///   - companions: What stands beside the model.
  public func write(
    to folder: String, as storage: WeightStorage? = nil, beside companions: ModelCompanions = .kept
  ) throws {
    try ModelWriter.write(to: folder, beside: companions) { try write(into: $0, as: storage) }
  }

  private func write(into writer: ModelWriter, as storage: WeightStorage?) throws {
    if let segmenter {
      try segmenter.write(into: writer.inner(Segmenter.innerFolder), as: storage)
    } else {
      // One that was trained before the tagger.
      writer.adopt(Segmenter.innerFolder, ofKind: SegmenterDescription.kind)
    }
    if let lemmatizer { try Self.write(lemmatizer, into: writer) }
    try embeddings?.write(into: writer, as: storage)
    try model.write(into: writer, as: storage)
  }

  /// Whether what is said of a sentence depends on the rest of its document.
  public var readsDocuments: Bool { !description.documentShares.isEmpty }

  /// A label that the model wants to be given and a sentence does not have.
  public func missingInput(in sentences: [Sentence]) -> TaggingTask? {
    let numbers = description.configuration.numbers.count
    if numbers > 0,
      sentences.contains(where: { sentence in
        sentence.numbers.count != sentence.tokens.count
          || sentence.numbers.contains { $0.count != numbers }
      })
    {
      return TaggingTask("numbers")
    }
    return model.network.configuration.inputTasks.first { task in
      sentences.contains { !$0.tokens.isEmpty && $0.labels(of: task) == nil }
    }
  }

  /// The number of weights.
  public var parameterCount: Int { model.network.layout.count }

  /// The mean of the weights of models of one layout.
  public static func average(_ taggers: [Tagger]) throws -> Tagger {
    guard let first = taggers.first else { throw ModelError(.noModels) }
    var model = first.model
    for other in taggers.dropFirst() {
      guard other.model.network.layout.count == model.network.layout.count,
        other.model.vocabularies.words == model.vocabularies.words
      else {
        throw ModelError(.tensorMismatch(["the models have other layouts or vocabularies"]))
      }
      for i in model.parameters.elements.indices {
        model.parameters.elements[i] += other.model.parameters.elements[i]
      }
    }
    for i in model.parameters.elements.indices {
      model.parameters.elements[i] /= Float(taggers.count)
    }
    return Tagger(
      model, segmenter: first.segmenter, lemmatizer: first.lemmatizer,
      embeddings: first.embeddings)
  }

  /// Labels sentences, the text of one or several documents; those over `partWords` words are labelled in parts.
  ///
  /// A comment `# newdoc` says where a document begins. Words that it has several times are judged together, where the model
  /// knows how much that tells.
  public func tag(
    _ sentences: [Sentence], options: TaggingOptions = TaggingOptions(), threads: Int = 1
  ) -> [TaggedSentence] {
    guard sentences.contains(where: { $0.tokens.count > Self.partWords }) else {
      return tagShort(sentences, options: options, threads: threads)
    }
    var parts: [Sentence] = []
    let counts = sentences.map { sentence -> Int in
      let cut = sentence.parts(of: Self.partWords)
      parts += cut
      return cut.count
    }
    var tagged = tagShort(parts, options: options, threads: threads)[...]
    return counts.map { count in
      defer { tagged = tagged.dropFirst(count) }
      return TaggedSentence(joining: tagged.prefix(count))
    }
  }

  private func tagShort(
    _ sentences: [Sentence], options: TaggingOptions, threads: Int
  ) -> [TaggedSentence] {
    var results = label(sentences, options: options, threads: threads)
    guard !options.shouldStop() else { return results }
    chooseSpans(of: sentences, &results, options)
    return results
  }

  /// Labels sentences, apart from spans that are chosen by a threshold; batches are cut from the input alone, so the result
  /// does not depend on the number of threads.
  func label(
    _ sentences: [Sentence], options: TaggingOptions, threads: Int
  ) -> [TaggedSentence] {
    let order = sentences.indices.filter { !sentences[$0].tokens.isEmpty }.sorted {
      let (a, b) = (sentences[$0].tokens.count, sentences[$1].tokens.count)
      return a != b ? a > b : $0 < $1
    }
    var batches: [Batch] = []
    for i in order {
      let count = sentences[i].tokens.count
      if let last = batches.indices.last, batches[last].words + count <= Self.batchWords {
        batches[last].sentences.append(i)
        batches[last].words += count
      } else {
        batches.append(Batch(sentences: [i], words: count))
      }
    }
    forEachConcurrently(&batches, threads: threads) { _, batch in
      guard !options.shouldStop() else { return }
      batch.results = tagBatch(batch.sentences.map { sentences[$0] }, options)
    }
    var results = [TaggedSentence](
      repeating: TaggedSentence(labels: Dictionary(uniqueKeysWithValues: tasks.map { ($0, []) })),
      count: sentences.count)
    for batch in batches {
      for (i, result) in zip(batch.sentences, batch.results) { results[i] = result }
    }
    return results
  }

  private struct Batch: Sendable {
    var sentences: [Int]
    var words: Int
    var results: [TaggedSentence] = []
  }
}

// MARK: - One batch

extension Tagger {
  /// Sentences from long to short.
  private func tagBatch(_ sentences: [Sentence], _ options: TaggingOptions) -> [TaggedSentence] {
    let packing = PackedSequences(lengths: sentences.map(\.tokens.count))
    let states = states(sentences, packing)
    var results = sentences.map { _ in TaggedSentence(labels: [:]) }
    for (h, (head, scores)) in zip(model.network.heads, output.scores(states)).enumerated() {
      switch head.kind {
      case .softmax(let entropy) where head.hasRareLabels:
        let best = bestOfMany(
          scores, entropy, withProbability: options.confidence,
          otherScores: { output.otherScores(ofHead: h, states.gathering(rows: $0)) },
          choose: { row in
            let label = row.indices.max { row[$0] < row[$1] } ?? row.startIndex
            return (label - row.startIndex, row[label])
          })
        write(best, packing, head, sentences, &results, options)
      case .softmax(let entropy):
        // Chosen by score, so that asking for confidence never changes a label.
        var best = likeliest(scores)
        if options.confidence {
          let probabilities = entropy.probabilities(scores)
          for row in best.indices { best[row].value = probabilities[row, best[row].label] }
        }
        write(best, packing, head, sentences, &results, options)
      case .features(let entropy, let groups):
        let best = bestOfMany(
          scores, entropy, withProbability: options.confidence,
          otherScores: { output.otherScores(ofHead: h, states.gathering(rows: $0)) },
          choose: { groups.best($0) })
        write(best, packing, head, sentences, &results, options)
      case .crf(let crf):
        guard let crfScores = crfScores[h] else { continue }
        // Lists of many sequences take their time.
        for i in sentences.indices where !options.shouldStop() {
          decode(
            crf, crfScores, scores, rows: packing.rows(of: i), headNumber: h, &results[i], options)
        }
      }
    }
    if let lemmaCache {
      for i in sentences.indices {
        guard let upos = results[i].labels[.upos] else { continue }
        results[i].labels[.lemma] = lemmaCache.lemmas(
          of: sentences[i].forms, upos: upos, feats: results[i].labels[.feats])
      }
    }
    return results
  }

  /// What the members make of the sentences, side by side.
  private func states(_ sentences: [Sentence], _ packing: PackedSequences) -> Matrix {
    let members = model.network.members
    var states = Matrix(
      uninitializedRows: packing.rows, columns: members.reduce(0) { $0 + $1.stateSize })
    var column = 0
    let context = context(of: sentences, packing)
    for (m, gates) in wordGates(sentences, packing).enumerated() {
      let gates = context.map { members[m].adding($0, to: gates, model.parameters) } ?? gates
      members[m].predict(
        gates, packing: packing, prepared[m], model.parameters, into: &states, column: column)
      column += members[m].stateSize
    }
    return states
  }

  /// The input half of the lowest layers is a function of the word alone, so it is remembered.
  private func wordGates(_ sentences: [Sentence], _ packing: PackedSequences) -> [ProjectedGates] {
    let inputs = model.vocabularies.inputs
    var keys = [WordCache.Key](repeating: WordCache.Key(form: "", inputs: []), count: packing.rows)
    for (i, sentence) in sentences.enumerated() {
      let given = inputLabels(sentence, inputs)
      for (t, token) in sentence.tokens.enumerated() {
        keys[packing.offsets[t] + i] = WordCache.Key(
          form: token.form, inputs: given.isEmpty ? [] : given.map { $0[t] })
      }
    }
    return cache.gates(of: keys, computing: project)
  }

  /// Gates of new words, `[N, Σ 2·G·H]`, each as a sentence of one word.
  private func project(_ keys: [WordCache.Key]) -> Matrix {
    let features = keys.map { [extractor.features(of: $0.form)] }
    var input = model.network.input(
      features, forms: keys.indices.map { [$0] },
      inputs: model.vocabularies.inputs.indices.map { k in keys.map { [$0.inputs[k]] } })
    input.context = context(ofWords: keys.map(\.form))
    let members = model.network.members
    var gates = Matrix(
      uninitializedRows: keys.count,
      columns: members.reduce(0) { $0 + 2 * $1.layers[0].gateSize })
    var column = 0
    for (member, prepared) in zip(members, prepared) {
      member.project(input, prepared, model.parameters, into: &gates, column: column)
      column += 2 * member.layers[0].gateSize
    }
    return gates
  }

  /// For each row the label with the highest value, a score or a probability.
  private func likeliest(_ values: Matrix) -> [(label: Int, value: Float)] {
    let (rows, count, values) = (values.rows, values.columns, values.elements.span)
    return (0..<rows).map { row in
      var best = (label: 0, value: values[row * count])
      for k in 1..<max(count, 1) where values[row * count + k] > best.value {
        best = (k, values[row * count + k])
      }
      return best
    }
  }

  /// For each row the best label; rare ones, and the attributes of features, are looked at where the common ones
  /// leave doubt, and for the sake of the probability alone where that is asked for.
  private func bestOfMany(
    _ common: Matrix, _ entropy: CrossEntropy, withProbability: Bool,
    otherScores: ([Int]) -> Matrix, choose: (ArraySlice<Float>) -> (label: Int, value: Float)
  ) -> [(label: Int, value: Float)] {
    var best = likeliest(entropy.probabilities(common))
    let unsure = best.indices.filter { best[$0].value <= TaskHead.certainty }
    let rows = withProbability ? Array(best.indices) : unsure
    guard !rows.isEmpty else { return best }
    let probabilities = entropy.probabilities(
      concatenateColumns([common.gathering(rows: rows), otherScores(rows)]))
    for (i, row) in rows.enumerated() {
      if best[row].value > TaskHead.certainty {
        best[row].value = probabilities[i, best[row].label]
      } else {
        best[row] = choose(probabilities.row(i))
      }
    }
    return best
  }

  private func write(
    _ best: [(label: Int, value: Float)], _ packing: PackedSequences, _ head: TaskHead,
    _ sentences: [Sentence], _ results: inout [TaggedSentence], _ options: TaggingOptions
  ) {
    for i in results.indices {
      let found = packing.rows(of: i).map { best[$0] }
      var labels = found.map { head.labels.entries[$0.label] }
      if head.task.isSpans {
        labels = tags(for: spans(of: labels), count: labels.count, scheme: .bio)
      }
      if head.task == .lemma {
        labels = zip(sentences[i].tokens, labels).map { token, script in
          LemmaScript(text: script).lemma(of: token.form) ?? token.form
        }
      }
      results[i].labels[head.task] = labels
      if options.confidence { results[i].confidences[head.task] = found.map(\.value) }
    }
  }
}

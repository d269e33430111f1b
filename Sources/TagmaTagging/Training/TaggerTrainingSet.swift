internal import Crypto
internal import Foundation
internal import TagmaAnnotations
internal import TagmaCorpora
internal import TagmaLanguageModels
internal import TagmaLexicon
internal import TagmaModels
internal import TagmaNeural

/// Training sentences as numbers, and what changes them while they are learned from.
struct TaggerTrainingSet {
  /// The different forms of the data.
  let forms: [String]
  /// Of each of them.
  let features: [WordFeatures]
  let examples: [Example]
  /// Spans of the training data by label, to replace others with.
  let spanPool: SpanPool?
  let caseNoise: CaseNoise?

  /// - Parameter names: Names that may stand where training sentences have others.
  init(
    _ corpora: [TrainingCorpus], tasks: [TaggingTask], names: NameList?, network: TaggerNetwork,
    vocabularies: TaggerVocabularies, _ configuration: TaggerConfiguration,
    _ training: TaggerTrainingSettings
  ) throws {
    let extractor = WordFeatureExtractor(
      words: vocabularies.words, characters: vocabularies.characters,
      affixBuckets: configuration.affixSize > 0 ? configuration.affixBuckets : 0)
    var (forms, features, examples) = Self.encode(
      corpora, tasks: tasks, network: network, extractor: extractor, vocabularies: vocabularies)
    let numbered = try Self.checked(names, heads: network.heads, training).map { name in
      let ids = name.words.map { Self.number(of: $0, &forms, &features, extractor) }
      return (label: name.label, forms: ids)
    }
    caseNoise =
      training.caseNoise > 0
      ? CaseNoise(forms.entries) { Self.number(of: $0, &forms, &features, extractor) } : nil
    if configuration.contextInputSize > 0 { Self.numberContexts(of: &examples) }
    (self.features, self.examples, self.forms) = (features, examples, forms.entries)
    spanPool =
      training.spanReplacement > 0
      ? SpanPool(examples, heads: network.heads, names: numbered) : nil
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

  static func hash(
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
}

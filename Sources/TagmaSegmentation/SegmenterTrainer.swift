internal import Crypto
internal import Foundation
public import TagmaAnnotations
internal import TagmaEvaluation
internal import TagmaKernels
internal import TagmaLexicon
public import TagmaModels
internal import TagmaNeural
internal import TagmaTokenization

/// Sentences of one treebank file, with their white space.
public typealias SegmentedCorpus = Corpus<Sentence>

/// Trains a segmenter on what treebanks say of their own raw text.
public final class SegmenterTrainer: ModelTrainer {
  public typealias Kind = SegmenterKind
  public let configuration: SegmenterConfiguration
  public let training: SegmenterTrainingSettings
  public let language: String
  public var licence: String?
  /// The command that the model's card names.
  public var command: [String]?

  private let corpora: [SegmentedCorpus]
  private let paragraphs: [TreebankParagraph]
  private let dev: [TreebankParagraph]
  private let devSentences: [Sentence]
  private let characters: Vocabulary
  private let inventory: CharacterInventory
  private let expansion: MultiwordExpansion
  private let allowsSpaces: Bool
  private let network: SegmenterNetwork
  private var stretches: [Stretch] = []
  public let loop: TrainingLoop

  /// Characters of one text that are read at once, and what comes after each.
  private struct Stretch: Sendable {
    let text: TextCharacters
    let range: Range<Int>
    let labels: [Int32]
  }

  /// Prepares a training: characters, multiword tokens, layers, first weights.
  public init(
    corpora: [SegmentedCorpus], dev: [SegmentedCorpus], language: String,
    configuration: SegmenterConfiguration = SegmenterConfiguration(),
    training: SegmenterTrainingSettings = SegmenterTrainingSettings()
  ) throws {
    try configuration.validate()
    try training.validate()
    self.corpora = corpora
    self.language = language
    self.configuration = configuration
    self.training = training
    paragraphs = corpora.flatMap { TreebankParagraph.paragraphs(of: $0.items) }
    devSentences = dev.flatMap(\.items)
    self.dev = TreebankParagraph.paragraphs(of: devSentences)
    guard !paragraphs.isEmpty else { throw ModelError(.noTrainingData) }
    var counts: [String: Int] = [:]
    var examples: [(token: String, words: [String])] = []
    var spaced = 0
    var tokens = 0
    for paragraph in paragraphs {
      for scalar in paragraph.text.unicodeScalars { counts[String(scalar), default: 0] += 1 }
      let bytes = Array(paragraph.text.utf8)
      for token in paragraph.tokens {
        tokens += 1
        if bytes[token.bytes].contains(0x20) { spaced += 1 }
        if token.words.count > 1 {
          examples.append((String(decoding: bytes[token.bytes], as: UTF8.self), token.words))
        }
      }
    }
    // A few are mistakes; where they are the rule, as in Vietnamese, they are many.
    allowsSpaces = spaced * 1000 > tokens
    expansion = MultiwordExpansion(learning: examples)
    characters = Vocabulary(
      [""] + Vocabulary.frequent(counts, minimum: configuration.minimumCount))
    inventory = CharacterInventory(characters)
    network = SegmenterNetwork(configuration, characterCount: characters.count)
    loop = TrainingLoop(
      SegmenterKind.self, configuration, training, Parameters(network.layout, seed: training.seed),
      files: corpora + dev, dataHash: Self.hash(of: paragraphs + self.dev))
  }

  private static func hash(of paragraphs: [TreebankParagraph]) -> String {
    var hash = SHA256()
    for paragraph in paragraphs {
      hash.update(data: Data("\(paragraph.text)\n\(paragraph.sentenceEnds)\n".utf8))
      for token in paragraph.tokens { hash.update(data: Data("\(token.bytes),".utf8)) }
    }
    return hexadecimal(hash.finalize())
  }

  public var sizes: [(name: String, count: Int)] {
    [
      ("paragraphs", paragraphs.count),
      ("sentences", paragraphs.reduce(0) { $0 + $1.sentenceEnds.count }),
      ("tokens", paragraphs.reduce(0) { $0 + $1.tokens.count }),
      ("characters", characters.count), ("parameters", network.layout.count),
    ]
  }

  public var files: [TrainingFile<SegmenterKind.FileFacts>] {
    corpora.map { TrainingFile($0, SegmenterKind.FileFacts(sentences: $0.items.count)) }
  }
}

// MARK: - The loop

extension SegmenterTrainer {
  /// Trains until the last epoch, early stopping, or a request to stop.
  public func train(report: (TrainingEvent) -> Void) throws -> TrainingOutcome {
    keepWorkMemory()
    var tokenizer = try Tokenizer(tokenizerOptions)
    report(.began(sizes: sizes))
    let devTexts = dev.map { paragraph in
      (bytes: Array(paragraph.text.utf8), start: TextPosition())
    }
    return try loop.run(
      TrainingLoop.Body(
        batches: { self.shuffledBatches(&tokenizer) }, gradients: computeGradients,
        evaluate: { elements in
          guard !devTexts.isEmpty else { return ([:], 0) }
          let found = self.segmenter(elements).tokenize(devTexts, using: &tokenizer)
          let scores = self.scores(of: found.flatMap(\.sentences))
          // In a fixed order: a dictionary's own changes from run to run, and with it the last digit of a sum.
          return (
            Dictionary(uniqueKeysWithValues: scores.map { ($0.name, $0.value) }),
            scores.reduce(0) { $0 + $1.value } / Double(max(scores.count, 1))
          )
        }), report: report)
  }

  /// F₁ of tokens, sentences and words of the dev data, in percent.
  private func scores(of found: [Sentence]) -> [(name: String, value: Double)] {
    guard let evaluation = RawTextEvaluation(gold: devSentences, predicted: found) else {
      return []
    }
    return evaluation.metrics.prefix(3).map { ($0.name.lowercased(), 100 * $0.counts.f1) }
  }

  private var tokenizerOptions: TokenizerOptions {
    var options = TokenizerOptions()
    options.language = language
    return options
  }

  /// Makes the stretches of an epoch and puts those of similar length together.
  ///
  /// All is a function of the generator's state alone, which stays the same within an epoch.
  private func shuffledBatches(_ tokenizer: inout Tokenizer) -> [[Int]] {
    var source = loop.state.random
    var random = SplitMix64(seed: source.next())
    stretches = []
    var joined: TreebankParagraph?
    for paragraph in paragraphs {
      var paragraph = paragraph
      if random.nextUnit() < Float(training.unfinished) { paragraph.dropLastMark() }
      if random.nextUnit() < Float(training.lowercased) { paragraph.lowercase() }
      if let before = joined { paragraph = before.joined(to: paragraph) }
      joined = nil
      if random.nextUnit() < Float(training.joinedParagraphs), paragraph.text.utf8.count < 4000 {
        joined = paragraph
        continue
      }
      cut(paragraph, &tokenizer, &random)
    }
    if let joined { cut(joined, &tokenizer, &random) }
    let keys = stretches.map { Float($0.range.count) * (1 + 0.1 * random.nextUnit()) }
    let order = stretches.indices.sorted { keys[$0] < keys[$1] }
    // A small treebank is learned in small batches: it needs its number of steps too.
    let size = min(training.batchSize, max(1, order.count / 64))
    var batches = stride(from: 0, to: order.count, by: size).map {
      Array(order[$0..<min($0 + size, order.count)])
    }
    batches.shuffle(using: &random)
    return batches
  }

  /// Adds the stretches of a paragraph, which begin after white space where there is some.
  private func cut(
    _ paragraph: TreebankParagraph, _ tokenizer: inout Tokenizer, _ random: inout SplitMix64
  ) {
    let text = TextCharacters(Array(paragraph.text.utf8), &tokenizer)
    let labels = paragraph.labels(of: text)
    var start = 0
    // Where a text is cut changes from epoch to epoch.
    var limit = training.stretch / 2 + Int(random.nextUnit() * Float(training.stretch) / 2)
    while start < text.scalars.count {
      var end = min(start + max(limit, 1), text.scalars.count)
      if end < text.scalars.count,
        let space = text.scalars[start + (end - start) / 2..<end].lastIndex(
          of: TextCharacters.space)
      {
        end = space + 1
      }
      stretches.append(
        Stretch(text: text, range: start..<end, labels: Array(labels[start..<end])))
      (start, limit) = (end, training.stretch)
    }
  }

  private func computeGradients(_ batch: [Int]) -> (count: Int, scale: Double) {
    let sorted = batch.map { stretches[$0] }.sorted { $0.range.count > $1.range.count }
    let rows = sorted.reduce(0) { $0 + $1.range.count }
    let (network, inventory, parameters) = (network, inventory, loop.parameters)
    let (dropout, hidden) = (Float(training.dropout), Float(training.characterDropout))
    loop.computeGradients { worker, random in
      let part = worker.part(of: sorted)
      guard !part.isEmpty else { return 0 }
      let packing = PackedSequences(lengths: part.map(\.range.count))
      var input = SegmenterNetwork.Input()
      var labels: [Int32] = []
      for t in 0..<packing.steps {
        for stretch in part.prefix(packing.count(at: t)) {
          let i = stretch.range.lowerBound + t
          let key = inventory.key(
            stretch.text.scalars[i], hint: Int(stretch.text.hints[i]),
            isHidden: random.nextUnit() < hidden)
          input.append(inventory.read(key))
          labels.append(stretch.labels[t])
        }
      }
      return network.train(
        input, packing, labels: labels, dropout: Dropout(rate: dropout, kind: .locked),
        weight: 1 / Float(rows), random: &random, parameters, accumulatingInto: &worker.gradients)
    }
    return (rows, Double(rows))
  }

  private func segmenter(_ elements: [Float]) -> Segmenter {
    var facts = SegmenterKind.Facts()
    (facts.language, facts.allowsSpaces) = (language, allowsSpaces)
    return Segmenter(
      description(facts), characters, expansion, network,
      Parameters(network.layout, elements: elements))
  }

  /// The segmenter of the epoch with the best dev score.
  public func bestSegmenter() -> Segmenter { segmenter(loop.chosen) }
}

// MARK: - Changes of the training data

extension TreebankParagraph {
  /// What comes after each character: nothing, the end of a token, or of a sentence.
  fileprivate func labels(of text: TextCharacters) -> [Int32] {
    var labels = [Int32](repeating: Int32(CharacterLabel.inside.rawValue), count: text.bytes.count)
    var (token, sentence) = (0, 0)
    for i in text.bytes.indices where token < tokens.count {
      guard text.bytes[i].upperBound == tokens[token].bytes.upperBound else { continue }
      while sentence < sentenceEnds.count, sentenceEnds[sentence] < text.bytes[i].upperBound {
        sentence += 1
      }
      let ends = sentence < sentenceEnds.count && sentenceEnds[sentence] == text.bytes[i].upperBound
      labels[i] = Int32(
        CharacterLabel(isMultiword: tokens[token].words.count > 1, endsSentence: ends).rawValue)
      token += 1
    }
    return labels
  }

  fileprivate func joined(to next: TreebankParagraph) -> TreebankParagraph {
    var whole = self
    whole.text += " " + next.text
    let start = text.utf8.count + 1
    whole.tokens += next.tokens.map {
      TextSegments.Token(
        bytes: $0.bytes.lowerBound + start..<$0.bytes.upperBound + start, words: $0.words)
    }
    whole.sentenceEnds += next.sentenceEnds.map { $0 + start }
    return whole
  }

  /// Leaves out the full stop, or what else stands at the end as a token of its own.
  fileprivate mutating func dropLastMark() {
    guard tokens.count > 1, let last = tokens.last, last.bytes.count == 1,
      text.unicodeScalars.last.map(Self.isClosing) == true
    else { return }
    tokens.removeLast()
    let end = tokens[tokens.count - 1].bytes.upperBound
    text = String(decoding: text.utf8.prefix(end), as: UTF8.self)
    sentenceEnds.removeLast()
    if sentenceEnds.last != end { sentenceEnds.append(end) }
  }

  private static func isClosing(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .otherPunctuation, .closePunctuation, .finalPunctuation: true
    default: false
    }
  }

  /// Small letters where they take as many bytes.
  fileprivate mutating func lowercase() {
    var small = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let mapped = scalar.properties.lowercaseMapping.unicodeScalars
      if mapped.count == 1, let first = mapped.first, UTF8.width(first) == UTF8.width(scalar) {
        small.append(first)
      } else {
        small.append(scalar)
      }
    }
    text = String(small)
    for i in tokens.indices { tokens[i].words = tokens[i].words.map { $0.lowercased() } }
  }
}

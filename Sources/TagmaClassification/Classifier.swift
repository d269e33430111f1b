internal import TagmaKernels
internal import TagmaLexicon
public import TagmaModels
internal import TagmaNeural

/// Says what a text is: its topic, its tone, its language, whatever it was trained with.
public final class Classifier: Sendable {
  public let description: ClassifierDescription
  private let vocabulary: Vocabulary
  private let features: TextFeatures
  private let network: ClassifierNetwork
  private let parameters: Parameters
  private let prepared: [Bidirectional.Prepared]

  /// Texts that are read at once.
  private static let batch = 64
  /// Above it a label is given where a text may have several.
  private static let threshold: Float = 0.5
  /// Labels that are less likely are not told of.
  private static let leastProbability: Float = 1e-4

  init(
    _ description: ClassifierDescription, _ labels: Vocabulary, _ network: ClassifierNetwork,
    _ parameters: Parameters
  ) {
    (self.description, vocabulary) = (description, labels)
    (self.network, self.parameters) = (network, parameters)
    features = TextFeatures(description.configuration)
    prepared = network.layers.map { $0.prepare(parameters) }
  }

  public var parameterCount: Int { network.layout.count }
  /// All labels, the most frequent first.
  public var labels: [String] { vocabulary.entries }

  /// Loads a model's folder.
  public convenience init(contentsOf folder: String) throws {
    try self.init(ModelFiles(in: folder))
  }

  package convenience init(_ files: ModelFiles) throws {
    let description: ClassifierDescription = try files.description()
    let labels = try files.vocabulary("labels")
    let network = ClassifierNetwork(
      description.configuration, labels: labels.count,
      allowsSeveral: description.allowsSeveral)
    let weights = try WeightsFile(in: files, crc32: description.folder.weightsCRC32)
    self.init(
      description, labels, network,
      Parameters(network.layout, elements: try weights.elements(of: network.layout)))
  }

  /// Writes the model's folder, whole or not at all.
  public func write(
    to folder: String, as storage: WeightStorage? = nil, beside companions: ModelCompanions = .kept
  ) throws {
    try ModelWriter.write(to: folder, beside: companions) { writer in
      try writer.put("labels.vocab", Array(vocabulary.fileText.utf8))
      try writer.finish(description, parameters, as: storage)
    }
  }
}

/// What a classifier says of a text.
public struct Classification: Sendable, Equatable {
  /// The likeliest label, none of a text without words; where a text may have several, all that are likelier than not.
  public var labels: [String]
  /// Labels with their probabilities, the likeliest first; those below 0.0001 are left out.
  public var probabilities: [(label: String, probability: Float)]

  /// What is said of a text without words: nothing.
  static let none = Classification(labels: [], probabilities: [])

  public static func == (a: Self, b: Self) -> Bool {
    a.labels == b.labels && a.probabilities.elementsEqual(b.probabilities) { $0 == $1 }
  }
}

extension Classifier {
  /// Classifies texts; the result does not depend on the number of threads.
  ///
  /// What is said of a text beside others differs from what is said of it alone by rounding, less than 0.00001.
  public func classify(_ texts: [String], threads: Int = 1) -> [Classification] {
    var batches = stride(from: 0, to: texts.count, by: Self.batch).map { start in
      (texts: Array(texts[start..<min(start + Self.batch, texts.count)]), found: [Classification]())
    }
    forEachConcurrently(&batches, threads: threads) { _, batch in
      batch.found = classifyBatch(batch.texts)
    }
    return batches.flatMap(\.found)
  }

  /// Classifies one text.
  public func classify(_ text: String) -> Classification { classify([text])[0] }

  private func classifyBatch(_ texts: [String]) -> [Classification] {
    let isBag = description.configuration.encoder == .bag
    guard !isBag else {
      let bags = texts.map(features.bag(of:))
      let p = network.probabilities(ClassifierNetwork.Input(bags: bags), prepared, parameters)
      return texts.indices.map { bags[$0].isEmpty ? .none : classification(p, row: $0) }
    }
    let words = texts.map { text in
      let words = features.words(of: text)
      return words.isEmpty ? [[]] : words
    }
    let order = words.indices.sorted {
      words[$0].count != words[$1].count ? words[$0].count > words[$1].count : $0 < $1
    }
    let input = ClassifierNetwork.Input(texts: order.map { words[$0] })
    let p = network.probabilities(input, prepared, parameters)
    var places = [Int](repeating: 0, count: texts.count)
    for (row, text) in order.enumerated() { places[text] = row }
    return texts.indices.map { i in
      words[i] == [[]] ? .none : classification(p, row: places[i])
    }
  }

  private func classification(_ p: Matrix, row: Int) -> Classification {
    let first = row * p.columns
    var greatest: Float = 0
    for i in first..<first + p.columns { greatest = max(greatest, p.elements[i]) }
    // Most labels of many are out of the question; the likeliest is told in any case.
    let least = min(greatest, Self.leastProbability)
    let order = (0..<p.columns).filter { p.elements[first + $0] >= least }.sorted { a, b in
      let (x, y) = (p.elements[first + a], p.elements[first + b])
      return x != y ? x > y : a < b
    }
    let all = order.map { (vocabulary.entries[$0], p.elements[first + $0]) }
    let labels =
      description.allowsSeveral
      ? all.prefix { $0.1 > Self.threshold }.map(\.0) : all.prefix(1).map(\.0)
    return Classification(labels: labels, probabilities: all)
  }
}

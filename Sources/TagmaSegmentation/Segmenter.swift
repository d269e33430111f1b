internal import TagmaLexicon
public import TagmaModels
internal import TagmaNeural
public import TagmaTokenization

/// Cuts text into sentences, tokens and words as a treebank does.
public final class Segmenter: Sendable {
  public let description: SegmenterDescription
  let characters: Vocabulary
  private let inventory: CharacterInventory
  let expansion: MultiwordExpansion
  private let network: SegmenterNetwork
  private let parameters: Parameters
  private let prepared: [Bidirectional.Prepared]

  /// A stretch of a longer text is read with so many characters around it.
  private static let stretch = 1000
  private static let context = 50
  /// Stretches that are read at once.
  private static let batch = 64

  init(
    _ description: SegmenterDescription, _ characters: Vocabulary, _ expansion: MultiwordExpansion,
    _ network: SegmenterNetwork, _ parameters: Parameters
  ) {
    (self.description, self.characters, self.expansion) = (description, characters, expansion)
    (self.network, self.parameters) = (network, parameters)
    inventory = CharacterInventory(characters)
    prepared = network.layers.map { $0.prepare(parameters) }
  }

  public var parameterCount: Int { network.layout.count }

  /// The folder of the segmenter within that of a tagger.
  package static let innerFolder = "segmenter"

  /// Loads a model's folder, or that of a tagger with a segmenter in it.
  public convenience init(contentsOf folder: String) throws {
    let files = try ModelFiles(in: folder)
    let isAround = try files.kind == "tagger" && files.containsModel(Self.innerFolder)
    try self.init(isAround ? files.inner(Self.innerFolder) : files)
  }

  /// Loads a model.
  package convenience init(_ files: ModelFiles) throws {
    let description: SegmenterDescription = try files.description()
    let characters = try files.vocabulary("characters")
    guard let expansion = MultiwordExpansion(fileText: try files.text(Self.expansionFile)) else {
      throw ModelError(
        .damaged("a line is no multiword token"), path: files.path(of: Self.expansionFile))
    }
    let network = SegmenterNetwork(
      description.configuration, characterCount: characters.count)
    let weights = try WeightsFile(in: files, crc32: description.folder.weightsCRC32)
    self.init(
      description, characters, expansion, network,
      Parameters(network.layout, elements: try weights.elements(of: network.layout)))
  }

  private static let expansionFile = "multiwords.tsv"

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

  package func write(into writer: ModelWriter, as storage: WeightStorage?) throws {
    try writer.put("characters.vocab", Array(characters.fileText.utf8))
    try writer.put(Self.expansionFile, Array(expansion.fileText.utf8))
    try writer.finish(description, parameters, as: storage)
  }
}

// MARK: - Prediction

extension Segmenter {
  /// Cuts stretches of text that no sentence crosses.
  ///
  /// - Parameter tokenizer: Its rules give the hints that the model was trained with.
  public func tokenize(
    _ texts: [(bytes: [UInt8], start: TextPosition)], using tokenizer: inout Tokenizer
  ) -> [TokenizedText] {
    let read = texts.map { TextCharacters($0.bytes, &tokenizer) }
    let labels = labels(of: read)
    return texts.indices.map { i in
      let (bytes, start) = texts[i]
      var segments = segments(of: read[i], labels[i], bytes)
      segments.correct(by: tokenizer.sentenceCertainties(in: bytes))
      return tokenizer.tokenize(bytes, at: start, as: segments)
    }
  }

  /// Labels as tokens; white space ends a token unless the training data had tokens with it.
  private func segments(
    of text: TextCharacters, _ labels: [CharacterLabel], _ bytes: [UInt8]
  ) -> TextSegments {
    var segments = TextSegments()
    var start: Int?
    for i in text.scalars.indices {
      if text.scalars[i] == TextCharacters.space, start == nil { continue }
      let first = start ?? text.bytes[i].lowerBound
      start = first
      let isLast =
        i + 1 == text.scalars.count
        || text.scalars[i + 1] == TextCharacters.space
          && (!description.allowsSpaces || i + 2 >= text.scalars.count)
      guard labels[i].endsToken || isLast else { continue }
      let end = text.bytes[i].upperBound
      var words: [String] = []
      if labels[i].isMultiword {
        words = expansion.words(of: String(decoding: bytes[first..<end], as: UTF8.self)) ?? []
      }
      segments.tokens.append(TextSegments.Token(bytes: first..<end, words: words))
      if labels[i].endsSentence { segments.sentenceEnds.append(end) }
      start = nil
    }
    return segments
  }

  /// The labels of all characters of texts; a label depends on its own text alone.
  func labels(of texts: [TextCharacters]) -> [[CharacterLabel]] {
    var work: [(text: Int, range: Range<Int>, core: Range<Int>)] = []
    for (k, text) in texts.enumerated() {
      let n = text.scalars.count
      for start in stride(from: 0, to: n, by: Self.stretch) {
        let core = start..<min(start + Self.stretch, n)
        work.append(
          (k, max(0, start - Self.context)..<min(n, core.upperBound + Self.context), core))
      }
    }
    var found = texts.map { [CharacterLabel](repeating: .inside, count: $0.scalars.count) }
    let order = work.indices.sorted {
      work[$0].range.count != work[$1].range.count
        ? work[$0].range.count > work[$1].range.count : $0 < $1
    }
    for first in stride(from: 0, to: order.count, by: Self.batch) {
      let items = order[first..<min(first + Self.batch, order.count)].map { work[$0] }
      let packing = PackedSequences(lengths: items.map(\.range.count))
      // A text has few different characters: what the network makes of one by itself is computed once.
      var rows: [Int] = []
      rows.reserveCapacity(packing.rows)
      var input = SegmenterNetwork.Input()
      var places = [Int32](repeating: -1, count: inventory.keyCount)
      for t in 0..<packing.steps {
        for item in items.prefix(packing.count(at: t)) {
          let text = texts[item.text]
          let i = item.range.lowerBound + t
          let key = inventory.key(text.scalars[i], hint: Int(text.hints[i]))
          if places[key] < 0 {
            places[key] = Int32(input.characters.count)
            input.append(inventory.read(key))
          }
          rows.append(Int(places[key]))
        }
      }
      let scores = network.scores(input, rows, packing, prepared, parameters)
      for (i, item) in items.enumerated() {
        for place in item.core {
          let row = packing.offsets[place - item.range.lowerBound] + i
          found[item.text][place] = Self.best(scores, row)
        }
      }
    }
    return found
  }

  private static func best(_ scores: Matrix, _ row: Int) -> CharacterLabel {
    var best = 0
    for k in 1..<scores.columns where scores[row, k] > scores[row, best] { best = k }
    return CharacterLabel(rawValue: best) ?? .inside
  }
}

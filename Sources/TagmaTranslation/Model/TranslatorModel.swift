internal import Foundation
internal import TagmaLexicon
internal import TagmaModels
internal import TagmaNeural

/// A translator as it lies in memory: a description, units, layers and weights.
struct TranslatorModel: Sendable {
  var description: TranslatorDescription
  let subwords: Subwords
  let network: TranslatorNetwork
  var parameters: Parameters
  /// Which units become which, where that is known.
  var shortlist: Shortlist?
  /// Words that are names, where that is known.
  var names: NameTable?
  /// How sources and targets that are given are read.
  let sourceNormalization, targetNormalization: TextNormalization
  /// How capitals of sources are read; nil where pairs are no running text.
  let caseReading: CaseReading?
  /// What is carried over unchanged.
  let rules: CarriedText.Rules

  init(
    description: TranslatorDescription, subwords: Subwords, network: TranslatorNetwork,
    parameters: Parameters, shortlist: Shortlist? = nil, names: NameTable? = nil
  ) {
    self.description = description
    self.subwords = subwords
    self.network = network
    self.parameters = parameters
    self.shortlist = shortlist
    self.names = names
    let isText = !subwords.placeholders.isEmpty
    let readsKnownWords = description.readsKnownWords == true
    sourceNormalization = description.configuration.sourceNormalization(
      subwords, partsOpeningMarks: readsKnownWords)
    targetNormalization = description.configuration.targetNormalization
    caseReading = isText ? CaseReading(subwords, readsFirstWords: readsKnownWords) : nil
    var rules = CarriedText.Rules()
    rules.numbers = description.carriesNumbers
    if isText, let names {
      rules.isName = { names.isName($0, isFirst: $1, subwords) }
    }
    rules.isKnown = { subwords.knows($0) }
    self.rules = rules
  }
}

// MARK: - Names

extension TranslatorModel {
  /// Small words within names.
  private static let particles: Set<Substring> = [
    "al", "bin", "da", "das", "de", "del", "den", "der", "di", "do", "dos", "du", "e", "el", "la",
    "le", "van", "von", "y", "zu",
  ]

  /// Whether a text is words with capitals and nothing else, and one of them no word that it has units for.
  func isName(_ text: String) -> Bool {
    guard let isName = rules.isName else { return false }
    let words = text.split(separator: " ")
    guard words.count <= 5, let first = words.first, !Self.particles.contains(first) else {
      return false
    }
    return words.allSatisfy { word in
      Self.particles.contains(word)
        || word.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0 == "-" || $0 == "’" }
          && word.unicodeScalars.first?.properties.isUppercase == true
    } && words.contains { isName($0, false) }
  }
}

// MARK: - On disk

extension TranslatorModel {
  func write(into writer: ModelWriter, as storage: WeightStorage?) throws {
    try writer.put(subwords)
    if let shortlist { try writer.put(Shortlist.fileName, Array(shortlist.fileText.utf8)) }
    if let names { try writer.put(NameTable.fileName, Array(names.fileText.utf8)) }
    try writer.finish(description, parameters, as: storage)
  }

  /// Reads a model, checking everything before it is used.
  init(_ files: ModelFiles) throws {
    let description: TranslatorDescription = try files.description()
    let subwords = try readSubwords(in: files, kind: description.configuration.units)
    let network = TranslatorNetwork(description.configuration, unitCount: subwords.units.count)
    let weights = try WeightsFile(in: files, crc32: description.folder.weightsCRC32)
    self.init(
      description: description, subwords: subwords, network: network,
      parameters: Parameters(
        network.layout, elements: try weights.elements(of: network.layout)),
      shortlist: try Self.readTable(
        Shortlist.fileName, in: files,
        expected: "\(subwords.units.count + 1) lines of numbers of units"
      ) { Shortlist(fileText: $0, unitCount: subwords.units.count) },
      names: try Self.readTable(
        NameTable.fileName, in: files,
        expected: "lines of a word, how often it was met, and how often alike"
      ) { NameTable(fileText: $0) })
  }

  /// What a file of a model says that it need not have; nil where it has none.
  private static func readTable<Table>(
    _ name: String, in files: ModelFiles, expected: String, _ read: (String) -> Table?
  ) throws -> Table? {
    guard try files.contains(name) else { return nil }
    guard let table = read(try files.text(name)) else {
      throw ModelError(.damaged("expected \(expected)"), path: files.path(of: name))
    }
    return table
  }
}

// MARK: - Settings

extension TranslatorConfiguration {
  /// Width of what attention sees.
  var memorySize: Int {
    2 * encoderSizes[encoderSizes.count - 1] + (lexicalMemory ? embeddingSize : 0)
  }

  /// How sources are read, by a model with these units or before units are learned.
  func sourceNormalization(
    _ subwords: Subwords? = nil, partsOpeningMarks: Bool
  ) -> TextNormalization {
    TextNormalization(
      marks: plainPunctuation ? .all : subwords.map { .rare($0) } ?? .none,
      lowercases: lowercasesSource, partsOpeningMarks: partsOpeningMarks)
  }

  /// How targets are read, in training and where they are given.
  var targetNormalization: TextNormalization {
    TextNormalization(marks: plainPunctuation ? .all : .none)
  }

  public func validate() throws {
    try check((300...1_000_000).contains(subwords), "translator.subwords", "300 to 1000000")
    for (name, size) in [("embeddingSize", embeddingSize), ("decoderSize", decoderSize)] {
      try check((1...16_384).contains(size), "translator.\(name)", "a number from 1 to 16384")
    }
    try check(
      (1...16).contains(encoderSizes.count) && encoderSizes.allSatisfy((1...8192).contains),
      "translator.encoderSizes", "1 to 16 numbers from 1 to 8192")
    try check(
      heads > 0 && memorySize % heads == 0, "translator.heads",
      "a divisor of what attention sees, \(memorySize) columns")
  }
}

extension TranslatorHyperparameters {
  public func validate() throws {
    try checkCounts([
      ("batchTokens", batchTokens), ("maximumLength", maximumLength), ("devPairs", devPairs),
    ])
    try checkShares([
      ("dropout", dropout), ("wordDropout", wordDropout), ("labelSmoothing", labelSmoothing),
      ("subwordDropout", subwordDropout), ("placeholderShare", placeholderShare),
      ("capitalShare", capitalShare),
    ])
    try check(
      guidedAlignment >= 0 && guidedAlignment.isFinite, "training.guidedAlignment",
      "a number from 0")
    try check((0...10_000).contains(shortlist), "training.shortlist", "a number from 0 to 10000")
  }
}

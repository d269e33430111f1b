internal import Foundation
internal import TagmaLexicon
internal import TagmaModels
internal import TagmaNeural

/// What `model.json` says of a translator.
public struct TranslatorDescription: Codable, Sendable, Equatable {
  public static let currentFormat = 1
  package static let kind = "translator"

  public struct TrainingFile: Codable, Sendable, Equatable {
    public var name: String
    public var sha256: String
    public var pairs: Int
  }

  public var formatVersion = currentFormat
  public var kind = TranslatorDescription.kind
  /// The languages, as BCP 47 writes them.
  public var source = ""
  public var target = ""
  public var configuration = TranslatorConfiguration()
  public var training = TranslatorTrainingConfiguration()
  /// Whether rare names are carried by placeholders.
  public var carriesNames = false
  public var trainingData: [TrainingFile] = []
  /// BLEU and chrF on dev data at the epoch that was kept.
  public var devScores: [String: Double] = [:]
  public var epoch = 0
  public var licence: String?
  public var toolVersion = ""
  /// What `tagma` was called with, files without their folders.
  public var command: [String]?
  /// CRC-32 of `weights.safetensors`, hexadecimal.
  public var weightsCRC32 = ""

  public init() {}
}

/// A translator as it lies in memory: a description, units, layers and weights.
struct TranslatorModel: Sendable {
  var description: TranslatorDescription
  let subwords: Subwords
  let network: TranslatorNetwork
  var parameters: Parameters

  init(
    description: TranslatorDescription, subwords: Subwords, network: TranslatorNetwork,
    parameters: Parameters
  ) {
    self.description = description
    self.subwords = subwords
    self.network = network
    self.parameters = parameters
  }
}

// MARK: - On disk

extension TranslatorModel {
  /// Writes the model's folder; files appear whole or not at all.
  func write(to folder: String, weights type: TensorArchive.ElementType = .f32) throws {
    try writeModel(
      description, parameters, as: type, files: subwordFiles(subwords), to: folder)
  }

  /// Reads a model's folder, checking everything before it is used.
  init(contentsOf folder: String) throws {
    let description: TranslatorDescription = try readDescription(in: folder)
    let subwords = try readSubwords(in: folder)
    let network = TranslatorNetwork(description.configuration, unitCount: subwords.units.count)
    let weights = try WeightsFile(in: folder, crc32: description.weightsCRC32)
    self.init(
      description: description, subwords: subwords, network: network,
      parameters: Parameters(
        network.layout, elements: try weights.elements(of: network.layout)))
  }
}

extension TranslatorDescription: ModelDescription {
  package func validate(path: String) throws { try configuration.validate() }
}

// MARK: - Settings

/// Refuses a setting whose value cannot be meant, before anything is computed with it.
private func check(_ isGood: Bool, _ setting: String, _ expected: String) throws {
  guard isGood else { throw ModelError(.badSetting(setting, expected: expected)) }
}

extension TranslatorConfiguration {
  func validate() throws {
    try check((300...1_000_000).contains(subwords), "translator.subwords", "300 to 1000000")
    for (name, size) in [("embeddingSize", embeddingSize), ("decoderSize", decoderSize)] {
      try check((1...16_384).contains(size), "translator.\(name)", "a number from 1 to 16384")
    }
    try check(
      (1...16).contains(encoderSizes.count) && encoderSizes.allSatisfy((1...8192).contains),
      "translator.encoderSizes", "1 to 16 numbers from 1 to 8192")
    try check(
      heads > 0 && 2 * encoderSizes[encoderSizes.count - 1] % heads == 0, "translator.heads",
      "a divisor of twice the last of encoderSizes")
  }
}

extension TranslatorTrainingConfiguration {
  func validate() throws {
    func names<Kind: CaseIterable & RawRepresentable>(_: Kind.Type) -> String
    where Kind.RawValue == String {
      Kind.allCases.map(\.rawValue).joined(separator: ", ")
    }
    try check(
      OptimizerKind(rawValue: optimizer) != nil, "training.optimizer", names(OptimizerKind.self))
    try check(Schedule(rawValue: schedule) != nil, "training.schedule", names(Schedule.self))
    let counts = [
      ("epochs", epochs, 0), ("batchTokens", batchTokens, 1), ("maximumLength", maximumLength, 1),
      ("patience", patience, 0), ("devPairs", devPairs, 1), ("shards", shards, 1),
    ]
    for (name, count, least) in counts {
      try check(
        (least...1_000_000).contains(count), "training.\(name)", "a number from \(least)")
    }
    let shares = [
      ("dropout", dropout), ("wordDropout", wordDropout), ("labelSmoothing", labelSmoothing),
      ("subwordDropout", subwordDropout), ("placeholderShare", placeholderShare),
      ("capitalShare", capitalShare), ("averageDecay", averageDecay), ("beta1", beta1),
      ("beta2", beta2), ("warmUp", warmUp),
    ]
    for (name, share) in shares {
      try check(share >= 0 && share < 1, "training.\(name)", "a number from 0 to below 1")
    }
    try check(
      learningRate > 0 && learningRate.isFinite, "training.learningRate", "a positive number")
    try check(maximumNorm > 0, "training.maximumNorm", "a positive number")
  }
}

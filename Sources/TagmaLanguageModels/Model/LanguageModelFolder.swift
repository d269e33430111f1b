internal import Foundation
internal import TagmaLexicon
internal import TagmaModels
internal import TagmaNeural

/// What `model.json` says of a language model.
public struct LanguageModelDescription: Codable, Sendable, Equatable {
  public static let currentFormat = ModelFormat.current
  package static let kind = "language-model"

  public struct TrainingFile: Codable, Sendable, Equatable {
    public var name: String
    public var sha256: String
    public var lines: Int
  }

  public var formatVersion: Int = currentFormat
  public var kind: String = LanguageModelDescription.kind
  public var configuration = LanguageModelConfiguration()
  public var training = LanguageModelTrainingConfiguration()
  public var trainingData: [TrainingFile] = []
  /// Bits per character and perplexity on dev data at the epoch that was kept.
  public var devScores: [String: Double] = [:]
  public var epoch = 0
  public var licence: String?
  public var toolVersion = ""
  /// What `tagma` was called with, files without their folders.
  public var command: [String]?
  /// CRC-32 of `weights.safetensors`, hexadecimal.
  public var weightsCRC32 = ""
  /// CRC-32 of each file by its name; nil in a model of format 1.
  public var filesCRC32: [String: String]?
  /// CRC-32 of `model.json` with zeros in the place of these digits.
  public var descriptionCRC32: String?

  public init() {}
}

extension LanguageModelDescription: ModelDescription {
  package func validate(path: String) throws { try configuration.validate() }
}

/// A language model as it lies in memory: a description, units, layers and weights.
struct LanguageModelFolder: Sendable {
  var description: LanguageModelDescription
  let subwords: Subwords
  let network: LanguageModelNetwork
  let parameters: Parameters

  init(
    description: LanguageModelDescription, subwords: Subwords, network: LanguageModelNetwork,
    parameters: Parameters
  ) {
    self.description = description
    self.subwords = subwords
    self.network = network
    self.parameters = parameters
  }

  func write(into writer: ModelWriter, as storage: WeightStorage?) throws {
    try writer.put(subwords)
    try writer.finish(description, parameters, as: storage)
  }

  /// Reads a model, checking everything before it is used.
  init(_ files: ModelFiles) throws {
    let description: LanguageModelDescription = try files.description()
    let subwords = try readSubwords(
      in: files, kind: description.configuration.subwords == 0 ? .characters : .bpe)
    let network = LanguageModelNetwork(
      description.configuration, unitCount: subwords.units.count)
    let weights = try WeightsFile(in: files, crc32: description.weightsCRC32)
    self.init(
      description: description, subwords: subwords, network: network,
      parameters: Parameters(
        network.layout, elements: try weights.elements(of: network.layout)))
  }
}

internal import Foundation
internal import TagmaLexicon
public import TagmaModels
internal import TagmaNeural

/// Language models as a kind of model.
public enum LanguageModelKind: ModelKind {
  public static let name = "language-model"
  public static let seedSalt: UInt64 = 0x6c61_6e67_7561_6765
  public typealias Configuration = LanguageModelConfiguration
  public typealias Hyperparameters = LanguageModelHyperparameters

  public struct Facts: ModelFacts {
    public init() {}

    public func validate(_: LanguageModelConfiguration, path: String) {}
  }

  public struct FileFacts: Codable, Sendable, Equatable {
    public var lines: Int
  }
}

/// What `model.json` says of a language model.
public typealias LanguageModelDescription = ModelDescription<LanguageModelKind>

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
    let weights = try WeightsFile(in: files, crc32: description.folder.weightsCRC32)
    self.init(
      description: description, subwords: subwords, network: network,
      parameters: Parameters(
        network.layout, elements: try weights.elements(of: network.layout)))
  }
}

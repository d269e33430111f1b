internal import Foundation
public import TagmaAnnotations
internal import TagmaCorpora
internal import TagmaKernels
internal import TagmaLexicon
package import TagmaModels
package import TagmaNeural

/// What `model.json` says of a tagger.
public struct TaggerDescription: Codable, Sendable, Equatable {
  public static let currentFormat = ModelFormat.current
  package static let kind = "tagger"

  public struct TrainingFile: Codable, Sendable, Equatable {
    public var name: String
    public var sha256: String
    public var tasks: [TaggingTask]
    public var sentences: Int
    public var tokens: Int
  }

  public struct NumberScale: Codable, Sendable, Equatable {
    public var mean: Float
    public var deviation: Float
  }

  public var formatVersion: Int = currentFormat
  public var kind: String = TaggerDescription.kind
  public var tasks: [TaggingTask] = []
  public var configuration = TaggerConfiguration()
  public var training = TrainingConfiguration()
  public var trainingData: [TrainingFile] = []
  /// Dev scores of each task at the epoch that was kept, in percent.
  public var devScores: [String: Double] = [:]
  public var epoch = 0
  /// For span tasks, the probability above which a span is believed; where there is none, the likeliest tag
  /// sequence is taken.
  public var spanThresholds: [String: Double] = [:]
  /// For span tasks, how much the rest of a document counts where it has the same words again, from 0 to 1.
  public var documentShares: [String: Double] = [:]
  /// For span tasks, the labels of names whose first or last word stands for the whole in the rest of a document.
  public var documentParts: [String: [String]] = [:]
  /// For each column of numbers its mean and its standard deviation in training.
  public var numberScales: [NumberScale] = []
  public var language: String?
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

/// A tagger as it lies in memory: a description, vocabularies, layers and weights.
package struct TaggerModel: Sendable {
  package var description: TaggerDescription
  package let vocabularies: TaggerVocabularies
  package let network: TaggerNetwork
  package var parameters: Parameters

  package init(
    description: TaggerDescription, vocabularies: TaggerVocabularies, network: TaggerNetwork,
    parameters: Parameters
  ) {
    self.description = description
    self.vocabularies = vocabularies
    self.network = network
    self.parameters = parameters
  }
}

// MARK: - Writing

extension TaggerModel {
  package func write(into writer: ModelWriter, as storage: WeightStorage?) throws {
    let vocabularies =
      [("words", vocabularies.words), ("characters", vocabularies.characters)]
      + (vocabularies.labels + vocabularies.inputs).map { ($0.task.name, $0.labels) }
    for (name, vocabulary) in vocabularies {
      try writer.put("\(name).vocab", Array(vocabulary.fileText.utf8))
    }
    try writer.finish(description, parameters, as: storage)
  }
}

// MARK: - Reading

extension TaggerModel {
  /// Reads a model, checking everything before it is used.
  package init(_ files: ModelFiles) throws {
    let description: TaggerDescription = try files.description()
    let weights = try WeightsFile(in: files, crc32: description.weightsCRC32)
    let vocabularies = TaggerVocabularies(
      words: try files.vocabulary("words"),
      characters: try files.vocabulary("characters"),
      labels: try description.tasks.map { ($0, try files.vocabulary($0.name)) },
      inputs: try description.configuration.inputTasks.map {
        ($0, try files.vocabulary($0.name))
      })
    let network = TaggerNetwork(description.configuration, vocabularies)
    let elements = try weights.elements(of: network.layout)
    self.init(
      description: description, vocabularies: vocabularies, network: network,
      parameters: Parameters(network.layout, elements: elements))
  }
}

extension TaggerDescription: ModelDescription {
  /// Sizes that cannot be meant are refused before memory is taken for them.
  package func validate(path: String) throws {
    let c = configuration
    let sizes =
      [
        c.wordSize, c.characterSize, c.characterHiddenSize, c.inputTaskSize, c.contextSize,
      ] + c.hiddenSizes
    guard sizes.allSatisfy({ (1...16384).contains($0) }), (0...4096).contains(c.affixSize),
      c.affixSize == 0 || (1...10_000_000).contains(c.affixBuckets),
      (c.numbers.count...65_536 + c.numbers.count).contains(c.contextInputSize),
      c.attentionHeads >= 0, numberScales.count == c.numbers.count,
      numberScales.allSatisfy({ $0.mean.isFinite && $0.deviation > 0 }),
      c.attentionHeads == 0 || c.hiddenSizes.allSatisfy({ 2 * $0 % c.attentionHeads == 0 }),
      (1...64).contains(c.hiddenSizes.count), TaggerConfiguration.memberRange.contains(c.members),
      (0...c.members).contains(c.contextMembers),
      !tasks.isEmpty,
      spanThresholds.values.allSatisfy({ $0 > 0 && $0 < 1 }),
      documentShares.values.allSatisfy({ (0...1).contains($0) }),
      Set(tasks + c.inputTasks).count == tasks.count + c.inputTasks.count,
      (tasks + c.inputTasks).allSatisfy({ Self.isFileName($0.name) })
    else {
      throw ModelError(
        .damaged("a size, task or threshold in model.json is impossible"), path: path)
    }
  }

  private static func isFileName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 64
      && name.utf8.allSatisfy {
        ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a || $0 == 0x2d || $0 == 0x5f
      }
  }
}

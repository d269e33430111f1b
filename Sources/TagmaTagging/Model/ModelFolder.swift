internal import Foundation
public import TagmaAnnotations
internal import TagmaCorpora
internal import TagmaKernels
internal import TagmaLexicon
package import TagmaNeural

/// What `model.json` says of a tagger.
public struct TaggerDescription: Codable, Sendable, Equatable {
  public static let currentFormat = 1

  public struct TrainingFile: Codable, Sendable, Equatable {
    public var name: String
    public var sha256: String
    public var tasks: [Task]
    public var sentences: Int
    public var tokens: Int
  }

  public var formatVersion = currentFormat
  public var kind = "tagger"
  public var tasks: [Task] = []
  public var configuration = TaggerConfiguration()
  public var training = TrainingConfiguration()
  public var trainingData: [TrainingFile] = []
  /// Dev scores of each task at the epoch that was kept, in percent.
  public var devScores: [String: Double] = [:]
  public var epoch = 0
  /// For span tasks, the probability above which a span is believed; where there is none, the likeliest tag
  /// sequence is taken.
  public var spanThresholds: [String: Double] = [:]
  public var language: String?
  public var licence: String?
  public var toolVersion = ""
  /// What `tagma` was called with, files without their folders.
  public var command: [String]?
  /// CRC-32 of `weights.safetensors`, hexadecimal.
  public var weightsCRC32 = ""

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
  /// Writes the model's folder; files appear whole or not at all.
  package func write(to folder: String, weights type: TensorArchive.ElementType = .f32) throws {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    func put(_ name: String, _ bytes: [UInt8]) throws {
      try writeAtomically(bytes, to: "\(folder)/\(name)")
    }
    try put("words.vocab", Array(vocabularies.words.fileText.utf8))
    try put("characters.vocab", Array(vocabularies.characters.fileText.utf8))
    for (task, labels) in vocabularies.labels + vocabularies.inputs {
      try put("\(task.name).vocab", Array(labels.fileText.utf8))
    }
    var archive = TensorArchive()
    archive.setMetadata("format", "tagma tagger \(description.formatVersion)")
    for entry in network.layout.entries {
      archive.append(
        entry.name, shape: entry.parameter.shape, parameters.elements[entry.parameter.range],
        as: type)
    }
    let bytes = archive.bytes
    var description = description
    description.weightsCRC32 = hexadecimal(crc32(bytes[...]))
    try put("weights.safetensors", bytes)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try put("model.json", Array(encoder.encode(description)) + [0x0a])
  }
}

func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}

// MARK: - Reading

extension TaggerModel {
  /// Reads a model's folder, checking everything before it is used.
  package init(contentsOf folder: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
    else { throw TaggingError(.modelNotFound, path: folder) }
    let description = try Self.description(in: folder)
    let weights = try readFile("weights.safetensors", in: folder)
    let found = hexadecimal(crc32(weights[...]))
    guard found == description.weightsCRC32 else {
      throw TaggingError(
        .checksum(expected: description.weightsCRC32, found: found),
        path: "\(folder)/weights.safetensors")
    }
    let vocabularies = TaggerVocabularies(
      words: try Self.vocabulary("words", in: folder),
      characters: try Self.vocabulary("characters", in: folder),
      labels: try description.tasks.map { ($0, try Self.vocabulary($0.name, in: folder)) },
      inputs: try description.configuration.inputTasks.map {
        ($0, try Self.vocabulary($0.name, in: folder))
      })
    let network = TaggerNetwork(description.configuration, vocabularies)
    let elements = try Self.parameters(weights, layout: network.layout, folder: folder)
    self.init(
      description: description, vocabularies: vocabularies, network: network,
      parameters: Parameters(network.layout, elements: elements))
  }

  /// Reads and checks `model.json` alone.
  package static func description(in folder: String) throws -> TaggerDescription {
    struct Head: Decodable {
      var formatVersion: Int
      var kind: String
    }
    let path = "\(folder)/model.json"
    let data = Data(try readFile("model.json", in: folder, limit: 1 << 20))
    let decoder = JSONDecoder()
    do {
      let head = try decoder.decode(Head.self, from: data)
      guard head.formatVersion <= TaggerDescription.currentFormat else {
        throw TaggingError(
          .newerFormat(found: head.formatVersion, supported: TaggerDescription.currentFormat),
          path: path)
      }
      guard head.kind == "tagger" else {
        throw TaggingError(.damaged("kind '\(head.kind)', expected 'tagger'"), path: path)
      }
      let description = try decoder.decode(TaggerDescription.self, from: withDefaults(data))
      try check(description, path: path)
      return description
    } catch let error as TaggingError {
      throw error
    } catch {
      throw TaggingError(.damaged("model.json is not the expected JSON"), path: path)
    }
  }

  /// Settings that a model of an earlier version does not name have their defaults.
  private static func withDefaults(_ data: Data) throws -> Data {
    func overlay(_ base: Any, _ top: Any) -> Any {
      guard let base = base as? [String: Any], let top = top as? [String: Any] else { return top }
      return base.merging(top) { overlay($0, $1) }
    }
    let defaults = try JSONSerialization.jsonObject(
      with: JSONEncoder().encode(TaggerDescription()))
    return try JSONSerialization.data(
      withJSONObject: overlay(defaults, try JSONSerialization.jsonObject(with: data)))
  }

  /// Sizes that cannot be meant are refused before memory is taken for them.
  private static func check(_ description: TaggerDescription, path: String) throws {
    let c = description.configuration
    let sizes =
      [
        c.wordSize, c.characterSize, c.characterHiddenSize, c.inputTaskSize,
      ] + c.hiddenSizes
    guard sizes.allSatisfy({ (1...16384).contains($0) }), (0...4096).contains(c.affixSize),
      c.affixSize == 0 || (1...10_000_000).contains(c.affixBuckets),
      (1...64).contains(c.hiddenSizes.count), TaggerConfiguration.memberRange.contains(c.members),
      !description.tasks.isEmpty,
      description.spanThresholds.values.allSatisfy({ $0 > 0 && $0 < 1 }),
      Set(description.tasks + c.inputTasks).count == description.tasks.count + c.inputTasks.count,
      (description.tasks + c.inputTasks).allSatisfy({ isFileName($0.name) })
    else {
      throw TaggingError(
        .damaged("a size, task or threshold in model.json is impossible"), path: path)
    }
  }

  private static func isFileName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 64
      && name.utf8.allSatisfy {
        ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a || $0 == 0x2d || $0 == 0x5f
      }
  }

  private static func vocabulary(_ name: String, in folder: String) throws -> Vocabulary {
    let bytes = try readFile("\(name).vocab", in: folder)
    guard let text = String(validating: bytes, as: UTF8.self),
      let vocabulary = Vocabulary(fileText: text), vocabulary.count > 0
    else {
      throw TaggingError(
        .damaged("not UTF-8, empty, or two equal lines"), path: "\(folder)/\(name).vocab")
    }
    return vocabulary
  }

  private static func parameters(_ bytes: [UInt8], layout: ParameterLayout, folder: String) throws
    -> [Float]
  {
    let path = "\(folder)/weights.safetensors"
    let archive: TensorArchive
    do {
      archive = try TensorArchive(bytes: bytes)
    } catch {
      throw TaggingError(.damaged(error.description), path: path)
    }
    var differences: [String] = []
    var found: [String: TensorArchive.Tensor] = [:]
    for tensor in archive.tensors { found[tensor.name] = tensor }
    var tensors: [TensorArchive.Tensor] = []
    for entry in layout.entries {
      if let tensor = found.removeValue(forKey: entry.name) {
        tensors.append(tensor)
        if tensor.shape != entry.parameter.shape {
          differences.append(
            "'\(entry.name)' is \(tensor.shape), expected \(entry.parameter.shape)")
        }
      } else {
        differences.append("'\(entry.name)' is missing")
      }
    }
    differences += found.keys.sorted().map { "'\($0)' is not expected" }
    guard differences.isEmpty else {
      throw TaggingError(.tensorMismatch(differences), path: path)
    }
    var elements = uninitializedFloats(layout.count)
    var out = elements.mutableSpan
    for (tensor, entry) in zip(tensors, layout.entries) {
      guard archive.read(tensor, into: &out, at: entry.parameter.range.lowerBound) else {
        throw TaggingError(.damaged("'\(entry.name)' is not f32 or bf16"), path: path)
      }
    }
    return elements
  }
}

/// The bytes of a model's file.
func readFile(_ name: String, in folder: String, limit: Int = 2 << 30) throws -> [UInt8] {
  let path = "\(folder)/\(name)"
  guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
    let size = attributes[.size] as? Int
  else { throw TaggingError(.fileMissing(name), path: folder) }
  guard
    attributes[.type] as? FileAttributeType == .typeRegular
      || attributes[.type] as? FileAttributeType == .typeSymbolicLink, size <= limit
  else {
    throw TaggingError(.damaged("\(name) has \(size) bytes"), path: folder)
  }
  let descriptor = open(path, O_RDONLY)
  defer { if descriptor >= 0 { close(descriptor) } }
  // Read where it is wanted: a copy of the weights is a good part of the time that a program takes to start.
  let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    while count < size, let start = buffer.baseAddress {
      let got = read(descriptor, start + count, size - count)
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { break }
      count += got
    }
  }
  guard descriptor >= 0, bytes.count == size else {
    throw TaggingError(.damaged("\(name) cannot be read"), path: folder)
  }
  return bytes
}

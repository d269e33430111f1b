internal import Foundation
internal import TagmaNeural

/// What `model.json` says of any folder: what it is and what its files must be.
package struct FolderRecord: Codable, Sendable, Equatable {
  package var formatVersion = ModelFormat.current
  package let kind: String
  /// CRC-32 of `weights.safetensors`, hexadecimal.
  package var weightsCRC32 = ""
  /// CRC-32 of each file of the model by its name, also of `model.json` of a model within it; nil in format 1.
  package var filesCRC32: [String: String]?
  /// CRC-32 of `model.json` with zeros in the place of these eight digits; nil in format 1.
  package var descriptionCRC32: String?

  package init(kind: String) { self.kind = kind }
}

/// A description that is written into `model.json`, the folder's record among it.
package protocol FolderDescription: Codable {
  static var kind: String { get }
  var folder: FolderRecord { get set }
  init()
  /// Refuses what cannot be meant, before memory is taken for it.
  func validate(path: String) throws
}

/// What `model.json` says of any model that was trained.
public struct ModelRecord<Kind: ModelKind>: Codable, Sendable, Equatable {
  public var configuration = Kind.Configuration()
  public var training = TrainingSettings<Kind.Hyperparameters>()
  /// What it learned from.
  public var trainingData: [TrainingFile<Kind.FileFacts>] = []
  /// Scores on dev data at the epoch that was kept.
  public var devScores: [String: Double] = [:]
  /// The epoch that was kept.
  public var epoch = 0
  public var licence: String?
  public var toolVersion = ""
  /// What `tagma` was called with, files without their folders.
  public var command: [String]?

  public init() {}
}

/// What `model.json` says of a trained model, in one table: the folder's record, the model's, and the facts of its kind.
@dynamicMemberLookup
public struct ModelDescription<Kind: ModelKind>: Sendable, Equatable {
  package var folder = FolderRecord(kind: Kind.name)
  public var record = ModelRecord<Kind>()
  public var facts = Kind.Facts()

  public init() {}

  public subscript<Value>(dynamicMember path: WritableKeyPath<ModelRecord<Kind>, Value>) -> Value {
    get { record[keyPath: path] }
    set { record[keyPath: path] = newValue }
  }

  public subscript<Value>(dynamicMember path: WritableKeyPath<Kind.Facts, Value>) -> Value {
    get { facts[keyPath: path] }
    set { facts[keyPath: path] = newValue }
  }
}

extension ModelDescription: FolderDescription {
  package static var kind: String { Kind.name }

  package func validate(path: String) throws {
    do {
      try record.configuration.validate()
    } catch let error as ModelError {
      throw ModelError(.damaged("\(error)"), path: path)
    }
    try facts.validate(record.configuration, path: path)
  }

  public init(from decoder: any Decoder) throws {
    folder = try FolderRecord(from: decoder)
    record = try ModelRecord(from: decoder)
    facts = try Kind.Facts(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    try folder.encode(to: encoder)
    try record.encode(to: encoder)
    try facts.encode(to: encoder)
  }
}

/// The format of a model's folder.
public enum ModelFormat {
  /// The one that is written, in which `model.json` has a checksum of every file.
  ///
  /// In format 1 it has that of the weights alone.
  public static let current = 2
  /// What the archive of weights calls itself has not changed since.
  static let weights = 1
}

/// The file that says what a folder holds.
enum DescriptionFile {
  static let name = "model.json"
  static let limit = 1 << 20

  /// What all kinds of models have in common.
  struct Head: Decodable {
    var formatVersion: Int
    var kind: String
    var filesCRC32: [String: String]?
    var descriptionCRC32: String?
  }

  private static let none = "00000000"

  /// The bytes of the file, its own checksum among them.
  static func bytes(of description: some FolderDescription) throws -> [UInt8] {
    var description = description
    description.folder.descriptionCRC32 = none
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var bytes = Array(try encoder.encode(description)) + [0x0a]
    guard let place = checksumPlace(in: bytes) else { return bytes }
    bytes.replaceSubrange(place, with: hexadecimal(crc32(bytes[...])).utf8)
    return bytes
  }

  /// The checksum that the file should name.
  static func checksum(of bytes: [UInt8]) -> String {
    guard let place = checksumPlace(in: bytes) else { return "" }
    var bytes = bytes
    bytes.replaceSubrange(place, with: none.utf8)
    return hexadecimal(crc32(bytes[...]))
  }

  /// Where the eight digits stand; nil where there are none.
  private static func checksumPlace(in bytes: [UInt8]) -> Range<Int>? {
    let key = Array("\"descriptionCRC32\"".utf8)
    guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: key) }) else {
      return nil
    }
    let digits = bytes[(start + key.count)...].drop { [0x20, 0x3a, 0x22, 0x0a, 0x0d].contains($0) }
    guard digits.count > none.utf8.count else { return nil }
    return digits.startIndex..<digits.startIndex + none.utf8.count
  }
}

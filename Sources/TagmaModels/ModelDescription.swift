internal import Foundation
internal import TagmaNeural

/// What `model.json` says of any model.
package protocol ModelDescription: Codable {
  static var kind: String { get }
  var formatVersion: Int { get set }
  /// CRC-32 of `weights.safetensors`, hexadecimal.
  var weightsCRC32: String { get set }
  /// CRC-32 of each file of the model by its name, also of `model.json` of a model within it; nil in format 1.
  var filesCRC32: [String: String]? { get set }
  /// CRC-32 of `model.json` with zeros in the place of these eight digits; nil in format 1.
  var descriptionCRC32: String? { get set }
  init()
  /// Refuses what cannot be meant, before memory is taken for it.
  func validate(path: String) throws
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
  static func bytes(of description: some ModelDescription) throws -> [UInt8] {
    var description = description
    description.descriptionCRC32 = none
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

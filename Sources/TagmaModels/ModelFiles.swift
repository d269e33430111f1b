internal import Foundation
internal import TagmaCorpora
internal import TagmaKernels
package import TagmaLexicon
package import TagmaNeural

// The files of a model's folder, each read with all that could be wrong with it in mind.

/// The weights of a model, as they lie on disk.
package struct WeightsFile: Sendable {
  fileprivate static let name = "weights.safetensors"

  private let path: String
  private let content: [UInt8]

  /// Reads the file of a folder and compares its checksum.
  package init(in folder: String, crc32 expected: String) throws {
    path = "\(folder)/\(Self.name)"
    content = try readFile(Self.name, in: folder)
    let found = hexadecimal(crc32(content[...]))
    guard found == expected else {
      throw ModelError(.checksum(expected: expected, found: found), path: path)
    }
  }

  /// All tensors of a layout in one archive.
  fileprivate static func bytes(
    of parameters: Parameters, as storage: WeightStorage, format: String
  ) -> [UInt8] {
    var archive = TensorArchive()
    archive.setMetadata("format", format)
    for entry in parameters.layout.entries {
      let (shape, values) = (entry.parameter.shape, parameters.elements[entry.parameter.range])
      if storage == .compact, entry.isLookup {
        archive.append(entry.name, shape: shape, ByteRows(values, columns: shape[1]))
      } else {
        archive.append(
          entry.name, shape: shape, values, as: storage == .float32 ? .f32 : .bf16)
      }
    }
    return archive.bytes
  }

  /// The values of a layout, each tensor by its name and of its shape.
  package func elements(of layout: ParameterLayout) throws -> [Float] {
    let archive: TensorArchive
    do {
      archive = try TensorArchive(bytes: content)
    } catch {
      throw ModelError(.damaged(error.description), path: path)
    }
    var differences: [String] = []
    var found: [String: TensorArchive.Tensor] = [:]
    for tensor in archive.tensors { found[tensor.name] = tensor }
    var tensors: [TensorArchive.Tensor] = []
    for entry in layout.entries {
      if let tensor = found.removeValue(forKey: entry.name) {
        tensors.append(tensor)
        if tensor.type == .i8 { found[TensorArchive.scales(of: tensor.name)] = nil }
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
      throw ModelError(.tensorMismatch(differences), path: path)
    }
    var elements = uninitializedFloats(layout.count)
    var out = elements.mutableSpan
    for (tensor, entry) in zip(tensors, layout.entries) {
      guard archive.read(tensor, into: &out, at: entry.parameter.range.lowerBound) else {
        throw ModelError(
          .damaged("'\(entry.name)' is not f32, bf16, or i8 with a scale for each row"), path: path)
      }
    }
    return elements
  }
}

/// A file of one entry a line.
package func readVocabulary(_ name: String, in folder: String) throws -> Vocabulary {
  let bytes = try readFile("\(name).vocab", in: folder)
  guard let text = String(validating: bytes, as: UTF8.self),
    let vocabulary = Vocabulary(fileText: text), vocabulary.count > 0
  else {
    throw ModelError(
      .damaged("not UTF-8, empty, or two equal lines"), path: "\(folder)/\(name).vocab")
  }
  return vocabulary
}

/// Settings that a model of an earlier version does not name have their defaults.
private func completed(_ data: Data, with defaults: some Encodable) throws -> Data {
  func overlay(_ base: Any, _ top: Any) -> Any {
    guard let base = base as? [String: Any], let top = top as? [String: Any] else { return top }
    return base.merging(top) { overlay($0, $1) }
  }
  let defaults = try JSONSerialization.jsonObject(with: JSONEncoder().encode(defaults))
  return try JSONSerialization.data(
    withJSONObject: overlay(defaults, try JSONSerialization.jsonObject(with: data)))
}

/// The bytes of a model's file.
package func readFile(_ name: String, in folder: String, limit: Int = 2 << 30) throws -> [UInt8] {
  let path = "\(folder)/\(name)"
  guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
    let size = attributes[.size] as? Int
  else { throw ModelError(.fileMissing(name), path: folder) }
  guard
    attributes[.type] as? FileAttributeType == .typeRegular
      || attributes[.type] as? FileAttributeType == .typeSymbolicLink, size <= limit
  else {
    throw ModelError(.damaged("\(name) has \(size) bytes"), path: folder)
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
    throw ModelError(.damaged("\(name) cannot be read"), path: folder)
  }
  return bytes
}

/// Eight digits.
package func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}

// MARK: - model.json

/// What `model.json` says of any model.
package protocol ModelDescription: Codable {
  static var currentFormat: Int { get }
  static var kind: String { get }
  var weightsCRC32: String { get set }
  init()
  /// Refuses what cannot be meant, before memory is taken for it.
  func validate(path: String) throws
}

/// The part that all kinds of models share.
private struct DescriptionHead: Decodable {
  var formatVersion: Int
  var kind: String
}

/// What a folder says it holds, such as `tagger`.
public func modelKind(in folder: String) throws -> String {
  try decoded(DescriptionHead.self, descriptionFile(in: folder), folder).kind
}

/// Reads and checks `model.json` alone.
package func readDescription<Description: ModelDescription>(in folder: String) throws -> Description
{
  let data = try descriptionFile(in: folder)
  let head = try decoded(DescriptionHead.self, data, folder)
  guard head.formatVersion <= Description.currentFormat else {
    throw ModelError(
      .newerFormat(found: head.formatVersion, supported: Description.currentFormat),
      path: "\(folder)/model.json")
  }
  guard head.kind == Description.kind else {
    throw ModelError(.otherKind(found: head.kind, expected: Description.kind), path: folder)
  }
  let description = try decoded(
    Description.self, (try? completed(data, with: Description())) ?? data, folder)
  try description.validate(path: "\(folder)/model.json")
  return description
}

private func descriptionFile(in folder: String) throws -> Data {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
  else { throw ModelError(.modelNotFound, path: folder) }
  return Data(try readFile("model.json", in: folder, limit: 1 << 20))
}

private func decoded<Value: Decodable>(_: Value.Type, _ data: Data, _ folder: String) throws
  -> Value
{
  do {
    return try JSONDecoder().decode(Value.self, from: data)
  } catch {
    throw ModelError(.damaged("model.json is not the expected JSON"), path: "\(folder)/model.json")
  }
}

/// Writes a model's folder; files appear whole or not at all, the description last.
///
/// - Parameter storage: How weights are stored; nil is the smallest way that holds every one as it is.
package func writeModel(
  _ description: some ModelDescription, _ parameters: Parameters,
  as storage: WeightStorage?, files: [(name: String, text: String)], to folder: String
) throws {
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  func put(_ name: String, _ bytes: [UInt8]) throws {
    try writeAtomically(bytes, to: "\(folder)/\(name)")
  }
  for (name, text) in files { try put(name, Array(text.utf8)) }
  let kind = Swift.type(of: description)
  let weights = WeightsFile.bytes(
    of: parameters, as: storage ?? parameters.storage,
    format: "tagma \(kind.kind) \(kind.currentFormat)")
  var description = description
  description.weightsCRC32 = hexadecimal(crc32(weights[...]))
  try put(WeightsFile.name, weights)
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  try put("model.json", Array(encoder.encode(description)) + [0x0a])
}

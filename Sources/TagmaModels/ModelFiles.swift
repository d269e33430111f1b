package import Foundation
internal import TagmaKernels
package import TagmaLexicon
package import TagmaNeural

// The files of a model's folder, each read with all that could be wrong with it in mind.

/// The weights of a model, as they lie on disk.
package struct WeightsFile: Sendable {
  package static let name = "weights.safetensors"

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
  package static func bytes(
    of parameters: Parameters, as type: TensorArchive.ElementType, format: String
  ) -> [UInt8] {
    var archive = TensorArchive()
    archive.setMetadata("format", format)
    for entry in parameters.layout.entries {
      archive.append(
        entry.name, shape: entry.parameter.shape, parameters.elements[entry.parameter.range],
        as: type)
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
        throw ModelError(.damaged("'\(entry.name)' is not f32 or bf16"), path: path)
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
package func completed(_ data: Data, with defaults: some Encodable) throws -> Data {
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

/// What `model.json` says a folder holds, such as `tagger`.
public func modelKind(in folder: String) throws -> String {
  struct Head: Decodable {
    var kind: String
  }
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
  else { throw ModelError(.modelNotFound, path: folder) }
  let data = Data(try readFile("model.json", in: folder, limit: 1 << 20))
  guard let head = try? JSONDecoder().decode(Head.self, from: data) else {
    throw ModelError(.damaged("model.json is not the expected JSON"), path: "\(folder)/model.json")
  }
  return head.kind
}

internal import Foundation
internal import TagmaKernels
package import TagmaNeural

/// The weights of a model, as they lie on disk.
package struct WeightsFile: Sendable {
  static let name = "weights.safetensors"

  private let path: String
  private let content: [UInt8]

  /// Reads the file of a folder and compares its checksum.
  package init(in files: ModelFiles, crc32 expected: String) throws {
    path = files.path(of: Self.name)
    content = try files.read(Self.name)
    // A model of format 1 has no other checksum than this.
    try files.compare(content, of: Self.name, with: expected)
  }

  /// All tensors of a layout in one archive.
  ///
  /// - Parameter format: What the archive says that it is.
  static func bytes(
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

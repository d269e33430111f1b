internal import CTagmaZlib
internal import Foundation
internal import TagmaKernels

/// What can be wrong with a file of tensors.
package struct TensorArchiveError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Kind: Sendable, Equatable {
    case tooShort(bytes: Int)
    case headerTooLong(UInt64, limit: Int)
    case headerBeyondFile(header: UInt64, file: Int)
    case headerNotJSON(String)
    case unknownType(tensor: String, type: String)
    case shapeMismatch(tensor: String, bytes: Int, expected: Int)
    case gapOrOverlap(tensor: String, begin: Int, expected: Int)
    case trailingBytes(Int)
    case limit(String)
  }
  package let kind: Kind

  package var description: String {
    switch kind {
    case .tooShort(let n): "not a safetensors file: \(n) bytes, expected at least 8"
    case .headerTooLong(let n, let limit): "header of \(n) bytes, limit \(limit)"
    case .headerBeyondFile(let n, let file): "header of \(n) bytes in a file of \(file)"
    case .headerNotJSON(let why): "damaged header: \(why)"
    case .unknownType(let tensor, let type): "tensor '\(tensor)': unknown type '\(type)'"
    case .shapeMismatch(let tensor, let bytes, let expected):
      "tensor '\(tensor)': \(bytes) bytes, its shape needs \(expected)"
    case .gapOrOverlap(let tensor, let begin, let expected):
      "tensor '\(tensor)' begins at \(begin), expected \(expected): gap or overlap"
    case .trailingBytes(let n): "\(n) bytes after the last tensor"
    case .limit(let what): what
    }
  }
}

/// A safetensors file: read strictly, written deterministically.
///
/// Layout: an unsigned 64-bit little-endian header length, the header as JSON, then the tensors one
/// after the other. Everything is checked before memory is taken for it.
package struct TensorArchive: Sendable {
  package struct Tensor: Sendable, Equatable {
    package let name: String
    package let type: ElementType
    package let shape: [Int]
    /// The place of its bytes after the header.
    package let range: Range<Int>
  }

  package enum ElementType: String, Sendable, CaseIterable {
    case bool = "BOOL"
    case u8 = "U8"
    case i8 = "I8"
    case u16 = "U16"
    case i16 = "I16"
    case f16 = "F16"
    case bf16 = "BF16"
    case u32 = "U32"
    case i32 = "I32"
    case f32 = "F32"
    case u64 = "U64"
    case i64 = "I64"
    case f64 = "F64"

    package var size: Int {
      switch self {
      case .bool, .u8, .i8: 1
      case .u16, .i16, .f16, .bf16: 2
      case .u32, .i32, .f32: 4
      case .u64, .i64, .f64: 8
      }
    }
  }

  package static let headerLimit = 16 << 20
  package static let tensorLimit = 10_000

  package private(set) var tensors: [Tensor]
  package private(set) var metadata: [String: String]
  private var file: [UInt8]
  /// Where the bytes after the header begin.
  private let start: Int

  /// All bytes after the header.
  package var data: ArraySlice<UInt8> { file[start...] }

  /// Reads the bytes of a file.
  package init(bytes: [UInt8]) throws(TensorArchiveError) {
    guard bytes.count >= 8 else { throw TensorArchiveError(kind: .tooShort(bytes: bytes.count)) }
    var length: UInt64 = 0
    for i in (0..<8).reversed() { length = length << 8 | UInt64(bytes[i]) }
    guard length <= UInt64(Self.headerLimit) else {
      throw TensorArchiveError(kind: .headerTooLong(length, limit: Self.headerLimit))
    }
    let start = 8 + Int(length)
    (file, self.start) = (bytes, start)
    guard start <= bytes.count else {
      throw TensorArchiveError(kind: .headerBeyondFile(header: length, file: bytes.count))
    }
    var parser = TensorHeaderParser(bytes: bytes[8..<start])
    (tensors, metadata) = try parser.parse()
    try Self.check(tensors, dataCount: bytes.count - start)
  }

  /// Tensors must follow one another without gap or overlap and fill the file.
  private static func check(_ tensors: [Tensor], dataCount: Int) throws(TensorArchiveError) {
    var end = 0
    for tensor in tensors.sorted(by: {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }) {
      guard tensor.range.lowerBound == end else {
        throw TensorArchiveError(
          kind: .gapOrOverlap(
            tensor: tensor.name, begin: tensor.range.lowerBound, expected: end))
      }
      var size = tensor.type.size
      for dimension in tensor.shape {
        let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
        guard !overflow else {
          throw TensorArchiveError(kind: .limit("tensor '\(tensor.name)': its size overflows"))
        }
        size = product
      }
      guard size == tensor.range.count else {
        throw TensorArchiveError(
          kind: .shapeMismatch(tensor: tensor.name, bytes: tensor.range.count, expected: size))
      }
      end = tensor.range.upperBound
      guard end <= dataCount else {
        throw TensorArchiveError(
          kind: .limit("tensor '\(tensor.name)' ends at \(end), the data at \(dataCount)"))
      }
    }
    guard end == dataCount else {
      throw TensorArchiveError(kind: .trailingBytes(dataCount - end))
    }
  }

  /// A tensor as floats; nil where the file has none of that name or it is not a float tensor.
  package func floats(_ name: String) -> [Float]? {
    guard let tensor = tensors.first(where: { $0.name == name }) else { return nil }
    var values = uninitializedFloats(tensor.range.count / tensor.type.size)
    var out = values.mutableSpan
    return read(tensor, into: &out, at: 0) ? values : nil
  }

  /// Writes a tensor's floats from `place` on; false where it is not a float tensor.
  package func read(_ tensor: Tensor, into out: inout MutableSpan<Float>, at place: Int) -> Bool {
    let bytes = file.span.extracting(
      start + tensor.range.lowerBound..<start + tensor.range.upperBound)
    switch tensor.type {
    case .f32: decodeFloats(bytes, isBFloat16: false, into: &out, at: place)
    case .bf16: decodeFloats(bytes, isBFloat16: true, into: &out, at: place)
    case .i8: return readRows(tensor, bytes, into: &out, at: place)
    default: return false
    }
    return true
  }

  /// Rows of bytes, each by its scale.
  private func readRows(
    _ tensor: Tensor, _ bytes: Span<UInt8>, into out: inout MutableSpan<Float>, at place: Int
  ) -> Bool {
    guard let scales = floats(Self.scales(of: tensor.name)), scales.count == tensor.shape.first
    else { return false }
    let columns = bytes.count / max(scales.count, 1)
    for (row, scale) in scales.enumerated() {
      for i in row * columns..<(row + 1) * columns {
        out[place + i] = Float(Int8(bitPattern: bytes[i])) * scale
      }
    }
    return true
  }
}

// MARK: - Writing

extension TensorArchive {
  package init() {
    (tensors, metadata, file, start) = ([], [:], [], 0)
  }

  /// Adds a tensor after those there are; bf16 is rounded to nearest even.
  package mutating func append(
    _ name: String, shape: [Int], _ values: ArraySlice<Float>, as type: ElementType = .f32
  ) {
    let begin = data.count
    file.reserveCapacity(file.count + values.count * type.size)
    for value in values {
      var bits = value.bitPattern
      if type == .bf16 {
        bits = value.isNaN ? 0x7fc0_0000 : bits &+ 0x7fff &+ (bits >> 16 & 1)
        file.append(UInt8(truncatingIfNeeded: bits >> 16))
        file.append(UInt8(truncatingIfNeeded: bits >> 24))
      } else {
        for shift in [0, 8, 16, 24] as [UInt32] {
          file.append(UInt8(truncatingIfNeeded: bits >> shift))
        }
      }
    }
    tensors.append(Tensor(name: name, type: type, shape: shape, range: begin..<data.count))
  }

  /// What the scales of a tensor of bytes are called.
  package static func scales(of name: String) -> String { "\(name).scale" }

  /// Adds a tensor of rows in 8 bits, and one of their scales.
  package mutating func append(_ name: String, shape: [Int], _ rows: ByteRows) {
    let begin = data.count
    file += rows.numbers.lazy.map { UInt8(bitPattern: $0) }
    tensors.append(Tensor(name: name, type: .i8, shape: shape, range: begin..<data.count))
    append(Self.scales(of: name), shape: [rows.scales.count], rows.scales[...])
  }

  package mutating func setMetadata(_ key: String, _ value: String) {
    metadata[key] = value
  }

  /// The bytes of the file: the same for the same tensors and metadata.
  package var bytes: [UInt8] {
    var header = "{"
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
      header += "\"__metadata__\":{"
      header += pairs.map { "\(quoted($0.key)):\(quoted($0.value))" }.joined(separator: ",") + "}"
      if !tensors.isEmpty { header += "," }
    }
    header += tensors.map {
      "\(quoted($0.name)):{\"dtype\":\"\($0.type.rawValue)\",\"shape\":["
        + $0.shape.map(String.init).joined(separator: ",")
        + "],\"data_offsets\":[\($0.range.lowerBound),\($0.range.upperBound)]}"
    }.joined(separator: ",")
    header += "}"
    while (8 + header.utf8.count) % 8 != 0 { header += " " }
    let count = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + Array(header.utf8) + data
  }
}

private func quoted(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case _ where scalar.value < 0x20:
      let hex = String(scalar.value, radix: 16)
      out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}

/// CRC-32 as zlib computes it.
package func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  bytes.withUnsafeBufferPointer { tagma_crc32(0, $0.baseAddress, $0.count) }
}

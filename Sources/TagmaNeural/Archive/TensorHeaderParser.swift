/// A strict parser for the one shape of JSON that a safetensors header may have: Foundation's would
/// accept duplicate keys and numbers such as `1e3`.
struct TensorHeaderParser {
  private let bytes: ArraySlice<UInt8>
  private var at: Int

  init(bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    at = bytes.startIndex
  }

  mutating func parse() throws(TensorArchiveError) -> (
    [TensorArchive.Tensor], [String: String]
  ) {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw damaged("not UTF-8") }
    guard bytes.first == UInt8(ascii: "{") else { throw damaged("does not begin with '{'") }
    var tensors: [TensorArchive.Tensor] = []
    var metadata: [String: String] = [:]
    var names: Set<String> = []
    try object { (parser: inout Self, name: String) throws(TensorArchiveError) in
      guard names.insert(name).inserted else { throw parser.damaged("'\(name)' stands twice") }
      if name == "__metadata__" {
        metadata = try parser.stringMap()
      } else {
        guard name.utf8.count <= 1024 else { throw parser.damaged("a name over 1024 bytes") }
        tensors.append(try parser.tensor(named: name))
        guard tensors.count <= TensorArchive.tensorLimit else {
          throw parser.damaged("over \(TensorArchive.tensorLimit) tensors")
        }
      }
    }
    while at < bytes.endIndex, bytes[at] == UInt8(ascii: " ") { at += 1 }
    guard at == bytes.endIndex else { throw damaged("text after the object") }
    return (tensors, metadata)
  }

  private mutating func tensor(named name: String) throws(TensorArchiveError)
    -> TensorArchive.Tensor
  {
    var (type, shape, offsets) = (String?.none, [Int]?.none, [Int]?.none)
    try object { (parser: inout Self, key: String) throws(TensorArchiveError) in
      switch key {
      case "dtype" where type == nil: type = try parser.string()
      case "shape" where shape == nil: shape = try parser.integers(limit: 8)
      case "data_offsets" where offsets == nil: offsets = try parser.integers(limit: 2)
      default: throw parser.damaged("tensor '\(name)': unexpected or repeated field '\(key)'")
      }
    }
    guard let type, let shape, let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
      throw damaged("tensor '\(name)': dtype, shape and two ascending data_offsets are needed")
    }
    guard let known = TensorArchive.ElementType(rawValue: type) else {
      throw TensorArchiveError(kind: .unknownType(tensor: name, type: type))
    }
    return TensorArchive.Tensor(
      name: name, type: known, shape: shape, range: offsets[0]..<offsets[1])
  }

  private mutating func stringMap() throws(TensorArchiveError) -> [String: String] {
    var map: [String: String] = [:]
    try object { (parser: inout Self, key: String) throws(TensorArchiveError) in
      guard map.updateValue(try parser.string(), forKey: key) == nil else {
        throw parser.damaged("metadata '\(key)' stands twice")
      }
    }
    return map
  }

  // MARK: - Tokens

  private func damaged(_ why: String) -> TensorArchiveError {
    TensorArchiveError(kind: .headerNotJSON("\(why), byte \(at - bytes.startIndex)"))
  }

  private mutating func skipSpace() {
    while at < bytes.endIndex, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard at < bytes.endIndex, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(TensorArchiveError) {
    guard accept(character) else { throw damaged("expected '\(character)'") }
  }

  private mutating func object(
    _ member: (inout Self, String) throws(TensorArchiveError) -> Void
  ) throws(TensorArchiveError) {
    try expect("{")
    if accept("}") { return }
    repeat {
      let name = try string()
      try expect(":")
      try member(&self, name)
    } while accept(",")
    try expect("}")
  }

  private mutating func integers(limit: Int) throws(TensorArchiveError) -> [Int] {
    var values: [Int] = []
    try expect("[")
    if accept("]") { return values }
    repeat {
      guard values.count < limit else { throw damaged("more than \(limit) numbers") }
      values.append(try integer())
    } while accept(",")
    try expect("]")
    return values
  }

  private mutating func integer() throws(TensorArchiveError) -> Int {
    skipSpace()
    let start = at
    var value = 0
    while at < bytes.endIndex, (0x30...0x39).contains(bytes[at]) {
      let (ten, overflow) = value.multipliedReportingOverflow(by: 10)
      let (next, carry) = ten.addingReportingOverflow(Int(bytes[at] - 0x30))
      guard !overflow, !carry else { throw damaged("a number that is too large") }
      value = next
      at += 1
    }
    guard at > start, at == start + 1 || bytes[start] != 0x30 else {
      throw damaged("expected a whole number")
    }
    return value
  }

  private mutating func string() throws(TensorArchiveError) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while at < bytes.endIndex, bytes[at] != UInt8(ascii: "\"") {
      let byte = bytes[at]
      at += 1
      guard byte >= 0x20 else { throw damaged("a control character in a string") }
      if byte != UInt8(ascii: "\\") {
        text.append(byte)
      } else {
        try text.append(contentsOf: escape().utf8)
      }
    }
    try expect("\"")
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func escape() throws(TensorArchiveError) -> String {
    guard at < bytes.endIndex else { throw damaged("an unfinished escape") }
    let byte = bytes[at]
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return String(UnicodeScalar(byte))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let high = try hexadecimal()
      if let scalar = UnicodeScalar(high) { return String(scalar) }
      guard (0xd800..<0xdc00).contains(high), at + 1 < bytes.endIndex, bytes[at] == 0x5c,
        bytes[at + 1] == UInt8(ascii: "u")
      else { throw damaged("half of a surrogate pair") }
      at += 2
      let low = try hexadecimal()
      guard (0xdc00..<0xe000).contains(low),
        let scalar = UnicodeScalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00))
      else { throw damaged("half of a surrogate pair") }
      return String(scalar)
    default: throw damaged("an unknown escape")
    }
  }

  private mutating func hexadecimal() throws(TensorArchiveError) -> UInt32 {
    guard bytes.endIndex - at >= 4,
      let value = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16),
      bytes[at] != UInt8(ascii: "+")
    else { throw damaged("expected four hexadecimal digits") }
    at += 4
    return value
  }
}

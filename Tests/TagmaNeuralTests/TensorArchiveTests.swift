import TagmaNeural
import TestSupport
import Testing

@Suite("Safetensors files, good and hostile")
struct TensorArchiveTests {
  private func file(_ header: String, _ data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
    let count = length ?? UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + Array(header.utf8) + data
  }

  @Test("what is written is read, bytes alike")
  func roundTrip() throws {
    var archive = TensorArchive()
    archive.append("a", shape: [2, 3], randomValues(6, seed: 1)[...])
    archive.append("b \"q\" é", shape: [], [1.5])
    archive.append("c", shape: [4], [1, -2, 0.5, 3e38], as: .bf16)
    archive.setMetadata("k", "v\n\u{1}")
    let read = try TensorArchive(bytes: archive.bytes)
    #expect(read.floats("a") == randomValues(6, seed: 1))
    #expect(read.floats("b \"q\" é") == [1.5])
    #expect(read.floats("c").map { Array($0.prefix(3)) } == [1, -2, 0.5])
    #expect(read.metadata == ["k": "v\n\u{1}"])
    #expect(read.bytes == archive.bytes)
  }

  @Test("a tensor added to what was read has its place after the others")
  func appended() throws {
    var archive = TensorArchive()
    archive.append("a", shape: [2], [1, 2])
    var again = try TensorArchive(bytes: archive.bytes)
    again.append("b", shape: [1], [3])
    archive.append("b", shape: [1], [3])
    #expect(again.floats("b") == [3])
    #expect(again.bytes == archive.bytes)
  }

  @Test("rows in 8 bits are near what they were, and rounded again are the same")
  func byteRows() throws {
    let columns = 7
    var values = randomValues(20 * columns, seed: 3)
    for i in 0..<columns { values[i] = 0 }
    for i in columns..<2 * columns { values[i] *= 1e-30 }
    for i in 2 * columns..<3 * columns { values[i] *= 1e30 }
    let rows = ByteRows(values[...], columns: columns)
    let rounded = rows.values
    for start in stride(from: 0, to: values.count, by: columns) {
      let row = values[start..<start + columns]
      let largest = row.map(abs).max() ?? 0
      for i in row.indices { #expect(abs(values[i] - rounded[i]) <= largest / 254 * 1.0001) }
    }
    let again = ByteRows(rounded[...], columns: columns)
    #expect(again.values == rounded && again.numbers == rows.numbers && again.scales == rows.scales)

    var archive = TensorArchive()
    archive.append("before", shape: [1], [1])
    archive.append("rows", shape: [20, columns], rows)
    let read = try TensorArchive(bytes: archive.bytes)
    #expect(read.floats("rows") == rounded && read.floats("before") == [1])
  }

  @Test("the scale of rounded rows is that of the rows, whatever their largest number")
  func scalesAgain() {
    var wrong = 0
    for bits in UInt32(0x3f80_0000)..<0x4000_0000 {
      let scale = Float(bitPattern: bits) / 127
      if 127 * scale / 127 != scale { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  @Test("rows in 8 bits without a scale for each are not read")
  func unscaledRows() throws {
    let rows = #""a":{"dtype":"I8","shape":[2,2],"data_offsets":[0,4]}"#
    let scale = #""a.scale":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#
    #expect(try TensorArchive(bytes: file("{\(rows)}", [1, 2, 3, 4])).floats("a") == nil)
    let few = [UInt8](repeating: 0, count: 8)
    #expect(try TensorArchive(bytes: file("{\(rows),\(scale)}", few)).floats("a") == nil)
  }

  static let hostile: [(String, String, Int)] = [
    ("not an object", "[]", 0),
    ("empty", "", 0),
    (
      "duplicate name",
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8
    ),
    (
      "duplicate field", #"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4
    ),
    ("unknown field", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#, 4),
    ("missing field", #"{"a":{"dtype":"F32","shape":[1]}}"#, 4),
    ("float in shape", #"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, 4),
    ("exponent in shape", #"{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}"#, 4),
    ("negative", #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4),
    ("minus zero", #"{"a":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}"#, 0),
    ("leading zero", #"{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#, 4),
    (
      "overlap",
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      4
    ),
    ("hole", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),
    (
      "hole between",
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
      12
    ),
    ("reversed", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4),
    ("trailing bytes", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5),
    ("too few bytes", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4),
    ("wrong size", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),
    ("unknown type", #"{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}"#, 4),
    ("lower-case type", #"{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}"#, 4),
    (
      "overflowing shape",
      #"{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}}"#, 4
    ),
    (
      "huge number", #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#,
      4
    ),
    (
      "nine dimensions", #"{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}"#,
      4
    ),
    ("three offsets", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}"#, 4),
    ("text after", #"{} x"#, 0),
    ("space before", #" {}"#, 0),
    ("unclosed", #"{"a":{"dtype":"F32""#, 0),
    ("trailing comma", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},}"#, 4),
    ("comma in list", #"{"a":{"dtype":"F32","shape":[1,],"data_offsets":[0,4]}}"#, 4),
    ("number as metadata", #"{"__metadata__":{"a":1}}"#, 0),
    ("list as metadata", #"{"__metadata__":[]}"#, 0),
    ("nested metadata", #"{"__metadata__":{"a":{"b":"c"}}}"#, 0),
    ("metadata twice", #"{"__metadata__":{"a":"1","a":"2"}}"#, 0),
    ("control character", "{\"a\u{1}\":{}}", 0),
    ("bad escape", #"{"a\x":{}}"#, 0),
    ("half a surrogate", #"{"\ud800":{}}"#, 0),
    ("short escape", #"{"\u12":{}}"#, 0),
    ("null", #"{"a":null}"#, 0),
    ("single quotes", "{'a':{}}", 0),
    ("comment", "{/**/}", 0),
    ("deep nesting", String(repeating: #"{"a":"#, count: 100_000), 0),
    ("deep lists", #"{"a":{"dtype":"F32","shape":"# + String(repeating: "[", count: 100_000), 0),
  ]

  @Test("hostile headers are refused", arguments: hostile)
  func refused(name: String, header: String, data: Int) {
    #expect(throws: TensorArchiveError.self, "\(name)") {
      try TensorArchive(bytes: file(header, [UInt8](repeating: 0, count: data)))
    }
  }

  @Test("lengths that lie are refused before memory is taken")
  func lengths() {
    for length in [UInt64.max, 1 << 63, 100_000_001, 17 << 20, 1000, 3] as [UInt64] {
      #expect(throws: TensorArchiveError.self) {
        try TensorArchive(bytes: file("{}", length: length))
      }
    }
    for count in 0..<8 {
      #expect(throws: TensorArchiveError.self) {
        try TensorArchive(bytes: [UInt8](repeating: 0, count: count))
      }
    }
    #expect(throws: TensorArchiveError.self) {
      try TensorArchive(bytes: [2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff])
    }
  }

  @Test("a file cut anywhere is refused")
  func truncated() {
    var archive = TensorArchive()
    archive.append("a", shape: [3], [1, 2, 3])
    let bytes = archive.bytes
    for count in 0..<bytes.count {
      #expect(throws: TensorArchiveError.self) { try TensorArchive(bytes: Array(bytes[..<count])) }
    }
  }

  @Test("an empty tensor and a scalar are fine")
  func corners() throws {
    let header =
      #"{"a":{"dtype":"F32","shape":[0,5],"data_offsets":[0,0]},"b":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}"#
    let archive = try TensorArchive(bytes: file(header + "   ", [UInt8](repeating: 0, count: 8)))
    #expect(archive.tensors.count == 2 && archive.floats("a") == [])
  }
}

internal import Foundation

/// The fields of a form that is sent in parts (RFC 7578), lines ending as they like.
struct MultipartForm {
  struct Part {
    let name: String
    let content: ArraySlice<UInt8>
  }

  private(set) var parts: [Part] = []

  init(_ bytes: [UInt8], boundary: String) throws {
    let delimiter = Array("--\(boundary)".utf8)
    guard var at = Self.delimiter(delimiter, in: bytes[...]) else {
      throw ServiceError.badRequest("the boundary of the form is nowhere in the body")
    }
    while true {
      let rest = bytes[at.upperBound...]
      if rest.starts(with: "--".utf8) { return }
      guard let start = Self.afterLine(rest), let next = Self.delimiter(delimiter, in: start) else {
        throw ServiceError.badRequest("the last part of the form has no end")
      }
      parts.append(try Self.part(start[..<next.lowerBound]))
      at = next
    }
  }

  /// Where the delimiter next begins a line; the end of the line before belongs to it.
  private static func delimiter(_ delimiter: [UInt8], in bytes: ArraySlice<UInt8>) -> Range<Int>? {
    var at = bytes.startIndex
    while at < bytes.endIndex {
      if bytes[at...].starts(with: delimiter) {
        var start = at
        if start > bytes.startIndex { start -= 1 }
        if start > bytes.startIndex, bytes[start - 1] == 0x0d { start -= 1 }
        return start..<at + delimiter.count
      }
      guard let feed = bytes[at...].firstIndex(of: 0x0a) else { return nil }
      at = feed + 1
    }
    return nil
  }

  private static func afterLine(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    bytes.firstIndex(of: 0x0a).map { bytes[($0 + 1)...] }
  }

  private static func part(_ bytes: ArraySlice<UInt8>) throws -> Part {
    var rest = bytes
    var name: String?
    while true {
      // The end of the last line of a part without content was taken for the delimiter's.
      let end = rest.firstIndex(of: 0x0a) ?? rest.endIndex
      let line = String(decoding: rest[..<end], as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      rest = rest[min(end + 1, rest.endIndex)...]
      if line.isEmpty { break }
      let sides = line.split(separator: ":", maxSplits: 1).map(String.init)
      guard sides.count == 2 else { continue }
      switch sides[0].lowercased() {
      case "content-disposition": name = ContentType(sides[1]).parameters["name"]
      case "content-transfer-encoding":
        let encoding = sides[1].trimmingCharacters(in: .whitespaces).lowercased()
        guard ["7bit", "8bit", "binary"].contains(encoding) else {
          throw ServiceError.badRequest("parts of a form are sent as they are, not as \(encoding)")
        }
      default: break
      }
    }
    guard let name else { throw ServiceError.badRequest("a part of the form has no name") }
    return Part(name: name, content: rest)
  }
}

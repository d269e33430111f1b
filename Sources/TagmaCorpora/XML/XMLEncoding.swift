internal import CTagmaICU
internal import TagmaAnnotations

/// The encoding of an XML document, with which bytes become UTF-8 and UTF-8 becomes the same bytes again.
///
/// A byte-order mark decides, then the declaration (XML 1.0, appendix F).
package final class XMLEncoding {
  /// The name, nil for UTF-8.
  package let name: String?
  private let decoder: TextDecoder?

  /// - Parameter start: The first bytes of the document, its declaration among them.
  init(start: [UInt8], file: String) throws(CorpusError) {
    name = Self.name(start)
    decoder = if let name { try TextDecoder(name, name: file) } else { nil }
  }

  private static func name(_ start: [UInt8]) -> String? {
    if start.starts(with: [0xef, 0xbb, 0xbf]) { return nil }
    if start.starts(with: [0xff, 0xfe]) || start.starts(with: [0x3c, 0]) { return "UTF-16LE" }
    if start.starts(with: [0xfe, 0xff]) || start.starts(with: [0, 0x3c]) { return "UTF-16BE" }
    let head = String(decoding: start.prefix(200), as: UTF8.self)
    guard head.hasPrefix("<?xml"), let end = head.range(of: "?>") else { return nil }
    let declaration = head[..<end.lowerBound]
    guard let key = declaration.range(of: "encoding") else { return nil }
    let value = declaration[key.upperBound...].drop { $0 == " " || $0 == "=" }
    guard let quote = value.first, quote == "\"" || quote == "'" else { return nil }
    let name = value.dropFirst().prefix { $0 != quote }.lowercased()
    return ["utf-8", "utf8"].contains(name) ? nil : name
  }

  /// Decodes more bytes; an incomplete character waits for the next.
  func decode(_ block: [UInt8], isLast: Bool) throws(CorpusError) -> [UInt8] {
    try decoder?.decode(block, isLast: isLast) ?? block
  }

  /// Encodes UTF-8; characters that the encoding has not become references.
  package func encode(_ bytes: [UInt8]) -> [UInt8] {
    guard let converter = decoder?.converter, !bytes.isEmpty else { return bytes }
    var capacity = bytes.count * 2 + 64
    while true {
      var count = 0
      let encoded = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, used in
        bytes.withUnsafeBufferPointer { source in
          source.withMemoryRebound(to: CChar.self) { source in
            buffer.withMemoryRebound(to: CChar.self) {
              count = tagma_converter_encode(
                converter, source.baseAddress, source.count, $0.baseAddress, capacity)
            }
          }
        }
        used = count >= 0 && count <= capacity ? count : 0
      }
      guard count > capacity else { return encoded }
      capacity = count
    }
  }
}

extension String {
  /// The first place of another text.
  fileprivate func range(of other: String) -> Range<String.Index>? { self[...].range(of: other) }
}

extension Substring {
  fileprivate func range(of other: String) -> Range<String.Index>? {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix(other) { return at..<index(at, offsetBy: other.count) }
      at = index(after: at)
    }
    return nil
  }
}

internal import TagmaAnnotations

/// A piece of an XML document as it is written: all pieces together are the document.
package struct MarkupPiece: Sendable, Equatable {
  package enum Kind: Sendable {
    /// Characters between tags, references as they are.
    case text
    case start
    case end
    /// A tag that is a start and an end.
    case empty
    /// `<![CDATA[…]]>`
    case characterData
    /// A comment, an instruction, the document's type, a byte-order mark.
    case other
  }

  package var kind: Kind
  /// The name of the element without its prefix.
  package var name = ""
  /// UTF-8.
  package var bytes: [UInt8]

  package init(_ kind: Kind, name: String = "", bytes: [UInt8]) {
    (self.kind, self.name, self.bytes) = (kind, name, bytes)
  }

  /// Whether an element of this name begins here, or is all here.
  package func opens(_ name: String) -> Bool {
    (kind == .start || kind == .empty) && self.name == name
  }

  /// Attributes of a start, names with their prefixes, references replaced.
  package var attributes: [String: String] {
    guard kind == .start || kind == .empty else { return [:] }
    var found: [String: String] = [:]
    var rest = bytes.dropFirst().drop { !isXMLSpace($0) }
    while true {
      rest = rest.drop(while: isXMLSpace)
      let name = rest.prefix { !isXMLSpace($0) && ![UInt8(ascii: "="), 0x2f, 0x3e].contains($0) }
      guard !name.isEmpty else { return found }
      rest = rest[name.endIndex...].drop { isXMLSpace($0) || $0 == UInt8(ascii: "=") }
      guard let quote = rest.first, quote == 0x22 || quote == 0x27 else { return found }
      let value = rest.dropFirst().prefix { $0 != quote }
      found[String(decoding: name, as: UTF8.self)] = replacingReferences(value)
      rest = rest[value.endIndex...].dropFirst()
    }
  }

  /// The characters of a text: references replaced, those of character data as they are.
  package var characters: String {
    switch kind {
    case .text: replacingReferences(bytes[...])
    case .characterData: String(decoding: bytes.dropFirst(9).dropLast(3), as: UTF8.self)
    default: ""
    }
  }
}

private func isXMLSpace(_ byte: UInt8) -> Bool {
  byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
}

/// Text in which references to characters and the five entities that need no declaration are what they mean.
private func replacingReferences(_ bytes: ArraySlice<UInt8>) -> String {
  guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
  var out: [UInt8] = []
  var rest = bytes
  while let and = rest.firstIndex(of: UInt8(ascii: "&")) {
    out += rest[..<and]
    let name = rest[(and + 1)...].prefix(12).prefix { $0 != UInt8(ascii: ";") }
    let isWhole = name.endIndex < rest.endIndex && rest[name.endIndex] == UInt8(ascii: ";")
    if isWhole, let character = referenced(String(decoding: name, as: UTF8.self)) {
      out += Array(character.utf8)
      rest = rest[(name.endIndex + 1)...]
    } else {
      out.append(rest[and])
      rest = rest[(and + 1)...]
    }
  }
  return String(decoding: out + rest, as: UTF8.self)
}

/// What a reference means; nil for one that would need a declaration.
private func referenced(_ name: String) -> String? {
  guard name.hasPrefix("#") else {
    return ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"][name]
  }
  let isHexadecimal = name.hasPrefix("#x")
  return UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10)
    .flatMap(Unicode.Scalar.init).map { String($0) }
}

/// Cuts an XML document into pieces without changing a byte, in memory that does not grow with it.
///
/// libxml2 reads the same bytes first, so that a document that is not well-formed is refused with its place.
package final class MarkupScanner {
  /// The longest piece.
  private static let pieceLimit = 16 << 20

  package let name: String
  package let encoding: XMLEncoding
  private let source: ByteSource
  private let parser: XMLParser
  private var buffer: [UInt8]
  private var at = 0
  private var isAtEnd = false
  private var isFirst = true
  /// The line that the last piece ends in.
  package private(set) var line = 1

  package init(_ path: String) throws(CorpusError) {
    source = try ByteSource(path, keepsByteOrderMark: true, recognizesEncoding: false)
    name = source.name
    parser = try XMLParser(name: name, keepsEvents: false)
    // A pipe may give a few bytes at a time; the declaration decides about the rest.
    var start: [UInt8] = []
    while start.count < 200 {
      let block = try source.next()
      if block.isEmpty {
        isAtEnd = true
        break
      }
      start += block
    }
    guard !start.isEmpty else {
      throw CorpusError(.xml("the document is empty"), at: SourceLocation(file: name, line: 1))
    }
    try parser.feed(start)
    if isAtEnd { try parser.feed([]) }
    encoding = try XMLEncoding(start: start, file: name)
    buffer = try encoding.decode(start, isLast: isAtEnd)
  }

  private func read() throws(CorpusError) {
    guard buffer.count - at <= Self.pieceLimit else {
      throw CorpusError(
        .xml("a text or a tag longer than \(Self.pieceLimit) bytes"),
        at: SourceLocation(file: name, line: line))
    }
    buffer.removeFirst(at)
    at = 0
    let block = try source.next()
    isAtEnd = block.isEmpty
    try parser.feed(block)
    buffer += try encoding.decode(block, isLast: isAtEnd)
  }

  /// The next piece; nil at the end of the document.
  package func next() throws(CorpusError) -> MarkupPiece? {
    if isFirst {
      isFirst = false
      if buffer[at...].starts(with: [0xef, 0xbb, 0xbf]) { return take(3, .other) }
    }
    while at == buffer.count {
      if isAtEnd { return nil }
      try read()
    }
    guard buffer[at] == UInt8(ascii: "<") else {
      return take(try find([UInt8(ascii: "<")], from: 1) ?? buffer.count - at, .text)
    }
    while buffer.count - at < 9, !isAtEnd { try read() }
    let head = buffer[at..<min(at + 9, buffer.count)]
    if head.starts(with: Array("<!--".utf8)) { return try take(through: "-->", from: 4, .other) }
    if head.starts(with: Array("<![CDATA[".utf8)) {
      return try take(through: "]]>", from: 9, .characterData)
    }
    if head.starts(with: Array("<?".utf8)) { return try take(through: "?>", from: 2, .other) }
    return try tag()
  }

  private func take(_ count: Int, _ kind: MarkupPiece.Kind) -> MarkupPiece {
    line += buffer[at..<at + count].count { $0 == 0x0a }
    defer { at += count }
    return MarkupPiece(kind, bytes: Array(buffer[at..<at + count]))
  }

  private func take(
    through end: String, from: Int, _ kind: MarkupPiece.Kind
  ) throws(CorpusError) -> MarkupPiece {
    let end = Array(end.utf8)
    let found = try find(end, from: from)
    return take(found.map { $0 + end.count } ?? buffer.count - at, kind)
  }

  /// The place of bytes, counted from the piece's first; nil where the document ends before them.
  private func find(_ pattern: [UInt8], from start: Int) throws(CorpusError) -> Int? {
    var start = start
    while true {
      var i = at + start
      while i + pattern.count <= buffer.count {
        guard let next = buffer[i...].firstIndex(of: pattern[0]) else { break }
        i = next
        if buffer[i...].starts(with: pattern) { return i - at }
        i += 1
      }
      start = max(start, buffer.count - at - pattern.count + 1)
      if isAtEnd { return nil }
      try read()
    }
  }

  /// A tag, or the document's type: `>` ends it outside of quotes and brackets.
  private func tag() throws(CorpusError) -> MarkupPiece {
    var (count, depth) = (1, 0)
    var quote: UInt8?
    while true {
      while at + count == buffer.count {
        if isAtEnd { return take(count, .other) }
        try read()
      }
      let byte = buffer[at + count]
      count += 1
      if let open = quote {
        if byte == open { quote = nil }
        continue
      }
      switch byte {
      case 0x22, 0x27: quote = byte
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ">") where depth <= 0: return named(take(count, .other))
      default: break
      }
    }
  }

  private func named(_ piece: MarkupPiece) -> MarkupPiece {
    var piece = piece
    let bytes = piece.bytes
    guard bytes.count > 2, bytes[1] != UInt8(ascii: "!") else { return piece }
    let isEnd = bytes[1] == UInt8(ascii: "/")
    let isEmpty = bytes[bytes.count - 2] == UInt8(ascii: "/")
    piece.kind = isEnd ? .end : isEmpty ? .empty : .start
    let name = bytes.dropFirst(isEnd ? 2 : 1).prefix {
      !isXMLSpace($0) && $0 != 0x2f && $0 != 0x3e
    }
    let local = name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name
    piece.name = String(decoding: local, as: UTF8.self)
    return piece
  }
}

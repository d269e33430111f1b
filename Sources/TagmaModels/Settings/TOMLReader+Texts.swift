// MARK: - Texts

extension TOMLReader {
  /// A text in one quotation mark of either kind, or in three, over several lines.
  mutating func readText(isName: Bool) throws(TOMLError) -> String {
    let (start, mark) = (at, bytes[at])
    let isLong = bytes[at...].starts(with: [mark, mark, mark])
    guard !isLong || !isName else { throw failure("a name, which lies in one line") }
    at += isLong ? 3 : 1
    if isLong { _ = takeLineEnd() }
    var text: [UInt8] = []
    while let byte = peek {
      if byte == mark {
        // Up to two marks may stand before the three that end a long text.
        let count = isLong ? bytes[at...].prefix(5).prefix { $0 == mark }.count : 3
        at += isLong ? count : 1
        text += [UInt8](repeating: mark, count: count < 3 ? count : count - 3)
        if count >= 3 { return String(decoding: text, as: UTF8.self) }
      } else if byte == UInt8(ascii: "\\"), mark == UInt8(ascii: "\"") {
        try readEscape(isLong: isLong, into: &text)
      } else if isLong, takeLineEnd() {
        text.append(0x0a)
      } else {
        guard Self.isText(byte) else { break }
        text.append(byte)
        at += 1
      }
    }
    throw failure("a quotation mark at the end of the text", at: peek == nil ? start : at)
  }

  /// `\n` and its like.
  mutating func readEscape(isLong: Bool, into text: inout [UInt8]) throws(TOMLError) {
    let start = at
    at += 1
    guard let byte = peek else { throw failure("a character after '\\'") }
    let plain: [UInt8: UInt8] = [
      UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10, UInt8(ascii: "f"): 12,
      UInt8(ascii: "r"): 13, UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5c,
    ]
    if let character = plain[byte] {
      text.append(character)
      at += 1
    } else if byte == UInt8(ascii: "u") || byte == UInt8(ascii: "U") {
      at += 1
      let length = byte == UInt8(ascii: "u") ? 4 : 8
      let digits = bytes[at...].prefix(length)
      guard digits.count == length, digits.allSatisfy({ Self.isDigit($0, 16) }),
        let scalar = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
          .flatMap(Unicode.Scalar.init)
      else { throw failure("\(length) hexadecimal digits of a Unicode scalar", at: start) }
      text += Array(String(scalar).utf8)
      at += length
    } else {
      // A line that ends in `\` goes on at the next character that is no white space.
      skipBlanks()
      guard isLong, takeLineEnd() else {
        throw failure("one of \\b \\t \\n \\f \\r \\\" \\\\ \\u \\U", at: start)
      }
      while peek == 0x20 || peek == 0x09 || takeLineEnd() {
        if peek == 0x20 || peek == 0x09 { at += 1 }
      }
    }
  }
}

// MARK: - Characters

extension TOMLReader {
  var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    at += 1
    return true
  }

  mutating func takeLineEnd() -> Bool {
    let isCarriageReturn = peek == 0x0d && at + 1 < bytes.count && bytes[at + 1] == 0x0a
    guard isCarriageReturn || peek == 0x0a else { return false }
    at += isCarriageReturn ? 2 : 1
    line += 1
    return true
  }

  mutating func skipBlanks() {
    while peek == 0x20 || peek == 0x09 { at += 1 }
  }

  mutating func skipBlanksAndLines() throws(TOMLError) {
    while true {
      skipBlanks()
      try skipComment()
      if !takeLineEnd() { return }
    }
  }

  mutating func skipComment() throws(TOMLError) {
    guard peek == UInt8(ascii: "#") else { return }
    while let byte = peek, byte != 0x0a, !bytes[at...].starts(with: [0x0d, 0x0a]) {
      guard Self.isText(byte) else { throw failure("no control character in a comment") }
      at += 1
    }
  }

  /// Whether a byte may stand within a line.
  static func isText(_ byte: UInt8) -> Bool {
    byte == 0x09 || byte >= 0x20 && byte != 0x7f
  }

  /// What is wrong at a place, the current one unless another is given.
  func failure(
    _ expected: String, at place: Int? = nil, found: String? = nil
  ) -> TOMLError {
    let place = min(place ?? at, bytes.count)
    let lineStart = (bytes[..<place].lastIndex(of: 0x0a) ?? -1) + 1
    let before = String(decoding: bytes[lineStart..<place], as: UTF8.self)
    let rest = bytes[place...].prefix { $0 != 0x0a && $0 != 0x0d }
    let shown = String(
      String.UnicodeScalarView(
        String(decoding: rest, as: UTF8.self).unicodeScalars.prefix(40)))
    let text =
      found
      ?? (place == bytes.count
        ? "the end of the file" : rest.isEmpty ? "the end of the line" : "'\(shown)'")
    return TOMLError(
      line: bytes[..<place].count { $0 == 0x0a } + 1, column: before.unicodeScalars.count + 1,
      found: text, expected: expected)
  }
}

/// A JSON string.
///
/// What some programs take for the end of a line (U+0085, U+2028, U+2029) is escaped, so that an object stays a line.
package func jsonQuoted(_ text: String) -> String {
  guard text.utf8.contains(where: mayNeedEscape) else { return "\"\(text)\"" }
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    case _ where scalar.value < 0x20, "\u{7f}", "\u{85}", "\u{2028}", "\u{2029}":
      let hex = String(scalar.value, radix: 16)
      out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}

/// Control characters, marks of JSON, and the first bytes of U+0085, U+2028 and U+2029.
private func mayNeedEscape(_ byte: UInt8) -> Bool {
  byte < 0x20 || byte == 0x22 || byte == 0x5c || byte == 0x7f || byte == 0xc2 || byte == 0xe2
}

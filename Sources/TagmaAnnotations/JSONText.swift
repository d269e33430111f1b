/// A JSON string.
package func jsonQuoted(_ text: String) -> String {
  var out = "\""
  var isPlain = true
  for byte in text.utf8 where byte < 0x20 || byte == 0x22 || byte == 0x5c { isPlain = false; break }
  if isPlain { return "\"\(text)\"" }
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    case _ where scalar.value < 0x20:
      let hex = String(scalar.value, radix: 16)
      out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}

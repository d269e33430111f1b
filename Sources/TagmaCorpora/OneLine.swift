/// A text with ends of lines and other characters that move a cursor written as Swift writes them, since a message is a line.
///
/// Names of files and what stands in them may hold any.
package func onOneLine(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: movesCursor) else { return text }
  var out = ""
  for scalar in text.unicodeScalars {
    if movesCursor(scalar) {
      out += scalar.escaped(asASCII: true)
    } else {
      out.unicodeScalars.append(scalar)
    }
  }
  return out
}

private func movesCursor(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0...0x08, 0x0a...0x1f, 0x7f...0x9f, 0x2028, 0x2029, 0x202a...0x202e, 0x2066...0x2069: true
  default: false
  }
}

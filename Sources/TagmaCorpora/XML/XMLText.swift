/// Text as it stands between tags or in an attribute: characters that no document may hold, such as controls, become
/// U+FFFD.
package func escapedForXML(_ text: String, inAttribute: Bool = false) -> String {
  var out = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": out += "&amp;"
    case "<": out += "&lt;"
    case ">": out += "&gt;"
    case "\"" where inAttribute: out += "&quot;"
    case "\u{0}"..."\u{8}", "\u{b}", "\u{c}", "\u{e}"..."\u{1f}", "\u{fffe}", "\u{ffff}":
      out += "\u{fffd}"
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out
}

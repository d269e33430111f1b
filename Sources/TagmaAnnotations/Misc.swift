/// Names of annotations in the MISC field of CoNLL-U and how they are set.
public enum Misc {
  /// The value of `name=` in a MISC field.
  public static func value(of name: String, in misc: String) -> String? {
    // At bytes, as a value may begin with a mark that joins the sign before it.
    guard misc != "_" else { return nil }
    let start = Array("\(name)=".utf8)
    for part in misc.utf8.split(separator: UInt8(ascii: "|")) where part.starts(with: start) {
      return String(Substring(part.dropFirst(start.count)))
    }
    return nil
  }

  /// Sets or, with nil, removes `name=` in a MISC field, leaving the others in their order.
  public static func setting(_ name: String, to value: String?, in misc: String) -> String {
    var parts =
      misc == "_"
      ? []
      : misc.utf8.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
        .map { String(Substring($0)) }
    let start = Array("\(name)=".utf8)
    parts.removeAll { $0.utf8.starts(with: start) }
    if let value { parts.append("\(name)=\(value)") }
    return parts.isEmpty ? "_" : parts.joined(separator: "|")
  }

  /// Writes white space as UDPipe does: `\s \t \r \n \p \\`, and U+00A0 as itself.
  public static func escapeSpaces(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case " ": out += "\\s"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case "\n": out += "\\n"
      case "|": out += "\\p"
      case "\\": out += "\\\\"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// The inverse of `escapeSpaces`.
  public static func unescapeSpaces(_ text: String) -> String {
    var out = ""
    var isEscape = false
    for scalar in text.unicodeScalars {
      if !isEscape, scalar == "\\" {
        isEscape = true
        continue
      }
      if isEscape {
        switch scalar {
        case "s": out += " "
        case "t": out += "\t"
        case "r": out += "\r"
        case "n": out += "\n"
        case "p": out += "|"
        default: out.unicodeScalars.append(scalar)
        }
      } else {
        out.unicodeScalars.append(scalar)
      }
      isEscape = false
    }
    return out
  }
}

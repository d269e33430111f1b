/// How text is cut into words before n-grams are counted; the names are those of sacreBLEU.
public enum MetricTokenizer: String, Sendable, CaseIterable {
  /// Western languages, as NIST's `mteval-v13a` and the WMT campaigns.
  case v13a = "13a"
  /// By Unicode's punctuation and symbols, as `mteval-v14`.
  case intl
  /// Chinese characters stand alone, the rest as in `13a`.
  case zh
  /// Every character stands alone.
  case char
  /// The same, for Japanese.
  case jaChar = "ja-char"
  /// Words are separated by white space already.
  case none

  /// What sacreBLEU's signature says.
  var signature: String { self == .jaChar ? Self.char.rawValue : rawValue }

  /// The words of a segment, whose white space at the end counts for nothing.
  public func words(of segment: String) -> [String] {
    var scalars = Array(segment.unicodeScalars)
    while scalars.last?.isSpace == true { scalars.removeLast() }
    return cut(scalars).split { $0.isSpace }.map { String(String.UnicodeScalarView($0)) }
  }

  private func cut(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    switch self {
    case .v13a:
      return western([" "] + unescaped(scalars) + [" "])
    case .intl: return international(scalars)
    case .zh: return western(apart(trimmed(scalars)) { $0.isChinese })
    case .char, .jaChar: return apart(scalars) { _ in true }
    case .none: return scalars
    }
  }
}

// MARK: - Rules

/// Each scalar that is meant, between spaces.
private func apart(
  _ scalars: [Unicode.Scalar], where isMeant: (Unicode.Scalar) -> Bool
) -> [Unicode.Scalar] {
  scalars.flatMap { isMeant($0) ? [" ", $0, " "] : [$0] }
}

/// Pairs of neighbours that both predicates hold of, from left to right and never overlapping, written anew.
private func rewritingPairs(
  _ scalars: [Unicode.Scalar], _ first: (Unicode.Scalar) -> Bool,
  _ second: (Unicode.Scalar) -> Bool,
  _ replacement: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar]
) -> [Unicode.Scalar] {
  var out: [Unicode.Scalar] = []
  out.reserveCapacity(scalars.count * 3 / 2)
  var i = 0
  while i < scalars.count {
    if i + 1 < scalars.count, first(scalars[i]), second(scalars[i + 1]) {
      out += replacement(scalars[i], scalars[i + 1])
      i += 2
    } else {
      out.append(scalars[i])
      i += 1
    }
  }
  return out
}

/// Punctuation stands alone, but full stops and commas between digits and dashes not after digits do not.
private func western(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
  func isDigit(_ s: Unicode.Scalar) -> Bool { ("0"..."9").contains(s) }
  func isPoint(_ s: Unicode.Scalar) -> Bool { s == "." || s == "," }
  var out = apart(scalars) { $0.isWesternPunctuation }
  out = rewritingPairs(out, { !isDigit($0) }, isPoint) { [$0, " ", $1, " "] }
  out = rewritingPairs(out, isPoint, { !isDigit($0) }) { [" ", $0, " ", $1] }
  return rewritingPairs(out, isDigit, { $0 == "-" }) { [$0, " ", $1, " "] }
}

private func international(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
  var out = rewritingPairs(scalars, { !$0.isNumber }, { $0.isPunctuation }) { [$0, " ", $1, " "] }
  out = rewritingPairs(out, { $0.isPunctuation }, { !$0.isNumber }) { [" ", $0, " ", $1] }
  return apart(out) { $0.isSymbol }
}

private func unescaped(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
  var out = replacing("<skipped>", by: "", in: scalars)
  out = replacing("-\n", by: "", in: out)
  out = replacing("\n", by: " ", in: out)
  for (name, text) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
    out = replacing(name, by: text, in: out)
  }
  return out
}

/// Scalar by scalar: `String` would not find what a combining mark follows.
private func replacing(_ pattern: String, by text: String, in scalars: [Unicode.Scalar])
  -> [Unicode.Scalar]
{
  let pattern = Array(pattern.unicodeScalars)
  guard scalars.contains(pattern[0]) else { return scalars }
  var out: [Unicode.Scalar] = []
  var i = 0
  while i < scalars.count {
    if scalars[i...].starts(with: pattern) {
      out.append(contentsOf: text.unicodeScalars)
      i += pattern.count
    } else {
      out.append(scalars[i])
      i += 1
    }
  }
  return out
}

private func trimmed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
  guard let first = scalars.firstIndex(where: { !$0.isSpace }),
    let last = scalars.lastIndex(where: { !$0.isSpace })
  else { return [] }
  return Array(scalars[first...last])
}

// MARK: - Classes of characters

extension Unicode.Scalar {
  /// White space, and the four separators among the control characters.
  var isSpace: Bool { properties.isWhitespace || (0x1c...0x1f).contains(value) }

  /// ASCII's punctuation and symbols but `' , - .`, and the space.
  fileprivate var isWesternPunctuation: Bool {
    switch value {
    case 0x20...0x26, 0x28...0x2b, 0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e: true
    default: false
    }
  }

  /// ASCII's punctuation and symbols.
  var isASCIIPunctuation: Bool {
    switch value {
    case 0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e: true
    default: false
    }
  }

  fileprivate var isNumber: Bool {
    switch properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: true
    default: false
    }
  }

  fileprivate var isPunctuation: Bool {
    switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      true
    default: false
    }
  }

  fileprivate var isSymbol: Bool {
    switch properties.generalCategory {
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: true
    default: false
    }
  }

  /// What WMT's script for Chinese takes apart.
  ///
  /// The ranges from U+2001 and from U+2F81 come of escapes that it
  /// cuts after four digits; scores that are to be compared have to share them.
  fileprivate var isChinese: Bool {
    switch value {
    case 0x2001...0x2a6d, 0x2e80...0x2fdf, 0x2ff0...0x303f, 0x3100...0x312f, 0x31a0...0x31ef,
      0x3200...0x4db5, 0x4e00...0x9fbb, 0xf900...0xfa2d, 0xfa30...0xfa6a, 0xfa70...0xfad9,
      0xfe10...0xfe1f, 0xfe30...0xfe4f, 0xff00...0xffef:
      true
    default: false
    }
  }
}

extension String {
  /// Lower case of the whole text: Σ at the end of a word becomes ς, which `lowercased()` leaves out.
  func lowercasedInContext() -> String {
    guard unicodeScalars.contains("Σ") else { return lowercased() }
    let scalars = Array(unicodeScalars)
    var out = String.UnicodeScalarView()
    for (i, scalar) in scalars.enumerated() {
      guard scalar == "Σ" else {
        out.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        continue
      }
      func isCased(_ neighbours: some Sequence<Unicode.Scalar>) -> Bool {
        neighbours.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
      }
      let ends = isCased(scalars[..<i].reversed()) && !isCased(scalars[(i + 1)...])
      out.append(ends ? "ς" : "σ")
    }
    return String(out)
  }
}

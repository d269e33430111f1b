public import TagmaAnnotations

/// Writes CoNLL-U.
public struct CoNLLUWriter: Sendable {
  public init() {}

  /// Appends the lines of a sentence and the blank line after it.
  public func write(_ sentence: Sentence, to out: inout String) {
    for comment in sentence.comments {
      out += comment
      out += "\n"
    }
    var (empty, multiword) = (0, 0)
    for position in 0...sentence.tokens.count {
      while empty < sentence.emptyNodes.count, sentence.emptyNodes[empty].wordsBefore == position {
        let node = sentence.emptyNodes[empty]
        out += "\(node.wordsBefore).\(node.index)\t" + node.fields.joined(separator: "\t") + "\n"
        empty += 1
      }
      guard position < sentence.tokens.count else { break }
      if multiword < sentence.multiwordTokens.count,
        sentence.multiwordTokens[multiword].words.lowerBound == position
      {
        let token = sentence.multiwordTokens[multiword]
        let form = Self.isWhole(token.form) ? token.form : Self.inOneField(token.form)
        out += "\(token.words.lowerBound + 1)-\(token.words.upperBound + 1)\t\(form)"
        out += "\t_\t_\t_\t\(token.feats)\t_\t_\t_\t\(token.misc)\n"
        multiword += 1
      }
      write(sentence.tokens[position], number: position + 1, to: &out)
    }
    out += "\n"
  }

  private func write(_ token: Token, number: Int, to out: inout String) {
    out += String(number)
    for field in [
      token.form, token.lemma, token.upos, token.xpos, token.feats, token.head, token.deprel,
      token.deps, token.misc,
    ] {
      out += "\t"
      out += Self.isWhole(field) ? field : Self.inOneField(field)
    }
    out += "\n"
  }

  /// Whether a text may stand in a field as it is.
  private static func isWhole(_ field: String) -> Bool {
    !field.isEmpty && !field.utf8.contains { $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
  }

  /// A text that parts no fields and no lines: `_` where there is none, blanks for tabs and line ends.
  private static func inOneField(_ text: String) -> String {
    if text.isEmpty { return "_" }
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      out.append(["\t", "\n", "\r"].contains(scalar) ? " " : scalar)
    }
    return String(out)
  }
}

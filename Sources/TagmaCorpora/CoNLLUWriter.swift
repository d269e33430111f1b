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
        out += "\(token.words.lowerBound + 1)-\(token.words.upperBound + 1)\t\(token.form)"
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
      out += field
    }
    out += "\n"
  }
}

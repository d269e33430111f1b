public import TagmaAnnotations
internal import TagmaTokenization

/// The raw text of a treebank: sentences with the white space between them as it was, one space where nothing is said, a
/// blank line before each paragraph and document.
public func rawText(of sentences: [Sentence]) -> String {
  TreebankParagraph.paragraphs(of: sentences).map { $0.text + "\n" }.joined(separator: "\n")
}

/// A paragraph of a treebank as raw text, and where its tokens and sentences end.
struct TreebankParagraph: Sendable {
  var text = ""
  /// Bytes of tokens, and the words of those that stand for several.
  var tokens: [TextSegments.Token] = []
  var sentenceEnds: [Int] = []

  /// Sentences as the contract of raw text puts them together: white space as it was, one space between sentences, a
  /// paragraph wherever one is marked.
  static func paragraphs(of sentences: [Sentence]) -> [TreebankParagraph] {
    var paragraphs: [TreebankParagraph] = []
    var pending = ""
    for sentence in sentences where !sentence.tokens.isEmpty {
      // Bosque marks documents by `newdoc_id`.
      let begins = sentence.comments.contains {
        let words = $0.dropFirst().split(separator: " ", maxSplits: 1)
        return words.first == "newpar" || words.first == "newdoc" || words.first == "newdoc_id"
      }
      if begins || paragraphs.isEmpty {
        paragraphs.append(TreebankParagraph())
        pending = ""
      }
      paragraphs[paragraphs.count - 1].append(sentence, after: pending)
      pending = paragraphs[paragraphs.count - 1].spaceAfterLast(of: sentence)
    }
    return paragraphs
  }

  private mutating func append(_ sentence: Sentence, after space: String) {
    text += space
    var i = 0
    var ranges = sentence.multiwordTokens[...]
    while i < sentence.tokens.count {
      var (form, misc, words) = (sentence.tokens[i].form, sentence.tokens[i].misc, [String]())
      var next = i + 1
      if let range = ranges.first, range.words.lowerBound == i {
        ranges.removeFirst()
        (form, misc) = (range.form, range.misc)
        words = range.words.map { sentence.tokens[$0].form }
        next = range.words.upperBound + 1
      }
      let start = text.utf8.count
      text += form
      tokens.append(TextSegments.Token(bytes: start..<text.utf8.count, words: words))
      i = next
      if i < sentence.tokens.count { text += Self.space(misc) }
    }
    sentenceEnds.append(text.utf8.count)
  }

  private static func space(_ misc: String) -> String {
    Misc.value(of: "SpaceAfter", in: misc) == "No" ? "" : " "
  }

  private func spaceAfterLast(of sentence: Sentence) -> String {
    if let range = sentence.multiwordTokens.last,
      range.words.upperBound == sentence.tokens.count - 1
    {
      return Self.space(range.misc)
    }
    return Self.space(sentence.tokens[sentence.tokens.count - 1].misc)
  }
}

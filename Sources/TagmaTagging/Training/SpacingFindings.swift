internal import TagmaAnnotations
internal import TagmaCorpora

/// What is wrong with the white space of a sentence of CoNLL-U, and with the text that its comment gives.
func spacingFindings(of sentence: Sentence) -> [CorpusFinding] {
  guard sentence.columns.isEmpty, let place = sentence.location else { return [] }
  return innerSpaceFindings(of: sentence, place) + textFindings(of: sentence, place)
}

/// White space after a word within a multiword token, which stands in no text: the token's own counts.
private func innerSpaceFindings(of sentence: Sentence, _ place: SourceLocation) -> [CorpusFinding] {
  sentence.multiwordTokens.flatMap { token in
    token.words.compactMap { i in
      let misc = sentence.tokens[i].misc
      guard
        let name = ["SpaceAfter", "SpacesAfter", "SpacesBefore"].first(where: {
          Misc.value(of: $0, in: misc) != nil
        })
      else { return nil }
      return CorpusFinding(
        severity: .warning, kind: "space", location: sentence.location(ofWord: i) ?? place,
        message: "\(name) of a word within the multiword token '\(token.form)' has no effect")
    }
  }
}

/// A comment `# text = …` that is not the text of the words and the white space after them.
private func textFindings(of sentence: Sentence, _ place: SourceLocation) -> [CorpusFinding] {
  let name = "# text = "
  guard let k = sentence.comments.firstIndex(where: { $0.utf8.starts(with: name.utf8) }) else {
    return []
  }
  let given = Array(sentence.comments[k].unicodeScalars.dropFirst(name.unicodeScalars.count))
  let words = Array(sentence.text.unicodeScalars)
  // Comments are single lines: line feeds and the like in SpacesAfter are blanks there.
  guard given != words, given != collapsed(words) else { return [] }
  let common = zip(given, words).prefix { $0 == $1 }.count
  let (theirs, ours) = (excerpt(of: given, at: common), excerpt(of: words, at: common))
  var location = place
  location.line += k
  location.column = name.unicodeScalars.count + common + 1
  let isSpace = given.filter { !$0.isSpace } == words.filter { !$0.isSpace }
  let isRemark = collapsed(given) == collapsed(words)
  return [
    CorpusFinding(
      severity: isRemark ? .warning : .error, kind: "text", location: location,
      message: "'# text' has '\(theirs)', the words "
        + (isSpace ? "with their SpaceAfter have '\(ours)'" : "have '\(ours)'")
        + (isRemark ? ": other white space" : ""))
  ]
}

/// Runs of white space as one blank, none at the ends.
private func collapsed(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
  Array(text.split(whereSeparator: \.isSpace).joined(separator: [" "]))
}

/// What stands where texts begin to differ, from the beginning of the word there.
private func excerpt(of text: [Unicode.Scalar], at place: Int) -> String {
  let start = text[..<place].lastIndex(where: \.isSpace).map { $0 + 1 } ?? 0
  let from = max(start, place - 20)
  let piece = text[from...].prefix(place - from + 12)
  var out = String.UnicodeScalarView()
  out.append(contentsOf: piece)
  return String(out)
}

extension Unicode.Scalar {
  fileprivate var isSpace: Bool { properties.isWhitespace }
}

internal import TagmaCorpora
internal import TagmaLexicon

extension Subwords {
  /// Whether a word looks like a name that training hardly met: a capital and small letters after it, and four units or
  /// more.
  func isRareName(_ word: String) -> Bool {
    let scalars = word.unicodeScalars
    guard let first = scalars.first, first.properties.isUppercase, scalars.count > 2,
      scalars.dropFirst().allSatisfy({ $0.properties.isLowercase })
    else { return false }
    return encode(word).count >= 4
  }
}

/// Whether names of a language are written alike in another, by the pairs of a training.
///
/// Then they are carried rather than spelled. Where all nouns have capitals, as in German, most of them are no names.
func carriesNames(_ pairs: [TextPair], _ subwords: Subwords) -> Bool {
  var (names, same) = (0, 0)
  for pair in pairs {
    let words = pair.source.split { !$0.isLetter }
    for word in words.dropFirst() where subwords.isRareName(String(word)) {
      names += 1
      if pair.target.split(whereSeparator: { !$0.isLetter }).contains(word) { same += 1 }
    }
  }
  return names >= 100 && Double(same) >= 0.5 * Double(names)
}

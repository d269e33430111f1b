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

/// Whether numbers are, of which most pairs have none.
func areNumbersAlike(in pairs: [TextPair]) -> Bool {
  areAlike(
    { $0.allSatisfy(\.isNumber) },
    in: pairs.filter { $0.source.utf8.contains { (0x30...0x39).contains($0) } })
}

/// Whether words of a kind, names or numbers, are written alike in two languages, by the pairs of a training.
///
/// Then they are carried rather than spelled. Where all nouns have capitals, as in German, most of them are no names.
func areAlike(_ isOfKind: (String) -> Bool, in pairs: [TextPair]) -> Bool {
  func words(_ text: String) -> [Substring] { text.split { !$0.isLetter && !$0.isNumber } }
  var (count, same) = (0, 0)
  for pair in pairs {
    // Any word may have a capital where a sentence begins.
    for word in words(pair.source).dropFirst() where isOfKind(String(word)) {
      count += 1
      if words(pair.target).contains(word) { same += 1 }
    }
  }
  return count >= 100 && Double(same) >= 0.5 * Double(count)
}

internal import TagmaCorpora
internal import TagmaLexicon
internal import TagmaNeural

/// Changes pairs, anew each time they are read, to show a translator what its data rarely holds: placeholders, and
/// texts in capitals.
struct PairAugmentation {
  /// Placeholders that the vocabulary has.
  let placeholders: Int
  /// Share of the pairs in which placeholders stand for words that both sides hold.
  let placeholderShare: Float
  /// Share of the pairs that are written in capitals.
  let capitalShare: Float

  /// The pair to be learned; nil where it stays as it is.
  func changed(_ pair: TextPair, random: inout SplitMix64) -> TextPair? {
    let draw = random.nextUnit()
    if draw < capitalShare {
      return TextPair(source: pair.source.uppercased(), target: pair.target.uppercased())
    }
    guard draw < capitalShare + placeholderShare, placeholders > 0 else { return nil }
    let shared = sharedWords(pair)
    guard !shared.isEmpty else { return nil }
    // Any number may be met, so that all are learned.
    var numbers = Array(0..<placeholders)
    numbers.shuffle(using: &random)
    var changed = pair
    for (word, number) in zip(shared, numbers) {
      let placeholder = Subwords.placeholder(number)
      changed.source = replacing(word, by: placeholder, in: changed.source)
      changed.target = replacing(word, by: placeholder, in: changed.target)
    }
    return changed
  }

  /// Names and numbers that stand once on either side.
  private func sharedWords(_ pair: TextPair) -> [String] {
    // A pair that holds placeholders already keeps them.
    guard !pair.source.contains("｟") else { return [] }
    let (source, target) = (words(pair.source), words(pair.target))
    return source.filter { word in
      isName(word) && source.count { $0 == word } == 1 && target.count { $0 == word } == 1
    }
  }

  private func words(_ text: String) -> [String] {
    text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }

  private func isName(_ word: String) -> Bool {
    guard word.count > 1, let first = word.first else { return false }
    return first.isUppercase || word.contains(where: \.isNumber)
  }

  /// The text with another word in the place of the one that stands by itself.
  private func replacing(_ word: String, by other: String, in text: String) -> String {
    var at = text.startIndex
    while let start = text[at...].firstIndex(where: { $0.isLetter || $0.isNumber }) {
      let end = text[start...].firstIndex { !$0.isLetter && !$0.isNumber } ?? text.endIndex
      if text[start..<end] == word {
        return text[..<start] + other + text[end...]
      }
      at = end
    }
    return text
  }
}

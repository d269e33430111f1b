package import TagmaLexicon

/// Reads words whose capitals hide them from a translator as it knows them: those of a text in capitals, and the first of a
/// sentence.
///
/// To a model that has met *buy* a thousand times and *Buy* never, *Buy* is three letters. Of the ways to write a word the one
/// with the fewest units is taken.
package struct CaseReading: Sendable {
  private let subwords: Subwords
  private let readsFirstWords: Bool

  /// - Parameter readsFirstWords: Whether the first words of sentences are read so too, as they were in training.
  package init(_ subwords: Subwords, readsFirstWords: Bool = true) {
    (self.subwords, self.readsFirstWords) = (subwords, readsFirstWords)
  }

  /// The text with other capitals, as long as it was, and whether all of its letters were capitals.
  ///
  /// - Parameter text: Single spaces between words.
  package func callAsFunction(_ text: String) -> (text: String, isShouted: Bool) {
    let isShouted = Self.isShouted(text)
    guard isShouted || readsFirstWords else { return (text, false) }
    var beginsSentence = true
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word in
      defer { beginsSentence = word.last.map { ".!?".contains($0) } ?? beginsSentence }
      guard isShouted || beginsSentence, !Self.isProtected(word) else { return String(word) }
      return read(word, beginsSentence: beginsSentence, isShouted: isShouted)
    }
    return (words.joined(separator: " "), isShouted)
  }

  private func read(_ word: Substring, beginsSentence: Bool, isShouted: Bool) -> String {
    let small = Self.mapped(word) { $0.lowercased() }
    guard small != word else { return small }
    var ways = [String(word), small]
    if isShouted {
      let first = word.firstIndex(where: \.isLetter) ?? word.startIndex
      let capital = small.prefix(word[...first].count - 1) + word[first...].prefix(1)
      let named = String(capital + small.dropFirst(capital.count))
      // Of two ways that are as good, the one that is written more often.
      ways = beginsSentence ? [named, small, String(word)] : [small, named, String(word)]
    }
    let counts = ways.map { subwords.encode(" " + $0).count }
    return zip(ways, counts).min { $0.1 < $1.1 }?.0 ?? String(word)
  }

  /// Whether there are words, all in capitals, and more than abbreviations.
  private static func isShouted(_ text: String) -> Bool {
    var letters = 0
    var words = 0
    for word in text.split(separator: " ") where !isProtected(word) {
      let count = word.count(where: \.isLetter)
      guard count > 0 else { continue }
      guard word.allSatisfy({ !$0.isLetter || $0.isUppercase }) else { return false }
      letters += count
      words += 1
    }
    return letters > 2 * words
  }

  /// Addresses, handles and codes stay as they are.
  private static func isProtected(_ word: Substring) -> Bool {
    word.contains { $0 == "@" || $0 == "#" || $0 == "/" || $0 == "｟" || $0.isNumber }
      || word.hasPrefix("www.")
  }

  /// What units and placeholders spell, in capitals, and as long as it would be without.
  ///
  /// - Parameters:
  ///   - carried: What placeholders stand for.
  ///   - originals: What they stand in the place of; a term stays as it was asked for.
  package func shouted(_ units: [Int], carried: [String], originals: [String]) -> String {
    let text = Self.mapped(subwords.decode(units)[...]) { $0.uppercased() }
    return carried.indices.reduce(text) {
      let value = carried[$1]
      let stays = value != originals[$1] || Self.isProtected(value[...])
      return $0.replacing(
        Subwords.placeholder($1),
        with: stays ? value : Self.mapped(value[...]) { $0.uppercased() })
    }
  }

  /// A text with another case, where that is as long.
  private static func mapped(_ text: Substring, _ change: (Character) -> String) -> String {
    text.reduce(into: "") { result, character in
      let other = change(character)
      result += other.utf8.count == character.utf8.count ? other : String(character)
    }
  }
}

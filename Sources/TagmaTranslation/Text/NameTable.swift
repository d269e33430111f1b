package import TagmaCorpora
package import TagmaLexicon

/// Words with a capital in the sources of a training, and how often their targets have them as they are.
///
/// A translator that spells *Nairobi* in several units makes *Nuobi* of it; a name that is written alike in both languages is
/// better carried. Which words are names is learned: *Berlin* is one for German, *Norway* is not.
package struct NameTable: Sendable, Equatable {
  struct Count: Equatable {
    /// How often a word stands in sources, and how often of these in the target too.
    var all = 0
    var alike = 0

    var isMostlyAlike: Bool { 2 * alike >= all }
  }

  /// What is known of words; where new ones are no names, of names alone.
  private let counts: [String: Count]
  /// The words together that training has met once or twice.
  private let rare: Count

  package static let fileName = "names.tsv"

  private init(_ counts: [String: Count], rare: Count) {
    self.rare = rare
    self.counts =
      Self.takesNewWords(rare) ? counts : counts.filter { $0.value.isMostlyAlike }
  }

  /// Whether words that training has not met are names, by those that it has met once or twice.
  ///
  /// Where all nouns have capitals, as in German, most of them are none.
  package var takesNewWords: Bool { Self.takesNewWords(rare) }

  private static func takesNewWords(_ rare: Count) -> Bool {
    rare.all >= 50 && rare.isMostlyAlike
  }

  package init(counting pairs: [TextPair]) {
    var counts: [String: Count] = [:]
    for pair in pairs {
      // Any word may have a capital where a sentence begins.
      let capitals = words(pair.source).dropFirst().filter(Self.hasCapital)
      guard !capitals.isEmpty else { continue }
      let others = words(pair.target)
      for word in capitals {
        counts[String(word), default: Count()].all += 1
        if others.contains(word) { counts[String(word)]?.alike += 1 }
      }
    }
    var rare = Count()
    for count in counts.values where count.all <= 2 {
      rare.all += count.all
      rare.alike += count.alike
    }
    self.init(counts, rare: rare)
  }

  /// Whether a word is a name that no unit stands for.
  ///
  /// - Parameter isFirst: Whether a sentence begins with it, so that its capital says nothing.
  package func isName(_ word: Substring, isFirst: Bool, _ subwords: Subwords) -> Bool {
    guard Self.hasCapital(word) else { return false }
    let word = String(word)
    let known = counts[word]
    guard known?.isMostlyAlike ?? (takesNewWords && !isFirst) else { return false }
    let units = subwords.encode(" " + word).count
    guard units > 1 else { return false }
    // *Visit*, which is rarer than *visit*, is no name.
    return known != nil || subwords.encode(" " + word.lowercased()).count >= units
  }

  /// Whether a word has a capital and small letters after it.
  private static func hasCapital(_ word: Substring) -> Bool {
    let scalars = word.unicodeScalars
    guard let first = scalars.first, first.properties.isUppercase, scalars.count > 2 else {
      return false
    }
    return scalars.dropFirst().allSatisfy(\.properties.isLowercase)
  }

  // MARK: - As a file

  /// A line for all rare words together, whose word is empty, and one for each word, in their order: the word, how often it
  /// stands in sources, how often in targets too.
  package var fileText: String {
    ([("", rare)] + counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
      .map { "\($0)\t\($1.all)\t\($1.alike)\n" }.joined()
  }

  /// Nil where a line holds anything else, or the first is missing.
  package init?(fileText: String) {
    var counts: [String: Count] = [:]
    for line in fileText.split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 3, let all = Int(fields[1]), let alike = Int(fields[2]),
        (0...1_000_000_000).contains(all), all > 0 || fields[0].isEmpty,
        (0...all).contains(alike)
      else { return nil }
      counts[String(fields[0])] = Count(all: all, alike: alike)
    }
    guard let rare = counts.removeValue(forKey: "") else { return nil }
    self.init(counts, rare: rare)
  }
}

/// Whether numbers stand in targets as they stand in sources, by the pairs of a training, of which most have none.
func areNumbersAlike(in pairs: [TextPair]) -> Bool {
  var count = NameTable.Count()
  for pair in pairs where pair.source.utf8.contains(where: { (0x30...0x39).contains($0) }) {
    for word in words(pair.source).dropFirst() where word.allSatisfy(\.isNumber) {
      count.all += 1
      if words(pair.target).contains(word) { count.alike += 1 }
    }
  }
  return count.all >= 100 && count.isMostlyAlike
}

private func words(_ text: String) -> [Substring] { text.split { !$0.isLetter && !$0.isNumber } }

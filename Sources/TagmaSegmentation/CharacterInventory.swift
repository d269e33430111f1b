internal import TagmaLexicon

/// The different things that a segmenter can read: each known character, and each category of the others, with each hint.
struct CharacterInventory: Sendable {
  /// Numbers of characters, 0 where one is unknown.
  private var ascii = [Int](repeating: 0, count: 128)
  private var others: [Unicode.Scalar: Int] = [:]
  /// The category of each known character.
  private var categories: [Int] = []

  init(_ characters: Vocabulary) {
    for (id, entry) in characters.entries.enumerated() {
      let scalar = entry.unicodeScalars.first
      categories.append(scalar.map(category) ?? 0)
      guard id > 0, let scalar else { continue }
      if scalar.isASCII { ascii[Int(scalar.value)] = id } else { others[scalar] = id }
    }
  }

  /// How many keys there are.
  var keyCount: Int { (categories.count + categoryCount) * TextCharacters.hintCount }

  /// What is read of a character.
  ///
  /// - Parameter isHidden: Whether it is read by its category alone.
  func key(_ scalar: Unicode.Scalar, hint: Int, isHidden: Bool = false) -> Int {
    let id = scalar.isASCII ? ascii[Int(scalar.value)] : others[scalar] ?? 0
    let kind = id > 0 && !isHidden ? id : categories.count + category(of: scalar)
    return kind * TextCharacters.hintCount + hint
  }

  /// The character, its category and the hint of a key.
  func read(_ key: Int) -> (character: Int, category: Int, hint: Int) {
    let (kind, hint) = key.quotientAndRemainder(dividingBy: TextCharacters.hintCount)
    return kind < categories.count
      ? (kind, categories[kind], hint) : (0, kind - categories.count, hint)
  }
}

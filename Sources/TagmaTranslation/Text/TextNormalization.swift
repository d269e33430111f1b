package import TagmaLexicon

/// Makes text plainer before a translator reads it: marks of punctuation as typewriters have them, small letters, words
/// apart from the marks before them.
///
/// Marks that a model has hardly seen are always made plain: to one that has learned `don't`, `don’t` is no word.
package struct TextNormalization: Sendable {
  private let plain: [Unicode.Scalar: String]
  private let lowercases: Bool
  private let partsOpeningMarks: Bool

  /// Which marks are made plain.
  package enum Marks {
    case none
    /// Those that units hardly know.
    case rare(Subwords)
    case all
  }

  /// - Parameters:
  ///   - lowercases: Whether capitals become small letters.
  ///   - partsOpeningMarks: Whether a space comes after quotation marks and brackets that open: to a model, the word in `(word)`
  ///     is another than that in `a word`.
  package init(marks: Marks, lowercases: Bool = false, partsOpeningMarks: Bool = false) {
    self.lowercases = lowercases
    self.partsOpeningMarks = partsOpeningMarks
    plain = Self.marks.filter { mark, plain in
      switch marks {
      case .none: false
      case .rare(let units): units.isRarer(mark, than: plain.unicodeScalars[plain.startIndex])
      case .all: true
      }
    }
  }

  /// Marks and what stands for them on a typewriter.
  private static let marks: [Unicode.Scalar: String] = {
    var marks: [Unicode.Scalar: String] = ["…": "..."]
    for mark in "‘’‚‛ʼ´`′".unicodeScalars { marks[mark] = "'" }
    for mark in "“”„‟«»″".unicodeScalars { marks[mark] = "\"" }
    for mark in "‐‑‒–—―−".unicodeScalars { marks[mark] = "-" }
    return marks
  }()

  /// The text made plainer, but for addresses and what stands between `｟` and `｠`, which are carried over unchanged.
  ///
  /// - Parameter text: What `normalizedText` gives.
  package func callAsFunction(_ text: String) -> NormalizedText {
    guard lowercases || text.unicodeScalars.contains(where: mayChange) else {
      return NormalizedText(text: text, places: nil)
    }
    var (normalized, places, at) = ("", [Int](), 0)
    var isProtected = false
    var parted: [Int] = []
    for (number, word) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated()
    {
      let isAddress = ["://", "www.", "@"].contains { word.contains($0) }
      let start = isAddress || isProtected ? nil : startAfterMarks(word)
      for (index, scalar) in zip(word.unicodeScalars.indices, word.unicodeScalars) {
        if index == start {
          normalized += " "
          places.append(at)
          parted.append(number + parted.count + 1)
        }
        if scalar == "｟" { isProtected = true }
        let next = isAddress || isProtected ? String(scalar) : plainer(scalar)
        if scalar == "｠" { isProtected = false }
        // Within a character every place is its beginning.
        places += [Int](repeating: at, count: next.utf8.count)
        normalized += next
        at += UTF8.width(scalar)
      }
      normalized += " "
      places.append(at)
      at += 1
    }
    // There is no space after the last word.
    return NormalizedText(text: String(normalized.dropLast()), places: places, parted: parted)
  }

  private static let openingMarks = Set("\"“”„«»([{¿¡".unicodeScalars)

  private func mayChange(_ scalar: Unicode.Scalar) -> Bool {
    plain[scalar] != nil || partsOpeningMarks && Self.openingMarks.contains(scalar)
  }

  /// Where the letters of a word begin that marks come before; nil where none do.
  ///
  /// What is no text stays whole: numbers, and marks of a list such as `(a)`.
  private func startAfterMarks(_ word: Substring) -> String.Index? {
    let scalars = word.unicodeScalars
    guard partsOpeningMarks,
      let start = scalars.firstIndex(where: { !Self.openingMarks.contains($0) }),
      start > scalars.startIndex, scalars[start].properties.isAlphabetic,
      scalars[scalars.index(after: start)...].first != ")"
    else { return nil }
    return start
  }

  private func plainer(_ scalar: Unicode.Scalar) -> String {
    plain[scalar] ?? (lowercases ? scalar.properties.lowercaseMapping : String(scalar))
  }
}

/// A text made plainer, and where its bytes stood before.
package struct NormalizedText: Sendable {
  package var text: String
  /// Whether it is a text in capitals that is read in small letters.
  var isShouted = false
  /// For each byte, and the end, its place before; nil where nothing has moved.
  package let places: [Int]?

  /// The numbers of words that were parts of those before them.
  private let parted: [Int]

  init(text: String, places: [Int]?, parted: [Int] = []) {
    (self.text, self.places, self.parted) = (text, places, parted)
  }

  /// The number of the word as it was that a word belongs to.
  package func originalWord(_ number: Int) -> Int {
    // They are in order.
    var (low, high) = (0, parted.count)
    while low < high {
      let middle = (low + high) / 2
      if parted[middle] <= number { low = middle + 1 } else { high = middle }
    }
    return number - low
  }

  /// The place in the text as it was that became this place.
  package func original(_ place: Int) -> Int {
    guard let places, let last = places.last else { return place }
    return place < places.count ? places[place] : last
  }

  /// The part of the text as it was that became this part.
  package func original(_ range: Range<Int>) -> Range<Int> {
    guard let places, range.upperBound < places.count else { return range }
    return places[range.lowerBound]..<places[range.upperBound]
  }
}

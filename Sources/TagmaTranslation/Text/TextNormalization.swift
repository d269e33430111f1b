package import TagmaLexicon

/// Makes text plainer before a translator reads it: marks of punctuation as typewriters have them, small letters.
///
/// Marks that a model has hardly seen are always made plain: to one that has learned `don't`, `don’t` is no word.
package struct TextNormalization: Sendable {
  private let plain: [Unicode.Scalar: String]
  private let lowercases: Bool

  /// Which marks are made plain.
  package enum Marks {
    case none
    /// Those that units hardly know.
    case rare(Subwords)
    case all
  }

  /// - Parameter lowercases: Whether capitals become small letters.
  package init(marks: Marks, lowercases: Bool = false) {
    self.lowercases = lowercases
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
    guard lowercases || text.unicodeScalars.contains(where: { plain[$0] != nil }) else {
      return NormalizedText(text: text, places: nil)
    }
    var (normalized, places, at) = ("", [Int](), 0)
    var isProtected = false
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let isAddress = ["://", "www.", "@"].contains { word.contains($0) }
      for scalar in word.unicodeScalars {
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
    return NormalizedText(text: String(normalized.dropLast()), places: places)
  }

  private func plainer(_ scalar: Unicode.Scalar) -> String {
    plain[scalar] ?? (lowercases ? scalar.properties.lowercaseMapping : String(scalar))
  }
}

/// A text made plainer, and where its bytes stood before.
package struct NormalizedText: Sendable {
  package let text: String
  /// For each byte, and the end, its place before; nil where nothing has changed.
  package let places: [Int]?

  /// The part of the text as it was that became this part.
  package func original(_ range: Range<Int>) -> Range<Int> {
    guard let places, range.upperBound < places.count else { return range }
    return places[range.lowerBound]..<places[range.upperBound]
  }
}

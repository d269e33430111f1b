/// Symbols that stand alone between texts, or at the edge of a word.
struct LooseSymbols: ProtectedTextKind {
  static let firstBytes = Array("|*~<>[]{}^=_\\/&+@;:".utf8) + [0xc2, 0xe2]

  /// Those that part texts where they stand alone; the others do so at the edges of a sentence.
  private static let separators = Set("|~•·→←»«›‹►▶◄●○■□▪◆★☆✓✔✗♪♫※".unicodeScalars)
  /// Those that stand for a word.
  private static let signs = Set("&/+=<>@±×÷≤≥≠≈^".unicodeScalars)
  private static let symbols = Set("|*~<>[]{}^=_\\•→←►▶◄●○■□▪◆★☆✓✔✗♪♫※".unicodeScalars)

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard let scalar = text.scalar(at: place) else { return nil }
    let end = text.end(of: place)
    if scalar == ";" || scalar == ":" { return separator(place, in: text) }
    let (isAfterBlank, isBeforeBlank) = (text.isBlankBefore(place), text.isBlank(end))
    if isAfterBlank, isBeforeBlank {
      if Self.separators.contains(scalar) { return ProtectedSpan(place..<end, .gap) }
      return Self.signs.contains(scalar) ? ProtectedSpan(place..<end, .word) : nil
    }
    guard Self.symbols.contains(scalar), !text.isWordBefore(place) || !text.isWord(end) else {
      return nil
    }
    // `{` and `}` enclose what stands between them.
    switch scalar {
    case "[", "{": return ProtectedSpan(place..<end, .opening(key: "\(scalar)"))
    case "]": return ProtectedSpan(place..<end, .closing(key: "["))
    case "}": return ProtectedSpan(place..<end, .closing(key: "{"))
    default: return ProtectedSpan(place..<end, .mark)
    }
  }

  /// A semicolon parts what is said one by one; so does the colon behind a label: `Jack: …`, `Note: …`.
  private func separator(_ place: Int, in text: TextBytes) -> ProtectedSpan? {
    // `**Note:** …` has its marks of emphasis behind the colon.
    let next = text.end(of: place + 1, limit: 3) { $0 == 0x2a || $0 == 0x5f }
    guard text[next] == 0x20, text.isWordBefore(place) || text[place - 1] == 0x29 else {
      return nil
    }
    if text[place] == 0x3a {
      guard isLabel(before: place, in: text) else { return nil }
    }
    return ProtectedSpan(place..<place + 1, .gap)
  }

  private static let longestLabel = 40

  /// Whether a line begins with three words or fewer, without marks, before a place.
  private func isLabel(before place: Int, in text: TextBytes) -> Bool {
    var (at, words) = (place, 1)
    while at > 0, place - at < Self.longestLabel {
      let before = text.start(before: at)
      if text[before] == 0x0a { break }
      if text[before] == 0x20 {
        words += 1
        // A verb makes a sentence of it: `He said: …`.
        guard text.scalar(at: at)?.properties.isLowercase != true else { return false }
      } else if !text.isWord(before), text[before] != 0x2d {
        // Behind a mark of a line or of a tag another one begins.
        return words <= 3 && at < place && ByteSet(">*•-–#").contains(text[before])
      }
      at = before
    }
    return words <= 3 && place - at < Self.longestLabel
  }
}

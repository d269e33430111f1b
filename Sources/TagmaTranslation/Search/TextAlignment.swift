/// A part of a source text and the part of its translation that comes from it.
public struct AlignedText: Sendable, Equatable {
  public var source: Range<String.Index>
  public var target: Range<String.Index>
}

extension Translation {
  /// Which words and marks of the translation come from which of the text that was translated.
  ///
  /// - Parameter source: The text as it was given, not yet normalised; places that another text does not have are left
  ///   out.
  public func alignment(with source: String) -> [AlignedText] {
    let places = normalizedPlaces(in: source)
    return ranges.compactMap { aligned in
      guard let from = places[aligned.source.lowerBound],
        let to = places[aligned.source.upperBound],
        from <= to
      else { return nil }
      let utf8 = text.utf8
      let start = utf8.index(utf8.startIndex, offsetBy: aligned.target.lowerBound)
      let end = utf8.index(start, offsetBy: aligned.target.count)
      return AlignedText(source: from..<to, target: start..<end)
    }
  }
}

/// For each place between characters of the normalised text, in bytes, the same place of the text itself.
///
/// Normalising keeps characters, which Swift compares by canonical equivalence, and makes white space single.
private func normalizedPlaces(in text: String) -> [Int: String.Index] {
  var places: [Int: String.Index] = [:]
  var (at, index) = (0, text.startIndex)
  for character in Translator.normalized(text) {
    while index < text.endIndex, text[index].isWhitespace { index = text.index(after: index) }
    if places[at] == nil { places[at] = index }
    at += character.utf8.count
    guard !character.isWhitespace else { continue }
    guard index < text.endIndex, text[index] == character else { return places }
    index = text.index(after: index)
    places[at] = index
  }
  return places
}

/// A part of a source text and the part of its translation that comes from it.
public struct AlignedText: Sendable, Equatable {
  public var source: Range<String.Index>
  public var target: Range<String.Index>
}

extension Translation {
  /// Which words and marks of the translation come from which of the text that was translated.
  ///
  /// - Parameter source: The text as it was given; places that another text does not have are left out.
  public func alignment(with source: String) -> [AlignedText] {
    ranges.compactMap { aligned in
      guard let from = source.utf8.range(aligned.source), let to = text.utf8.range(aligned.target)
      else { return nil }
      return AlignedText(source: from, target: to)
    }
  }
}

extension String.UTF8View {
  /// Indices of bytes; nil where there are not so many.
  fileprivate func range(_ bytes: Range<Int>) -> Range<Index>? {
    guard let start = index(startIndex, offsetBy: bytes.lowerBound, limitedBy: endIndex),
      let end = index(start, offsetBy: bytes.count, limitedBy: endIndex)
    else { return nil }
    return start..<end
  }
}

/// Words with letters or digits above or below the line: `CO₂`, `m²`, `x²`.
struct ScriptedWords: ProtectedTextKind {
  static let firstBytes = (0...255).map { UInt8($0) }.filter {
    TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 >= 0xc2
  }

  /// Longer words have a note behind them rather than a power.
  private static let longestStem = 3

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    let own = Self.endOfScripts(place, in: text)
    if own > place {
      // Behind a word, the number of a note goes where its word goes.
      return ProtectedSpan(place..<own, text.isWordBefore(place) ? .mark : .word)
    }
    guard !text.isWordBefore(place) else { return nil }
    var (end, stem, isScripted) = (place, 0, false)
    while end < text.count, end - place < 64 {
      let scripts = Self.endOfScripts(end, in: text)
      if scripts > end {
        isScripted = true
        end = scripts
        continue
      }
      guard text.isWord(end) || text[end] == 0x28 && isScripted else { break }
      if !isScripted { stem += 1 }
      end = text.end(of: end)
    }
    while end > place, text[end - 1] == 0x28 { end -= 1 }
    guard isScripted, stem <= Self.longestStem || isFormula(place..<end, in: text) else {
      return nil
    }
    return ProtectedSpan(place..<end, .word)
  }

  /// Whether letters or digits stand behind the first that are above or below the line, or capitals within.
  private func isFormula(_ range: Range<Int>, in text: TextBytes) -> Bool {
    text.isWordBefore(range.upperBound) && text.isAlphanumeric(range.upperBound - 1)
      || range.dropFirst().contains { text.isUppercase($0) }
      || !range.contains { text.isLetter($0) }
  }

  /// Where a run ends of what stands above or below the line.
  static func endOfScripts(_ place: Int, in text: TextBytes) -> Int {
    var end = place
    while text[end] == 0xc2 || text[end] == 0xe2, let scalar = text.scalar(at: end) {
      switch scalar.value {
      case 0xb2, 0xb3, 0xb9, 0x2070...0x2071, 0x2074...0x208e, 0x2090...0x209c:
        end = text.end(of: end)
      default: return end
      }
    }
    return end
  }
}

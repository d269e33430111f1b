/// Numbers without units that are more than digits with single marks: with a sign, a power of ten, thousands parted by spaces
/// or apostrophes, ranges with a dash. What a translator reads as a number by itself is left to it.
struct Numbers: ProtectedTextKind {
  static let firstBytes = Array("0123456789+-.".utf8) + [0xc2, 0xe2]

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard !text.isWordBefore(place), !isWithinNumber(place, in: text),
      let end = text.endOfSignedNumber(place).map({ endOfPower($0, in: text) }), !text.isWord(end)
    else { return nil }
    if !text.isDigit(place) { return hasOwnSign(place, in: text) ? word(place..<end) : nil }
    // Signs of ranges and thousands; a plain blank parts two numbers as often.
    let part = text.bytes[place..<end]
    let isPlain = part.allSatisfy { TextBytes.isDigit($0) || ByteSet(".,:/-").contains($0) }
    guard !isPlain, !part.contains(0x20) || isGrouped(place..<end, in: text) else { return nil }
    return word(place..<end)
  }

  private func word(_ range: Range<Int>) -> ProtectedSpan { ProtectedSpan(range, .word) }

  private func isWithinNumber(_ place: Int, in text: TextBytes) -> Bool {
    ByteSet(".,-+").contains(text[place - 1]) && text.isWordBefore(place - 1)
  }

  /// Whether a sign is one of the number behind it, and no dash between two words.
  private func hasOwnSign(_ place: Int, in text: TextBytes) -> Bool {
    text.isFreeBefore(place) || ByteSet("$/:<>").contains(text[place - 1])
      || text.scalar(at: text.start(before: place))?.properties.generalCategory == .currencySymbol
  }

  /// Whether blanks part the thousands of one number for certain: `1 000`, `12 345 678`.
  private func isGrouped(_ range: Range<Int>, in text: TextBytes) -> Bool {
    let part = text.bytes[range]
    return part.count { $0 == 0x20 } > 1 || part.suffix(4).elementsEqual(" 000".utf8)
  }

  /// `×10^8`, `^2`, `10⁻³`.
  private func endOfPower(_ place: Int, in text: TextBytes) -> Int {
    var end = place
    for times in ["×10", "·10", "*10"] as [StaticString] where text.starts(with: times, at: end) {
      end += times.utf8CodeUnitCount
    }
    if text[end] == 0x5e {
      let digits = text.endOfSign(end + 1) ?? end + 1
      end = max(end, text.end(of: digits, limit: 8, while: TextBytes.isDigit))
      return end > digits || digits == end ? end : place
    }
    return ScriptedWords.endOfScripts(end, in: text)
  }
}

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

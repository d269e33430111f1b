/// Numbers without units that are more than digits with single marks.
///
/// With a sign, a power of ten, thousands separated by spaces or apostrophes, ranges with a dash; what a translator reads as a
/// number by itself is left to it.
struct Numbers: ProtectedTextKind {
  static let firstBytes = Array("0123456789+-.<>~".utf8) + [0xc2, 0xe2]

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard !text.isWordBefore(place), !isWithinNumber(place, in: text),
      let end = text.endOfSignedNumber(endOfComparison(place, in: text)).map({
        text.endOfPower($0)
      }), !text.isWord(end)
    else { return nil }
    if !text.isDigit(place) { return hasOwnSign(place, in: text) ? word(place..<end) : nil }
    // Signs of ranges and thousands; a plain blank parts two numbers as often.
    let part = text.bytes[place..<end]
    let isPlain = part.allSatisfy { TextBytes.isDigit($0) || ByteSet(".,:/-").contains($0) }
    guard !isPlain, !part.contains(0x20) || isGrouped(place..<end, in: text) else { return nil }
    // `5'10"`
    let isHeight = part.contains(0x27) && text[end] == 0x22
    return word(place..<(isHeight ? end + 1 : end))
  }

  /// `<`, `>=`, `~`, `≈` directly before a number.
  private func endOfComparison(_ place: Int, in text: TextBytes) -> Int {
    if ByteSet("<>~").contains(text[place]) {
      return text[place + 1] == 0x3d ? place + 2 : place + 1
    }
    for sign in ["≈", "≤", "≥"] as [StaticString] where text.starts(with: sign, at: place) {
      return place + sign.utf8CodeUnitCount
    }
    return place
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
}

internal import TagmaLexicon
internal import TagmaTokenization

/// A sentence in units, cut into pieces that are translated one by one where it is too long.
struct SourceText {
  struct Piece {
    var units: [Int]
    /// What placeholders among the units stand for, in the source and in its translation.
    var originals: [String]
    var carried: [String]
    /// Units that its translation begins with.
    var prefix: [Int] = []
    /// Whether its translation is written in capitals.
    var isShouted = false
    /// Whether a mark ends it as marks end sentences; where none does, its translation has none either.
    var isClosed = true
    /// Where it begins, in bytes of the sentence.
    var start: Int
  }

  private(set) var pieces: [Piece] = []

  /// Longer sentences are cut.
  private static let longestPiece = 120
  /// With more placeholders a translator loses their order.
  private static let mostPlaceholders = 8

  /// - Parameters:
  ///   - text: Single spaces between words.
  ///   - values: What parts that `TextLayout.token` names become.
  ///   - endsInMark: Whether a text without a mark at its end is read with one.
  init(
    _ text: String, _ subwords: Subwords, values: [String], endsInMark: Bool = false,
    rules: CarriedText.Rules
  ) {
    let bytes = Array(text.utf8)
    var rest = 0..<bytes.count
    // A model without placeholders has no sentences either.
    let isText = !subwords.placeholders.isEmpty
    while !rest.isEmpty {
      let (part, end) = Self.part(of: bytes, rest, subwords, values, rules)
      let isLast = end == rest.upperBound
      let isClosed =
        !isText || isLast && Self.isClosed(String(decoding: bytes[rest].suffix(16), as: UTF8.self))
      add(
        part, start: rest.lowerBound, subwords, isClosed: isClosed,
        isOpen: endsInMark && isLast && !isClosed)
      rest = end..<rest.upperBound
    }
  }

  /// As much of a range as there are placeholders for, and where it ends.
  private static func part(
    of bytes: [UInt8], _ range: Range<Int>, _ subwords: Subwords, _ values: [String],
    _ rules: CarriedText.Rules
  ) -> (CarriedText, end: Int) {
    func carried(_ range: Range<Int>) -> CarriedText {
      CarriedText(
        String(decoding: bytes[range], as: UTF8.self),
        limit: min(subwords.placeholders.count, Self.mostPlaceholders),
        values: values, rules: rules)
    }
    let whole = carried(range)
    guard let overflow = whole.overflow else { return (whole, range.upperBound) }
    let limit = range.lowerBound + overflow
    // After a mark in the second half, or else before a word.
    let spaces = (range.lowerBound + 1..<max(limit, range.lowerBound + 2)).filter {
      bytes[$0] == 0x20
    }
    let end =
      spaces.last {
        $0 > range.lowerBound + overflow / 2 && [0x2c, 0x3b, 0x3a].contains(bytes[$0 - 1])
      } ?? spaces.last ?? max(limit, range.lowerBound + 1)
    return (carried(range.lowerBound..<end), end)
  }

  /// Has the translation written in capitals.
  mutating func shout() {
    for i in pieces.indices { pieces[i].isShouted = true }
  }

  /// What the translation of the first piece begins with.
  mutating func begin(with units: [Int]) {
    guard !pieces.isEmpty, !units.isEmpty else { return }
    pieces[0].prefix = units
  }

  /// Adds a text, in several pieces where it is too long, cut before a word where one begins in their second half.
  ///
  /// - Parameters:
  ///   - isClosed: Whether a mark ends it.
  ///   - isOpen: Whether a sentence ends with it without a mark.
  private mutating func add(
    _ text: CarriedText, start: Int, _ subwords: Subwords, isClosed: Bool, isOpen: Bool
  ) {
    // A translator that has learned sentences makes one of what has no end.
    var rest = subwords.encode(text.text + (isOpen ? "." : ""))[...]
    // A space before it is none of it.
    var start = start + (text.text.hasPrefix(" ") ? 1 : 0)
    while !rest.isEmpty {
      let end = Self.end(of: rest, subwords)
      let units = Array(rest[..<end])
      pieces.append(
        Piece(
          units: units, originals: text.originals, carried: text.carried,
          isClosed: isClosed && end == rest.endIndex, start: start))
      start += units.reduce(0) {
        $0 + subwords.bytes(of: $1, placeholders: text.originals).count
      }
      // The space before a text's first word was passed over, and that before another piece's is.
      if subwords.beginsWord(units[0]) { start -= 1 }
      rest = rest[end...]
      if let next = rest.first, subwords.beginsWord(next) { start += 1 }
    }
  }

  private static func end(of rest: ArraySlice<Int>, _ subwords: Subwords) -> Int {
    guard rest.count > longestPiece else { return rest.endIndex }
    let end = rest.startIndex + longestPiece
    return (end - longestPiece / 2..<end + 1).last { subwords.beginsWord(rest[$0]) } ?? end
  }

  /// Whether a mark ends a text, quotation marks and brackets aside.
  static func isClosed(_ text: String) -> Bool {
    let last = text.unicodeScalars.last {
      !"\"'’”“»«)]｠ ".unicodeScalars.contains($0)
    }
    return last.map { ".!?…:;,。！？؟।｡·".unicodeScalars.contains($0) } ?? true
  }
}

/// The text that a translator reads and writes: single spaces, and composed what can be composed.
func normalizedText(_ text: String) -> String {
  let plain = withSingleSpaces(text)
  return plain.utf8.allSatisfy { $0 < 0x80 } ? plain : plain.normalized(.nfc)
}

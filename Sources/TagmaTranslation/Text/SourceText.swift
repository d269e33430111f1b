internal import TagmaLexicon
internal import TagmaTokenization

/// A text cut into pieces that are translated one by one.
struct SourceText {
  struct Piece {
    var units: [Int]
    /// What placeholders among the units stand for, in the source and in its translation.
    var originals: [String]
    var carried: [String]
    /// Units that its translation begins with.
    var prefix: [Int] = []
    /// Units at its beginning that are no text and stay as they are: marks of a list, or all where there is no word.
    var kept = 0
    /// Whether its translation is written in capitals.
    var isShouted = false
    /// Where it begins, in bytes of the text, and the number of its first word.
    var start: Int
    var word: Int
  }

  private(set) var pieces: [Piece]

  /// Longer sentences are cut.
  private static let longestPiece = 120
  /// Longer texts are translated sentence by sentence, as translators of sentences have learned them.
  private static let longestText = 40

  /// - Parameters:
  ///   - text: What `normalizedText` gives.
  init(
    _ text: String, _ subwords: Subwords, language: String, terms: Terminology = Terminology(),
    rules: CarriedText.Rules
  ) {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty else {
      pieces = []
      return
    }
    var cutter = Cutter(bytes: bytes, subwords: subwords, terms: terms, rules: rules)
    let whole = cutter.encode(0..<bytes.count)
    // Most lines are one sentence, and short; what is no running text has no sentences.
    let isText = !subwords.placeholders.isEmpty
    if whole.units.count <= (isText ? Self.longestText : Self.longestPiece) {
      pieces = [whole]
      return
    }
    if var iterator = try? BreakIterator(.sentence, locale: "\(language)@ss=standard") {
      var start = 0
      iterator.forEachPiece(in: bytes) { range, _ in
        // No sentence ends within an address: `/page?name`.
        if range.upperBound < bytes.count, bytes[range.upperBound - 1] < 0x80,
          bytes[range.upperBound - 1] != 0x20, bytes[range.upperBound] < 0x80
        {
          return
        }
        cutter.add(start..<range.upperBound, longest: Self.longestPiece)
        start = range.upperBound
      }
    } else {
      cutter.add(0..<bytes.count, longest: Self.longestPiece)
    }
    pieces = cutter.pieces
  }

  /// Has the translation written in capitals.
  mutating func shout() {
    for i in pieces.indices { pieces[i].isShouted = true }
  }

  /// What the translation of the first piece begins with.
  mutating func begin(with units: [Int]) {
    guard !pieces.isEmpty, !units.isEmpty else { return }
    pieces[0].prefix = units
    pieces[0].kept = 0
  }

  private struct Cutter {
    let bytes: [UInt8]
    let subwords: Subwords
    let terms: Terminology
    let rules: CarriedText.Rules
    private(set) var pieces: [Piece] = []
    private var words = 0
    private var counted = 0

    init(
      bytes: [UInt8], subwords: Subwords, terms: Terminology, rules: CarriedText.Rules
    ) {
      (self.bytes, self.subwords, self.terms, self.rules) = (bytes, subwords, terms, rules)
    }

    /// The units of a range, which may begin with a space.
    mutating func encode(_ range: Range<Int>) -> Piece {
      let start = bytes[range].firstIndex { $0 != 0x20 } ?? range.upperBound
      let text = CarriedText(
        String(decoding: bytes[range], as: UTF8.self), limit: subwords.placeholders.count,
        terms: terms, rules: rules)
      let kept = text.text.prefix(keptCount(text))
      // The space after it is that of the word that follows.
      let units = subwords.encode(String(kept.last == " " ? kept.dropLast() : kept))
      return Piece(
        units: units + subwords.encode(String(text.text.dropFirst(kept.count))),
        originals: text.originals, carried: text.carried, kept: units.count, start: start,
        word: word(at: start))
    }

    /// Characters at the beginning of a text, whole words, that are not translated.
    private func keptCount(_ text: CarriedText) -> Int {
      guard !subwords.placeholders.isEmpty else { return 0 }
      let words = text.text.split(separator: " ", omittingEmptySubsequences: false)
      let first = words.firstIndex { !isListMark(text.original(of: $0)) } ?? words.count
      let rest = words[first...]
      let hasText = rest.contains { word in
        text.withoutPlaceholders(word).contains {
          $0.isLetter || $0.isNumber && !rules.numbers
        }
      }
      let kept = hasText ? words[..<first] : words[...]
      return kept.reduce(0) { $0 + $1.count + 1 }
    }

    /// Whether a word is a mark before a line: `•`, `-`, `3.`, `(b)`.
    private func isListMark(_ word: String) -> Bool {
      let core = word.drop { $0 == "(" }
      if let last = core.last, last == ")" || last == "." {
        let name = core.dropLast()
        if !name.isEmpty, name.allSatisfy(\.isNumber) || name.count == 1 && last == ")" {
          return true
        }
      }
      // Quotation marks and brackets belong to what they enclose.
      return word.unicodeScalars.allSatisfy {
        switch $0.properties.generalCategory {
        case .dashPunctuation, .mathSymbol, .otherSymbol, .modifierSymbol, .nonspacingMark, .format,
          .spaceSeparator:
          true
        case .otherPunctuation: !"\"'¿¡".unicodeScalars.contains($0)
        default: false
        }
      }
    }

    /// Adds a sentence, in several pieces where it is too long, cut before a word where one begins in their second half.
    mutating func add(_ range: Range<Int>, longest: Int) {
      let sentence = encode(range)
      var rest = sentence.units[...]
      var start = sentence.start
      while !rest.isEmpty {
        var end = rest.endIndex
        if rest.count > longest {
          end = rest.startIndex + longest
          end = (end - longest / 2..<end + 1).last { subwords.beginsWord(rest[$0]) } ?? end
        }
        let units = Array(rest[..<end])
        let kept = min(max(sentence.kept - rest.startIndex, 0), units.count)
        pieces.append(
          Piece(
            units: units, originals: sentence.originals, carried: sentence.carried, kept: kept,
            start: start, word: word(at: start)))
        start += units.reduce(0) {
          $0 + subwords.bytes(of: $1, placeholders: sentence.originals).count
        }
        // The space before a sentence's first word was passed over, and that before another piece's is.
        if subwords.beginsWord(units[0]) { start -= 1 }
        rest = rest[end...]
        if let next = rest.first, subwords.beginsWord(next) { start += 1 }
      }
    }

    /// The number of the word that begins at a byte; places come in order.
    private mutating func word(at place: Int) -> Int {
      guard place >= counted else { return 0 }
      words += bytes[counted..<min(place, bytes.count)].count { $0 == 0x20 }
      counted = min(place, bytes.count)
      return words
    }
  }
}

/// The text that a translator reads and writes: single spaces, and composed what can be composed.
func normalizedText(_ text: String) -> String {
  let plain = withSingleSpaces(text)
  return plain.utf8.allSatisfy { $0 < 0x80 } ? plain : plain.normalized(.nfc)
}

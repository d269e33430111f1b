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
  ///   - carriesNames: Whether rare names are carried.
  init(
    _ text: String, _ subwords: Subwords, language: String, terms: Terminology,
    carriesNames: Bool
  ) {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty else {
      pieces = []
      return
    }
    var cutter = Cutter(
      bytes: bytes, subwords: subwords, terms: terms, carriesNames: carriesNames)
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

  /// What the translation of the first piece begins with.
  mutating func begin(with units: [Int]) {
    if !pieces.isEmpty { pieces[0].prefix = units }
  }

  private struct Cutter {
    let bytes: [UInt8]
    let subwords: Subwords
    let terms: Terminology
    let carriesNames: Bool
    private(set) var pieces: [Piece] = []
    private var words = 0
    private var counted = 0

    init(bytes: [UInt8], subwords: Subwords, terms: Terminology, carriesNames: Bool) {
      (self.bytes, self.subwords, self.terms) = (bytes, subwords, terms)
      self.carriesNames = carriesNames
    }

    /// The units of a range, which may begin with a space.
    mutating func encode(_ range: Range<Int>) -> Piece {
      let start = bytes[range].firstIndex { $0 != 0x20 } ?? range.upperBound
      let text = CarriedText(
        String(decoding: bytes[range], as: UTF8.self), limit: subwords.placeholders.count,
        terms: terms, isName: carriesNames ? { [subwords] in subwords.isRareName($0) } : nil)
      return Piece(
        units: subwords.encode(text.text), originals: text.originals, carried: text.carried,
        start: start,
        word: word(at: start))
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
        pieces.append(
          Piece(
            units: units, originals: sentence.originals, carried: sentence.carried, start: start,
            word: word(at: start)))
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

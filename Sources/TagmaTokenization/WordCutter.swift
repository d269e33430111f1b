/// Cuts text into words and what lies between them, by the rules for all languages and those of one.
struct WordCutter: ~Copyable {
  private var words: BreakIterator
  /// The rules without guesses, made when the first guess is wrong.
  private var plainWords: BreakIterator?
  let rules: LanguageRules

  /// A piece of text.
  struct Piece {
    var bytes: Range<Int>
    /// Whether it lies between words.
    let isSpace: Bool
    /// The words of a token that was cut by somebody else; nil where the rules decide.
    var words: [String]?
  }

  init(_ rules: LanguageRules) throws(TokenizationError) {
    words = try BreakIterator(Self.compiled.get())
    self.rules = rules
  }

  /// The rules for words, compiled once for all tokenizers of the process.
  private static let compiled = compile(withGuesses: true)
  private static let compiledPlain = compile(withGuesses: false)

  private static func compile(withGuesses: Bool) -> Result<CompiledRules, TokenizationError> {
    Result { () throws(TokenizationError) in
      let text = String(decoding: PackageResources.words_txt, as: UTF8.self)
      let end = text.firstRange(of: "#---").map(\.lowerBound) ?? text.endIndex
      return try BreakIterator(rules: withGuesses ? text : String(text[..<end])).compile()
    }
  }

  /// Does early what the first tokenizer of the process does once.
  static func compileRules() {
    _ = compiled
  }

  /// All pieces of a text, as the language has them.
  mutating func pieces(of text: [UInt8]) -> [Piece] {
    var joiner = WordJoiner(text, rules, rawPieces(of: text))
    return joiner.joined()
  }

  /// What the rules for all languages make of a text.
  mutating func rawPieces(of text: [UInt8]) -> [Piece] {
    var pieces: [Piece] = []
    var (longRuns, guesses, afterEmoticon) = (text.longRuns[...], 0, false)
    var plain = plainWords.take()
    words.forEachPiece(in: text) { bytes, status in
      var end = bytes.upperBound
      while let run = longRuns.first, run.upperBound <= bytes.lowerBound {
        longRuns.removeFirst()
        guesses = 0
      }
      if let run = longRuns.first, run.contains(bytes.lowerBound) {
        guesses += 1
        if guesses > Self.guessesInLongRun {
          return Self.appendPlain(bytes.lowerBound..<run.upperBound, text, &plain, to: &pieces)
        }
      }
      let isWrong =
        switch status {
        case WordStatus.address: !text.endsWord(bytes)
        case WordStatus.host: !text.endsHost(bytes, &end)
        case WordStatus.emoticon: !text.isEmoticon(bytes, isGlued: !afterEmoticon)
        default: false
        }
      if isWrong {
        // The letters of an emoticon may begin an address, those of an address do not.
        let last = status == WordStatus.emoticon ? bytes.lowerBound + 1 : bytes.upperBound
        end = Self.appendPlain(bytes.lowerBound..<last, text, &plain, to: &pieces)
      } else {
        pieces.append(Piece(bytes: bytes.lowerBound..<end, isSpace: status == WordStatus.space))
      }
      afterEmoticon = status == WordStatus.emoticon && !isWrong
      return end
    }
    plainWords = plain.take()
    return pieces
  }

  /// How often an address is looked for in a long stretch without spaces: each time takes as long as the stretch is.
  private static let guessesInLongRun = 16

  /// Cuts a stretch by the rules without guesses.
  ///
  /// - Returns: The end of its last piece.
  private static func appendPlain(
    _ stretch: Range<Int>, _ text: [UInt8], _ words: inout BreakIterator?,
    to pieces: inout [Piece]
  ) -> Int {
    if words == nil, let rules = try? compiledPlain.get() { words = try? BreakIterator(rules) }
    var end = stretch.lowerBound
    words?.forEachPiece(in: text, from: stretch.lowerBound) { bytes, status in
      pieces.append(Piece(bytes: bytes, isSpace: status == WordStatus.space))
      end = bytes.upperBound
      return end < stretch.upperBound ? end : nil
    }
    if end == stretch.lowerBound {
      pieces.append(Piece(bytes: stretch, isSpace: false))
      end = stretch.upperBound
    }
    return end
  }
}

/// The numbers that rules for words have in `Rules/words.txt`.
private enum WordStatus {
  static let space = 0
  static let address = 310
  static let host = 315
  static let emoticon = 320
}

// MARK: - Guesses

extension [UInt8] {
  /// Whether no letter or digit follows that could be part of an address.
  fileprivate func endsWord(_ bytes: Range<Int>) -> Bool {
    bytes.upperBound == count || !scalar(at: bytes.upperBound).scalar.isInAddress
  }

  /// Whether names with stops between them are a host of the web, with what its path may be.
  ///
  /// - Parameter end: Becomes the end of the host where further names follow that are none of it.
  fileprivate func endsHost(_ bytes: Range<Int>, _ end: inout Int) -> Bool {
    let names = self[bytes].prefix { $0 != UInt8(ascii: "/") }
      .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    for k in names.indices.dropFirst().reversed() where isDomain(names, k) {
      if k + 1 < names.count { end = names[k].endIndex }
      return endsWord(bytes.lowerBound..<end)
    }
    return false
  }

  /// Whether a host may end with a name: *org*, or *uk* after *co*.
  private func isDomain(_ names: [ArraySlice<UInt8>], _ k: Int) -> Bool {
    guard names[k].count <= 4 else { return false }
    let name = String(decoding: names[k], as: UTF8.self)
    if Self.domains.contains(name) { return true }
    return k > 1 && name.utf8.count == 2 && name.utf8.allSatisfy { $0 &- 0x61 < 26 }
      && Self.secondDomains.contains(String(decoding: names[k - 1], as: UTF8.self))
  }

  private static let domains: Set = [
    "com", "org", "net", "edu", "gov", "info", "io", "de", "fr", "br",
  ]
  private static let secondDomains: Set = ["com", "co", "org", "net", "gov", "edu", "ac"]

  /// Stretches without spaces, and without signs that end an address, of many bytes.
  fileprivate var longRuns: [Range<Int>] {
    guard count > Self.longRun else { return [] }
    var runs: [Range<Int>] = []
    var start = 0
    for (i, byte) in enumerated() where byte <= 0x20 {
      if i - start > Self.longRun { appendLongRuns(start..<i, to: &runs) }
      start = i + 1
    }
    if count - start > Self.longRun { appendLongRuns(start..<count, to: &runs) }
    return runs
  }

  private func appendLongRuns(_ stretch: Range<Int>, to runs: inout [Range<Int>]) {
    var (start, i) = (stretch.lowerBound, stretch.lowerBound)
    while i <= stretch.upperBound {
      let (scalar, width) = i < stretch.upperBound ? scalar(at: i) : (" ", 1)
      let isInside = scalar.isASCII ? scalar.value > 0x20 : scalar.isInAddress || scalar.isHidden
      if !isInside {
        if i - start > Self.longRun { runs.append(start..<i) }
        start = i + width
      }
      i += width
    }
  }

  private static let longRun = 2048

  /// Whether what looks like an emoticon is none beside what stands around it: `Name:Paris`, `f(x)=(a)`, `C:\`.
  ///
  /// - Parameter isGlued: Whether signs before it count.
  fileprivate func isEmoticon(_ bytes: Range<Int>, isGlued: Bool) -> Bool {
    let (before, width) = scalar(before: bytes.lowerBound)
    let after: Unicode.Scalar =
      bytes.upperBound < count ? scalar(at: bytes.upperBound).scalar : " "
    let (eyes, mouth) = (self[bytes.lowerBound], self[bytes.upperBound - 1])
    let isAfterWord =
      width > 0 && (before.isLetterOrDigit || isGlued && Self.wordEnds.contains(before.value))
    guard eyes == UInt8(ascii: ":") || eyes == UInt8(ascii: ";") else {
      return !isAfterWord && !after.isLetterOrDigit
    }
    if after.isLetterOrDigit, isAfterWord || mouth != UInt8(ascii: ")") { return false }
    if mouth == UInt8(ascii: "("), isAfterWord || !after.isBlank,
      hasBracket(after: bytes.upperBound)
    {
      return false
    }
    guard isAfterWord else { return true }
    // *thanks:)* is written, *C:\* and *key:[* are something else.
    guard before.properties.isLowercase, after.isBlank || !after.isLetterOrDigit else {
      return false
    }
    switch mouth {
    case UInt8(ascii: ")"): return !hasOpenBracket(before: bytes.lowerBound)
    case UInt8(ascii: "("), UInt8(ascii: "D"), UInt8(ascii: "P"), UInt8(ascii: "/"):
      return after.isBlank
    default: return false
    }
  }

  /// Signs at the ends of words, codes and quotes.
  private static let wordEnds = Set(")]}\"'_>".unicodeScalars.map(\.value))
  /// How far brackets are looked for, in bytes.
  private static let reach = 80

  /// Whether a bracket closes after a place that no other opens there.
  private func hasBracket(after place: Int) -> Bool {
    var depth = 0
    for byte in self[place..<Swift.min(place + Self.reach, count)] {
      switch byte {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        if depth == 0 { return true }
        depth -= 1
      case 0x0a: return false
      default: break
      }
    }
    return false
  }

  private func hasOpenBracket(before place: Int) -> Bool {
    var depth = 0
    for byte in self[Swift.max(0, place - Self.reach)..<place].reversed() {
      switch byte {
      case UInt8(ascii: ")"): depth += 1
      case UInt8(ascii: "("):
        if depth == 0 { return true }
        depth -= 1
      case 0x0a: return false
      default: break
      }
    }
    return false
  }
}

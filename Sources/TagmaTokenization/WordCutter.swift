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
    // The end of an address that was none, and whether an emoticon stands before.
    var (plainEnd, afterEmoticon) = (0, false)
    var plain = plainWords.take()
    words.forEachPiece(in: text) { bytes, status in
      var bytes = bytes
      if status == WordStatus.address, bytes.lowerBound < plainEnd || !text.endsWord(bytes) {
        plainEnd = max(plainEnd, bytes.upperBound)
        bytes = Self.plainPiece(of: text, at: bytes, &plain)
      } else if status == WordStatus.emoticon, !text.isEmoticon(bytes, isGlued: !afterEmoticon) {
        bytes = Self.plainPiece(of: text, at: bytes, &plain)
      } else {
        afterEmoticon = status == WordStatus.emoticon
      }
      pieces.append(Piece(bytes: bytes, isSpace: status == WordStatus.space))
      return bytes.upperBound
    }
    plainWords = plain.take()
    return pieces
  }

  /// What stands at the start of a guess that was wrong.
  private static func plainPiece(
    of text: [UInt8], at guess: Range<Int>, _ words: inout BreakIterator?
  ) -> Range<Int> {
    if words == nil, let rules = try? compiledPlain.get() { words = try? BreakIterator(rules) }
    var end = guess.upperBound
    words?.forEachPiece(in: text, from: guess.lowerBound) { bytes, _ in
      end = bytes.upperBound
      return nil
    }
    return guess.lowerBound..<min(end, guess.upperBound)
  }
}

/// The numbers that rules for words have in `Rules/words.txt`.
private enum WordStatus {
  static let space = 0
  static let address = 310
  static let emoticon = 320
}

// MARK: - Guesses

extension [UInt8] {
  /// Whether no letter or digit follows.
  fileprivate func endsWord(_ bytes: Range<Int>) -> Bool {
    bytes.upperBound == count || !scalar(at: bytes.upperBound).scalar.isLetterOrDigit
  }

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

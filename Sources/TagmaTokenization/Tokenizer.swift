public import TagmaAnnotations

/// How text is cut.
public struct TokenizerOptions: Sendable {
  /// A code such as `en`, `pt-BR` or `zh_Hant`.
  public var language = "en"
  /// Whether a line feed ends a sentence; otherwise only a blank line does.
  public var lineEndsSentence = false
  /// Whether words such as `don't` are cut into syntactic words.
  public var splitsWords = true

  /// Longer sentences are cut, so that memory stays bounded.
  public var sentenceLimit = 10_000
  /// Longer words are cut, in bytes.
  public var wordLimit = 64 << 10

  public init() {}
}

/// Cuts text into sentences and words.
///
/// Every byte of the text is part of a word or of the white space between words, so the text can be
/// put together again. To white space belong byte-order marks, zero width spaces, control characters, marks that stand on
/// white space, and beside words what nobody sees: soft hyphens, word joiners, marks of direction.
public struct Tokenizer: ~Copyable {
  private var words: WordCutter
  private let sentences: SentenceSplitter
  /// What segmenters are told of sentences, which they were trained with.
  private var hints: BreakIterator
  private let options: TokenizerOptions

  public init(_ options: TokenizerOptions = TokenizerOptions()) throws(TokenizationError) {
    let language = options.language
    let words = try WordCutter(LanguageRules.rules(for: language))
    let locale = language.replacing("-", with: "_")
    let hints = try BreakIterator(.sentence, locale: "\(locale)@ss=standard")
    self.options = options
    self.words = words
    self.hints = hints
    sentences = SentenceSplitter(
      language: language, lineEndsSentence: options.lineEndsSentence)
  }

  /// Does early what the first tokenizer of the process does once.
  public static func compileRules() {
    WordCutter.compileRules()
  }

  /// Cuts one stretch of text, which no sentence crosses.
  ///
  /// - Parameter start: The place of its first byte in the whole text.
  public mutating func tokenize(_ text: [UInt8], at start: TextPosition = TextPosition())
    -> TokenizedText
  {
    assemble(words.pieces(of: text), sentences.ends(in: text), text, start)
  }

  private typealias Piece = WordCutter.Piece

  /// Puts a stretch of text together that somebody else has cut: what lies between tokens is white space.
  public mutating func tokenize(
    _ text: [UInt8], at start: TextPosition = TextPosition(), as segments: TextSegments
  ) -> TokenizedText {
    var pieces: [Piece] = []
    var end = 0
    for token in segments.tokens {
      if token.bytes.lowerBound > end {
        pieces.append(Piece(bytes: end..<token.bytes.lowerBound, isSpace: true))
      }
      pieces.append(Piece(bytes: token.bytes, isSpace: false, words: token.words))
      end = token.bytes.upperBound
    }
    if end < text.count { pieces.append(Piece(bytes: end..<text.count, isSpace: true)) }
    var ends = segments.sentenceEnds
    if options.lineEndsSentence {
      ends = (ends + text.indices.filter { text[$0] == 0x0a }.map { $0 + 1 }).sorted()
    }
    return assemble(pieces, ends, text, start)
  }

  /// Where words and sentences end as segmenters are told, in bytes: by the rules for all languages and ICU's.
  public mutating func boundaries(in text: [UInt8]) -> (words: [Int], sentences: [Int]) {
    let pieces = words.rawPieces(of: text)
    var ends: [Int] = []
    for (i, piece) in pieces.enumerated() where !piece.isSpace {
      if i + 1 < pieces.count, isHint(text[piece.bytes], before: text[pieces[i + 1].bytes]) {
        continue
      }
      ends.append(piece.bytes.upperBound)
    }
    return (ends, sentenceHints(text))
  }

  /// Where the rules of the language are sure whether a sentence ends.
  package func sentenceCertainties(in text: [UInt8]) -> [SentenceCertainty] {
    sentences.certainties(in: text)
  }

  /// Whether a word takes the full stop after it.
  private func isHint(_ word: ArraySlice<UInt8>, before next: ArraySlice<UInt8>) -> Bool {
    guard word.count <= 6, next.count == 1, next.first == 0x2e, !words.rules.hints.isEmpty else {
      return false
    }
    return words.rules.hints.contains(String(decoding: word, as: UTF8.self))
  }

  /// Where sentences end: ICU's boundaries, less those at a single line feed unless lines count.
  private mutating func sentenceHints(_ text: [UInt8]) -> [Int] {
    var ends: [Int] = []
    // ICU ends a sentence at every line feed; a text that is wrapped would fall to pieces.
    let flat =
      options.lineEndsSentence ? text : text.map { $0 == 0x0a || $0 == 0x0d ? 0x20 : $0 }
    hints.forEachPiece(in: flat) { bytes, _ in ends.append(bytes.upperBound) }
    return ends
  }

  private func assemble(
    _ pieces: [Piece], _ ends: [Int], _ text: [UInt8], _ start: TextPosition
  ) -> TokenizedText {
    var result = TokenizedText()
    var sentence = Sentence()
    var (at, nextEnd) = (start, 0)
    var space: [UInt8] = []
    func closeSentence() {
      if !sentence.tokens.isEmpty { result.sentences.append(sentence) }
      sentence = Sentence()
    }
    for piece in pieces {
      let bytes = text[piece.bytes]
      if piece.isSpace {
        space += bytes
        at.advance(over: bytes)
        continue
      }
      // A boundary inside of a word, as of a URL with a question mark, is none.
      var isNew = false
      while nextEnd < ends.count, ends[nextEnd] <= piece.bytes.lowerBound {
        isNew = true
        nextEnd += 1
      }
      Self.attach(space, to: &sentence, &result)
      if isNew || sentence.tokens.count >= options.sentenceLimit { closeSentence() }
      space = []
      appendParts(bytes, words: piece.words, at: &at, to: &sentence)
      while nextEnd < ends.count, ends[nextEnd] < piece.bytes.upperBound { nextEnd += 1 }
    }
    Self.attach(space, to: &sentence, &result)
    closeSentence()
    return result
  }

  /// Writes the white space after the last word, or before the first word of the text.
  private static func attach(
    _ space: [UInt8], to sentence: inout Sentence, _ result: inout TokenizedText
  ) {
    guard let last = sentence.tokens.indices.last else {
      if result.sentences.isEmpty { result.leadingSpace = String(decoding: space, as: UTF8.self) }
      return
    }
    let text = String(decoding: space, as: UTF8.self)
    let misc: String
    switch text {
    case " ": return
    case "": misc = "SpaceAfter=No"
    default: misc = "SpacesAfter=\(Misc.escapeSpaces(text))"
    }
    if let multiword = sentence.multiwordTokens.indices.last,
      sentence.multiwordTokens[multiword].words.upperBound == last
    {
      sentence.multiwordTokens[multiword].misc = misc
    } else {
      sentence.tokens[last].misc = misc
    }
  }

  /// A word, or where it is too long its parts without space between them.
  private func appendParts(
    _ bytes: ArraySlice<UInt8>, words known: [String]?, at position: inout TextPosition,
    to sentence: inout Sentence
  ) {
    if let words = known, words.count > 1, bytes.count <= options.wordLimit {
      appendMultiword(bytes, words, at: &position, to: &sentence)
      return
    }
    var rest = bytes
    while rest.count > options.wordLimit {
      var end = rest.startIndex + options.wordLimit
      while rest[end] & 0xc0 == 0x80 { end -= 1 }
      appendWord(rest[..<end], at: &position, to: &sentence)
      sentence.tokens[sentence.tokens.count - 1].misc = "SpaceAfter=No"
      rest = rest[end...]
    }
    if known == nil {
      append(rest, at: &position, to: &sentence)
    } else {
      appendWord(rest, at: &position, to: &sentence)
    }
  }

  /// A token of several words: each has the place of its part where the words are the token, else that of the token.
  private func appendMultiword(
    _ bytes: ArraySlice<UInt8>, _ words: [String], at position: inout TextPosition,
    to sentence: inout Sentence
  ) {
    let form = String(decoding: bytes, as: UTF8.self)
    let (first, start) = (sentence.tokens.count, position)
    if words.joined() == form {
      var rest = bytes
      for word in words {
        appendWord(rest.prefix(word.utf8.count), at: &position, to: &sentence)
        rest = rest.dropFirst(word.utf8.count)
      }
    } else {
      position.advance(over: bytes)
      for word in words {
        var token = Token(form: word)
        token.place = start.place(to: position)
        sentence.tokens.append(token)
      }
    }
    var token = MultiwordToken(words: first...first + words.count - 1, form: form)
    token.place = start.place(to: position)
    sentence.multiwordTokens.append(token)
  }

  private func append(
    _ bytes: ArraySlice<UInt8>, at position: inout TextPosition, to sentence: inout Sentence
  ) {
    guard options.splitsWords, var cut = words.rules.cut(bytes) else {
      return appendWord(bytes, at: &position, to: &sentence)
    }
    let (first, start) = (sentence.tokens.count, position)
    // From the end: *I'd've* has two clitics.
    var (stem, clitics) = (bytes, [ArraySlice<UInt8>]())
    repeat {
      clitics.append(stem.dropFirst(cut))
      stem = stem.prefix(cut)
      cut = words.rules.cut(stem) ?? 0
    } while cut > 0
    appendWord(stem, at: &position, to: &sentence)
    for clitic in clitics.reversed() { appendWord(clitic, at: &position, to: &sentence) }
    var token = MultiwordToken(
      words: first...first + clitics.count, form: String(decoding: bytes, as: UTF8.self))
    token.place = start.place(to: position)
    sentence.multiwordTokens.append(token)
  }

  private func appendWord(
    _ bytes: ArraySlice<UInt8>, at position: inout TextPosition, to sentence: inout Sentence
  ) {
    let start = position
    position.advance(over: bytes)
    var token = Token(form: String(decoding: bytes, as: UTF8.self))
    token.place = start.place(to: position)
    sentence.tokens.append(token)
  }
}

/// Where somebody else cuts a stretch of text.
public struct TextSegments: Sendable, Equatable {
  public struct Token: Sendable, Equatable {
    public var bytes: Range<Int>
    /// The words that it stands for; none where it is one word itself.
    public var words: [String]

    public init(bytes: Range<Int>, words: [String] = []) {
      (self.bytes, self.words) = (bytes, words)
    }
  }

  /// Tokens in order; between them is white space.
  public var tokens: [Token] = []
  /// Where sentences end, in bytes.
  public var sentenceEnds: [Int] = []

  public init() {}
}

/// What became of a stretch of text.
public struct TokenizedText: Sendable {
  public var sentences: [Sentence] = []
  /// White space before the first word; all of the text where there is no word.
  public var leadingSpace = ""
}

/// A position in a text in the three units that programs count in.
public struct TextPosition: Sendable, Equatable {
  public var utf8 = 0
  public var scalars = 0
  public var utf16 = 0

  public init() {}

  /// Moves over valid UTF-8.
  public mutating func advance(over bytes: ArraySlice<UInt8>) {
    utf8 += bytes.count
    for byte in bytes where byte & 0xc0 != 0x80 {
      scalars += 1
      utf16 += byte >= 0xf0 ? 2 : 1
    }
  }

  func place(to end: TextPosition) -> TextPlace {
    TextPlace(
      utf8: utf8..<end.utf8, scalars: scalars..<end.scalars, utf16: utf16..<end.utf16)
  }
}

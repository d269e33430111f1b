/// One walk over a text in search of the ends of its sentences.
struct SentenceScanner {
  let text: [UInt8]
  let rules: LanguageRules
  private let lineEndsSentence: Bool
  private(set) var sentences: [Range<Int>] = []
  /// Whether places that the rules are sure of are kept, and those places.
  var keepsCertainties = false
  private(set) var certainties: [SentenceCertainty] = []
  /// Where the sentence at hand begins, after white space.
  private(set) var start = 0
  /// How far it was searched for letters and digits, and whether there are any.
  private var words = (searched: 0, found: false)

  init(_ text: [UInt8], _ rules: LanguageRules, lineEndsSentence: Bool) {
    (self.text, self.rules, self.lineEndsSentence) = (text, rules, lineEndsSentence)
  }

  mutating func scan() {
    begin(at: 0)
    var i = start
    while i < text.count {
      switch text[i] {
      case 0x0a: i = scanLineEnd(i)
      case 0x2e, 0x21, 0x3f, 0x3b: i = scanStop(i)
      case ..<0x80: i += 1
      default:
        let (scalar, width) = text.scalar(at: i)
        switch scalar.value {
        case 0x85, 0x2028, 0x2029: i = endSentence(at: i, next: i + width)
        case ..<0x37e: i += width
        default: i = isTerminal(scalar) ? scanStop(i) : i + width
        }
      }
    }
    endSentence(at: text.count, next: text.count)
  }

  /// Ends a sentence where lines do, or where a blank line follows.
  private mutating func scanLineEnd(_ i: Int) -> Int {
    let next = text.skipSpace(i + 1)
    guard lineEndsSentence || text[i + 1..<next].contains(0x0a) else { return next }
    return endSentence(at: i, next: next)
  }

  private mutating func scanStop(_ i: Int) -> Int {
    guard var stop = stop(at: i) else { return i + 1 }
    guard hasWords(before: i) else { return stop.end }
    var next = text.skipSpace(stop.end)
    // « Oui. » has a space before the quote that closes.
    if next > stop.end, let end = closer(afterSpaceAt: next) {
      (stop.end, stop.hasCloser, stop.hasQuote) = (end, true, true)
      next = text.skipSpace(end)
    }
    if keepsCertainties, next > stop.end, let isEnd = certainty(of: stop, before: next) {
      certainties.append(SentenceCertainty(bytes: i..<next, isEnd: isEnd))
    }
    guard next < text.count, isEnd(stop, before: next) else { return stop.end }
    return endSentence(at: stop.end, next: next)
  }

  /// Ends the sentence at hand; one without letters and digits belongs to the one before it on its line.
  ///
  /// - Returns: Where the next one begins.
  @discardableResult
  private mutating func endSentence(at place: Int, next: Int) -> Int {
    let end = text.dropSpace(before: place, from: start)
    if end > start {
      if let last = sentences.last, !hasWords(before: end),
        !text[last.upperBound..<start].contains(0x0a)
      {
        sentences[sentences.count - 1] = last.lowerBound..<end
      } else {
        sentences.append(start..<end)
      }
    }
    begin(at: next)
    return start
  }

  private mutating func begin(at place: Int) {
    start = text.skipSpace(place)
    words = (start, false)
  }

  private mutating func hasWords(before end: Int) -> Bool {
    while !words.found, words.searched < end {
      let (scalar, width) = text.scalar(at: words.searched)
      words.found = scalar.isLetterOrDigit
      words.searched += width
    }
    return words.found
  }
}

// MARK: - Stops

extension SentenceScanner {
  /// A run of signs that may end a sentence.
  struct Stop {
    var bytes: Range<Int>
    /// After the quotes and brackets that close behind it.
    var end: Int
    /// One full stop, which may belong to an abbreviation.
    var isFullStop: Bool
    /// Whether there are signs other than full stops and ellipses.
    var hasMark: Bool
    /// Of a script that does without spaces or capitals: nothing needs to follow.
    var isOfItself: Bool
    var hasCloser = false
    var hasQuote = false
  }

  private func isTerminal(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x21, 0x2e, 0x3f, 0x2026: true
    case 0x3b, 0x37e: rules.isTerminal(scalar)
    case ..<0x589, 0x3040...0xa4cf, 0xac00...0xd7ff: false
    default: scalar.properties.isSentenceTerminal
    }
  }

  private func stop(at start: Int) -> Stop? {
    var (end, dots) = (start, 0)
    var (hasMark, isOfItself) = (false, false)
    while end < text.count {
      let (scalar, width) = text.scalar(at: end)
      guard isTerminal(scalar) else { break }
      switch scalar.value {
      case 0x2e, 0x2024, 0xfe52, 0xff0e: dots += 1
      case 0x2026: dots += 3
      case 0x21, 0x3b, 0x3f, 0x37e, 0x6d4, 0x203c...0x2049: hasMark = true
      default: isOfItself = true
      }
      end += width
    }
    guard end > start else { return nil }
    var stop = Stop(
      bytes: start..<end, end: end, isFullStop: dots == 1 && !hasMark && !isOfItself,
      hasMark: hasMark, isOfItself: isOfItself)
    skipClosers(&stop)
    return stop
  }

  /// Quotes, brackets, marks of emphasis and notes that stand directly behind a stop belong to its sentence.
  private func skipClosers(_ stop: inout Stop) {
    while stop.end < text.count {
      let (scalar, width) = text.scalar(at: stop.end)
      var next = stop.end + width
      switch scalar {
      case "\"", "'", "\u{2019}", "\u{201d}", "\u{bb}":
        (stop.hasCloser, stop.hasQuote) = (true, true)
      case "\u{ab}", "\u{201c}", "\u{2018}":
        // In German these close; elsewhere they open what follows.
        guard next == text.count || text.isSpace(at: next) else { return }
        (stop.hasCloser, stop.hasQuote) = (true, true)
      case "*", "_", "~", "`": break
      case "<", "[":
        guard let end = endOfMarkup(at: stop.end) else { return }
        next = end
      default:
        switch scalar.properties.generalCategory {
        case .closePunctuation, .finalPunctuation:
          stop.hasCloser = true
          stop.hasQuote = stop.hasQuote || !scalar.isBracket
        case .format, .nonspacingMark, .enclosingMark, .otherNumber: break
        default: return
        }
      }
      stop.end = next
    }
  }

  /// After a tag such as `</b>` or a note such as `[12]`; nil where there is none.
  func endOfMarkup(at start: Int) -> Int? {
    let isTag = text[start] == 0x3c
    var i = start + 1
    while i < text.count, i < start + (isTag ? 80 : 5) {
      let byte = text[i]
      if byte == (isTag ? 0x3e : 0x5d) { return i > start + 1 ? i + 1 : nil }
      guard isTag ? i > start + 1 || byte == 0x2f || byte.isASCIILetter : byte.isASCIIDigit else {
        return nil
      }
      i += 1
    }
    return nil
  }

  /// After quotes that close although white space stands before them; nil where there are none.
  private func closer(afterSpaceAt start: Int) -> Int? {
    var end = start
    while end < text.count {
      let (scalar, width) = text.scalar(at: end)
      switch scalar {
      case "\u{bb}", "\u{201d}", "\u{2019}", "\u{203a}": end += width
      default:
        let next = scalar.isBracket && scalar.properties.generalCategory == .closePunctuation
        guard next else { return close(end, start, scalar) }
        end += width
      }
    }
    return end > start ? end : nil
  }

  /// A quote closes where white space or a sign follows, and opens where a word does.
  private func close(_ end: Int, _ start: Int, _ next: Unicode.Scalar) -> Int? {
    end > start && !next.isLetterOrDigit ? end : nil
  }
}

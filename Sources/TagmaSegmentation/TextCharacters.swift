internal import TagmaTokenization

/// A text as a segmenter reads it: runs of white space are one character, and each character knows what ICU says of the
/// place after it.
struct TextCharacters: Sendable {
  var scalars: [Unicode.Scalar] = []
  /// The bytes of each character.
  var bytes: [Range<Int>] = []
  /// Whether by ICU's rules a word ends after a character (1), and a sentence (2).
  var hints: [UInt8] = []

  static let space: Unicode.Scalar = " "
  static let hintCount = 4

  /// - Parameter text: Valid UTF-8.
  init(_ text: [UInt8], _ tokenizer: inout Tokenizer) {
    var at = 0
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      let end = at + UTF8.width(scalar)
      append(scalar, at..<end)
      at = end
    }
    dropHiddenEnd()
    hints = [UInt8](repeating: 0, count: scalars.count)
    addHints(text, &tokenizer)
  }

  private mutating func append(_ scalar: Unicode.Scalar, _ place: Range<Int>) {
    if isWhiteSpace(scalar) || !scalars.isEmpty && scalar.isBlank {
      dropHiddenEnd()
      if scalars.last == Self.space {
        bytes[bytes.count - 1] = bytes[bytes.count - 1].lowerBound..<place.upperBound
        return
      }
      scalars.append(Self.space)
    } else if isUnseen(scalar) {
      return
    } else {
      scalars.append(scalar)
    }
    bytes.append(place)
  }

  /// Whether a scalar is left out: what nobody sees, and what stands on white space.
  ///
  /// Its bytes lie between tokens or within one. A joiner or a sign before a number is seen at first.
  private func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.isBlank }
    if scalar.isHidden, scalar != Self.nonJoiner { return true }
    guard scalars.last ?? Self.space == Self.space else { return false }
    return scalar.isMark || scalar.isBlank || scalar == Self.nonJoiner
  }

  /// Leaves out a joiner after the last word, and a sign that no number follows.
  private mutating func dropHiddenEnd() {
    while let last = scalars.last, !last.isASCII, last == Self.nonJoiner || last.isPrependedSign {
      scalars.removeLast()
      bytes.removeLast()
    }
  }

  private static let nonJoiner: Unicode.Scalar = "\u{200c}"

  /// Where the next character that is no white space begins.
  private func startOfNext(after i: Int, _ count: Int) -> Int {
    let next = i + 1 < scalars.count && scalars[i + 1] == Self.space ? i + 2 : i + 1
    return next < bytes.count ? bytes[next].lowerBound : count
  }

  private mutating func addHints(_ text: [UInt8], _ tokenizer: inout Tokenizer) {
    let (words, sentences) = tokenizer.boundaries(in: text)
    var (word, sentence) = (0, 0)
    for i in scalars.indices where scalars[i] != Self.space {
      let end = bytes[i].upperBound
      while word < words.count, words[word] < end { word += 1 }
      if word < words.count, words[word] == end { hints[i] |= 1 }
      // The white space after a sentence is ICU's part of it.
      let next = startOfNext(after: i, text.count)
      while sentence < sentences.count, sentences[sentence] < end { sentence += 1 }
      if sentence < sentences.count, sentences[sentence] <= next { hints[i] |= 2 }
    }
  }
}

/// Looking up a property takes longer than most characters need.
private func isWhiteSpace(_ scalar: Unicode.Scalar) -> Bool {
  scalar.isASCII
    ? scalar == " " || (0x09...0x0d).contains(scalar.value) : scalar.properties.isWhitespace
}

/// What kind of character it is, for those that are rare.
func category(of scalar: Unicode.Scalar) -> Int {
  switch scalar.properties.generalCategory {
  case .uppercaseLetter, .titlecaseLetter: 1
  case .lowercaseLetter: 2
  case .modifierLetter: 3
  case .otherLetter: 4
  case .decimalNumber, .letterNumber, .otherNumber: 5
  case .nonspacingMark, .spacingMark, .enclosingMark: 6
  case .openPunctuation, .initialPunctuation: 7
  case .closePunctuation, .finalPunctuation: 8
  case .dashPunctuation, .connectorPunctuation: 9
  case .otherPunctuation: 10
  case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: 11
  case .spaceSeparator, .lineSeparator, .paragraphSeparator: 12
  default: 0
  }
}

let categoryCount = 13

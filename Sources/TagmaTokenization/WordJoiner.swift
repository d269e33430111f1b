/// Puts together what the rules for all languages cut too finely for one, and cuts what they leave whole.
struct WordJoiner {
  private typealias Piece = WordCutter.Piece

  private let text: [UInt8]
  private let rules: LanguageRules
  private let pieces: [WordCutter.Piece]
  private var kept: [WordCutter.Piece] = []

  init(_ text: [UInt8], _ rules: LanguageRules, _ pieces: [WordCutter.Piece]) {
    (self.text, self.rules, self.pieces) = (text, rules, pieces)
  }

  mutating func joined() -> [WordCutter.Piece] {
    guard rules.changesWords else { return pieces }
    kept.reserveCapacity(pieces.count)
    var i = 0
    while i < pieces.count {
      let used = pieces[i].isSpace ? 0 : join(at: i)
      if used == 0 { append(pieces[i]) }
      i += max(used, 1)
    }
    return kept
  }

  /// Joins the piece at hand to others.
  ///
  /// - Returns: How many pieces were used; 0 where it stays as it is.
  private mutating func join(at i: Int) -> Int {
    let piece = pieces[i]
    if piece.bytes.count == 1 {
      switch text[piece.bytes.lowerBound] {
      case UInt8(ascii: "."): if joinAbbreviation(at: i) { return 1 }
      case UInt8(ascii: ":"): if joinSuffix(at: i) { return 2 }
      case UInt8(ascii: "'"): if joinClitic(at: i) { return 2 }
      default: break
      }
    } else if text[piece.bytes.lowerBound] == 0xe2, joinClitic(at: i) {
      return 2
    }
    return joinElision(at: i) ? 2 : 0
  }

  /// Whether two pieces of `pieces` have nothing between them and are no space.
  private func touches(_ i: Int) -> Bool {
    pieces.indices.contains(i) && pieces.indices.contains(i + 1) && !pieces[i].isSpace
      && !pieces[i + 1].isSpace
  }

  private func isApostrophe(_ piece: WordCutter.Piece) -> Bool {
    let bytes = piece.bytes
    return bytes.count == 1
      ? text[bytes.lowerBound] == UInt8(ascii: "'")
      : bytes.count == 3 && text.scalar(at: bytes.lowerBound).scalar == "\u{2019}"
  }

  // MARK: - Abbreviations

  /// Joins `Mr` and `.`, and `p`, `.`, `ex` and `.`.
  private mutating func joinAbbreviation(at i: Int) -> Bool {
    let stop = pieces[i].bytes.lowerBound
    // From the longest: the word begins where white space or a sign that is no part of it stands before.
    var first = kept.count
    while first > 0, kept.count - first < 7, !kept[first - 1].isSpace,
      stop - kept[first - 1].bytes.lowerBound <= LanguageRules.longestAbbreviation
    {
      first -= 1
    }
    for k in first..<kept.count where beginsWord(kept[k].bytes.lowerBound) {
      let word = String(decoding: text[kept[k].bytes.lowerBound..<stop], as: UTF8.self)
      let kind = rules.abbreviation(word)
      guard
        kind.map({ $0 != .number || isDigit(after: stop + 1) }) ?? false
          || isPart(word, before: i, after: k)
      else { continue }
      kept[k].bytes = kept[k].bytes.lowerBound..<stop + 1
      kept.removeLast(kept.count - k - 1)
      return true
    }
    return false
  }

  /// Whether a word with a full stop is part of an abbreviation that is written with spaces.
  ///
  /// - Parameters:
  ///   - stop: The piece of the full stop.
  ///   - first: The kept piece that the word begins with.
  private func isPart(_ word: String, before stop: Int, after first: Int) -> Bool {
    guard word.utf8.count <= 4 else { return false }
    if stop + 2 < pieces.count, pieces[stop + 1].isSpace {
      var next = text[pieces[stop + 2].bytes]
      let hasStop = next.last == 0x2e
      if hasStop { next = next.dropLast() }
      if hasStop || next.endIndex < text.count && text[next.endIndex] == 0x2e,
        rules.areParts(word, String(decoding: next, as: UTF8.self))
      {
        return true
      }
    }
    guard first > 1, kept[first - 1].isSpace, text[kept[first - 2].bytes].last == 0x2e else {
      return false
    }
    let before = text[kept[first - 2].bytes].dropLast()
    return rules.areParts(String(decoding: before, as: UTF8.self), word)
  }

  private func beginsWord(_ place: Int) -> Bool {
    guard text.scalar(at: place).scalar.isLetterOrDigit else { return false }
    let (before, width) = text.scalar(before: place)
    return width == 0 || !before.isLetterOrDigit && before != "."
  }

  private func isDigit(after place: Int) -> Bool {
    text.scalar(at: text.skipSpace(place)).scalar.properties.numericType != nil
  }

  // MARK: - Colons, clitics, elisions

  /// Joins `EU`, `:` and `n`.
  private mutating func joinSuffix(at i: Int) -> Bool {
    guard !rules.suffixes.isEmpty, let last = kept.last, !last.isSpace, touches(i),
      pieces[i + 1].bytes.count <= 8,
      text.scalar(before: last.bytes.upperBound).scalar.isLetterOrDigit,
      rules.suffixes.contains(String(decoding: text[pieces[i + 1].bytes], as: UTF8.self))
    else { return false }
    kept[kept.count - 1].bytes = last.bytes.lowerBound..<pieces[i + 1].bytes.upperBound
    return true
  }

  /// Joins `'` and `s` between white space, which somebody has cut off before, and `'t` of Dutch.
  private mutating func joinClitic(at i: Int) -> Bool {
    guard touches(i), kept.last?.isSpace ?? true, i + 2 == pieces.count || pieces[i + 2].isSpace,
      rules.isClitic(text[pieces[i].bytes.lowerBound..<pieces[i + 1].bytes.upperBound])
    else { return false }
    kept.append(
      Piece(
        bytes: pieces[i].bytes.lowerBound..<pieces[i + 1].bytes.upperBound, isSpace: false))
    return true
  }

  /// Joins `l` and `'` before a space or a quote.
  private mutating func joinElision(at i: Int) -> Bool {
    guard !rules.elisions.isEmpty, touches(i), isApostrophe(pieces[i + 1]),
      i == 0 || pieces[i - 1].isSpace || !isApostrophe(pieces[i - 1]),
      rules.isElision(text[pieces[i].bytes])
    else { return false }
    kept.append(
      Piece(
        bytes: pieces[i].bytes.lowerBound..<pieces[i + 1].bytes.upperBound, isSpace: false))
    return true
  }

  /// A piece, or where words are elided its parts: `qu'` `il`.
  private mutating func append(_ piece: WordCutter.Piece) {
    var rest = piece.bytes
    if !piece.isSpace, !rules.elisions.isEmpty {
      while let cut = rules.elision(text[rest]) {
        kept.append(Piece(bytes: rest.lowerBound..<cut, isSpace: false))
        rest = cut..<rest.upperBound
      }
    }
    kept.append(Piece(bytes: rest, isSpace: piece.isSpace, words: piece.words))
  }
}

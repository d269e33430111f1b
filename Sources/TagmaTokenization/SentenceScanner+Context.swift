/// What stands before and after a stop, and what follows from it.
extension SentenceScanner {
  /// What stands after the white space behind a stop.
  private struct Follow {
    enum Kind {
      case capital, small, caseless, digit
      /// What is no word of the language: a name of an account, a placeholder, an address.
      case placeholder
      case symbol
      /// A comma and the like: the sentence goes on.
      case continuation
    }
    var kind: Kind
    var word = ""
    var hasOpener = false
    var isInverted = false
    var hasDash = false
    /// Whether a full stop follows the word.
    var hasStop = false
  }

  /// What stands before a full stop.
  private enum Before {
    /// A word of so many letters, 0 for what is none.
    case word(letters: Int)
    case abbreviation(LanguageRules.Abbreviation)
    /// Letters with stops between them, *J.R.R*, that are no known abbreviation.
    case letters
    case initial(String)
    case ordinal
    /// *1.*, *a.* or *IV.* at the start of a sentence.
    case listMark
  }

  /// Whether a sentence ends at a stop.
  ///
  /// - Parameter next: Where the text goes on after white space.
  func isEnd(_ stop: Stop, before next: Int) -> Bool {
    if next == stop.end, !stop.isOfItself { return isEndWithoutSpace(stop) }
    let follow = follow(at: next)
    if follow.kind == .continuation { return false }
    if follow.hasDash, stop.hasQuote || follow.kind == .small || follow.kind == .digit {
      return false
    }
    if stop.isOfItself { return !(stop.hasQuote && isHiragana(at: next)) }
    if follow.kind == .small, stop.hasCloser || follow.hasOpener && !follow.isInverted {
      return false
    }
    guard stop.isFullStop else {
      guard follow.kind == .small else { return true }
      return stop.hasMark
        && (follow.isInverted || rules.isSmallStarter(follow.word) || beginsSmall)
    }
    if stop.hasQuote { return true }
    return isEnd(after: before(stop, follow), follow)
  }

  /// Whether a sentence ends at a single full stop, where that is sure; nil elsewhere.
  func certainty(of stop: Stop, before next: Int) -> Bool? {
    guard stop.isFullStop, !stop.hasCloser, next < text.count else { return nil }
    let follow = follow(at: next)
    guard !follow.hasOpener, !follow.hasDash else { return nil }
    switch (before(stop, follow), follow.kind) {
    case (.word, .capital), (.initial, .capital):
      return rules.isStarter(follow.word) ? true : nil
    case (.abbreviation(.never), .capital), (.abbreviation(.never), .digit): return false
    case (.abbreviation(.closing), .digit): return nil
    case (.abbreviation, .small), (.abbreviation, .digit): return false
    case (.letters, .small), (.letters, .digit): return false
    case (.letters, .capital): return rules.isStarter(follow.word) ? nil : false
    default: return nil
    }
  }

  /// Whether a single full stop ends a sentence.
  private func isEnd(after before: Before, _ follow: Follow) -> Bool {
    switch (before, follow.kind) {
    case (.listMark, _): false
    case (.word(let letters), .small):
      follow.isInverted || letters >= 3 && rules.isSmallStarter(follow.word)
    case (_, .small): false
    case (.word(let letters), .digit): letters != 1
    case (.word, _), (.abbreviation(.closing), _): true
    case (.abbreviation(.number), .digit): false
    case (.abbreviation(.number), _): !isRoman(follow.word) || follow.word == "I"
    case (.abbreviation(.never), _): follow.isInverted
    case (.initial(let letter), .capital):
      follow.isInverted || rules.isWord(letter: letter) || rules.isStarter(follow.word)
    case (_, .capital): follow.isInverted || rules.isStarter(follow.word)
    default: false
    }
  }

  /// Whether a sentence ends although no white space follows: *Really?Yes*, but not in *a.b?C=d*.
  private func isEndWithoutSpace(_ stop: Stop) -> Bool {
    let (next, _) = text.scalar(at: stop.end)
    let (last, width) = text.scalar(before: stop.bytes.lowerBound)
    if next.isIdeographic { return (stop.hasMark || stop.isFullStop) && last.isIdeographic }
    guard stop.hasMark, width > 0, last.properties.isAlphabetic,
      next.properties.isUppercase || next == "\u{bf}" || next == "\u{a1}"
    else { return false }
    return isPlain(stop.bytes.lowerBound, step: -1) && isPlain(stop.end, step: 1)
  }

  /// Whether what is written without space up to here has no sign of addresses and programs.
  private func isPlain(_ place: Int, step: Int) -> Bool {
    var i = step < 0 ? place - 1 : place
    while text.indices.contains(i), abs(i - place) < 64, text[i] > 0x20 {
      if Self.programSigns.contains(text[i]) { return false }
      i += step
    }
    return true
  }

  private static let programSigns = Set("/=&:@#_\\<>{}[]%$".utf8)

  /// Whether the sentence at hand begins with a small letter, as in chats.
  private var beginsSmall: Bool {
    let (scalar, _) = text.scalar(at: skipOpeners(start).place)
    return scalar.properties.isLowercase
  }

  /// Whether a sentence goes on after what somebody says, as in Japanese.
  private func isHiragana(at place: Int) -> Bool {
    (0x3041...0x309f).contains(text.scalar(at: place).scalar.value)
  }
}

// MARK: - Before

extension SentenceScanner {
  private func before(_ stop: Stop, _ follow: Follow) -> Before {
    let end = stop.bytes.lowerBound
    let first = wordStart(before: end)
    guard first < end else { return .word(letters: 0) }
    let word = String(decoding: text[first..<end], as: UTF8.self)
    let isFirst = skipOpeners(start).place >= first
    if isFirst, isListMark(word) { return .listMark }
    if let known = abbreviation(word, first, follow) {
      return stop.hasCloser && known != .closing
        ? .abbreviation(.abbreviation) : .abbreviation(known)
    }
    if word.utf8.allSatisfy(\.isASCIIDigit) {
      return rules.hasOrdinals && word.utf8.count <= 3 && !isCounted(before: first)
        ? .ordinal : .word(letters: 0)
    }
    if rules.hasOrdinals, isRoman(word) { return .ordinal }
    return shape(of: word)
  }

  /// Initials, and abbreviations of letters with stops between them.
  private func shape(of word: String) -> Before {
    let parts = word.split(whereSeparator: { $0 == "." || $0 == "-" })
    let letters = parts.map(\.count)
    guard let first = parts.first?.unicodeScalars.first, letters.allSatisfy({ $0 <= 2 }) else {
      return .word(letters: word.count)
    }
    if parts.count == 1 {
      let isInitial =
        letters[0] == 1 && !first.properties.isLowercase && first.properties.isAlphabetic
      return isInitial ? .initial(word) : .word(letters: letters[0])
    }
    return first.properties.isUppercase || letters.allSatisfy({ $0 == 1 })
      ? .letters : .word(letters: word.count)
  }

  /// What is known of the word before a full stop, by itself or after its last hyphen.
  ///
  /// Parts around it count where stops and spaces part them: *z. B.*
  private func abbreviation(_ word: String, _ first: Int, _ follow: Follow)
    -> LanguageRules.Abbreviation?
  {
    if goesOn(word, follow) { return .never }
    var (whole, first, found) = (word, first, rules.abbreviation(word))
    for _ in 0..<3 where whole.utf8.count <= 12 {
      guard let end = fullStop(beforeWordAt: first) else { break }
      first = wordStart(before: end)
      guard first < end else { break }
      whole = String(decoding: text[first..<end], as: UTF8.self) + "." + whole
      if goesOn(whole, follow) { return .never }
      found = rules.abbreviation(whole) ?? found
    }
    if found == nil, let hyphen = word.lastIndex(of: "-") {
      found = rules.abbreviation(String(word[word.index(after: hyphen)...]))
    }
    return found
  }

  /// Whether an abbreviation has further parts.
  private func goesOn(_ word: String, _ follow: Follow) -> Bool {
    follow.hasStop && word.utf8.count <= 12 && rules.abbreviation(word + "." + follow.word) != nil
  }

  /// Where the full stop stands that only white space parts from a word; nil where there is none.
  private func fullStop(beforeWordAt first: Int) -> Int? {
    let end = text.dropSpace(before: first, from: start)
    guard end < first, end > start, text[end - 1] == 0x2e else { return nil }
    return end - 1
  }

  /// Whether a number belongs to what is counted before it: *Abb. 3*
  private func isCounted(before first: Int) -> Bool {
    guard let end = fullStop(beforeWordAt: first) else { return false }
    let word = String(decoding: text[wordStart(before: end)..<end], as: UTF8.self)
    return rules.abbreviation(word) == .number
  }

  /// Where the letters, digits, stops and hyphens before a place begin.
  private func wordStart(before end: Int) -> Int {
    var first = end
    while first > start, end - first < 40 {
      let (scalar, width) = text.scalar(before: first)
      guard
        scalar.isLetterOrDigit || scalar == "." || scalar == "-" || scalar.properties.isDiacritic
      else { break }
      first -= width
    }
    while first < end, text[first] == 0x2d || text[first] == 0x2e { first += 1 }
    return first
  }

  private func isListMark(_ word: String) -> Bool {
    let scalars = word.unicodeScalars
    if scalars.count == 1 { return scalars.allSatisfy(\.isLetterOrDigit) }
    let parts = word.split(separator: ".")
    return isRoman(word)
      || parts.allSatisfy { $0.utf8.count <= 3 && $0.utf8.allSatisfy(\.isASCIIDigit) }
  }

  private func isRoman(_ word: String) -> Bool {
    !word.isEmpty && word.utf8.allSatisfy(Self.romanDigits.contains)
  }

  private static let romanDigits = Set("IVXLC".utf8)
}

// MARK: - After

extension SentenceScanner {
  private func skipOpeners(_ start: Int) -> (place: Int, isInverted: Bool) {
    var (i, isInverted) = (start, false)
    while i < text.count, i < start + 100 {
      let (scalar, width) = text.scalar(at: i)
      switch scalar {
      case "\u{bf}", "\u{a1}": isInverted = true
      case "\"", "'", "\u{ab}", "\u{bb}", "\u{2019}", "\u{201d}", "*", "_", "~", "`": break
      case "{": return (i, isInverted)
      case ".":
        // An ellipsis before the first word.
        guard text[i...].starts(with: "..".utf8) else { return (i, isInverted) }
        i = text.skipSpace(text[i...].firstIndex { $0 != 0x2e } ?? text.count) - width
      case "\u{2026}": i = text.skipSpace(i + width) - width
      case "<":
        guard let end = endOfMarkup(at: i) else { return (i, isInverted) }
        i = end - width
      default:
        guard !scalar.isASCII || scalar == "(" || scalar == "[" else { return (i, isInverted) }
        switch scalar.properties.generalCategory {
        case .openPunctuation, .initialPunctuation, .format: break
        case .spaceSeparator where i > start: break
        default: return (i, isInverted)
        }
      }
      i += width
    }
    return (i, isInverted)
  }

  private func follow(at start: Int) -> Follow {
    var place = start
    let (dash, width) = text.scalar(at: place)
    let hasDash = dash.properties.generalCategory == .dashPunctuation
    if hasDash { place = text.skipSpace(place + width) }
    let isBullet = hasDash && dash == "-" && place == start + width
    let (opened, isInverted) = skipOpeners(place)
    var follow = Follow(kind: kind(at: opened))
    if isBullet, follow.kind != .digit { follow.kind = .continuation }
    follow.hasDash = hasDash && !isBullet
    (follow.hasOpener, follow.isInverted) = (opened > place, isInverted)
    let end = wordEnd(opened)
    follow.word = String(decoding: text[opened..<end], as: UTF8.self)
    follow.hasStop = end < text.count && text[end] == 0x2e
    if follow.kind == .small {
      if follow.word.unicodeScalars.contains(where: \.properties.isUppercase) {
        follow.kind = .capital
      } else if isAddress(opened, end) {
        follow.kind = .placeholder
      }
    }
    return follow
  }

  private func kind(at place: Int) -> Follow.Kind {
    guard place < text.count else { return .continuation }
    let (scalar, width) = text.scalar(at: place)
    let next = place + width < text.count ? text.scalar(at: place + width).scalar : " "
    switch scalar {
    case "{": return .placeholder
    case "%", "$", "@", "#":
      if scalar == "$", next.properties.numericType != nil { return .digit }
      return next.isLetterOrDigit || "({_".unicodeScalars.contains(next) ? .placeholder : .symbol
    case ":" where ":-)(DP'".unicodeScalars.contains(next): return .symbol
    case ",", ";", ":", ".", "!", "?", ")", "]", "}", "/": return .continuation
    default: break
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .titlecaseLetter: return .capital
    case .lowercaseLetter: return .small
    case .otherLetter, .modifierLetter: return .caseless
    case .decimalNumber, .letterNumber, .otherNumber: return .digit
    case .currencySymbol: return next.properties.numericType == nil ? .symbol : .digit
    case .closePunctuation, .finalPunctuation: return .continuation
    case .otherPunctuation: return scalar.isComma ? .continuation : .symbol
    default: return .symbol
    }
  }

  private func wordEnd(_ first: Int) -> Int {
    var end = first
    while end < text.count, end - first < 32 {
      let (scalar, width) = text.scalar(at: end)
      guard scalar.isLetterOrDigit || scalar.properties.isDiacritic else { break }
      end += width
    }
    return end
  }

  /// Whether a word begins an address of the web.
  private func isAddress(_ first: Int, _ end: Int) -> Bool {
    text[end...].starts(with: "://".utf8) || text[first...].starts(with: "www.".utf8)
  }
}

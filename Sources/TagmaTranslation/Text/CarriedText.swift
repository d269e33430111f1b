internal import TagmaLexicon

/// A text in which placeholders stand for what a translation holds unchanged: web and e-mail addresses, handles,
/// codes such as `A380`, numbers, characters that a translator has no units for, and what somebody put between `｟` and
/// `｠`.
package struct CarriedText: Equatable {
  /// The text with `｟0｠`, `｟1｠` and on.
  package var text: String
  /// What each of them stands for.
  package private(set) var carried: [String] = []
  /// What each of them stands in the place of: the same, or a token of `TextLayout`.
  package private(set) var originals: [String] = []

  /// What is carried beside addresses, codes, long numbers and marked text.
  package struct Rules: Sendable {
    /// Whether all numbers are.
    package var numbers = false
    /// Whether a word is a name that is; the second says whether a sentence begins with it.
    package var isName: (@Sendable (Substring, Bool) -> Bool)?
    /// Whether a translator has a unit for a character.
    package var isKnown: (@Sendable (Unicode.Scalar) -> Bool)?

    package init() {}
  }

  /// Where the first part begins that there was no placeholder left for, in bytes of the text that was given.
  package private(set) var overflow: Int?

  /// A text that may hold what is carried.
  ///
  /// - Parameters:
  ///   - limit: So many placeholders at most; what comes after them stays as it is.
  ///   - known: What placeholders stand for already; with it, nothing else is replaced.
  ///   - values: What parts that `TextLayout.token` names become. With them, equal parts have placeholders of their own, so
  ///     that each comes back as often as it stands.
  package init(
    _ text: String, limit: Int, known: [String]? = nil, values: [String]? = nil,
    rules: Rules = Rules()
  ) {
    self.text = text
    carried = known ?? []
    originals = carried
    guard limit > 0 else { return }
    let finder = CarriedParts(text.unicodeScalars[...], rules)
    guard finder.mayFind else { return }
    var out = ""
    var rest = text.unicodeScalars[...]
    while let range = finder.first(in: rest) {
      let original = String(rest[range])
      let value = values.flatMap { Self.value(of: original, in: $0) } ?? original
      var number =
        values == nil
        ? carried.indices.first { carried[$0] == value && originals[$0] == original } : nil
      if number == nil, known == nil, carried.count < limit {
        number = carried.count
        carried.append(value)
        originals.append(original)
      }
      if number == nil, known == nil, overflow == nil {
        overflow = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
      }
      out += String(rest[..<range.lowerBound])
      out += number.map(Subwords.placeholder) ?? original
      rest = rest[range.upperBound...]
    }
    self.text = out + String(rest)
  }

  /// What a part becomes that names one of the values.
  private static func value(of part: String, in values: [String]) -> String? {
    let inner = part.unicodeScalars.dropFirst().dropLast()
    guard inner.first == "\u{e001}", let number = Int(String(inner.dropFirst())),
      values.indices.contains(number)
    else { return nil }
    return values[number]
  }

  /// A pair in which the same placeholders stand for what both sides hold; nil where they hold different things.
  package static func pair(
    _ source: String, _ target: String, limit: Int, rules: Rules = Rules()
  ) -> (source: CarriedText, target: String)? {
    let source = CarriedText(source, limit: limit, rules: rules)
    guard !source.carried.isEmpty else { return (source, target) }
    let target = CarriedText(target, limit: limit, known: source.carried, rules: rules)
    let isWhole = source.carried.indices.allSatisfy {
      target.text.contains(Subwords.placeholder($0))
    }
    return isWhole ? (source, target.text) : nil
  }
}

/// Finds the parts of a text that are carried as they are.
private struct CarriedParts {
  typealias Scalars = Substring.UnicodeScalarView

  let text: Scalars
  let rules: CarriedText.Rules
  /// Looked for once: a text of opening marks alone takes no longer than another.
  private let lastClose: String.Index
  /// Where the first word begins: a capital makes no name of it.
  private let firstWord: String.Index

  init(_ text: Scalars, _ rules: CarriedText.Rules) {
    self.text = text
    self.rules = rules
    lastClose = text.lastIndex(of: "｠") ?? text.startIndex
    firstWord = Self.core(of: text.prefix { $0 != " " }).startIndex
  }

  /// Whether there may be anything: in most texts there is not.
  var mayFind: Bool {
    rules.isName != nil || text.contains { Self.isHint($0) } || hasUnknown(text)
  }

  /// Whether a character may belong to something that is carried.
  private static func isHint(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    // `:` of an address, `.` of one that begins with `www`.
    case "0"..."9", "@", "#", ":", ".", "｟": true
    default: false
    }
  }

  /// The first part of the rest of the text that is carried.
  func first(in rest: Scalars) -> Range<String.Index>? {
    var at = rest.startIndex
    while at < rest.endIndex {
      if rest[at] == "｟", at < lastClose, let close = rest[at...].firstIndex(of: "｠") {
        return at..<rest.index(after: close)
      }
      let end = end(of: at, in: rest)
      if let unknown = unknownPart(of: rest[at..<end]) {
        return unknown.lowerBound..<endOfUnknown(unknown, in: rest)
      }
      let word = Self.core(of: rest[at..<end])
      if isCarried(word) { return word.startIndex..<word.endIndex }
      if let name = name(in: word) { return name }
      at = end
    }
    return nil
  }

  /// Where a word ends that begins at a place, with the space before it.
  private func end(of start: String.Index, in rest: Scalars) -> String.Index {
    rest[rest.index(after: start)...].firstIndex { $0 == " " || $0 == "｟" } ?? rest.endIndex
  }

  /// A word without the space before it and the marks of punctuation around it.
  private static func core(of word: Scalars) -> Scalars {
    var core = word
    while let first = core.first, !isWordLike(first), first != "@", first != "#" {
      core.removeFirst()
    }
    while let last = core.last, !isWordLike(last), last != "/" { core.removeLast() }
    return core
  }
}

/// Whether a character belongs to words: a letter, a digit, or `_`.
func isWordLike(_ scalar: Unicode.Scalar) -> Bool {
  scalar.value < 0x80
    ? isLetter(scalar) || isDigit(scalar) || scalar == "_"
    : scalar.properties.isAlphabetic || scalar.properties.numericType != nil
}

/// Of ASCII.
private func isLetter(_ scalar: Unicode.Scalar) -> Bool {
  (0x61...0x7a).contains(scalar.value | 0x20)
}

private func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }

// MARK: - Addresses, codes, numbers, names

extension CarriedParts {
  /// Whether a word, without the marks around it, is translated by itself.
  private func isCarried(_ word: Scalars) -> Bool {
    guard let first = word.first else { return false }
    if rules.numbers, Self.isNumber(word) { return true }
    guard word.count > 1 else { return false }
    let text = String(word)
    if text.hasPrefix("www.") || text.contains("://") { return true }
    if first == "@" || first == "#" {
      return isWordLike(word[word.index(after: word.startIndex)])
    }
    if let at = word.firstIndex(of: "@") {
      // An address: something, `@`, and a name with a point in it.
      return at > word.startIndex && word[at...].contains(".")
    }
    return Self.isCode(word)
  }

  /// The name that a word begins with: all of it, or what stands before an apostrophe or a hyphen.
  private func name(in word: Scalars) -> Range<String.Index>? {
    guard let isName = rules.isName, word.first?.properties.isUppercase == true else { return nil }
    let name = word.prefix { $0.properties.isAlphabetic }
    guard name.endIndex == word.endIndex || "'’-".unicodeScalars.contains(word[name.endIndex]),
      isName(Substring(name), word.startIndex == firstWord)
    else { return nil }
    return name.startIndex..<name.endIndex
  }

  /// Digits, with single marks between them: `3.5`, `1,000`, `10:45`.
  private static func isNumber(_ word: Scalars) -> Bool {
    var lastIsDigit = false
    for scalar in word {
      guard isDigit(scalar) || lastIsDigit && ".,:/-".unicodeScalars.contains(scalar) else {
        return false
      }
      lastIsDigit = isDigit(scalar)
    }
    return lastIsDigit
  }

  /// A long number without marks, or a code that begins with letters.
  private static func isCode(_ word: Scalars) -> Bool {
    let digits = word.count(where: isDigit)
    return digits == word.count
      ? digits > 4
      : digits > 0 && word.first.map(isLetter) == true
        && word.allSatisfy { isLetter($0) || isDigit($0) || $0 == "-" }
  }
}

// MARK: - Characters without units

extension CarriedParts {
  private func hasUnknown(_ part: Scalars) -> Bool {
    guard let isKnown = rules.isKnown else { return false }
    return part.contains { $0 != " " && !isKnown($0) }
  }

  /// The part of a word around its unknown characters: with the letters and digits beside them, without marks around.
  private func unknownPart(of word: Scalars) -> Range<String.Index>? {
    guard let isKnown = rules.isKnown, hasUnknown(word),
      let first = word.firstIndex(where: { $0 != " " && !isKnown($0) }),
      let last = word.lastIndex(where: { $0 != " " && !isKnown($0) })
    else { return nil }
    let unknown = first..<word.index(after: last)
    let core = Self.core(of: word)
    guard !core.isEmpty, core.startIndex <= unknown.upperBound,
      unknown.lowerBound <= core.endIndex
    else { return unknown }
    return min(core.startIndex, unknown.lowerBound)..<max(core.endIndex, unknown.upperBound)
  }

  /// Where the last of the words with unknown characters ends that follow each other: they are one part.
  private func endOfUnknown(_ first: Range<String.Index>, in rest: Scalars) -> String.Index {
    var end = first.upperBound
    while end < rest.endIndex, rest[end] == " ",
      let next = unknownPart(of: rest[end..<self.end(of: end, in: rest)]),
      rest.index(after: end) == next.lowerBound
    {
      end = next.upperBound
    }
    return end
  }
}

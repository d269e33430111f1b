internal import TagmaLexicon

/// A text in which placeholders stand for what a translation holds unchanged: web and e-mail addresses, handles,
/// codes such as `A380`, long numbers, and what somebody put between `｟` and `｠`.
package struct CarriedText: Equatable {
  /// The text with `｟0｠`, `｟1｠` and on.
  package var text: String
  /// What each of them stands for.
  package private(set) var carried: [String] = []
  /// What each of them stands in the place of: the same, unless it is a term.
  package private(set) var originals: [String] = []

  /// A text that may hold what is carried.
  ///
  /// - Parameters:
  ///   - limit: So many placeholders at most; what comes after them stays as it is.
  ///   - known: What placeholders stand for already; with it, nothing else is replaced.
  ///   - terms: What becomes something else; placeholders stand for their translations.
  ///   - isName: Whether a word is a name that is carried where no sentence begins with it.
  package init(
    _ text: String, limit: Int, known: [String]? = nil, terms: Terminology = Terminology(),
    isName: ((String) -> Bool)? = nil
  ) {
    self.text = text
    carried = known ?? []
    originals = carried
    guard limit > 0,
      !terms.isEmpty || isName != nil || text.utf8.contains(where: Self.isHint)
    else { return }
    var out = ""
    var rest = text.unicodeScalars[...]
    let start = Self.core(of: rest.prefix { $0 != " " }).startIndex
    func isCarriedName(_ word: Substring.UnicodeScalarView) -> Bool {
      word.startIndex != start && isName?(String(word)) == true
    }
    // Looked for once: a text of opening marks alone takes no longer than another.
    let lastClose = rest.lastIndex(of: "｠") ?? rest.startIndex
    var term = terms.first(in: rest)
    while true {
      if let known = term, known.range.lowerBound < rest.startIndex { term = terms.first(in: rest) }
      guard
        let (range, value) = Self.next(in: rest, term, lastClose: lastClose, isCarriedName)
      else { break }
      let original = String(rest[range])
      var number = carried.indices.first { carried[$0] == value && originals[$0] == original }
      if number == nil, known == nil, carried.count < limit {
        number = carried.count
        carried.append(value)
        originals.append(original)
      }
      out += String(rest[..<range.lowerBound])
      out += number.map(Subwords.placeholder) ?? original
      rest = rest[range.upperBound...]
    }
    self.text = out + String(rest)
  }

  /// Whether a byte may belong to something that is carried: most texts have none.
  private static func isHint(_ byte: UInt8) -> Bool {
    switch byte {
    // Digits, `@`, `#`, `:` of an address, `.` of one that begins with `www`; 0xef begins `｟`.
    case 0x30...0x39, 0x40, 0x23, 0x3a, 0x2e, 0xef: true
    default: false
    }
  }

  /// What comes first: a term, or what is carried as it is.
  private static func next(
    in text: Substring.UnicodeScalarView, _ term: (range: Range<String.Index>, target: String)?,
    lastClose: String.Index, _ isName: (Substring.UnicodeScalarView) -> Bool
  ) -> (range: Range<String.Index>, value: String)? {
    // What lies behind the term is looked at when its turn comes.
    let end = term?.range.lowerBound ?? text.endIndex
    let found = first(in: text, upTo: end, lastClose: lastClose, isName)
    guard let term,
      found.map({ term.range.lowerBound < $0.lowerBound }) ?? true
    else { return found.map { ($0, String(text[$0])) } }
    return (term.range, term.target)
  }

  /// The first part of a text that is carried.
  private static func first(
    in text: Substring.UnicodeScalarView, upTo limit: String.Index, lastClose: String.Index,
    _ isName: (Substring.UnicodeScalarView) -> Bool
  ) -> Range<String.Index>? {
    var at = text.startIndex
    while at < limit {
      if text[at] == "｟", at < lastClose, let close = text[at...].firstIndex(of: "｠") {
        return at..<text.index(after: close)
      }
      let end = text[text.index(after: at)...].firstIndex { $0 == " " || $0 == "｟" }
      let word = core(of: text[at..<(end ?? text.endIndex)])
      if isCarried(word) || isName(word) { return word.startIndex..<word.endIndex }
      at = end ?? text.endIndex
    }
    return nil
  }

  /// A word without the space before it and the marks of punctuation around it.
  private static func core(of word: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
    var core = word
    while let first = core.first, !isWordLike(first), first != "@", first != "#" {
      core.removeFirst()
    }
    while let last = core.last, !isWordLike(last), last != "/" { core.removeLast() }
    return core
  }

  private static func isWordLike(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x80
      ? isLetter(scalar) || isDigit(scalar) || scalar == "_"
      : scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    (0x61...0x7a).contains(scalar.value | 0x20)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    (0x30...0x39).contains(scalar.value)
  }

  /// Whether a word, without the marks around it, is translated by itself.
  private static func isCarried(_ word: Substring.UnicodeScalarView) -> Bool {
    guard let first = word.first, word.count > 1 else { return false }
    let text = String(word)
    if text.hasPrefix("www.") || text.contains("://") { return true }
    if first == "@" || first == "#" { return isWordLike(word[word.index(after: word.startIndex)]) }
    if let at = word.firstIndex(of: "@") {
      // An address: something, `@`, and a name with a point in it.
      return at > word.startIndex && word[at...].contains(".")
    }
    let digits = word.count(where: isDigit)
    // A long number without marks, or a code that begins with letters.
    return digits == word.count
      ? digits > 4
      : digits > 0 && isLetter(first)
        && word.allSatisfy { isLetter($0) || isDigit($0) || $0 == "-" }
  }

  /// A pair in which the same placeholders stand for what both sides hold; nil where they hold different things.
  package static func pair(_ source: String, _ target: String, limit: Int) -> (String, String)? {
    let source = CarriedText(source, limit: limit)
    guard !source.carried.isEmpty else { return (source.text, target) }
    let target = CarriedText(target, limit: limit, known: source.carried)
    let isWhole = source.carried.indices.allSatisfy {
      target.text.contains(Subwords.placeholder($0))
    }
    return isWhole ? (source.text, target.text) : nil
  }
}

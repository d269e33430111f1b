internal import Synchronization

/// What a language adds to the rules for words and sentences: a small text file for each, of lines `key: word word …`.
///
/// Words that a full stop may follow are written without it, those of several parts with the stops between them and
/// without spaces (`z.B` is *z.B.* and *z. B.*). With a small first letter they hold at the start of a sentence too.
///
/// | key            | the words                                                                          |
/// |----------------|------------------------------------------------------------------------------------|
/// | `never`        | abbreviations that no sentence ends after: *Mr*, *e.g*                             |
/// | `abbreviation` | such that one ends after where a `starter` follows: *U.S*, *Inc*                   |
/// | `closing`      | such that one ends after where a capital follows: *etc*                            |
/// | `number`       | words that are abbreviations before a number only: *Fig*, *No*                     |
/// | `starter`      | words that begin many sentences, in small letters                                  |
/// | `small`        | those of them that begin one without a capital, too                                |
/// | `letter`       | single letters that are words: after another word, a sentence ends there           |
/// | `ordinals`     | `yes`: a number with a full stop is an ordinal number, *3. Mai*                     |
/// | `terminal`     | further signs that end a sentence                                                  |
/// | `clitic`       | cut off the end of a word, as words of its token: *n't*                            |
/// | `leading`      | words that begin with an apostrophe: *'t*                                          |
/// | `word`         | cut as given: *can\|not*                                                            |
/// | `elision`      | tokens of their own with the apostrophe after them: *l*'*eau*                       |
/// | `whole`        | words with an apostrophe that are not cut for all that: *aujourd'hui*               |
/// | `names`        | elisions that are part of a name where both are capital: *D'Annunzio*              |
/// | `suffix`       | what belongs to the word before it with a colon: *EU:n*                            |
/// | `hint`         | abbreviations that segmenters are told of; those that ship were trained with them  |
struct LanguageRules: Sendable {
  /// What a full stop after a word may mean.
  enum Abbreviation: Sendable {
    case never, abbreviation, closing, number
  }

  private(set) var clitics: [[UInt8]] = []
  private(set) var elisions: Set<String> = []
  private(set) var hints: Set<String> = []
  private(set) var hasOrdinals = false
  /// What belongs with a colon to the word before it.
  private(set) var suffixes: Set<String> = []
  private var abbreviations: [String: Abbreviation] = [:]
  /// Parts of abbreviations that follow each other, as `i.d` and `d.R` of `i.d.R`.
  private var parts: Set<String> = []
  private var starters: Set<String> = []
  private var smallStarters: Set<String> = []
  private var letters: Set<String> = []
  private var terminals: Set<UInt32> = []
  private var wholeWords: Set<String> = []
  private var names: Set<String> = []
  private var leadingWords: [[UInt8]] = []
  private var longestClitic = 0
  /// Whole words, lower case, and where they are cut, in bytes.
  private var cuts: [String: Int] = [:]

  /// The rules of a language, read once.
  ///
  /// - Parameter language: A code such as `pt` or `pt-BR`; of one without a file the rules are empty.
  static func rules(for language: String) -> LanguageRules {
    let code = String(language.prefix { $0 != "-" && $0 != "_" && $0 != "@" }).lowercased()
    return known.withLock { known in
      if let rules = known[code] { return rules }
      guard let text = RuleFiles.text(for: code) else { return LanguageRules() }
      let rules = LanguageRules(text: String(decoding: text, as: UTF8.self))
      known[code] = rules
      return rules
    }
  }

  private static let known = Mutex<[String: LanguageRules]>([:])

  private init() {}

  private init(text: String) {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let fields = line.split(separator: " ").map(String.init)
      read(fields[0], Array(fields.dropFirst()))
    }
    for word in abbreviations.keys where word.contains(".") {
      let words = word.split(separator: ".")
      parts.formUnion(zip(words, words.dropFirst()).map { "\($0).\($1)" })
    }
    longestClitic = (clitics + leadingWords).map(\.count).max() ?? 0
  }

  private mutating func read(_ key: String, _ words: [String]) {
    switch key {
    case "never:": for word in words { abbreviations[word] = .never }
    case "abbreviation:": for word in words { abbreviations[word] = .abbreviation }
    case "closing:": for word in words { abbreviations[word] = .closing }
    case "number:": for word in words { abbreviations[word] = .number }
    case "starter:": starters.formUnion(words)
    case "small:": smallStarters.formUnion(words)
    case "letter:": letters.formUnion(words)
    case "ordinals:": hasOrdinals = words == ["yes"]
    case "terminal:": terminals.formUnion(words.flatMap { $0.unicodeScalars.map(\.value) })
    case "clitic:": clitics += words.map { Array($0.utf8) }
    case "leading:": leadingWords += words.map { Array($0.utf8) }
    case "elision:": elisions.formUnion(words)
    case "whole:": wholeWords.formUnion(words)
    case "names:": names.formUnion(words)
    case "hint:": hints.formUnion(words)
    case "suffix:": suffixes.formUnion(words)
    case "word:":
      for word in words {
        let parts = word.split(separator: "|")
        cuts[parts.joined()] = parts[0].utf8.count
      }
    default: assertionFailure("a file of Rules has the key \(key)")
    }
  }
}

// MARK: - Sentences

extension LanguageRules {
  /// What a full stop after a word means; nil where it ends a sentence as after any word.
  ///
  /// - Parameter word: Without that stop, and without spaces after stops within.
  func abbreviation(_ word: String) -> Abbreviation? {
    if let kind = abbreviations[word] { return kind }
    // A capital alone is an initial.
    guard word.unicodeScalars.count > 1, let first = word.unicodeScalars.first,
      first.properties.isUppercase
    else { return nil }
    // *Al.* is a name, *al.* is none.
    let small = first.properties.lowercaseMapping + word.dropFirst()
    if let kind = abbreviations[small], kind != .closing { return kind }
    // MR. SMITH
    guard word.unicodeScalars.allSatisfy(\.properties.isUppercase) else { return nil }
    let kind = abbreviations[String(word.prefix(1)) + word.dropFirst().lowercased()]
    return kind == .never ? kind : nil
  }

  /// Whether two words with full stops after them are parts of one abbreviation.
  func areParts(_ word: String, _ next: String) -> Bool { parts.contains("\(word).\(next)") }

  /// Whether many sentences begin with a word, which has a capital here.
  func isStarter(_ word: String) -> Bool { starters.contains(word.lowercased()) }

  /// Whether a sentence may begin with a word in small letters.
  func isSmallStarter(_ word: String) -> Bool { smallStarters.contains(word) }

  /// Whether it is known what sentences begin with.
  var hasStarters: Bool { !starters.isEmpty }

  /// Whether a capital letter is a word.
  func isWord(letter: String) -> Bool { letters.contains(letter) }

  /// Whether the language ends sentences with a sign that others do not.
  func isTerminal(_ scalar: Unicode.Scalar) -> Bool {
    !terminals.isEmpty && terminals.contains(scalar.value)
  }
}

// MARK: - Words

extension LanguageRules {
  /// In bytes, with what lies between its parts.
  static let longestAbbreviation = 16

  /// Whether there are any rules for words.
  var changesWords: Bool {
    !abbreviations.isEmpty || longestClitic > 0 || !elisions.isEmpty || !suffixes.isEmpty
  }

  func isElision(_ word: ArraySlice<UInt8>) -> Bool {
    word.count <= 12 && elisions.contains(String(decoding: word, as: UTF8.self).lowercased())
  }

  /// Where a word goes on after an elision; nil where there is none.
  func elision(_ word: ArraySlice<UInt8>) -> Int? {
    guard let mark = word.firstIndex(where: { $0 == 0x27 || $0 == 0xe2 }), mark > word.startIndex
    else { return nil }
    let isASCII = word[mark] == 0x27
    let end = mark + (isASCII ? 1 : 3)
    guard end < word.endIndex, isASCII || word[mark..<end].elementsEqual("\u{2019}".utf8) else {
      return nil
    }
    let prefix = word[..<mark]
    guard isElision(prefix), !isWhole(word) else { return nil }
    let isName =
      names.contains(String(decoding: prefix, as: UTF8.self))
      && Array(word).scalar(at: end - word.startIndex).scalar.properties.isUppercase
    return isName ? nil : end
  }

  private func isWhole(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.count <= 24 else { return false }
    let plain = String(decoding: word, as: UTF8.self).lowercased()
    return wholeWords.contains(plain.replacing("\u{2019}", with: "'"))
  }

  /// Whether a word begins with an apostrophe.
  func isClitic(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.count <= longestClitic else { return false }
    return (clitics + leadingWords).contains {
      word.elementsEqual($0, by: { $0 | 0x20 == $1 | 0x20 })
    }
  }

  /// Where the last clitic of a word is cut off, in bytes from its start; nil where there is none.
  func cut(_ word: ArraySlice<UInt8>) -> Int? {
    for clitic in clitics where word.count > clitic.count {
      if word.suffix(clitic.count).elementsEqual(clitic, by: { $0 | 0x20 == $1 | 0x20 }) {
        return word.count - clitic.count
      }
    }
    guard !cuts.isEmpty, word.count <= 8 else { return nil }
    return cuts[String(decoding: word, as: UTF8.self).lowercased()]
  }
}

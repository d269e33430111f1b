/// Lemmas by what a treebank says of a word and, for words that it does not have, of words that end like it.
///
/// A word with its part of speech and its features has nearly always one lemma. For the ends of the training data's words,
/// long and short, it is kept how lemmas are made of them; the longest end that a new word shares with them decides, among
/// words with the same features and the same use of capitals, then among all of the same part of speech.
public struct Lemmatizer: Sendable, Equatable {
  /// By form and part of speech, or by form, part of speech and features where these decide.
  private var words: [String: String] = [:]
  private var changes: [String: Change] = [:]
  private static let longestEnd = 8

  /// What becomes of a word: its capitals, so many characters less at the end, others instead.
  private struct Change: Sendable, Hashable {
    enum Capitals: Character {
      case none = "↓"
      case first = "↑"
      case kept = "="
    }

    var capitals: Capitals
    var taken: Int
    var added: String

    init(form: String, lemma: String) {
      if lemma == lemma.lowercased() {
        capitals = .none
      } else {
        capitals =
          lemma == Self.applying(.first, to: lemma) && form != Self.applying(.first, to: form)
          ? .first : .kept
      }
      let from = Self.applying(capitals, to: form)
      let shared = zip(from, lemma).prefix { $0 == $1 }.count
      taken = from.count - shared
      added = String(lemma.dropFirst(shared))
    }

    private static func applying(_ capitals: Capitals, to form: String) -> String {
      switch capitals {
      case .none: form.lowercased()
      case .first: form.prefix(1).uppercased() + form.dropFirst().lowercased()
      case .kept: form
      }
    }

    /// nil where the form is too short, or nothing is left of it.
    func lemma(of form: String) -> String? {
      let from = Self.applying(capitals, to: form)
      guard taken <= from.count else { return nil }
      let lemma = from.dropLast(taken) + added
      return lemma.isEmpty ? nil : String(lemma)
    }

    var text: String { "\(capitals.rawValue)\(taken)-\(added)" }

    init?(text: Substring) {
      let scalars = text.unicodeScalars
      guard let sign = scalars.first, let capitals = Capitals(rawValue: Character(sign)),
        let dash = scalars.firstIndex(of: "-"),
        let taken = Int(text[scalars.index(after: scalars.startIndex)..<dash]), taken >= 0
      else { return nil }
      (self.capitals, self.taken) = (capitals, taken)
      added = String(text[scalars.index(after: dash)...])
    }
  }

  /// A word of the training data.
  public struct Example: Hashable, Sendable {
    public var form, upos, feats, lemma: String

    public init(form: String, upos: String, feats: String, lemma: String) {
      (self.form, self.upos, self.feats, self.lemma) = (form, upos, feats, lemma)
    }
  }

  /// Learns from words and lemmas; those without a lemma, `_`, count for nothing.
  public init(learning examples: [Example]) {
    // In the order in which they come: a dictionary's own changes from run to run.
    var places: [Example: Int] = [:]
    var counts: [(example: Example, count: Int)] = []
    for example in examples where example.lemma != "_" && !example.lemma.isEmpty {
      if let place = places[example] {
        counts[place].count += 1
      } else {
        places[example] = counts.count
        counts.append((example, 1))
      }
    }
    learnChanges(counts)
    learnWords(counts)
  }

  private mutating func learnChanges(_ counts: [(example: Example, count: Int)]) {
    var tables: [String: [String: Int]] = [:]
    for (example, count) in counts {
      let change = Change(form: example.form, lemma: example.lemma).text
      for end in Self.ends(example.form) {
        for feats in Set([example.feats, Self.anyFeatures]) {
          let key = Self.key(example.upos, feats, example.form, end)
          tables[key, default: [:]][change, default: 0] += count
        }
      }
    }
    let best = tables.mapValues(Self.mostFrequent)
    for (key, change) in best {
      // What the next shorter end says already need not be said again.
      let end = key.lastIndex(of: "\t").map { key[key.index(after: $0)...] } ?? ""
      let shorter = end.isEmpty ? nil : best[String(key.dropLast(end.count)) + end.dropFirst()]
      if shorter != change { changes[key] = Change(text: change[...]) }
    }
  }

  private mutating func learnWords(_ counts: [(example: Example, count: Int)]) {
    var plain: [String: [String: Int]] = [:]
    var exact: [String: [String: Int]] = [:]
    for (example, count) in counts {
      plain["\(example.form)\t\(example.upos)", default: [:]][example.lemma, default: 0] += count
      exact["\(example.form)\t\(example.upos)\t\(example.feats)", default: [:]][
        example.lemma, default: 0] += count
    }
    for (key, lemmas) in plain { words[key] = Self.mostFrequent(lemmas) }
    for (key, lemmas) in exact {
      let lemma = Self.mostFrequent(lemmas)
      let shorter = key[..<(key.lastIndex(of: "\t") ?? key.endIndex)]
      if words[String(shorter)] != lemma { words[key] = lemma }
    }
    dropGuessable(counts)
  }

  /// Leaves out words that were seen once and whose lemma is guessed as well: with other features, which a tagger may
  /// give them, a guess is less sure than what was seen.
  private mutating func dropGuessable(_ counts: [(example: Example, count: Int)]) {
    var seen: [String: Int] = [:]
    var needed: Set<String> = []
    for (example, count) in counts {
      let key = "\(example.form)\t\(example.upos)"
      seen[key, default: 0] += count
      let guess = guess(example.form, upos: example.upos, feats: example.feats)
      if guess != example.lemma { needed.insert(key) }
    }
    words = words.filter { key, _ in seen[key] != 1 || needed.contains(key) }
  }

  /// The lemma of a word; of a word that is like no other its small letters.
  public func lemma(of form: String, upos: String, feats: String) -> String {
    if let lemma = known(form, upos, feats) { return lemma }
    // At the beginning of a sentence, or in a title, any word may have a capital.
    let low = upos == "PROPN" ? form : form.lowercased()
    if low != form, let lemma = known(low, upos, feats) { return lemma }
    return guess(form, upos: upos, feats: feats)
  }

  private func known(_ form: String, _ upos: String, _ feats: String) -> String? {
    words["\(form)\t\(upos)\t\(feats)"] ?? words["\(form)\t\(upos)"]
  }

  private func guess(_ form: String, upos: String, feats: String) -> String {
    let ends = Self.ends(form)
    for features in [feats, Self.anyFeatures] {
      for end in ends.reversed() {
        if let change = changes[Self.key(upos, features, form, end)],
          let lemma = change.lemma(of: form)
        {
          return lemma
        }
      }
    }
    return form.lowercased()
  }

  private static let anyFeatures = "*"

  /// The ends of a word in small letters, none, then longer and longer.
  private static func ends(_ form: String) -> [Substring] {
    let low = form.lowercased()
    return (0...min(longestEnd, low.count)).map { low.suffix($0) }
  }

  private static func key(_ upos: String, _ feats: String, _ form: String, _ end: Substring)
    -> String
  {
    "\(upos)\t\(feats)\t\(capitals(form))\t\(end)"
  }

  /// How a word uses capitals: none, all, the first, others.
  private static func capitals(_ form: String) -> String {
    if form.lowercased() == form { return "x" }
    if form.count > 1, form.uppercased() == form { return "XX" }
    return form.first?.isUppercase == true ? "Xx" : "xX"
  }

  private static func mostFrequent(_ counts: [String: Int]) -> String {
    counts.max { a, b in a.value != b.value ? a.value < b.value : a.key > b.key }?.key ?? ""
  }
}

// MARK: - As a file

extension Lemmatizer {
  /// A line for each word, then one for each end: key and value, the key's parts tab-separated.
  public var fileText: String {
    words.sorted { $0.key < $1.key }.map { "=\t\($0.key)\t\($0.value)\n" }.joined()
      + changes.sorted { $0.key < $1.key }.map { "-\t\($0.key)\t\($0.value.text)\n" }.joined()
  }

  /// nil where a line is neither.
  ///
  /// A program reads it before it can tag a word, so it is read byte by byte and not in characters.
  public init?(fileText: String) {
    let tab = UInt8(ascii: "\t")
    let lines = fileText.utf8.split(separator: UInt8(ascii: "\n"))
    words.reserveCapacity(lines.count)
    changes.reserveCapacity(lines.count)
    for line in lines {
      let body = line.dropFirst(2)
      guard line.dropFirst().first == tab, let cut = body.lastIndex(of: tab) else { return nil }
      let (key, value) = (
        String(Substring(body[..<cut])), Substring(body[body.index(after: cut)...])
      )
      if line.first == UInt8(ascii: "=") {
        words[key] = String(value)
      } else if line.first == UInt8(ascii: "-"), let change = Change(text: value) {
        changes[key] = change
      } else {
        return nil
      }
    }
  }
}

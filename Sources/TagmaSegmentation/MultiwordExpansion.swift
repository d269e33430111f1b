/// What multiword tokens stand for: those of the training data by themselves, others by how they end.
public struct MultiwordExpansion: Sendable, Equatable {
  /// How a token that ends in a certain way becomes words: so many characters are taken away at its end and others added,
  /// which makes the first word; the others are given.
  struct Rule: Sendable, Hashable {
    var taken: Int
    var added: String
    var others: [String]
  }

  /// Words of small tokens.
  private(set) var tokens: [String: [String]] = [:]
  private(set) var rules: [String: Rule] = [:]
  private static let longestEnd = 8

  public init() {}

  /// Learns from tokens and their words, most frequent first where they disagree.
  public init(learning examples: [(token: String, words: [String])]) {
    var counts: [String: [[String]: Int]] = [:]
    var ends: [String: [Rule: Int]] = [:]
    for (token, words) in examples where words.count > 1 {
      let (low, lowWords) = (token.lowercased(), words.map { $0.lowercased() })
      counts[low, default: [:]][lowWords, default: 0] += 1
      let rule = Self.rule(low, lowWords)
      for length in 1...Self.longestEnd where length <= low.count && length >= rule.taken {
        ends[String(low.suffix(length)), default: [:]][rule, default: 0] += 1
      }
    }
    tokens = counts.compactMapValues { Self.mostFrequent($0) { $0.joined(separator: " ") } }
    rules = ends.compactMapValues {
      Self.mostFrequent($0) { "\($0.taken) \($0.added) \($0.others.joined(separator: " "))" }
    }
  }

  private static func mostFrequent<Value>(
    _ counts: [Value: Int], _ name: (Value) -> String
  ) -> Value? {
    counts.max { a, b in
      a.value != b.value ? a.value < b.value : name(a.key) > name(b.key)
    }?.key
  }

  private static func rule(_ token: String, _ words: [String]) -> Rule {
    let first = words[0]
    let shared = zip(token, first).prefix { $0 == $1 }.count
    return Rule(
      taken: token.count - shared, added: String(first.dropFirst(shared)),
      others: Array(words.dropFirst()))
  }

  /// The words of a token; nil where nothing is known that it could be made of.
  public func words(of token: String) -> [String]? {
    let low = token.lowercased()
    guard let words = tokens[low] ?? derived(low), words.allSatisfy({ !$0.isEmpty }) else {
      return nil
    }
    return Self.cased(words, as: token)
  }

  private func derived(_ token: String) -> [String]? {
    for length in stride(from: min(Self.longestEnd, token.count), to: 0, by: -1) {
      guard let rule = rules[String(token.suffix(length))], rule.taken < token.count else {
        continue
      }
      return [token.dropLast(rule.taken) + rule.added] + rule.others
    }
    return nil
  }

  /// Capitals as the token has them: letter by letter where the words put together are the token, else all or the first.
  private static func cased(_ words: [String], as token: String) -> [String] {
    guard token.lowercased() != token else { return words }
    if words.joined().count == token.count, words.joined() == token.lowercased() {
      var rest = token[...]
      return words.map { word in
        defer { rest = rest.dropFirst(word.count) }
        return String(rest.prefix(word.count))
      }
    }
    if token.uppercased() == token, token.count > 1 { return words.map { $0.uppercased() } }
    guard token.first?.isUppercase == true else { return words }
    return [words[0].prefix(1).uppercased() + words[0].dropFirst()] + words.dropFirst()
  }
}

// MARK: - As a file

extension MultiwordExpansion {
  /// A line for each token, then one for each rule, tab-separated.
  var fileText: String {
    tokens.sorted { $0.key < $1.key }.map { "=\t\($0)\t\($1.joined(separator: " "))\n" }.joined()
      + rules.sorted { $0.key < $1.key }.map {
        "-\t\($0)\t\($1.taken)\t\($1.added)\t\($1.others.joined(separator: " "))\n"
      }.joined()
  }

  /// nil where a line is none.
  init?(fileText: String) {
    for line in fileText.split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      switch (fields[0], fields.count) {
      case ("=", 3):
        tokens[fields[1]] = Self.words(fields[2])
      case ("-", 5):
        guard let taken = Int(fields[2]), taken >= 0 else { return nil }
        rules[fields[1]] = Rule(
          taken: taken, added: fields[3], others: Self.words(fields[4]))
      default: return nil
      }
    }
  }
  /// Scalars, since a blank and a mark that begins a word are one `Character`.
  private static func words(_ text: String) -> [String] {
    text.unicodeScalars.split(separator: " ").map { String($0) }
  }
}

internal import Foundation

/// What may be wrong with a pair.
public enum PairFault: String, CaseIterable, Sendable {
  case empty, length, ratio, copy, duplicate, language, numbers, markup, leak

  /// What it is, for a person.
  public var summary: String {
    switch self {
    case .empty: "one side is empty"
    case .length: "a side of more than 1,000 characters"
    case .ratio: "one side is much longer than the other"
    case .copy: "both sides are the same"
    case .duplicate: "the same pair stood before"
    case .language: "a side is written like the other language, or in another script"
    case .numbers: "the numbers of both sides differ"
    case .markup: "markup is left in the text"
    case .leak: "a side stands in the training data"
    }
  }
}

/// Finds what is wrong with pairs, one at a time, in memory of a few bytes for each.
public struct PairInspector {
  private let languages: LanguageSides?
  /// Hashes of pairs seen before, and of sides of the training data.
  private var seen: Set<UInt64> = []
  private var training: Set<UInt64> = []

  /// - Parameter languages: What both languages look like; without it, they are not compared.
  public init(languages: LanguageSides? = nil) {
    self.languages = languages
  }

  /// Takes note of a pair of the training data.
  public mutating func addTraining(_ pair: TextPair) {
    training.insert(fingerprint("s\t" + pair.source))
    training.insert(fingerprint("t\t" + pair.target))
  }

  /// What is wrong with a pair, and what a person should know of it.
  public mutating func faults(of pair: TextPair) -> [(fault: PairFault, detail: String)] {
    let (source, target) = (pair.source, pair.target)
    if source.isInvisible || target.isInvisible { return [(.empty, "")] }
    var found: [(fault: PairFault, detail: String)] = []
    let (a, b) = (source.unicodeScalars.count, target.unicodeScalars.count)
    if max(a, b) > 1000 { found.append((.length, "\(max(a, b)) characters")) }
    if max(a, b) > 3 * min(a, b) + 20 { found.append((.ratio, "\(a) and \(b) characters")) }
    // Names and numbers are the same in many languages; sentences are not.
    if source == target, source.utf8.split(separator: 0x20).count > 3 { found.append((.copy, "")) }
    if !seen.insert(fingerprint(source + "\t" + target)).inserted { found.append((.duplicate, "")) }
    if let side = languages?.stranger(in: pair) { found.append((.language, side)) }
    let numbers = NumberMatch(source, target)
    if numbers.isFault {
      found.append((.numbers, "\(Self.list(numbers.source)) and \(Self.list(numbers.target))"))
    }
    if let tag = markup(source) ?? markup(target) { found.append((.markup, tag)) }
    if training.contains(fingerprint("s\t" + source)) { found.append((.leak, "source")) }
    if training.contains(fingerprint("t\t" + target)) { found.append((.leak, "target")) }
    return found
  }

  private static func list(_ numbers: [String]) -> String {
    numbers.isEmpty ? "none" : numbers.joined(separator: " ")
  }

  /// A tag or a reference.
  private func markup(_ text: String) -> String? {
    let scalars = text.unicodeScalars
    for start in scalars.indices where scalars[start] == "<" || scalars[start] == "&" {
      let rest = scalars[scalars.index(after: start)...].prefix(40)
      let end: Unicode.Scalar = scalars[start] == "<" ? ">" : ";"
      guard let close = rest.firstIndex(of: end), close > rest.startIndex else { continue }
      let inner = rest[..<close].drop { $0 == "/" || $0 == "#" }
      let isName =
        inner.first.map { $0.properties.isAlphabetic || $0.properties.numericType != nil } ?? false
      let isReference = inner.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
      }
      if isName, end == ">" || isReference { return String(text[start...close]) }
    }
    return nil
  }

  /// FNV-1a, 64 bits: the same in every run.
  private func fingerprint(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }
}

/// What the two languages of a corpus look like, learned from the corpus itself: how often three letters follow each
/// other on either side.
public struct LanguageSides: Sendable {
  private var counts: [UInt64: (source: Int32, target: Int32)] = [:]
  private var totals = (source: 0.0, target: 0.0)

  public init() {}

  public mutating func add(_ pair: TextPair) {
    for trigram in trigrams(pair.source) {
      counts[trigram, default: (0, 0)].source += 1
      totals.source += 1
    }
    for trigram in trigrams(pair.target) {
      counts[trigram, default: (0, 0)].target += 1
      totals.target += 1
    }
  }

  /// Which side looks like the other language; nil where neither does or the texts are too short to tell.
  func stranger(in pair: TextPair) -> String? {
    // The languages of these corpora can be told apart only where there is enough of them.
    guard min(totals.source, totals.target) > 5000 else { return nil }
    if let preference = preference(pair.source), preference < -Self.margin { return "source" }
    if let preference = preference(pair.target), preference > Self.margin { return "target" }
    return nil
  }

  /// Per trigram, in nats.
  private static let margin = 0.7

  /// How much likelier a text is on the source's side, per trigram; nil where it is too short.
  private func preference(_ text: String) -> Double? {
    let found = trigrams(text)
    guard found.count >= 15 else { return nil }
    var sum = 0.0
    for trigram in found {
      let count = counts[trigram] ?? (0, 0)
      let source = (Double(count.source) + 0.5) / (totals.source + 1)
      let target = (Double(count.target) + 0.5) / (totals.target + 1)
      sum += log(source / target)
    }
    return sum / Double(found.count)
  }

  /// Letters in lower case, words apart.
  private func trigrams(_ text: String) -> [UInt64] {
    var found: [UInt64] = []
    var last: (UInt64, UInt64) = (0x20, 0x20)
    for scalar in text.lowercased().unicodeScalars {
      let value = scalar.properties.isAlphabetic ? UInt64(scalar.value) : 0x20
      if value == 0x20, last.1 == 0x20 { continue }
      found.append(last.0 << 42 | last.1 << 21 | value)
      last = (last.1, value)
    }
    return found
  }
}

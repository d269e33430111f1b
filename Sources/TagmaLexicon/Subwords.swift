/// Subword units by byte-pair encoding (Sennrich, Haddow & Birch 2016).
///
/// Text is cut at white space and between letters, digits and other characters; a word that begins after white
/// space carries `▁`, as in SentencePiece (Kudo & Richardson 2018). Within those parts pairs of units are merged in
/// the order in which training found them. What no unit covers is spelled in bytes, so that every text whose white
/// space is single spaces comes back as it was.
public struct Subwords: Sendable, Equatable {
  /// Units that no text contains: padding and unknown, beginning and end of a sentence.
  public static let begin = 0
  public static let end = 1
  static let specials = ["<s>", "</s>"]
  static let space: Unicode.Scalar = "▁"

  /// All units; their numbers are their lines in the vocabulary's file.
  public let units: Vocabulary
  /// Pairs in the order in which they are merged.
  public let merges: [(left: Int, right: Int)]
  /// For each pair its rank and the unit that it becomes.
  private let ranks: [Pair: (rank: Int, unit: Int)]
  /// Units of one character.
  private let characters: [Unicode.Scalar: Int]
  /// Units that stand for something else, `｟0｠` and on; a text that holds one is cut at it.
  public let placeholders: Range<Int>

  private struct Pair: Hashable {
    let left: Int
    let right: Int
  }

  public static func == (a: Subwords, b: Subwords) -> Bool {
    a.units == b.units && a.merges.elementsEqual(b.merges) { $0 == $1 }
  }

  /// Units and merges that were learned before; nil where a merge names no unit or makes none.
  public init?(units: Vocabulary, merges: [(left: Int, right: Int)]) {
    var ranks: [Pair: (rank: Int, unit: Int)] = [:]
    for (rank, (left, right)) in merges.enumerated() {
      guard units.entries.indices.contains(left), units.entries.indices.contains(right),
        let unit = units[units.entries[left] + units.entries[right]]
      else { return nil }
      ranks[Pair(left: left, right: right)] = (rank, unit)
    }
    guard units.entries.starts(with: Self.base) else { return nil }
    self.init(units: units, merges: merges, ranks: ranks)
  }

  private init(
    units: Vocabulary, merges: [(left: Int, right: Int)],
    ranks: [Pair: (rank: Int, unit: Int)]
  ) {
    self.units = units
    self.merges = merges
    self.ranks = ranks
    characters = Self.characters(units)
    let first = Self.base.count
    let count = units.entries.dropFirst(first).enumerated().prefix {
      $0.element == Self.placeholder($0.offset)
    }.count
    placeholders = first..<first + count
  }

  /// The text of a placeholder.
  public static func placeholder(_ number: Int) -> String { "｟\(number)｠" }

  private static func characters(_ units: Vocabulary) -> [Unicode.Scalar: Int] {
    var characters: [Unicode.Scalar: Int] = [:]
    for (id, unit) in units.entries.enumerated().dropFirst(specials.count + bytes.count) {
      let scalars = unit.unicodeScalars
      if scalars.count == 1, let scalar = scalars.first { characters[scalar] = id }
    }
    return characters
  }

  static let bytes = (0..<256).map { value in
    let digits = String(value, radix: 16, uppercase: true)
    return "<0x" + (digits.count < 2 ? "0" : "") + digits + ">"
  }
  private static let firstByte = specials.count
  /// What every vocabulary begins with.
  private static let base = specials + bytes + [String(space)]
  /// The unit of a space that begins a word of which no unit begins so.
  public static let spaceUnit = base.count - 1
}

// MARK: - Text to units

extension Subwords {
  /// What no unit reaches beyond.
  private struct Part: Hashable {
    let isAfterSpace: Bool
    var scalars: [Unicode.Scalar]
    /// The number of the placeholder that the part is.
    var placeholder: Int?

    /// The mark of a space, then the characters; nil for such a mark in the text itself, which is no unit.
    var characters: [Unicode.Scalar?] {
      (isAfterSpace ? [Subwords.space] : []) + scalars.map { $0 == Subwords.space ? nil : $0 }
    }
  }

  /// Longer parts are cut: merging takes time that grows with the square of a part's length.
  private static let longestPart = 64

  /// - Parameter placeholders: Only so many are known.
  private static func parts(of text: String, placeholders: Int) -> [Part] {
    var parts: [Part] = []
    var isAfterSpace = true
    var last: CharacterKind?
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "｟", placeholders > 0, let (number, end) = Self.placeholder(in: rest),
        number < placeholders
      {
        parts.append(Part(isAfterSpace: isAfterSpace, scalars: [], placeholder: number))
        (rest, isAfterSpace, last) = (rest[end...], false, .other)
        continue
      }
      if Self.isSpace(scalar) {
        // White space at the beginning and runs of it count for nothing.
        isAfterSpace = true
        continue
      }
      let kind = CharacterKind(scalar)
      if !isAfterSpace, kind == .mark || kind == last && kind != .other,
        parts[parts.count - 1].placeholder == nil,
        parts[parts.count - 1].scalars.count < longestPart
      {
        parts[parts.count - 1].scalars.append(scalar)
      } else {
        parts.append(Part(isAfterSpace: isAfterSpace, scalars: [scalar]))
      }
      if kind != .mark { last = kind }
      isAfterSpace = false
    }
    return parts
  }

  /// The number before the first `｠`, and where the text goes on after it.
  private static func placeholder(
    in text: Substring.UnicodeScalarView
  ) -> (number: Int, end: String.Index)? {
    let digits = text.prefix { ("0"..."9").contains($0) }
    guard !digits.isEmpty, digits.endIndex < text.endIndex, text[digits.endIndex] == "｠",
      let number = Int(String(digits))
    else { return nil }
    return (number, text.index(after: digits.endIndex))
  }

  /// Looking up properties takes most of the time of cutting a text; most texts need few of them.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x80
      ? scalar.value == 0x20 || (0x09...0x0d).contains(scalar.value)
      : scalar.properties.isWhitespace
  }

  private enum CharacterKind {
    case letter, digit, mark, other

    init(_ scalar: Unicode.Scalar) {
      if scalar.value < 0x80 {
        let isLetter = (0x61...0x7a).contains(scalar.value | 0x20)
        self = isLetter ? .letter : (0x30...0x39).contains(scalar.value) ? .digit : .other
        return
      }
      switch scalar.properties.generalCategory {
      case .decimalNumber, .letterNumber, .otherNumber: self = .digit
      case .nonspacingMark, .spacingMark, .enclosingMark: self = .mark
      default: self = scalar.properties.isAlphabetic ? .letter : .other
      }
    }
  }

  /// Characters as units, those that are none as bytes.
  private func spelled(_ part: Part) -> [Int] {
    if let number = part.placeholder {
      return (part.isAfterSpace ? [Self.spaceUnit] : []) + [placeholders.lowerBound + number]
    }
    return part.characters.flatMap { character -> [Int] in
      if let character, let unit = characters[character] { return [unit] }
      return String(character ?? Self.space).utf8.map { Self.firstByte + Int($0) }
    }
  }

  /// The units of a text.
  ///
  /// - Parameter skips: Whether a merge is left out where it could be made: drawn anew at each chance, it shows a
  ///   training other ways to cut the same words (Provilkov, Emelianenko & Voita 2020).
  public func encode(_ text: String, skips: () -> Bool = { false }) -> [Int] {
    Self.parts(of: text, placeholders: placeholders.count).flatMap { merged(spelled($0), skips) }
  }

  private func merged(_ spelled: [Int], _ skips: () -> Bool) -> [Int] {
    var word = spelled
    while word.count > 1 {
      var best: (rank: Int, unit: Int)?
      var place = 0
      for i in 0..<word.count - 1 {
        guard let candidate = ranks[Pair(left: word[i], right: word[i + 1])],
          candidate.rank < best?.rank ?? .max, !skips()
        else { continue }
        (best, place) = (candidate, i)
      }
      guard let best else { break }
      word[place] = best.unit
      word.remove(at: place + 1)
    }
    return word
  }

  /// Whether white space stands before a unit.
  public func beginsWord(_ unit: Int) -> Bool {
    units.entries[unit].unicodeScalars.first == Self.space
  }

  /// The text of units; those outside of any text are left out, bytes that are no UTF-8 become U+FFFD.
  ///
  /// - Parameter values: What placeholders stand for; those beyond stand for themselves.
  public func decode(_ ids: some Sequence<Int>, placeholders values: [String] = []) -> String {
    var bytes: [UInt8] = []
    for id in ids { bytes += self.bytes(of: id, placeholders: values) }
    if bytes.first == 0x20 { bytes.removeFirst() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The bytes of a unit, a space where it begins a word.
  public func bytes(of id: Int, placeholders values: [String] = []) -> [UInt8] {
    guard id >= Self.firstByte, id < units.count else { return [] }
    if id < Self.firstByte + 256 { return [UInt8(id - Self.firstByte)] }
    if placeholders.contains(id), id - placeholders.lowerBound < values.count {
      return Array(values[id - placeholders.lowerBound].utf8)
    }
    let unit = Array(units.entries[id].utf8)
    return unit.starts(with: Self.spaceBytes) ? [0x20] + unit.dropFirst(3) : unit
  }

  private static let spaceBytes = Array(String(space).utf8)
}

// MARK: - Training

extension Subwords {
  /// Learns units from texts.
  ///
  /// - Parameters:
  ///   - size: So many units at most.
  ///   - minimumCount: Characters and pairs that are rarer are no units.
  ///   - placeholders: So many units stand for something else.
  public init(
    training texts: some Sequence<String>, size: Int, minimumCount: Int = 2, placeholders: Int = 0
  ) {
    var counts: [Part: Int] = [:]
    for text in texts {
      for part in Self.parts(of: text, placeholders: placeholders) where part.placeholder == nil {
        counts[part, default: 0] += 1
      }
    }
    var characters: [String: Int] = [:]
    for (part, count) in counts {
      for character in part.characters.compactMap(\.self) {
        characters[String(character), default: 0] += count
      }
    }
    var units = Vocabulary(Self.base + (0..<placeholders).map(Self.placeholder))
    for character in Vocabulary.frequent(characters, minimum: minimumCount) {
      units.insert(character)
    }
    let numbers = Self.characters(units)
    // In a fixed order: a dictionary's own changes from run to run.
    let words = counts.sorted {
      if $0.value != $1.value { return $0.value > $1.value }
      if $0.key.isAfterSpace != $1.key.isAfterSpace { return $0.key.isAfterSpace }
      return $0.key.scalars.lexicographicallyPrecedes($1.key.scalars)
    }
    var learner = PairLearner(
      words: words.map { part, count in
        (part.characters.map { $0.flatMap { numbers[$0] } ?? -1 }, count)
      })
    var merges: [(left: Int, right: Int)] = []
    while units.count < size, let (pair, count) = learner.mostFrequent(), count >= minimumCount {
      let text = units.entries[pair.left] + units.entries[pair.right]
      // Two ways to the same unit are one unit.
      let unit = units.insert(text)
      merges.append((pair.left, pair.right))
      learner.merge(pair, into: unit)
    }
    let ranks = merges.enumerated().map { rank, merge in
      (
        Pair(left: merge.left, right: merge.right),
        (rank: rank, unit: units[units.entries[merge.left] + units.entries[merge.right]] ?? 0)
      )
    }
    self.init(
      units: units, merges: merges, ranks: Dictionary(ranks) { first, _ in first })
  }

  /// Counts of neighbouring units, kept up to date while pairs are merged.
  private struct PairLearner {
    private var words: [(units: [Int], count: Int)]
    private var counts: [Pair: Int] = [:]
    /// The words that have, or once had, a pair.
    private var places: [Pair: [Int]] = [:]
    /// Pairs by count; entries whose count has changed since are passed over.
    private var heap = MaximumHeap()

    /// −1 stands for a character that is no unit: it is part of no pair.
    init(words: [(units: [Int], count: Int)]) {
      self.words = words
      for (w, word) in words.enumerated() {
        for i in word.units.indices.dropLast() {
          add(word.units[i], word.units[i + 1], word.count, w)
        }
      }
      for (pair, count) in counts { heap.insert(MaximumHeap.Entry(count, pair.left, pair.right)) }
    }

    private mutating func add(_ left: Int, _ right: Int, _ count: Int, _ word: Int) {
      guard left >= 0, right >= 0 else { return }
      let pair = Pair(left: left, right: right)
      counts[pair, default: 0] += count
      if places[pair]?.last != word { places[pair, default: []].append(word) }
    }

    /// Of equally frequent pairs the one of older units.
    mutating func mostFrequent() -> (pair: Pair, count: Int)? {
      while let entry = heap.removeFirst() {
        let pair = Pair(left: entry.left, right: entry.right)
        if counts[pair] == entry.count { return (pair, entry.count) }
      }
      return nil
    }

    mutating func merge(_ pair: Pair, into unit: Int) {
      var changed: Set<Pair> = []
      for w in places[pair] ?? [] {
        let old = words[w].units
        var new: [Int] = []
        var i = 0
        while i < old.count {
          if i + 1 < old.count, old[i] == pair.left, old[i + 1] == pair.right {
            new.append(unit)
            i += 2
          } else {
            new.append(old[i])
            i += 1
          }
        }
        guard new.count < old.count else { continue }
        let count = words[w].count
        for i in old.indices.dropLast() where old[i] >= 0 && old[i + 1] >= 0 {
          let gone = Pair(left: old[i], right: old[i + 1])
          counts[gone, default: 0] -= count
          changed.insert(gone)
        }
        for i in new.indices.dropLast() {
          add(new[i], new[i + 1], count, w)
          changed.insert(Pair(left: new[i], right: new[i + 1]))
        }
        words[w].units = new
      }
      counts[pair] = nil
      places[pair] = nil
      for other in changed {
        guard let count = counts[other], count > 0 else { continue }
        heap.insert(MaximumHeap.Entry(count, other.left, other.right))
      }
    }
  }
}

/// A binary heap of counted pairs, the most frequent first.
private struct MaximumHeap {
  struct Entry {
    let count: Int
    let left: Int
    let right: Int

    init(_ count: Int, _ left: Int, _ right: Int) {
      (self.count, self.left, self.right) = (count, left, right)
    }

    func precedes(_ other: Entry) -> Bool {
      (other.count, left, right) < (count, other.left, other.right)
    }
  }

  private var entries: [Entry] = []

  mutating func insert(_ entry: Entry) {
    entries.append(entry)
    var i = entries.count - 1
    while i > 0, entries[i].precedes(entries[(i - 1) / 2]) {
      entries.swapAt(i, (i - 1) / 2)
      i = (i - 1) / 2
    }
  }

  mutating func removeFirst() -> Entry? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    guard !entries.isEmpty else { return first }
    entries[0] = last
    var i = 0
    while true {
      var best = i
      for child in [2 * i + 1, 2 * i + 2] where child < entries.count {
        if entries[child].precedes(entries[best]) { best = child }
      }
      if best == i { return first }
      entries.swapAt(i, best)
      i = best
    }
  }
}

extension Subwords {
  /// Learns units from texts.
  ///
  /// - Parameters:
  ///   - size: So many units at most.
  ///   - minimumCount: Characters and pairs that are rarer are no units.
  ///   - placeholders: So many units stand for something else.
  ///   - kind: What the units are; characters, however many there are, are always among them.
  public init(
    training texts: some Sequence<String>, size: Int, minimumCount: Int = 2, placeholders: Int = 0,
    kind: UnitKind = .bpe
  ) {
    var counts: [Part: Int] = [:]
    for text in texts {
      for part in Self.parts(of: text, placeholders: placeholders) where part.placeholder == nil {
        counts[part, default: 0] += 1
      }
    }
    // In a fixed order: a dictionary's own changes from run to run.
    let words = counts.sorted {
      if $0.value != $1.value { return $0.value > $1.value }
      if $0.key.isAfterSpace != $1.key.isAfterSpace { return $0.key.isAfterSpace }
      return $0.key.scalars.lexicographicallyPrecedes($1.key.scalars)
    }.map { (characters: $0.key.characters, count: $0.value) }
    // Of characters that are canonically equal, the first gives all of them its spelling.
    var characters: [String: Int] = [:]
    for word in words {
      for character in word.characters.compactMap(\.self) {
        characters[String(character), default: 0] += word.count
      }
    }
    var units = Vocabulary(Self.base + (0..<placeholders).map(Self.placeholder))
    for character in Vocabulary.frequent(characters, minimum: minimumCount) {
      units.insert(character)
    }
    switch kind {
    case .bpe:
      self.init(merging: words, units, size: size, minimumCount: minimumCount)
    case .unigram:
      let before = Self.base.count - 1 + placeholders
      let characters = [String(Self.space)] + units.entries.dropFirst(before + 1)
      let scored = Self.unigramUnits(
        words, characters: characters, size: size - before, minimumCount: minimumCount)
      var scores = [Float](repeating: 0, count: before)
      // The mark of a space stands before the placeholders, all others after them.
      scores.insert(scored[0].score, at: Self.base.count - 1)
      for (text, score) in scored.dropFirst() {
        units.insert(text)
        scores.append(score)
      }
      self.init(units: units, merges: [], ranks: [:], scores: scores)
    case .words:
      for word in words where units.count < size && word.count >= minimumCount {
        guard word.characters.count > 1, word.characters.allSatisfy({ $0 != nil }) else { continue }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: word.characters.compactMap(\.self))
        units.insert(String(text))
      }
      // The fewest units; characters where there is no other way.
      let scores = units.entries.map { $0.unicodeScalars.count == 1 ? -10 : Float(-1) }
      self.init(units: units, merges: [], ranks: [:], scores: scores)
    case .characters:
      self.init(units: units, merges: [], ranks: [:])
    }
  }

  /// Byte-pair encoding of words.
  private init(
    merging words: [(characters: [Unicode.Scalar?], count: Int)], _ characters: Vocabulary,
    size: Int, minimumCount: Int
  ) {
    var units = characters
    let numbers = Self.characters(units)
    var learner = PairLearner(
      words: words.map { characters, count in
        (characters.map { $0.flatMap { numbers[$0] } ?? -1 }, count)
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

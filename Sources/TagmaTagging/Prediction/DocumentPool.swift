internal import TagmaAnnotations

/// The candidates of a document while their probabilities are mixed (decision 0017).
struct DocumentPool {
  /// What a place counts that looks like no span at all.
  private static let leastWeight = 0.1
  /// What a longer name counts that tells of a word.
  private static let hintWeight = 2.0
  /// Longer names around words leave them at least one hundredth.
  private static let leastRest = 0.01

  private let words: DocumentWords
  private let labels: [String]
  /// For each label whether the first or last word of its names stands for the whole.
  private let isInParts: [Bool]
  private let share: Double
  /// A probability of nothing for each label.
  private let none: [Double]
  /// What each sentence says by itself.
  private let own: [SpanTable]
  /// What it says in its document.
  private var pooled: [SpanTable]
  /// For words by number, what longer names say of them.
  private var hints: [Int: [Double]] = [:]

  init(
    _ candidates: [[SpanCandidate]], forms: [[String]], share: Double, parts: Set<String>
  ) {
    let labels = Set(candidates.lazy.joined().map(\.span.label)).sorted()
    self.labels = labels
    self.share = share
    none = Array(repeating: 0, count: labels.count)
    words = DocumentWords(forms)
    isInParts = labels.map(parts.contains)
    own = zip(candidates, forms).map { SpanTable($0, wordCount: $1.count, labels: labels) }
    pooled = own
  }

  /// Candidates of each sentence, from left to right.
  mutating func mixed() -> [[SpanCandidate]] {
    let names = Set(
      own.indices.flatMap { i in own[i].spans.map { words.numbers[i][$0] } })
    // The longest first: what is made of them is what stands around the others, and what tells of their parts.
    for places in words.places(of: names) {
      mix(places)
      tellShorterNames(places)
    }
    return pooled.map { $0.candidates(labels) }
  }

  /// Mixes the probabilities at all places of a name.
  private mutating func mix(_ places: [Place]) {
    let hint = places[0].words.count == 1 ? hints[words.number(at: places[0])] : nil
    guard places.count > 1 || hint != nil else { return }
    var evidence = hint ?? none
    var weight = evidence.reduce(0, +)
    // Probabilities given that no longer name stands around the words.
    let free = places.map { place -> [Double] in
      let table = own[place.sentence]
      let values = table[place.words] ?? none
      let sum = values.reduce(0, +)
      let rest = max(1 - table.around(place.words), sum, Self.leastRest)
      let free = values.map { $0 / rest }
      let counts = sum + rest * Self.leastWeight
      for (k, value) in free.enumerated() { evidence[k] += counts * value }
      weight += counts
      return free
    }
    let trust = share * weight / (share * weight + 1 - share)
    for (place, values) in zip(places, free) {
      // A word in small letters that is no candidate by itself is not what others in capitals are.
      if values == none, words.isSmallWord(place) { continue }
      let rest = max(1 - pooled[place.sentence].around(place.words), Self.leastRest)
      let mixed = zip(values, evidence).map {
        rest * ((1 - trust) * $0 + trust * $1 / weight)
      }
      if mixed.contains(where: { $0 > 0 }) { pooled[place.sentence][place.words] = mixed }
    }
  }

  /// What a name says of its initials and of the words that stand for it.
  private mutating func tellShorterNames(_ places: [Place]) {
    guard places[0].words.count > 1 else { return }
    var sum = none
    for place in places {
      for (k, value) in (pooled[place.sentence][place.words] ?? none).enumerated()
      where value > DocumentEvidence.leastProbability { sum[k] += Self.hintWeight * value }
    }
    for number in words.abbreviations(ofNameAt: places[0]) { tell(number, sum) }
    let part = zip(sum, isInParts).map { $1 ? $0 : 0 }
    for number in words.ends(ofNameAt: places[0]) { tell(number, part) }
  }

  private mutating func tell(_ number: Int, _ values: [Double]) {
    guard values.contains(where: { $0 > 0 }) else { return }
    hints[number] = zip(hints[number] ?? none, values).map(+)
  }
}

/// Where words stand: a sentence of the document and its words.
private struct Place: Hashable {
  let sentence: Int
  let words: Range<Int>
}

// MARK: - A sentence

/// What the words of a sentence may be.
private struct SpanTable {
  /// Words and the probability of each label, by the first word.
  private var entries: [[(words: Range<Int>, values: [Double])]]
  /// Words of the longest entry.
  private var longest = 0

  init(_ candidates: [SpanCandidate], wordCount: Int, labels: [String]) {
    entries = Array(repeating: [], count: wordCount)
    for candidate in candidates {
      guard let k = labels.firstIndex(of: candidate.span.label) else { continue }
      var values = self[candidate.span.words] ?? Array(repeating: 0, count: labels.count)
      values[k] = candidate.probability
      self[candidate.span.words] = values
    }
  }

  subscript(_ words: Range<Int>) -> [Double]? {
    get { entries[words.lowerBound].first { $0.words == words }?.values }
    set {
      entries[words.lowerBound].removeAll { $0.words == words }
      guard let newValue else { return }
      entries[words.lowerBound].append((words, newValue))
      longest = max(longest, words.count)
    }
  }

  /// The probability that words belong to a longer name.
  func around(_ words: Range<Int>) -> Double {
    guard words.count < longest else { return 0 }
    var sum = 0.0
    for first in max(0, words.upperBound - longest)...words.lowerBound {
      for entry in entries[first]
      where entry.words.upperBound >= words.upperBound && entry.words != words {
        sum += entry.values.reduce(0, +)
      }
    }
    return sum
  }

  var spans: [Range<Int>] { entries.flatMap { $0.map(\.words) } }

  /// By the first word, then the last, then the label.
  func candidates(_ labels: [String]) -> [SpanCandidate] {
    entries.flatMap { entries in
      entries.sorted { $0.words.upperBound < $1.words.upperBound }.flatMap { entry in
        zip(labels, entry.values).filter { $0.1 > 0 }.map {
          SpanCandidate(span: LabeledSpan(label: $0, words: entry.words), probability: $1)
        }
      }
    }
  }
}

// MARK: - Words

/// The words of a document.
private struct DocumentWords {
  private static let shortestAbbreviation = 3

  /// A number for each word of each sentence, the same for those that differ in capitals alone.
  let numbers: [[Int]]
  private let forms: [[String]]
  private let known: [String: Int]

  init(_ forms: [[String]]) {
    // Most forms come again, and finding one is far cheaper than making its small letters.
    var known: [String: Int] = [:]
    var small: [String: Int] = [:]
    numbers = forms.map { sentence in
      sentence.map { form in
        if let number = known[form] { return number }
        let letters = form.lowercased()
        let number = small[letters] ?? small.count
        (small[letters], known[form]) = (number, number)
        return number
      }
    }
    self.known = known
    self.forms = forms
  }

  func number(at place: Place) -> Int { numbers[place.sentence][place.words.lowerBound] }

  /// Whether there is a single word, in small letters.
  func isSmallWord(_ place: Place) -> Bool {
    guard place.words.count == 1 else { return false }
    let form = forms[place.sentence][place.words.lowerBound]
    return form == form.lowercased() && form != form.uppercased()
  }

  /// The first and the last word of a name.
  func ends(ofNameAt place: Place) -> Set<Int> {
    let sentence = numbers[place.sentence]
    return [sentence[place.words.lowerBound], sentence[place.words.upperBound - 1]]
  }

  /// Words of the document, in capitals, that are the initials of a name: of all its words or of those that begin with
  /// one, three at least.
  func abbreviations(ofNameAt place: Place) -> Set<Int> {
    guard place.words.count >= Self.shortestAbbreviation else { return [] }
    let initials = forms[place.sentence][place.words].compactMap(\.first).filter(\.isLetter)
    return Set(
      [initials, initials.filter(\.isUppercase)]
        .filter { $0.count >= Self.shortestAbbreviation }
        .compactMap { known[String($0).uppercased()] })
  }

  /// All places of each name in the order of the text, the names with most words first.
  func places(of names: Set<ArraySlice<Int>>) -> [[Place]] {
    var lengths: [Int: Set<Int>] = [:]
    for name in names { lengths[name[name.startIndex], default: []].insert(name.count) }
    var places: [ArraySlice<Int>: [Place]] = [:]
    for (i, words) in numbers.enumerated() {
      for (k, word) in words.enumerated() {
        guard let lengths = lengths[word] else { continue }
        for length in lengths where k + length <= words.count {
          let name = words[k..<k + length]
          if names.contains(name) {
            places[name, default: []].append(Place(sentence: i, words: k..<k + length))
          }
        }
      }
    }
    return places.values.sorted {
      let (x, y) = ($0[0], $1[0])
      if x.words.count != y.words.count { return x.words.count > y.words.count }
      return x.sentence != y.sentence
        ? x.sentence < y.sentence : x.words.lowerBound < y.words.lowerBound
    }
  }
}

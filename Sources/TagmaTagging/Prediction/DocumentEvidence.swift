package import TagmaAnnotations

/// What the rest of a document says of words that it has several times.
///
/// A name may be clear in one sentence and doubtful in the next; within a document it nearly always is the name of the same
/// thing (Krishnan & Manning 2006). So the probability of a candidate is mixed with the mean of those that the same words
/// have at all their places in the document, in capitals or not (decision 0017):
///
/// * Where a longer name may stand around the words, only the rest of the probability is theirs: *US* in *US Marines*
///   says nothing against *US* elsewhere, nor *US* elsewhere anything against *US Marines*.
/// * A place counts the more, the more it looks like any span: most places where a name is left out are no evidence
///   against the others.
/// * The more the document says, the more it counts.
/// * A longer name tells of its abbreviation and, where labels are named whose names are used so, of its first and last
///   word: who is *George Bush* once is *Bush* then.
package enum DocumentEvidence {
  /// Words of a document that are judged together at most, a word more for each sentence.
  package static let longestDocument = 6000
  /// Less probable candidates are no evidence.
  package static let leastProbability = 0.02
  /// What a place counts that looks like no span at all.
  private static let leastWeight = 0.1
  /// What a longer name counts that tells of a word.
  private static let hintWeight = 2.0
  /// Longer names around words leave them this much.
  private static let mostAround = 0.99
  private static let shortestAbbreviation = 3

  /// The documents among sentences, whose beginnings comments name.
  ///
  /// One that is too long is cut; what stands before the first is of none.
  ///
  /// - Parameter startsInDocument: Whether the first sentences go on with a document.
  package static func documents(
    _ sentences: [Sentence], startsInDocument: Bool = false
  ) -> [Range<Int>] {
    var documents: [Range<Int>] = []
    var start = startsInDocument ? 0 : nil
    var words = 0
    for (i, sentence) in sentences.enumerated() {
      if beginsDocument(sentence) || start != nil && words >= longestDocument {
        if let start, start < i { documents.append(start..<i) }
        (start, words) = (i, 0)
      }
      words += sentence.tokens.count + 1
    }
    if let start, start < sentences.count { documents.append(start..<sentences.count) }
    return documents
  }

  /// What a comment begins with before the first sentence of a document.
  package static let comment = "# newdoc"

  /// What follows `# newdoc id =`.
  package static func documentName(_ comment: String) -> String? {
    guard let sign = comment.firstIndex(of: "="),
      comment[..<sign].dropFirst(Self.comment.count).filter({ $0 != " " }) == "id"
    else { return nil }
    let name = comment[sign...].dropFirst().drop { $0 == " " }
    return name.isEmpty ? nil : Misc.unescapeSpaces(String(name))
  }

  package static func beginsDocument(_ sentence: Sentence) -> Bool {
    sentence.comments.contains { $0.hasPrefix(comment) }
  }

  /// Where words stand: a sentence of the document and its words.
  private struct Place: Hashable {
    let sentence: Int
    let words: Range<Int>
  }

  /// What the words of a sentence may be.
  private struct Lattice {
    /// Words and the probability of each label, by the first word.
    private var entries: [[(words: Range<Int>, values: [Double])]]
    /// Words of the longest entry.
    private var longest = 0

    init(_ candidates: [SpanCandidate], count: Int, labels: [String]) {
      entries = Array(repeating: [], count: count)
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
        let first = words.lowerBound
        entries[first].removeAll { $0.words == words }
        if let newValue {
          entries[first].append((words, newValue))
          longest = max(longest, words.count)
        }
      }
    }

    /// The probability that words belong to a longer name.
    func around(_ words: Range<Int>) -> Double {
      var sum = 0.0
      guard words.count < longest else { return sum }
      for first in max(0, words.upperBound - longest)...words.lowerBound {
        for entry in entries[first]
        where entry.words.upperBound >= words.upperBound && entry.words != words {
          sum += entry.values.reduce(0, +)
        }
      }
      return sum
    }

    var spans: [Range<Int>] { entries.flatMap { $0.map(\.words) } }

    func candidates(_ labels: [String]) -> [SpanCandidate] {
      entries.joined().flatMap { entry in
        zip(labels, entry.values).filter { $0.1 > 0 }.map {
          SpanCandidate(span: LabeledSpan(label: $0, words: entry.words), probability: $1)
        }
      }.sorted(by: precedes)
    }
  }

  /// Mixes the probabilities of a document's candidates, sentence by sentence, and adds those that only the rest of the
  /// document makes candidates.
  ///
  /// - Parameters:
  ///   - forms: The words of each sentence.
  ///   - share: What the document counts, from 0 to 1.
  ///   - parts: Labels of names whose first or last word stands for the whole, such as those of persons.
  package static func pooled(
    _ candidates: [[SpanCandidate]], forms: [[String]], share: Double, parts: Set<String> = []
  ) -> [[SpanCandidate]] {
    guard share > 0, candidates.contains(where: { !$0.isEmpty }) else { return candidates }
    let words = Words(forms)
    let labels = Set(candidates.lazy.joined().map(\.span.label)).sorted()
    let none = [Double](repeating: 0, count: labels.count)
    let own = zip(candidates, forms).map { Lattice($0, count: $1.count, labels: labels) }
    var pooled = own
    var told: [Int: [Double]] = [:]
    let names = Set(
      own.indices.flatMap { i in own[i].spans.map { words.numbers[i][$0] } })
    // The longest first: what is made of them is what stands around the others, and what tells of their parts.
    for places in places(of: names, in: words.numbers) {
      let name = words.numbers[places[0].sentence][places[0].words]
      let hint = name.count == 1 ? told[name[name.startIndex]] : nil
      if places.count > 1 || hint != nil {
        mix(places, hint, share, none, own, &pooled) {
          name.count == 1 && words.isSmall(forms[$0.sentence][$0.words.lowerBound])
        }
      }
      guard name.count > 1 else { continue }
      var sum = none
      for place in places {
        for (k, value) in (pooled[place.sentence][place.words] ?? none).enumerated()
        where value > leastProbability { sum[k] += hintWeight * value }
      }
      for number in words.abbreviations(of: forms[places[0].sentence][places[0].words]) {
        add(sum, to: &told[number, default: none])
      }
      for number in Set([name.first, name.last].compactMap(\.self)) {
        let part = zip(labels, sum).map { parts.contains($0) ? $1 : 0 }
        if part.contains(where: { $0 > 0 }) { add(part, to: &told[number, default: none]) }
      }
    }
    return pooled.map { $0.candidates(labels) }
  }

  /// Mixes the probabilities at all places of a name.
  ///
  /// - Parameters:
  ///   - hint: What longer names say of it.
  ///   - isCommon: Whether a word stands at a place that, where it is no candidate by itself, no document makes one.
  private static func mix(
    _ places: [Place], _ hint: [Double]?, _ share: Double, _ none: [Double], _ own: [Lattice],
    _ pooled: inout [Lattice], isCommon: (Place) -> Bool
  ) {
    var evidence = hint ?? none
    var weight = evidence.reduce(0, +)
    // Probabilities given that no longer name stands around the words.
    let free = places.map { place -> [Double] in
      let values = own[place.sentence][place.words] ?? none
      let sum = values.reduce(0, +)
      let around = own[place.sentence].around(place.words)
      let rest = max(1 - around, sum, 1 - mostAround)
      let free = values.map { $0 / rest }
      let counts = sum + rest * leastWeight
      for (k, value) in free.enumerated() { evidence[k] += counts * value }
      weight += counts
      return free
    }
    let trust = share * weight / (share * weight + 1 - share)
    for (place, values) in zip(places, free) where values != none || !isCommon(place) {
      let rest = 1 - min(pooled[place.sentence].around(place.words), mostAround)
      let mixed = zip(values, evidence).map {
        rest * ((1 - trust) * $0 + trust * $1 / weight)
      }
      if mixed.contains(where: { $0 > 0 }) { pooled[place.sentence][place.words] = mixed }
    }
  }

  private static func add(_ values: [Double], to sums: inout [Double]) {
    for (k, value) in values.enumerated() { sums[k] += value }
  }

  /// The words of a document.
  private struct Words {
    /// A number for each word of each sentence, the same for those that differ in capitals alone.
    let numbers: [[Int]]
    private let small: [String: Int]

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
      self.small = small
    }

    /// Whether a word is in small letters.
    func isSmall(_ form: String) -> Bool {
      form == form.lowercased() && form != form.uppercased()
    }

    /// Words of the document that are the initials of a name: of all its words or of those in capitals, three at least.
    func abbreviations(of name: ArraySlice<String>) -> Set<Int> {
      guard name.count >= shortestAbbreviation else { return [] }
      let initials = name.compactMap(\.first).filter(\.isLetter)
      return Set(
        [initials, initials.filter(\.isUppercase)]
          .filter { $0.count >= shortestAbbreviation }
          .compactMap { small[String($0).lowercased()] })
    }
  }

  /// All places of each name in the order of the text, the names with most words first.
  private static func places(of names: Set<ArraySlice<Int>>, in sentences: [[Int]]) -> [[Place]] {
    var lengths: [Int: Set<Int>] = [:]
    for name in names { lengths[name[name.startIndex], default: []].insert(name.count) }
    var places: [ArraySlice<Int>: [Place]] = [:]
    for (i, words) in sentences.enumerated() {
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

  private static func precedes(_ a: SpanCandidate, _ b: SpanCandidate) -> Bool {
    let (x, y) = (a.span.words, b.span.words)
    if x.lowerBound != y.lowerBound { return x.lowerBound < y.lowerBound }
    return x.upperBound != y.upperBound
      ? x.upperBound < y.upperBound : a.span.label < b.span.label
  }
}

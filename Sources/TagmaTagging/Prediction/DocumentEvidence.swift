package import TagmaAnnotations

/// What the rest of a document says of words that it has several times.
///
/// A name may be clear in one sentence and doubtful in the next; within a document it nearly always is the name of the same
/// thing (Krishnan & Manning 2006). So the probability of a candidate is mixed with the mean of those that the same words
/// have at all their places in the document, in capitals or not. A place counts the more, the more it looks like any
/// span: most places where a name is left out are no evidence against the others.
package enum DocumentEvidence {
  /// Words of a document that are judged together at most, a word more for each sentence.
  package static let longestDocument = 6000
  /// Less probable candidates are no evidence.
  package static let leastProbability = 0.02
  /// What a place counts that looks like no span at all.
  private static let leastWeight = 0.1

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

  /// Mixes the probabilities of a document's candidates, sentence by sentence, and adds those that only the rest of the
  /// document makes candidates.
  ///
  /// - Parameters:
  ///   - forms: The words of each sentence.
  ///   - share: What the document counts, from 0 to 1.
  package static func pooled(
    _ candidates: [[SpanCandidate]], forms: [[String]], share: Double
  ) -> [[SpanCandidate]] {
    guard share > 0, candidates.contains(where: { !$0.isEmpty }) else { return candidates }
    let words = numbered(forms)
    let labels = Set(candidates.lazy.joined().map(\.span.label)).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: zip(labels, labels.indices))
    var probabilities: [Place: [Double]] = [:]
    for (i, found) in candidates.enumerated() {
      for candidate in found {
        probabilities[
          Place(sentence: i, words: candidate.span.words),
          default: [Double](repeating: 0, count: labels.count)][
            numbers[candidate.span.label] ?? 0] =
          candidate.probability
      }
    }
    let names = Set(probabilities.keys.map { words[$0.sentence][$0.words] })
    for places in places(of: names, in: words) where places.count > 1 {
      let values = places.map { probabilities[$0] ?? [Double](repeating: 0, count: labels.count) }
      let weights = values.map { $0.reduce(leastWeight, +) }
      let sum = weights.reduce(0, +)
      let mean = labels.indices.map { k in
        zip(weights, values).reduce(0) { $0 + $1.0 * $1.1[k] } / sum
      }
      for (place, value) in zip(places, values) {
        probabilities[place] = zip(value, mean).map { (1 - share) * $0 + share * $1 }
      }
    }
    var pooled = candidates.map { _ in [SpanCandidate]() }
    for (place, values) in probabilities {
      for (label, value) in zip(labels, values) where value > 0 {
        pooled[place.sentence].append(
          SpanCandidate(
            span: LabeledSpan(label: label, words: place.words), probability: value))
      }
    }
    return pooled.map { $0.sorted(by: precedes) }
  }

  /// A number for each word, the same for those that differ in capitals alone.
  private static func numbered(_ forms: [[String]]) -> [[Int]] {
    // Most forms come again, and finding one is far cheaper than making its small letters.
    var known: [String: Int] = [:]
    var small: [String: Int] = [:]
    return forms.map { sentence in
      sentence.map { form in
        if let number = known[form] { return number }
        let letters = form.lowercased()
        let number = small[letters] ?? small.count
        (small[letters], known[form]) = (number, number)
        return number
      }
    }
  }

  /// All places of each name, in the order of the text.
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
    return Array(places.values)
  }

  private static func precedes(_ a: SpanCandidate, _ b: SpanCandidate) -> Bool {
    let (x, y) = (a.span.words, b.span.words)
    if x.lowerBound != y.lowerBound { return x.lowerBound < y.lowerBound }
    return x.upperBound != y.upperBound
      ? x.upperBound < y.upperBound : a.span.label < b.span.label
  }
}

package import TagmaAnnotations
package import TagmaNeural

/// Chooses the spans of a sentence by their probabilities instead of the likeliest tag sequence.
///
/// Chosen are the spans that do not overlap and whose sum of (probability − threshold) is the highest. Where
/// probabilities are true ones, the threshold with the highest expected F₁ is half of that F₁ (Lipton, Elkan &
/// Naryanaswamy 2014, theorem 1): a model that finds few entities should believe less probable ones, which the
/// likeliest sequence leaves out. The threshold of a model is chosen on its dev data.
package struct SpanDecoder: Sendable {
  private struct Label: Sendable {
    let name: String
    /// Numbers of its tags.
    let begin, inside, end, single: Int
  }

  private let crf: LinearChainCRF
  private let labels: [Label]

  /// - Parameter tags: BIOES tags by number.
  package init(_ crf: LinearChainCRF, tags: [String]) {
    self.crf = crf
    let numbers = Dictionary(uniqueKeysWithValues: zip(tags, tags.indices))
    labels = tags.filter { $0.hasPrefix("S-") }.compactMap { tag in
      let name = String(tag.dropFirst(2))
      guard let begin = numbers["B-" + name], let inside = numbers["I-" + name],
        let end = numbers["E-" + name], let single = numbers[tag]
      else { return nil }
      return Label(name: name, begin: begin, inside: inside, end: end, single: single)
    }
  }

  /// The spans of a sentence of `count` words, from left to right.
  package func spans(
    count: Int, in lattice: LinearChainCRF.Lattice, _ scores: LinearChainCRF.Scores,
    threshold: Double
  ) -> [LabeledSpan] {
    // gains[k]: the best sum for the first k words; last[k]: the span that ends there, if one does.
    var gains = [Double](repeating: 0, count: count + 1)
    var last = [LabeledSpan?](repeating: nil, count: count + 1)
    var ending: [[(span: LabeledSpan, gain: Double)]] = Array(repeating: [], count: count + 1)
    for k in 0...count {
      if k > 0 { gains[k] = gains[k - 1] }
      for (span, gain) in ending[k] where gains[span.words.lowerBound] + gain > gains[k] {
        gains[k] = gains[span.words.lowerBound] + gain
        last[k] = span
      }
      guard k < count else { break }
      for label in labels {
        func add(_ words: Range<Int>, _ probability: Double) {
          ending[words.upperBound].append(
            (LabeledSpan(label: label.name, words: words), probability - threshold))
        }
        let single = lattice.marginal(k, label.single)
        if single > threshold { add(k..<k + 1, single) }
        crf.forEachSegment(
          from: k, begin: label.begin, inside: label.inside, end: label.end, in: lattice, scores,
          above: threshold, add)
      }
    }
    var found: [LabeledSpan] = []
    var k = count
    while k > 0 {
      if let span = last[k] {
        found.append(span)
        k = span.words.lowerBound
      } else {
        k -= 1
      }
    }
    return found.reversed()
  }
}

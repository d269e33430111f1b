package import TagmaAnnotations
package import TagmaNeural

/// What may be a span.
package struct SpanCandidate: Sendable, Equatable {
  package var span: LabeledSpan
  package var probability: Double

  package init(span: LabeledSpan, probability: Double) {
    (self.span, self.probability) = (span, probability)
  }
}

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
  package var labelNames: [String] { labels.map(\.name) }

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

  /// Whatever may be a span of a sentence of `count` words and is more probable than `least`, by the first word.
  package func candidates(
    count: Int, in lattice: LinearChainCRF.Lattice, _ scores: LinearChainCRF.Scores,
    above least: Double
  ) -> [SpanCandidate] {
    var candidates: [SpanCandidate] = []
    for k in 0..<count {
      for label in labels {
        func add(_ words: Range<Int>, _ probability: Double) {
          candidates.append(
            SpanCandidate(
              span: LabeledSpan(label: label.name, words: words), probability: probability))
        }
        let single = lattice.marginal(k, label.single)
        if single > least { add(k..<k + 1, single) }
        crf.forEachSegment(
          from: k, begin: label.begin, inside: label.inside, end: label.end, in: lattice, scores,
          above: least, add)
      }
    }
    return candidates
  }

  /// The candidates of a sentence of `count` words that are believed, from left to right.
  package static func chosen(
    from candidates: [SpanCandidate], count: Int, threshold: Double
  ) -> [SpanCandidate] {
    guard !candidates.isEmpty else { return [] }
    // gains[k]: the best sum for the first k words; last[k]: the span that ends there, if one does.
    var gains = [Double](repeating: 0, count: count + 1)
    var last = [SpanCandidate?](repeating: nil, count: count + 1)
    var ending = [[SpanCandidate]](repeating: [], count: count + 1)
    for candidate in candidates where candidate.probability > threshold {
      ending[candidate.span.words.upperBound].append(candidate)
    }
    for k in 1...count {
      gains[k] = gains[k - 1]
      for candidate in ending[k] {
        let gain = gains[candidate.span.words.lowerBound] + candidate.probability - threshold
        if gain > gains[k] { (gains[k], last[k]) = (gain, candidate) }
      }
    }
    var found: [SpanCandidate] = []
    var k = count
    while k > 0 {
      if let candidate = last[k] {
        found.append(candidate)
        k = candidate.span.words.lowerBound
      } else {
        k -= 1
      }
    }
    return found.reversed()
  }
}

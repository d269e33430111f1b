internal import TagmaAnnotations

extension Sentence {
  /// The sentence cut after every `count` words: words, given labels, and comments of the first part alone.
  func parts(of count: Int) -> [Sentence] {
    guard tokens.count > count else { return [self] }
    return stride(from: 0, to: tokens.count, by: count).map { start in
      let range = start..<min(start + count, tokens.count)
      var part = Sentence(tokens: Array(tokens[range]))
      part.layers = layers.mapValues { Array($0[range]) }
      if start == 0 { part.comments = comments }
      if !numbers.isEmpty { part.numbers = Array(numbers[range]) }
      return part
    }
  }
}

extension TaggedSentence {
  /// The results of a sentence's parts, in order.
  ///
  /// Label sequences of n-best lists are joined by rank.
  init(joining parts: ArraySlice<TaggedSentence>) {
    self.init(labels: [:])
    var start = 0
    for part in parts {
      for (task, labels) in part.labels { self.labels[task, default: []] += labels }
      for (task, values) in part.confidences { confidences[task, default: []] += values }
      for (task, found) in part.spans {
        spans[task, default: []] += found.map { item in
          var span = item.span
          span.words = span.words.lowerBound + start..<span.words.upperBound + start
          return (span, item.probability)
        }
      }
      for (task, paths) in part.alternatives {
        guard let known = alternatives[task] else {
          alternatives[task] = paths
          continue
        }
        alternatives[task] = zip(known, paths).map {
          ($0.labels + $1.labels, $0.probability * $1.probability)
        }
      }
      start += part.labels.values.first?.count ?? 0
    }
  }
}

internal import TagmaTokenization

extension TextSegments {
  /// Sets right what a model says of sentences where rules know better: none ends after *e.g.*, one does before *It*.
  ///
  /// - Parameter certainties: In order.
  mutating func correct(by certainties: [SentenceCertainty]) {
    guard !certainties.isEmpty else { return }
    var ends: [Int] = []
    ends.reserveCapacity(sentenceEnds.count + certainties.count)
    var (known, token) = (0, 0)
    for place in certainties {
      while known < sentenceEnds.count, sentenceEnds[known] <= place.bytes.lowerBound {
        ends.append(sentenceEnds[known])
        known += 1
      }
      let first = known
      while known < sentenceEnds.count, sentenceEnds[known] <= place.bytes.upperBound { known += 1 }
      guard place.isEnd else { continue }
      if known > first {
        ends += sentenceEnds[first..<known]
        continue
      }
      while token < tokens.count, tokens[token].bytes.upperBound <= place.bytes.lowerBound {
        token += 1
      }
      guard token < tokens.count, tokens[token].bytes.upperBound <= place.bytes.upperBound else {
        continue
      }
      ends.append(tokens[token].bytes.upperBound)
    }
    sentenceEnds = ends + sentenceEnds[known...]
  }
}

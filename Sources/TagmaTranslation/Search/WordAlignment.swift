internal import TagmaLexicon

/// Which word of the source a word of the translation comes from; words are what white space parts, counted from 0.
public struct AlignedWords: Sendable, Equatable, Hashable {
  public var source: Int
  public var target: Int

  public init(source: Int, target: Int) {
    (self.source, self.target) = (source, target)
  }
}

/// Reads alignments off a decoder's attention.
struct WordAligner {
  let subwords: Subwords

  /// For each word of a translation the source word that its units looked at most (Bahdanau, Cho & Bengio 2015, §5.2).
  func alignment(source: [Int], _ hypothesis: Hypothesis) -> [AlignedWords] {
    let (sourceWords, targetWords) = (words(of: source), words(of: hypothesis.units))
    guard let lastSource = sourceWords.last, let lastTarget = targetWords.last else { return [] }
    var sums = [[Float]](
      repeating: [Float](repeating: 0, count: lastSource + 1), count: lastTarget + 1)
    // What a unit looks at beyond the last of the source, its mark of the end, is no word.
    for (word, weights) in zip(targetWords, hypothesis.attention) {
      for (place, weight) in zip(sourceWords, weights) { sums[word][place] += weight }
    }
    return sums.enumerated().compactMap { target, weights in
      weights.indices.max { weights[$0] < weights[$1] }.map {
        AlignedWords(source: $0, target: target)
      }
    }
  }

  /// For each unit the number of its word.
  func words(of units: [Int]) -> [Int] {
    var word = -1
    return units.map { unit in
      if word < 0 || subwords.beginsWord(unit) { word += 1 }
      return word
    }
  }
}

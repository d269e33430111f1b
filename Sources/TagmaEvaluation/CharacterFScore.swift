/// F-score of character n-grams, chrF (Popović 2015), and with word n-grams chrF++ (Popović 2017); equal to sacreBLEU's.
///
/// Statistics: for each order, characters first, n-grams of the hypothesis, of the reference, and those that match.
public struct CharacterFScore: TranslationMetric {
  public static let characterOrder = 6

  /// Up to which order n-grams of words count too: 0 for chrF, 2 for chrF++.
  public var wordOrder = 0
  /// How much more recall weighs than precision.
  public var beta = 2
  public var isLowercase = false
  public var countsSpaces = false

  public init(wordOrder: Int = 0) {
    self.wordOrder = wordOrder
  }

  public var name: String { "chrF\(beta)\(String(repeating: "+", count: wordOrder))" }
  public var statisticsCount: Int { 3 * (Self.characterOrder + wordOrder) }

  public var settings: String {
    "case:\(isLowercase ? "lc" : "mixed")|eff:yes|nc:\(Self.characterOrder)|nw:\(wordOrder)"
      + "|space:\(countsSpaces ? "yes" : "no")"
  }

  public func statistics(_ hypothesis: String, references: [String]) -> [Double] {
    var number = WordNumbers()
    let own = grams(of: hypothesis, &number)
    var best: (score: Double, statistics: [Double]) = (-1, [])
    for reference in references {
      var statistics: [Double] = []
      for (a, b) in zip(own, grams(of: reference, &number)) {
        // What no reference could match does not count against the hypothesis.
        statistics += [b.count > 0 ? a.count : 0, b.count, a.matches([b])].map(Double.init)
      }
      let score = score(statistics)
      if score > best.score { best = (score, statistics) }
    }
    return best.statistics
  }

  private func grams(of segment: String, _ number: inout WordNumbers) -> [NGrams] {
    let segment = isLowercase ? segment.lowercasedInContext() : segment
    let characters = segment.unicodeScalars.lazy.filter { countsSpaces || !$0.isSpace }
    let units = characters.map(\.value)
    var grams = (1...Self.characterOrder).map { NGrams(Array(units), order: $0, bits: 21) }
    if wordOrder > 0 {
      let words = number(Self.words(of: segment))
      grams += (1...wordOrder).map { NGrams(words, order: $0, bits: 32) }
    }
    return grams
  }

  /// Words, from which one mark of punctuation is cut, at the end or else at the beginning.
  private static func words(of segment: String) -> [String] {
    segment.unicodeScalars.split { $0.isSpace }.flatMap { word -> [String] in
      guard word.count > 1, let first = word.first, let last = word.last else {
        return [String(word)]
      }
      if last.isASCIIPunctuation { return [String(word.dropLast()), String(last)] }
      if first.isASCIIPunctuation { return [String(first), String(word.dropFirst())] }
      return [String(word)]
    }
  }

  public func score(_ statistics: [Double]) -> Double {
    var (precision, recall, orders) = (0.0, 0.0, 0.0)
    for i in stride(from: 0, to: statistics.count, by: 3) {
      let (own, reference, matches) = (statistics[i], statistics[i + 1], statistics[i + 2])
      guard own > 0, reference > 0 else { continue }
      precision += matches / own
      recall += matches / reference
      orders += 1
    }
    guard precision + recall > 0 else { return 0 }
    let factor = Double(beta * beta)
    (precision, recall) = (precision / orders, recall / orders)
    return 100 * (1 + factor) * precision * recall / (factor * precision + recall)
  }
}

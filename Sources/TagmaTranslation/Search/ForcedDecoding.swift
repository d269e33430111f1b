internal import Foundation
internal import TagmaLexicon
internal import TagmaNeural

extension Ensemble {
  /// The probability of each given target and what its units look at.
  func score(
    _ pairs: [(source: [Int], target: [Int])], lengthPenalty: Double
  ) -> [Hypothesis] {
    guard !pairs.isEmpty else { return [] }
    var run = begin(pairs.map(\.source))
    var found = pairs.map {
      Hypothesis(
        units: $0.target, logProbability: 0, attention: [], score: 0, unitLogProbabilities: [])
    }
    var alive = Array(pairs.indices)
    var t = 0
    while !alive.isEmpty {
      let (probabilities, attention) = run.step(
        alive.map { t == 0 ? Subwords.begin : pairs[$0].target[t - 1] })
      for (row, i) in alive.enumerated() {
        let target = pairs[i].target
        let unit = t < target.count ? target[t] : Subwords.end
        let probability = probabilities.elements[row * probabilities.columns + unit]
        let logProbability = log(Double(max(probability, 1e-38)))
        found[i].logProbability += logProbability
        if t < target.count { found[i].unitLogProbabilities.append(logProbability) }
        found[i].attention.append(attention[row])
      }
      let rows = alive.indices.filter { t < pairs[alive[$0]].target.count }
      run.keep(rows)
      alive = rows.map { alive[$0] }
      t += 1
    }
    for i in found.indices {
      found[i].score =
        found[i].logProbability / pow(Double(found[i].units.count + 1), lengthPenalty)
    }
    return found
  }
}

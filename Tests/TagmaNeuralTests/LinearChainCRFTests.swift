import Foundation
import TagmaNeural
import TestSupport
import Testing

@Suite("The CRF against all sequences, one by one")
struct LinearChainCRFTests {
  /// All tag sequences of length T with their scores, by plain sums.
  private func allPaths(
    _ T: Int, _ K: Int, _ e: Matrix, _ scores: LinearChainCRF.Scores
  ) -> [(tags: [Int], score: Double)] {
    var paths: [[Int]] = [[]]
    for _ in 0..<T { paths = paths.flatMap { path in (0..<K).map { path + [$0] } } }
    return paths.map { tags in
      var sum = scores.start[tags[0]] + scores.end[tags[T - 1]]
      for t in 0..<T {
        sum += Double(e[t, tags[t]])
        if t > 0 { sum += scores.transition[tags[t - 1] * K + tags[t]] }
      }
      return (tags, sum)
    }
  }

  @Test("partition, marginals, k-best and span probabilities", arguments: 1...4, 1...5)
  func bruteForce(K: Int, T: Int) {
    for isConstrained in [false, true] {
      var constraints = LinearChainCRF.Constraints(allowingAll: K)
      if isConstrained, K > 1 {
        constraints.transition[0 * K + 1] = false
        constraints.start[K - 1] = false
      }
      var layout = ParameterLayout()
      let crf = LinearChainCRF(tagCount: K, constraints: constraints, name: "c", in: &layout)
      let p = Parameters(layout, elements: randomValues(layout.count, seed: UInt64(K * 10 + T)))
      let e = Matrix(
        rows: T, columns: K, elements: randomValues(T * K, seed: UInt64(T)).map { 3 * $0 })
      let (scores, rows) = (crf.scores(p), Array(0..<T))
      let paths = allPaths(T, K, e, scores).sorted { $0.score > $1.score }
      let z = log(paths.reduce(0) { $0 + exp($1.score) })
      let lattice = crf.lattice(emissions: e, rows: rows, scores)
      #expect(abs(lattice.logPartition - z) < 1e-9)
      for t in 0..<T {
        for k in 0..<K {
          let expected = paths.filter { $0.tags[t] == k }.reduce(0) { $0 + exp($1.score - z) }
          #expect(abs(lattice.marginal(t, k) - expected) < 1e-9)
        }
      }
      let possible = paths.filter { $0.score > -.infinity }
      #expect(crf.viterbi(emissions: e, rows: rows, scores) == possible[0].tags)
      let best = crf.bestPaths(7, emissions: e, rows: rows, scores)
      #expect(best.count == min(7, possible.count))
      for (a, b) in zip(best, possible) {
        #expect(a.tags == b.tags && abs(a.score - b.score) < 1e-9)
      }
      for from in 0..<T {
        for to in from..<T {
          let part = Array(possible[0].tags[from...to])
          let expected = paths.filter { Array($0.tags[from...to]) == part }
            .reduce(0) { $0 + exp($1.score - z) }
          let found = crf.probability(of: part, from: from, in: lattice, scores)
          #expect(abs(found - expected) < 1e-9)
        }
      }
    }
  }

  @Test("scores in the thousands neither overflow nor vanish")
  func extremes() {
    var layout = ParameterLayout()
    let crf = LinearChainCRF(tagCount: 2, name: "c", in: &layout)
    let p = Parameters(layout, seed: 1)
    let e = Matrix(rows: 3, columns: 2, elements: [3000, -3000, 3000, -3000, 0, 1])
    let lattice = crf.lattice(emissions: e, rows: [0, 1, 2], crf.scores(p))
    #expect(abs(lattice.logPartition - (6000 + log(1 + exp(1.0)))) < 1e-6)
  }
}

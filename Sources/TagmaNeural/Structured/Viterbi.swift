extension LinearChainCRF {
  /// A tag sequence and its score.
  package struct Path: Sendable, Equatable {
    package let tags: [Int]
    package let score: Double
  }

  /// The tag sequence of the highest score (Viterbi 1967).
  package func viterbi(emissions: Matrix, rows: [Int], _ scores: Scores) -> [Int] {
    let (T, K) = (rows.count, tagCount)
    guard T > 0 else { return [] }
    var best = (0..<K).map { scores.start[$0] + Double(emissions.elements[rows[0] * K + $0]) }
    var next = best
    var pointers = [Int32](repeating: 0, count: T * K)
    for t in 1..<T {
      for k in 0..<K {
        var (top, from) = (-Double.infinity, 0)
        for j in 0..<K {
          let value = best[j] + scores.transition[j * K + k]
          if value > top { (top, from) = (value, j) }
        }
        next[k] = top + Double(emissions.elements[rows[t] * K + k])
        pointers[t * K + k] = Int32(from)
      }
      swap(&best, &next)
    }
    var (at, top) = (0, -Double.infinity)
    for k in 0..<K where best[k] + scores.end[k] > top { (at, top) = (k, best[k] + scores.end[k]) }
    var tags = [Int](repeating: 0, count: T)
    for t in stride(from: T - 1, through: 0, by: -1) {
      tags[t] = at
      at = Int(pointers[t * K + at])
    }
    return tags
  }

  /// The `count` best tag sequences, best first: list Viterbi (Seshadri & Sundberg 1994).
  package func bestPaths(
    _ count: Int, emissions: Matrix, rows: [Int], _ scores: Scores
  ) -> [Path] {
    struct Entry {
      let score: Double
      let tag: Int
      let rank: Int
    }
    let (T, K) = (rows.count, tagCount)
    guard T > 0, count > 0 else { return [] }
    func top(_ entries: [Entry]) -> [Entry] {
      Array(
        entries.filter { $0.score > -.infinity }.sorted {
          ($0.score, $1.tag, $1.rank) > ($1.score, $0.tag, $0.rank)
        }.prefix(count))
    }
    // columns[t][k]: the best ways to reach tag k at step t, each with the entry it came from.
    var columns: [[[Entry]]] = [
      (0..<K).map {
        top([
          Entry(
            score: scores.start[$0] + Double(emissions.elements[rows[0] * K + $0]), tag: -1, rank: 0
          )
        ])
      }
    ]
    for t in 1..<T {
      columns.append(
        (0..<K).map { k in
          let e = Double(emissions.elements[rows[t] * K + k])
          return top(
            (0..<K).flatMap { j in
              columns[t - 1][j].enumerated().map { rank, entry in
                Entry(
                  score: entry.score + scores.transition[j * K + k] + e, tag: j, rank: rank)
              }
            })
        })
    }
    let ends = top(
      (0..<K).flatMap { k in
        columns[T - 1][k].enumerated().map { rank, entry in
          Entry(score: entry.score + scores.end[k], tag: k, rank: rank)
        }
      })
    return ends.map { end in
      var (tags, tag, rank) = ([Int](repeating: 0, count: T), end.tag, end.rank)
      for t in stride(from: T - 1, through: 0, by: -1) {
        tags[t] = tag
        let entry = columns[t][tag][rank]
        (tag, rank) = (entry.tag, entry.rank)
      }
      return Path(tags: tags, score: end.score)
    }
  }
}

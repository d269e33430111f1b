internal import Foundation

/// Which units of a language become which of another, learned from pairs alone: IBM's first model (Brown and others 1993)
/// with a liking for the diagonal (Dyer, Chahuneau & Smith 2013).
package struct UnitLexicon: Sendable {
  /// Entries of source unit `s` are `first[s]..<first[s + 1]`, by target unit; the last source unit is none at all.
  private var first: [Int] = [0]
  private var targets: [Int32] = []
  private var probabilities: [Float] = []
  /// How often each unit stands in a target.
  private var frequencies: [Int]

  /// It is learned from so many pairs at most, which say all that is to be said.
  private static let pairLimit = 200_000
  private static let iterations = 3
  /// How much likelier a place is on the diagonal than far from it, and how likely a unit comes from none.
  static let tension = 4.0
  private static let none: Float = 0.08

  package init(_ all: [(source: [Int], target: [Int])], unitCount: Int) {
    let step = max((all.count + Self.pairLimit - 1) / Self.pairLimit, 1)
    let pairs = stride(from: 0, to: all.count, by: step).map { all[$0] }
    frequencies = [Int](repeating: 0, count: unitCount)
    var rows = [[Int32]](repeating: [], count: unitCount + 1)
    for (source, target) in pairs {
      for unit in target { frequencies[unit] += 1 }
      for s in source + [unitCount] { rows[s] += target.lazy.map { Int32($0) } }
    }
    for s in rows.indices {
      rows[s].sort()
      var last: Int32 = -1
      for t in rows[s] where t != last {
        targets.append(t)
        last = t
      }
      rows[s] = []
      first.append(targets.count)
    }
    probabilities = [Float](repeating: 1, count: targets.count)
    let entries = entries(of: pairs)
    // Where the order is another, the diagonal would mislead what knows no words yet.
    var (level, diagonals) = (Diagonals(tension: 0), Diagonals())
    for _ in 0..<Self.iterations { improve(pairs, entries, &level) }
    for _ in 0..<Self.iterations { improve(pairs, entries, &diagonals) }
  }

  private var none: Int { first.count - 2 }

  /// The entry of a source unit and a target unit; nil where no pair has both.
  private func entry(_ source: Int, _ target: Int) -> Int? {
    var (low, high) = (first[source], first[source + 1])
    while low < high {
      let middle = (low + high) / 2
      if targets[middle] < target { low = middle + 1 } else { high = middle }
    }
    return low < first[source + 1] && targets[low] == target ? low : nil
  }

  /// For each unit of each target the entries of all places of its source, and of none.
  private func entries(of pairs: [(source: [Int], target: [Int])]) -> [Int32] {
    var entries: [Int32] = []
    entries.reserveCapacity(pairs.reduce(0) { $0 + ($1.source.count + 1) * $1.target.count })
    for (source, target) in pairs {
      for unit in target {
        for s in source { entries.append(Int32(entry(s, unit) ?? 0)) }
        entries.append(Int32(entry(none, unit) ?? 0))
      }
    }
    return entries
  }

  /// One step of expectation and maximisation.
  private mutating func improve(
    _ pairs: [(source: [Int], target: [Int])], _ entries: [Int32], _ diagonals: inout Diagonals
  ) {
    var counts = [Float](repeating: 0, count: targets.count)
    var weights: [Float] = []
    var place = 0
    for (source, target) in pairs {
      let S = source.count
      let prior = diagonals.prior(S, target.count)
      weights = [Float](repeating: 0, count: S + 1)
      for i in target.indices {
        var sum: Float = 0
        for j in 0...S {
          let share = j < S ? (1 - Self.none) * prior[i * S + j] : Self.none
          weights[j] = share * probabilities[Int(entries[place + j])]
          sum += weights[j]
        }
        if sum > 0 {
          for j in 0...S { counts[Int(entries[place + j])] += weights[j] / sum }
        }
        place += S + 1
      }
    }
    for s in 0..<first.count - 1 {
      let range = first[s]..<first[s + 1]
      let sum = range.reduce(Float(0)) { $0 + counts[$1] }
      for i in range { probabilities[i] = sum > 0 ? counts[i] / sum : 0 }
    }
  }

  /// For each place of a target the probability that it comes from each place of the source, `[T, S]`; what is left to
  /// 1 comes from none.
  package func alignment(_ source: [Int], _ target: [Int]) -> [Float] {
    var diagonals = Diagonals()
    let prior = diagonals.prior(source.count, target.count)
    var alignment = [Float](repeating: 0, count: source.count * target.count)
    for (i, unit) in target.enumerated() {
      var sum = Self.none * (entry(none, unit).map { probabilities[$0] } ?? 0)
      let row = i * source.count
      for (j, s) in source.enumerated() {
        guard let entry = entry(s, unit) else { continue }
        alignment[row + j] = (1 - Self.none) * prior[row + j] * probabilities[entry]
        sum += alignment[row + j]
      }
      guard sum > 0 else { continue }
      for j in source.indices { alignment[row + j] /= sum }
    }
    return alignment
  }

  /// For each source unit at most so many units that it becomes, likeliest first; none that are very rare.
  func translations(limit: Int) -> [[Int]] {
    (0..<none).map { s in
      let entries = (first[s]..<first[s + 1]).filter { probabilities[$0] > 2e-4 }
      return inOrder(entries) { probabilities[$0] }.prefix(limit).map { Int(targets[$0]) }
    }
  }

  /// At most so many units that stand in targets most often.
  func frequent(limit: Int) -> [Int] {
    let units = frequencies.indices.filter { frequencies[$0] > 0 }
    return Array(inOrder(units) { Float(frequencies[$0]) }.prefix(limit))
  }

  /// The highest first, and of equals the first.
  private func inOrder(_ numbers: [Int], _ value: (Int) -> Float) -> [Int] {
    numbers.sorted { a, b in
      let (x, y) = (value(a), value(b))
      return x != y ? x > y : a < b
    }
  }

  /// How likely each place of a source is for each place of a target, by their lengths.
  private struct Diagonals {
    private let tension: Double
    private var known: [Int: [Float]] = [:]

    init(tension: Double = UnitLexicon.tension) { self.tension = tension }

    /// `[T, S]`, each row a distribution.
    mutating func prior(_ source: Int, _ target: Int) -> [Float] {
      let key = source << 32 | target
      if let prior = known[key] { return prior }
      var prior: [Float] = []
      for i in 0..<target {
        let row = (0..<source).map { j in
          Float(
            exp(
              -tension
                * abs(Double(i + 1) / Double(target) - Double(j + 1) / Double(source))))
        }
        let sum = row.reduce(0, +)
        prior += row.map { $0 / sum }
      }
      known[key] = prior
      return prior
    }
  }
}

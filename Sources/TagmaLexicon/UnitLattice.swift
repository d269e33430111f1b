internal import Foundation

/// The ways to cut a word into units, each with a score: the sum of those of its units (Kudo 2018).
///
/// Words are read one character at a time through a trie, so that looking up all units which begin at a place costs as
/// many steps as the longest of them has characters.
struct UnitLattice: Sendable {
  /// For each node and character the next node; node 0 is the root.
  private var next: [UInt64: Int32] = [:]
  /// For each node the unit that ends there, or −1.
  private var unitOf: [Int32] = [-1]
  /// The score of each unit, a logarithm of a probability.
  var scores: [Float]

  /// - Parameter units: Units of characters and their numbers.
  init(_ units: some Sequence<(unit: Int, text: String)>, scores: [Float]) {
    self.scores = scores
    for (unit, text) in units {
      var node: Int32 = 0
      for scalar in text.unicodeScalars {
        let key = Self.key(node, scalar)
        if let known = next[key] {
          node = known
        } else {
          node = Int32(unitOf.count)
          unitOf.append(-1)
          next[key] = node
        }
      }
      unitOf[Int(node)] = Int32(unit)
    }
  }

  private static func key(_ node: Int32, _ scalar: Unicode.Scalar) -> UInt64 {
    UInt64(UInt32(bitPattern: node)) << 32 | UInt64(scalar.value)
  }

  /// Calls `body` with the end and the number of each unit that begins at `start`.
  func forEachUnit(
    of characters: [Unicode.Scalar?], from start: Int, _ body: (_ end: Int, _ unit: Int) -> Void
  ) {
    var node: Int32 = 0
    for i in start..<characters.count {
      guard let scalar = characters[i], let following = next[Self.key(node, scalar)] else { return }
      node = following
      if unitOf[Int(node)] >= 0 { body(i + 1, Int(unitOf[Int(node)])) }
    }
  }

  /// One way to cut a word; a character that is no unit by itself, and stands in none, is nil.
  struct Cut {
    var units: [(characters: Range<Int>, unit: Int?)] = []
    var score: Float = 0
  }

  /// What a character costs that no unit covers: more than any unit.
  private static let unknown: Float = -1000

  /// The best way to cut a word.
  ///
  /// - Parameter skips: Whether a unit of several characters is left out where it could stand.
  func best(_ characters: [Unicode.Scalar?], skips: (_ unit: Int) -> Bool = { _ in false }) -> Cut {
    let n = characters.count
    var scores = [Float](repeating: -.infinity, count: n + 1)
    var arrivals = [(start: Int, unit: Int?)](repeating: (0, nil), count: n + 1)
    scores[0] = 0
    for start in 0..<n {
      let score = scores[start]
      func arrive(_ end: Int, _ unit: Int?, _ value: Float) {
        guard score + value > scores[end] else { return }
        scores[end] = score + value
        arrivals[end] = (start, unit)
      }
      arrive(start + 1, nil, Self.unknown)
      forEachUnit(of: characters, from: start) { end, unit in
        if end > start + 1, skips(unit) { return }
        arrive(end, unit, self.scores[unit])
      }
    }
    var cut = Cut(score: scores[n])
    var end = n
    while end > 0 {
      cut.units.append((arrivals[end].start..<end, arrivals[end].unit))
      end = arrivals[end].start
    }
    cut.units.reverse()
    return cut
  }

  /// Adds to `counts` how often each unit stands in a word, over all ways to cut it, times `weight`; returns the
  /// logarithm of the sum of their probabilities.
  func addExpectedCounts(
    of characters: [Unicode.Scalar?], weight: Double, to counts: inout [Double]
  ) -> Double {
    let n = characters.count
    var edges: [(start: Int, end: Int, unit: Int)] = []
    var forward = [Double](repeating: -.infinity, count: n + 1)
    forward[0] = 0
    for start in 0..<n {
      let first = edges.count
      forEachUnit(of: characters, from: start) { end, unit in edges.append((start, end, unit)) }
      if !edges[first...].contains(where: { $0.end == start + 1 }) {
        edges.append((start, start + 1, -1))
      }
      for edge in edges[first...] {
        forward[edge.end] = logSum(forward[edge.end], forward[start] + value(edge.unit))
      }
    }
    var backward = [Double](repeating: -.infinity, count: n + 1)
    backward[n] = 0
    for edge in edges.reversed() {
      backward[edge.start] = logSum(backward[edge.start], backward[edge.end] + value(edge.unit))
    }
    for edge in edges where edge.unit >= 0 {
      let share = forward[edge.start] + value(edge.unit) + backward[edge.end] - forward[n]
      counts[edge.unit] += weight * exp(share)
    }
    return forward[n]
  }

  private func value(_ unit: Int) -> Double { Double(unit < 0 ? Self.unknown : scores[unit]) }
}

private func logSum(_ a: Double, _ b: Double) -> Double {
  let (high, low) = a > b ? (a, b) : (b, a)
  return low == -.infinity ? high : high + log(1 + exp(low - high))
}

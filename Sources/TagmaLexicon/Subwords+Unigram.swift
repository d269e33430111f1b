internal import Foundation

extension Subwords {
  /// Units of a unigram language model (Kudo 2018): from many candidates, those are dropped again and again whose loss
  /// makes the text the least improbable.
  static func unigramUnits(
    _ words: [(characters: [Unicode.Scalar?], count: Int)], characters: [String], size: Int,
    minimumCount: Int
  ) -> [(text: String, score: Float)] {
    var units = characters + candidates(words, limit: 8 * size, minimumCount: minimumCount)
    let fixed = characters.count
    var scores: [Float] = []
    while true {
      (units, scores) = fitted(units, fixed: fixed, words, start: scores)
      guard units.count > max(size, fixed) else { break }
      (units, scores) = pruned(
        units, scores, fixed: fixed, words, keeping: max(size, fixed, units.count * 3 / 4))
    }
    return zip(units, scores).enumerated().sorted { a, b in
      // Characters stand first, then what is probable.
      if (a.offset < fixed) != (b.offset < fixed) { return a.offset < fixed }
      if a.offset < fixed || a.element.1 == b.element.1 { return a.offset < b.offset }
      return a.element.1 > b.element.1
    }.map { ($0.element.0, $0.element.1) }
  }

  /// Longer units are rare and cost time.
  private static let longestUnit = 16

  /// Parts of words that are frequent for their length.
  private static func candidates(
    _ words: [(characters: [Unicode.Scalar?], count: Int)], limit: Int, minimumCount: Int
  ) -> [String] {
    var counts: [[Unicode.Scalar]: Int] = [:]
    for (characters, count) in words where characters.count > 1 {
      for start in characters.indices {
        var text: [Unicode.Scalar] = []
        for character in characters[start...].prefix(longestUnit) {
          guard let character else { break }
          text.append(character)
          if text.count > 1 { counts[text, default: 0] += count }
        }
      }
    }
    let sorted = counts.filter { $0.value >= minimumCount }.sorted { a, b in
      let (x, y) = (a.value * a.key.count, b.value * b.key.count)
      return x != y ? x > y : a.key.lexicographicallyPrecedes(b.key)
    }
    return sorted.prefix(limit).map { scalars, _ in
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars)
      return String(text)
    }
  }

  private static func lattice(_ units: [String], _ scores: [Float]) -> UnitLattice {
    UnitLattice(units.enumerated().map { (unit: $0, text: $1) }, scores: scores)
  }

  /// Two steps of expectation maximisation; units that hardly ever stand anywhere are left out, but for the first.
  private static func fitted(
    _ all: [String], fixed: Int, _ words: [(characters: [Unicode.Scalar?], count: Int)],
    start: [Float]
  ) -> (units: [String], scores: [Float]) {
    var units = all
    var scores =
      start.isEmpty ? [Float](repeating: -Float(log(Double(all.count))), count: all.count) : start
    for _ in 0..<2 {
      let lattice = lattice(units, scores)
      var counts = [Double](repeating: 0, count: units.count)
      for word in words {
        _ = lattice.addExpectedCounts(
          of: word.characters, weight: Double(word.count), to: &counts)
      }
      let kept = units.indices.filter { $0 < fixed || counts[$0] >= 0.5 }
      let total = log(kept.reduce(0) { $0 + max(counts[$1], 0.1) })
      units = kept.map { units[$0] }
      scores = kept.map { Float(log(max(counts[$0], 0.1)) - total) }
    }
    return (units, scores)
  }

  /// The units without which the text loses most.
  private static func pruned(
    _ units: [String], _ scores: [Float], fixed: Int,
    _ words: [(characters: [Unicode.Scalar?], count: Int)], keeping count: Int
  ) -> (units: [String], scores: [Float]) {
    let lattice = lattice(units, scores)
    var used = [Double](repeating: 0, count: units.count)
    for word in words {
      for piece in lattice.best(word.characters).units {
        if let unit = piece.unit { used[unit] += Double(word.count) }
      }
    }
    let losses = units.indices.dropFirst(fixed).map { unit -> (unit: Int, loss: Double) in
      let without = lattice.best(units[unit].unicodeScalars.map { $0 }) { $0 == unit }
      return (unit, used[unit] * Double(scores[unit] - without.score))
    }
    let best = losses.sorted { $0.loss != $1.loss ? $0.loss > $1.loss : $0.unit < $1.unit }
    let kept = Array(0..<fixed) + best.prefix(max(count - fixed, 0)).map(\.unit).sorted()
    return (kept.map { units[$0] }, kept.map { scores[$0] })
  }
}

/// All n-grams of one order in a segment, sorted, so that those of two segments are matched in one walk.
///
/// An n-gram of numbered units fits 128 bits: four words of 32, or six characters of 21.
struct NGrams: Sendable {
  private let sorted: [UInt128]
  var count: Int { sorted.count }

  /// - Parameter bits: Width of a unit; `order * bits` is at most 128.
  init(_ units: [UInt32], order: Int, bits: Int) {
    precondition(order * bits <= 128, "NGrams: too wide")
    guard units.count >= order else {
      sorted = []
      return
    }
    let mask = order * bits == 128 ? UInt128.max : (1 << UInt128(order * bits)) - 1
    var window: UInt128 = 0
    var grams: [UInt128] = []
    grams.reserveCapacity(units.count - order + 1)
    for (i, unit) in units.enumerated() {
      window = (window << UInt128(bits) | UInt128(unit)) & mask
      if i >= order - 1 { grams.append(window) }
    }
    grams.sort()
    sorted = grams
  }

  /// How many of these n-grams the others have too, each at most as often as the one of them that has most of it.
  func matches(_ others: [NGrams]) -> Int {
    var places = [Int](repeating: 0, count: others.count)
    var (matches, i) = (0, 0)
    while i < sorted.count {
      let gram = sorted[i]
      var end = i + 1
      while end < sorted.count, sorted[end] == gram { end += 1 }
      var most = 0
      for (k, other) in others.enumerated() {
        while places[k] < other.sorted.count, other.sorted[places[k]] < gram { places[k] += 1 }
        let start = places[k]
        while places[k] < other.sorted.count, other.sorted[places[k]] == gram { places[k] += 1 }
        most = max(most, places[k] - start)
      }
      matches += min(end - i, most)
      i = end
    }
    return matches
  }
}

/// Numbers words: those of the same bytes get the same number.
struct WordNumbers {
  private var numbers: [[UInt8]: UInt32] = [:]

  mutating func callAsFunction(_ words: some Sequence<String>) -> [UInt32] {
    words.map { word in
      let key = Array(word.utf8)
      if let known = numbers[key] { return known }
      let next = UInt32(numbers.count)
      numbers[key] = next
      return next
    }
  }
}

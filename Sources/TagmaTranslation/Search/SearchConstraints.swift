internal import TagmaLexicon
internal import TagmaNeural

/// What a translation must hold and must not.
struct SearchConstraints: Sendable {
  /// Units that a translation has as often as its source.
  let placeholders: Range<Int>
  /// No run of so many units stands twice; 0 allows it.
  let noRepeat: Int

  /// How much less likely an end is for each placeholder that is still to come.
  private static let missingFactor: Float = 1e-3

  /// Takes the probability of units that must not come next.
  ///
  /// - Parameters:
  ///   - wanted: The placeholders of the source.
  ///   - shortest: Units that a translation has at least.
  ///   - units: What stands so far; asked for only where it is needed.
  func apply(
    to probabilities: inout Matrix, row: Int, prefix: [Int], wanted: [Int], length: Int,
    shortest: Int, units: () -> [Int]
  ) {
    let first = row * probabilities.columns
    if length < prefix.count {
      let next = first + prefix[length]
      let probability = max(probabilities.elements[next], 1e-30)
      for i in first..<first + probabilities.columns { probabilities.elements[i] = 0 }
      probabilities.elements[next] = probability
      return
    }
    if length < shortest { probabilities.elements[first + Subwords.end] = 0 }
    keepPlaceholders(&probabilities, first, wanted, units)
    if noRepeat > 0, length >= noRepeat { forbidRepeats(&probabilities, first, units()) }
  }

  private func keepPlaceholders(
    _ probabilities: inout Matrix, _ first: Int, _ wanted: [Int], _ units: () -> [Int]
  ) {
    let standing = wanted.isEmpty ? [] : units().filter(placeholders.contains)
    for unit in placeholders {
      let missing =
        wanted.isEmpty ? 0 : wanted.count { $0 == unit } - standing.count { $0 == unit }
      if missing <= 0 {
        probabilities.elements[first + unit] = 0
      } else {
        probabilities.elements[first + Subwords.end] *= Self.missingFactor
      }
    }
  }

  /// Units that would repeat a run (Paulus, Xiong & Socher 2018, §2.5).
  private func forbidRepeats(_ probabilities: inout Matrix, _ first: Int, _ units: [Int]) {
    let head = units.suffix(noRepeat - 1)
    for i in 0...units.count - noRepeat
    where units[i..<i + noRepeat - 1].elementsEqual(head) {
      probabilities.elements[first + units[i + noRepeat - 1]] = 0
    }
  }
}

extension Hypothesis {
  /// Puts placeholders that a search did not find a place for after the word that looked at them most.
  ///
  /// - Parameter first: Units that were given, which nothing comes between.
  mutating func insertMissing(of source: [Int], after first: Int = 0, _ subwords: Subwords) {
    for (place, unit) in source.enumerated() where subwords.placeholders.contains(unit) {
      guard !units.contains(unit) else { continue }
      let most = units.indices.max { attention[$0][place] < attention[$1][place] } ?? -1
      let rest = units.indices.dropFirst(max(most + 1, first))
      let at = rest.first { subwords.beginsWord(units[$0]) } ?? units.count
      let weights = (0...source.count).map { $0 == place ? Float(1) : 0 }
      units.insert(contentsOf: [Subwords.spaceUnit, unit], at: at)
      attention.insert(contentsOf: [weights, weights], at: at)
      unitLogProbabilities.insert(contentsOf: [0, 0], at: at)
    }
  }
}

extension Hypothesis {
  /// What becomes of no unit.
  static let ofNothing = Hypothesis(
    units: [], logProbability: 0, attention: [[1]], score: 0, unitLogProbabilities: [])

  /// Takes out spaces after which there is another, or nothing.
  mutating func removeIdleSpaces(_ subwords: Subwords) {
    for i in units.indices.reversed() where units[i] == Subwords.spaceUnit {
      guard i + 1 == units.count || subwords.beginsWord(units[i + 1]) else { continue }
      remove(at: i)
    }
  }

  /// Takes out the full stop or exclamation mark at the end, which a source without one did not ask for.
  ///
  /// - Parameter first: Units that were given, which stay.
  mutating func removeFinalMark(after first: Int, _ subwords: Subwords) {
    guard units.count > max(first, 1), let last = units.last,
      [".", "!"].contains(subwords.units.entries[last])
    else { return }
    // An ellipsis is left whole.
    if units.count > 1, subwords.units.entries[units[units.count - 2]].hasSuffix(".") { return }
    remove(at: units.count - 1)
  }

  private mutating func remove(at place: Int) {
    units.remove(at: place)
    attention.remove(at: place)
    unitLogProbabilities.remove(at: place)
  }
}

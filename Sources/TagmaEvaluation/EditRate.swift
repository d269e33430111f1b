/// Edits per unit of the reference: insertions, deletions and substitutions (Levenshtein 1966), in percent.
///
/// Statistics: edits and the reference's units. Of several references the one with the fewest edits counts, and of
/// those the longest.
public struct EditRate: TranslationMetric {
  public enum Unit: Sendable {
    /// What white space parts: words, or phonemes.
    case words
    case characters
  }

  public let unit: Unit

  public init(_ unit: Unit) {
    self.unit = unit
  }

  public var name: String { unit == .words ? "WER" : "CER" }
  public var isError: Bool { true }
  public var settings: String { "unit:\(unit)" }
  public var statisticsCount: Int { 2 }

  public func signature(references: Int) -> String { "nrefs:\(references)|\(settings)" }

  public func statistics(_ hypothesis: String, references: [String]) -> [Double] {
    var number = WordNumbers()
    func units(_ segment: String) -> [UInt32] {
      switch unit {
      case .words: number(spacedWords(segment))
      case .characters: segment.unicodeScalars.map(\.value)
      }
    }
    let own = units(hypothesis)
    let all = references.map { reference -> (edits: Int, length: Int) in
      let other = units(reference)
      return (editDistance(own, other), other.count)
    }
    let best = all.min { ($0.edits, -$0.length) < ($1.edits, -$1.length) } ?? (0, 0)
    return [Double(best.edits), Double(best.length)]
  }

  public func score(_ statistics: [Double]) -> Double {
    let (edits, length) = (statistics[0], statistics[1])
    return length > 0 ? 100 * edits / length : edits > 0 ? 100 : 0
  }
}

/// The share of segments that are equal to a reference but for white space, in percent.
///
/// Statistics: 1 where it is right, and 1.
public struct ExactMatch: TranslationMetric {
  public init() {}

  public var name: String { "exact" }
  public var settings: String { "unit:segments" }
  public var statisticsCount: Int { 2 }

  public func signature(references: Int) -> String { "nrefs:\(references)|\(settings)" }

  public func statistics(_ hypothesis: String, references: [String]) -> [Double] {
    var number = WordNumbers()
    let own = number(spacedWords(hypothesis))
    return [references.contains { number(spacedWords($0)) == own } ? 1 : 0, 1]
  }

  public func score(_ statistics: [Double]) -> Double {
    statistics[1] > 0 ? 100 * statistics[0] / statistics[1] : 0
  }
}

/// What white space parts.
func spacedWords(_ segment: String) -> [String] {
  segment.unicodeScalars.split { $0.isSpace }.map(String.init)
}

/// The fewest insertions, deletions and substitutions that turn one sequence into the other.
func editDistance(_ a: [UInt32], _ b: [UInt32]) -> Int {
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let cost = min(diagonal + (x == y ? 0 : 1), row[j] + 1, row[j + 1] + 1)
      diagonal = row[j + 1]
      row[j + 1] = cost
    }
  }
  return row[b.count]
}

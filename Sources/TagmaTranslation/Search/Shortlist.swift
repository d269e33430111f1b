package import TagmaLexicon

/// Units among which the translation of a text is looked for: what its units become, what is frequent anyway, and its
/// own units, since names stay what they are (lexical shortlist, Jean and others 2015, §3.2).
package struct Shortlist: Sendable, Equatable {
  /// Units that any translation may need.
  private let common: [Int]
  /// For each unit those that it becomes.
  private let choices: [[Int]]

  /// Units that are common to all.
  private static let commonCount = 1000
  package static let fileName = "shortlist.tsv"

  /// - Parameter limit: Units for each unit of a source.
  package init(_ lexicon: UnitLexicon, subwords: Subwords, limit: Int) {
    common =
      [Subwords.end, Subwords.spaceUnit] + Array(subwords.placeholders)
      + lexicon.frequent(limit: Self.commonCount)
    choices = lexicon.translations(limit: limit)
  }

  /// The units that translations of some texts are made of.
  struct Units {
    /// Those of any.
    let shared: [Int]
    /// Those of each beside them, in the order of their numbers.
    let own: [[Int]]
  }

  /// The units for texts that are translated together.
  func units(for requests: [SearchRequest]) -> Units {
    var isShared = [Bool](repeating: false, count: choices.count)
    for unit in common { isShared[unit] = true }
    return Units(
      shared: isShared.indices.filter { isShared[$0] },
      own: requests.map { request in
        var isTaken = isShared
        let read = request.source + request.prefix
        var own: [Int] = []
        for unit in read + request.source.flatMap({ choices[$0] }) where !isTaken[unit] {
          isTaken[unit] = true
          own.append(unit)
        }
        return own.sorted()
      })
  }

  // MARK: - As a file

  /// A line of the common units, then a line for each unit.
  package var fileText: String {
    ([common] + choices).map { $0.map(String.init).joined(separator: " ") + "\n" }.joined()
  }

  /// Nil where a line holds anything but numbers of units, or lines are missing.
  package init?(fileText: String, unitCount: Int) {
    var lines: [[Int]] = []
    for line in fileText.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let fields = line.split(separator: " ")
      let units = fields.compactMap { Int($0) }
      guard units.count == fields.count, units.allSatisfy((0..<unitCount).contains) else {
        return nil
      }
      lines.append(units)
    }
    guard lines.count == unitCount + 1, lines[0].contains(Subwords.end) else { return nil }
    common = lines[0]
    choices = Array(lines.dropFirst())
  }
}

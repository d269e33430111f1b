/// How long translations are, by the pairs of a training: what is shorter leaves something out, what is longer has lost its
/// way.
public struct LengthBounds: Codable, Sendable, Equatable {
  /// Units of a target for each unit of its source: of a thousand pairs one has fewer, one has more.
  public var least: Double
  public var most: Double

  /// Shorter sources may become anything.
  private static let shortestSource = 10
  private static let fewestPairs = 2000

  /// nil where there are too few pairs to tell.
  package init?(_ lengths: [(source: Int, target: Int)]) {
    let ratios = lengths.filter { $0.source >= Self.shortestSource }
      .map { Double($0.target) / Double($0.source) }.sorted()
    guard ratios.count >= Self.fewestPairs else { return nil }
    (least, most) = (ratios[ratios.count / 1000], ratios[ratios.count - 1 - ratios.count / 1000])
  }

  var isPossible: Bool { 0 <= least && least <= most && most <= 1000 }

  /// Units that a translation may have, its end not counted.
  func lengths(ofSource count: Int) -> ClosedRange<Int> {
    guard count >= Self.shortestSource else { return Self.any(ofSource: count) }
    let shortest = Int(least * Double(count))
    return shortest...max(shortest, Int((most * Double(count)).rounded(.up)))
  }

  /// What is allowed where nothing is known.
  static func any(ofSource count: Int) -> ClosedRange<Int> { 0...2 * count + 10 }
}

/// Translation edit rate, TER, by Snover and others (2006): insertions, deletions, substitutions and shifts of blocks per word of
/// the reference, in percent; equal to sacreBLEU's, which follows the program `tercom`.
///
/// Statistics: the fewest edits to any reference, and the mean length of the references.
public struct TranslationEditRate: TranslationMetric {
  public var isCaseSensitive = false

  public init() {}

  public var name: String { "TER" }
  public var isError: Bool { true }
  public var statisticsCount: Int { 2 }
  /// With references of several lengths the shortest has fewer words than there are on average.
  public var scoreOfSilence: Double? { 100 }
  public var settings: String {
    "case:\(isCaseSensitive ? "mixed" : "lc")|tok:tercom|norm:no|punct:yes|asian:no"
  }

  public func statistics(_ hypothesis: String, references: [String]) -> [Double] {
    var number = WordNumbers()
    func words(_ segment: String) -> [UInt32] {
      number(spacedWords(isCaseSensitive ? segment : segment.lowercasedInContext()))
    }
    let own = words(hypothesis)
    let others = references.map(words)
    let edits = others.map { ShiftSearch(reference: $0).edits(own) }.min() ?? 0
    let length = others.reduce(0) { $0 + $1.count }
    return [Double(edits), Double(length) / Double(max(others.count, 1))]
  }

  public func score(_ statistics: [Double]) -> Double {
    let (edits, length) = (statistics[0], statistics[1])
    return length > 0 ? 100 * edits / length : edits > 0 ? 100 : 0
  }
}

/// The greedy search for shifts towards one reference.
private struct ShiftSearch {
  private static let longestShift = 10
  private static let farthestShift = 50
  private static let mostCandidates = 1000

  let reference: [UInt32]

  /// A block of the hypothesis that stands elsewhere in the reference.
  private struct Block {
    let start: Int
    let place: Int
    let length: Int
  }

  private struct Shift {
    let gain: Int
    let words: [UInt32]
    /// What decides, in this order: the gain, then longer, earlier, and less far blocks.
    let rank: (Int, Int, Int, Int)
  }

  func edits(_ hypothesis: [UInt32]) -> Int {
    guard !reference.isEmpty else { return hypothesis.count }
    var (words, shifts, candidates) = (hypothesis, 0, 0)
    while let best = bestShift(of: words, &candidates), candidates < Self.mostCandidates,
      best.gain > 0
    {
      words = best.words
      shifts += 1
    }
    return shifts + BandedDistance(words, reference).distance
  }

  private func bestShift(of words: [UInt32], _ candidates: inout Int) -> Shift? {
    let distance = BandedDistance(words, reference)
    let alignment = Alignment(distance.operations)
    var best: Shift?
    for block in blocks(of: words) {
      let end = block.start + block.length
      let aligned = alignment.hypothesisPlaces[block.place]
      guard alignment.hypothesisErrors[block.start..<end].contains(true),
        alignment.referenceErrors[block.place..<block.place + block.length].contains(true),
        !(block.start..<end).contains(aligned)
      else { continue }
      var last = -1
      for offset in -1..<block.length {
        let place = block.place + offset
        guard place < alignment.hypothesisPlaces.count else { break }
        let target = place < 0 ? 0 : alignment.hypothesisPlaces[place] + 1
        guard target != last else { continue }
        last = target
        let shifted = shifting(words, block, to: target)
        let gain =
          distance.distance
          - BandedDistance(shifted, reference, sharing: distance, words).distance
        let rank = (gain, block.length, -block.start, -target)
        candidates += 1
        if best.map({ rank > $0.rank }) ?? true {
          best = Shift(gain: gain, words: shifted, rank: rank)
        }
      }
      if candidates >= Self.mostCandidates { break }
    }
    return best
  }

  /// Blocks that both sides have, each with all the shorter ones that begin where it begins.
  private func blocks(of words: [UInt32]) -> [Block] {
    var blocks: [Block] = []
    for start in words.indices {
      for place in reference.indices where abs(place - start) <= Self.farthestShift {
        var length = 0
        while length < Self.longestShift, start + length < words.count,
          place + length < reference.count, words[start + length] == reference[place + length]
        {
          length += 1
          blocks.append(Block(start: start, place: place, length: length))
        }
      }
    }
    return blocks
  }

  private func shifting(_ words: [UInt32], _ block: Block, to target: Int) -> [UInt32] {
    let range = block.start..<block.start + block.length
    // A target within the block means as many words behind it.
    let place =
      range.contains(target) || target == range.upperBound
      ? min(target + block.length, words.count) : target
    var shifted: [UInt32] = []
    shifted.reserveCapacity(words.count)
    func append(_ part: Range<Int>) { shifted.append(contentsOf: words[part]) }
    if place < range.lowerBound {
      append(0..<place)
      append(range)
      append(place..<range.lowerBound)
      append(range.upperBound..<words.count)
    } else {
      append(0..<range.lowerBound)
      append(range.upperBound..<place)
      append(range)
      append(place..<words.count)
    }
    return shifted
  }
}

/// What is done on the way from the hypothesis to the reference.
private enum EditOperation: UInt8 {
  case match, substitution
  /// A word of the reference that the hypothesis lacks.
  case insertion
  /// A word of the hypothesis too many.
  case deletion
}

/// Which words stand opposite each other, and which are wrong.
private struct Alignment {
  /// For each word of the reference the word of the hypothesis at or before its place, or −1.
  private(set) var hypothesisPlaces: [Int] = []
  private(set) var hypothesisErrors: [Bool] = []
  private(set) var referenceErrors: [Bool] = []

  init(_ operations: [EditOperation]) {
    for operation in operations {
      if operation != .insertion { hypothesisErrors.append(operation != .match) }
      if operation != .deletion {
        hypothesisPlaces.append(hypothesisErrors.count - 1)
        referenceErrors.append(operation != .match)
      }
    }
  }
}

/// Edit distance within a band around the diagonal of the two lengths, as `tercom` computes it.
private struct BandedDistance {
  private static let halfWidth = 25
  private static let unreached = Int.max / 2

  private let rows: Int
  private let columns: Int
  private var costs: [Int]
  private var choices: [EditOperation?]

  /// - Parameter sharing: The distance of a hypothesis of the same words in another order, whose first rows are
  ///   the same as far as the words are.
  init(
    _ hypothesis: [UInt32], _ reference: [UInt32], sharing other: BandedDistance? = nil,
    _ words: [UInt32] = []
  ) {
    (rows, columns) = (hypothesis.count + 1, reference.count + 1)
    var first = 1
    if let other {
      costs = other.costs
      choices = other.choices
      while first < rows, hypothesis[first - 1] == words[first - 1] { first += 1 }
      for i in first * columns..<rows * columns { costs[i] = Self.unreached }
    } else {
      costs = [Int](repeating: Self.unreached, count: rows * columns)
      choices = [EditOperation?](repeating: nil, count: rows * columns)
      for j in 0..<columns {
        costs[j] = j
        choices[j] = .insertion
      }
    }
    let ratio = rows > 1 ? Double(reference.count) / Double(hypothesis.count) : 1
    let half =
      Double(Self.halfWidth) < ratio / 2
      ? Int((ratio / 2 + Double(Self.halfWidth)).rounded(.up)) : Self.halfWidth
    for i in first..<max(rows, first) {
      let middle = Int((Double(i) * ratio).rounded(.down))
      let end = i == rows - 1 ? columns : min(columns, middle + half)
      for j in max(0, middle - half)..<max(end, max(0, middle - half)) {
        fill(i, j, isEqual: j > 0 && hypothesis[i - 1] == reference[j - 1])
      }
    }
  }

  /// Match or substitution first, then deletion, then insertion, where they cost the same.
  private mutating func fill(_ i: Int, _ j: Int, isEqual: Bool) {
    let place = i * columns + j
    var (cost, choice) = (costs[place - columns] + 1, EditOperation.deletion)
    if j > 0 {
      let diagonal = costs[place - columns - 1] + (isEqual ? 0 : 1)
      if diagonal <= cost { (cost, choice) = (diagonal, isEqual ? .match : .substitution) }
      if costs[place - 1] + 1 < cost { (cost, choice) = (costs[place - 1] + 1, .insertion) }
    }
    costs[place] = cost
    choices[place] = choice
  }

  var distance: Int { costs[rows * columns - 1] }

  /// The way that was taken, from the first words to the last.
  var operations: [EditOperation] {
    var operations: [EditOperation] = []
    var (i, j) = (rows - 1, columns - 1)
    while i > 0 || j > 0 {
      let operation = choices[i * columns + j] ?? .insertion
      operations.append(operation)
      if operation != .insertion { i -= 1 }
      if operation != .deletion { j -= 1 }
    }
    return operations.reversed()
  }
}

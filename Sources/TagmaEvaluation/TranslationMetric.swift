/// Compares translations with references.
///
/// A corpus is scored from the sum of its segments' statistics, so that resampling needs no second look at the text.
public protocol TranslationMetric: Sendable {
  /// What results are headed with, `BLEU`.
  var name: String { get }
  /// Whether a lower score is the better one.
  var isError: Bool { get }
  /// Settings in the notation of sacreBLEU (Post 2018), between the number of references and the version.
  var settings: String { get }
  /// How many numbers describe a segment.
  var statisticsCount: Int { get }
  /// Describes a segment; there is at least one reference.
  func statistics(_ hypothesis: String, references: [String]) -> [Double]
  /// The score, usually from 0 to 100, of summed statistics.
  func score(_ statistics: [Double]) -> Double
  /// The score of a system that says nothing at all, where its references do; nil where the statistics give it.
  var scoreOfSilence: Double? { get }
  /// The line that says how a score came about, as sacreBLEU 2.6 writes it.
  func signature(references: Int) -> String
}

extension TranslationMetric {
  public var isError: Bool { false }
  public var scoreOfSilence: Double? { nil }

  public func signature(references: Int) -> String {
    "nrefs:\(references)|\(settings)|version:2.6.0"
  }
}

/// The statistics of all segments of a corpus under one metric.
public struct TranslationEvaluation: Sendable {
  public let metric: any TranslationMetric
  public private(set) var segments: [[Double]] = []
  /// The number of references, or nil where it changes from segment to segment.
  public private(set) var references: Int?
  /// Whether no translation holds anything.
  private var isSilent = true

  public init(_ metric: any TranslationMetric) {
    self.metric = metric
  }

  /// Takes in a segment; there is at least one reference.
  public mutating func add(_ hypothesis: String, references: [String]) {
    precondition(!references.isEmpty, "TranslationEvaluation: no reference")
    if segments.isEmpty { self.references = references.count }
    if self.references != references.count { self.references = nil }
    isSilent = isSilent && hypothesis.unicodeScalars.allSatisfy(\.isSpace)
    segments.append(metric.statistics(hypothesis, references: references))
  }

  /// The sum of the statistics of all segments.
  public var total: [Double] {
    var sum = [Double](repeating: 0, count: metric.statisticsCount)
    for segment in segments {
      for i in sum.indices { sum[i] += segment[i] }
    }
    return sum
  }

  public var score: Double { score(of: total) }

  private func score(of sum: [Double]) -> Double {
    let score = metric.score(sum)
    guard isSilent, !segments.isEmpty, let silence = metric.scoreOfSilence else { return score }
    // Where references are empty, too, nothing is right.
    return metric.isError && score == 0 ? score : silence
  }

  public var signature: String {
    let signature = metric.signature(references: references ?? 0)
    return references == nil
      ? "nrefs:var" + signature.drop { $0 != "|" } : signature
  }
}

// MARK: - Significance

extension TranslationEvaluation {
  /// The scores of corpora drawn with replacement from the segments (Koehn 2004).
  ///
  /// Equal seeds draw equal segments, so that systems can be compared sample by sample.
  public func resampledScores(count: Int, seed: UInt64) -> [Double] {
    guard !segments.isEmpty else { return [] }
    var state = seed
    return (0..<count).map { _ in
      var sum = [Double](repeating: 0, count: metric.statisticsCount)
      for _ in segments.indices {
        let segment = segments[Int(nextRandom(&state) % UInt64(segments.count))]
        for i in sum.indices { sum[i] += segment[i] }
      }
      return score(of: sum)
    }
  }

  /// The bounds between which 95 % of the resampled scores lie.
  public func interval(count: Int = 1000, seed: UInt64 = 12345) -> ClosedRange<Double>? {
    let scores = resampledScores(count: count, seed: seed).sorted()
    guard let last = scores.indices.last else { return nil }
    return scores[count / 40]...scores[last - count / 40]
  }

  /// The probability of a difference at least as large as the one seen if both systems were equally good: paired
  /// bootstrap, with the resampled differences shifted to a mean of zero.
  public func significance(
    against other: TranslationEvaluation, count: Int = 1000, seed: UInt64 = 12345
  ) -> Double {
    let seen = abs(score - other.score)
    let differences = zip(
      resampledScores(count: count, seed: seed), other.resampledScores(count: count, seed: seed)
    ).map { $0 - $1 }
    let mean = differences.reduce(0, +) / Double(max(differences.count, 1))
    let extreme = differences.count { abs($0 - mean) >= seen }
    return Double(extreme + 1) / Double(differences.count + 1)
  }
}

/// The next number of SplitMix64 by Steele, Lea and Flood (2014).
private func nextRandom(_ state: inout UInt64) -> UInt64 {
  state &+= 0x9e37_79b9_7f4a_7c15
  var z = state
  z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
  z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
  return z ^ (z >> 31)
}

internal import Foundation

/// Bilingual evaluation understudy by Papineni and others (2002), equal to sacreBLEU's (Post 2018).
///
/// Statistics: the hypothesis's length, that of the reference nearest in length, then for each order the n-grams
/// that match, then for each order all n-grams of the hypothesis.
public struct BLEU: TranslationMetric {
  /// What stands for the precision of an order without a match (Chen & Cherry 2014).
  public enum Smoothing: Sendable, Equatable {
    case none
    /// Half of one match, then a quarter, and so on: NIST's.
    case exponential
    /// So many matches.
    case floor(Double)
    /// So many matches more in all orders but the first.
    case addK(Double)
  }

  static let order = 4

  public var tokenizer = MetricTokenizer.v13a
  public var smoothing = Smoothing.exponential
  public var isLowercase = false
  /// Whether orders that are longer than all hypotheses are left out: for single sentences.
  public var hasEffectiveOrder = false

  public init(_ tokenizer: MetricTokenizer = .v13a) {
    self.tokenizer = tokenizer
  }

  public var name: String { "BLEU" }
  public var statisticsCount: Int { 2 + 2 * Self.order }

  public var settings: String {
    let smooth =
      switch smoothing {
      case .none: "none"
      case .exponential: "exp"
      case .floor(let value): "floor[\(String(format: "%.2f", value))]"
      case .addK(let value): "add-k[\(String(format: "%.2f", value))]"
      }
    return "case:\(isLowercase ? "lc" : "mixed")|eff:\(hasEffectiveOrder ? "yes" : "no")"
      + "|tok:\(tokenizer.signature)|smooth:\(smooth)"
  }

  public func statistics(_ hypothesis: String, references: [String]) -> [Double] {
    var number = WordNumbers()
    func units(_ segment: String) -> [UInt32] {
      number(tokenizer.words(of: isLowercase ? segment.lowercasedInContext() : segment))
    }
    let (own, others) = (units(hypothesis), references.map(units))
    // Of two that are equally near, the shorter one.
    let nearest = others.map(\.count).min { a, b in
      (abs(a - own.count), a) < (abs(b - own.count), b)
    }
    var (matches, totals): ([Double], [Double]) = ([], [])
    for order in 1...Self.order {
      let grams = NGrams(own, order: order, bits: 32)
      matches.append(
        Double(grams.matches(others.map { NGrams($0, order: order, bits: 32) })))
      totals.append(Double(grams.count))
    }
    return [Double(own.count), Double(nearest ?? 0)] + matches + totals
  }

  public func score(_ statistics: [Double]) -> Double {
    guard statistics[2..<2 + Self.order].contains(where: { $0 > 0 }) else { return 0 }
    let (precisions, longest) = smoothedPrecisions(statistics)
    let order = hasEffectiveOrder ? longest : Self.order
    // As in sacreBLEU, an order without a precision counts with a logarithm that leaves nothing of the score.
    let sum = precisions.prefix(order).reduce(0) { $0 + ($1 > 0 ? log($1) : -9_999_999_999) }
    return brevityPenalty(statistics) * exp(sum / Double(order))
  }

  /// 1 where the hypotheses are at least as long as the references, otherwise less.
  public func brevityPenalty(_ statistics: [Double]) -> Double {
    let (own, reference) = (statistics[0], statistics[1])
    return own >= reference ? 1 : own > 0 ? exp(1 - reference / own) : 0
  }

  /// The share of n-grams that match, in percent and smoothed, for each order.
  public func precisions(_ statistics: [Double]) -> [Double] {
    smoothedPrecisions(statistics).precisions
  }

  /// Also the longest order that there are any n-grams of, those that smoothing adds among them.
  private func smoothedPrecisions(_ statistics: [Double]) -> (precisions: [Double], longest: Int) {
    var precisions = [Double](repeating: 0, count: Self.order)
    var (halves, longest) = (1.0, Self.order)
    for n in precisions.indices {
      var (matches, total) = (statistics[2 + n], statistics[2 + Self.order + n])
      if case .addK(let k) = smoothing, n > 0 {
        matches += k
        total += k
      }
      guard total > 0 else { break }
      longest = n + 1
      switch smoothing {
      case _ where matches > 0: precisions[n] = 100 * matches / total
      case .exponential:
        halves *= 2
        precisions[n] = 100 / (halves * total)
      case .floor(let value): precisions[n] = 100 * value / total
      case .none, .addK: break
      }
    }
    return (precisions, longest)
  }
}

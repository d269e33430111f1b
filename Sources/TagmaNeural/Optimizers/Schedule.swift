internal import Foundation

/// How the learning rate changes over a training.
public enum Schedule: String, Sendable, Codable, CaseIterable {
  case constant
  /// Divided by `1 + decay · epoch`.
  case inverseTime = "inverse-time"
  /// Along half a cosine to the final rate (Loshchilov & Hutter 2017).
  case cosine
  /// Straight down to the final rate.
  case linear
  /// Multiplied by a factor when the dev score has stopped rising.
  case plateau

  /// The factor on the base rate at `progress` in `0...1` of the planned training.
  ///
  /// - Parameters:
  ///   - warmUp: The share of the training in which the rate rises from zero.
  ///   - floor: The final rate as a share of the base rate.
  ///   - reductions: How often a plateau was met, and the factor for each.
  package func factor(
    progress: Double, epoch: Int, warmUp: Double, floor: Double, decay: Double, reductions: Int,
    reduction: Double
  ) -> Double {
    if progress < warmUp { return max(progress / warmUp, 1e-3) }
    let rest = warmUp < 1 ? min((progress - warmUp) / (1 - warmUp), 1) : 1
    switch self {
    case .constant: return 1
    case .inverseTime: return 1 / (1 + decay * Double(epoch))
    case .cosine: return floor + (1 - floor) * 0.5 * (1 + cos(.pi * rest))
    case .linear: return floor + (1 - floor) * (1 - rest)
    case .plateau: return max(pow(reduction, Double(reductions)), floor)
    }
  }
}

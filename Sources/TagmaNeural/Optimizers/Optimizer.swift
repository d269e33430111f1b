internal import TagmaKernels

/// How parameters follow their gradients.
public enum OptimizerKind: String, Sendable, Codable, CaseIterable {
  /// Gradient descent with momentum.
  case sgd
  /// Adam (Kingma & Ba 2015); with weight decay it is AdamW (Loshchilov & Hutter 2019).
  case adam
  /// Adam with Nesterov's momentum (Dozat 2016).
  case nadam
}

/// How the size of the gradient is bounded.
package enum GradientBound: String, Sendable, Codable, CaseIterable {
  case none
  /// Scaled down where its norm is above the bound (Pascanu et al. 2013).
  case clip
  /// Always scaled to the bound.
  case normalize
}

/// An optimiser and its moments: one loop over one block.
///
/// Rows of lookup tables without a gradient are left as they are, moments included ("lazy" Adam).
package struct Optimizer: Sendable {
  package var kind: OptimizerKind
  package var beta1: Float = 0.9
  package var beta2: Float = 0.999
  package var epsilon: Float = 1e-8
  package var momentum: Float = 0.9
  package var weightDecay: Float = 0
  package var bound = GradientBound.clip
  package var maximumNorm: Float = 5

  /// Steps taken, and the moments, as a checkpoint keeps them.
  package var step = 0
  package var first: [Float]
  package var second: [Float]

  package init(_ kind: OptimizerKind, count: Int) {
    self.kind = kind
    first = [Float](repeating: 0, count: count)
    second = kind == .sgd ? [] : first
  }

  /// Moves `parameters` against `gradients`; returns the norm the gradients had.
  ///
  /// - Parameters:
  ///   - gradients: Of stretches of the parameters that do not overlap.
  ///   - threads: The result does not depend on it.
  package mutating func update(
    _ parameters: inout Parameters, _ gradients: [Gradients], rate: Float, threads: Int = 1
  ) -> Double {
    var squares = 0.0
    for part in gradients {
      let values = part.elements.span
      for range in part.activeRanges { squares += sumOfSquares(values.extracting(range)) }
    }
    let norm = squares.squareRoot()
    guard norm.isFinite else { return norm }
    step += 1
    let gradientScale = self.gradientScale(norm)
    switch kind {
    case .sgd:
      for part in gradients {
        for range in part.activeRanges {
          gradientDescent(
            rate: rate, momentum: momentum, decay: weightDecay, gradientScale: gradientScale,
            gradients: part.elements, range: range, start: part.start,
            weights: &parameters.elements, velocity: &first)
        }
      }
    case .adam, .nadam:
      let constants = AdamStep(
        rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, decay: weightDecay, step: step,
        nesterov: kind == .nadam)
      for part in gradients {
        for range in part.activeRanges {
          TagmaKernels.adam(
            constants, gradientScale: gradientScale, gradients: part.elements, range: range,
            start: part.start, weights: &parameters.elements, first: &first, second: &second,
            threads: threads)
        }
      }
    }
    return norm
  }

  private func gradientScale(_ norm: Double) -> Float {
    switch bound {
    case .none: 1
    case .clip: norm > Double(maximumNorm) ? maximumNorm / Float(norm) : 1
    case .normalize: norm > 0 ? maximumNorm / Float(norm) : 1
    }
  }
}

internal import CTagmaSIMD

/// The constants of one Adam step.
package struct AdamStep: Sendable {
  package var rate, beta1, beta2, epsilon, decay: Float
  /// `1 / (1 - beta1^t)`, the same for the next step, and `1 / (1 - beta2^t)`.
  package var correction1, correction1Next, correction2: Float
  package var nesterov: Bool

  package init(
    rate: Float, beta1: Float, beta2: Float, epsilon: Float, decay: Float, step t: Int,
    nesterov: Bool
  ) {
    (self.rate, self.beta1, self.beta2) = (rate, beta1, beta2)
    (self.epsilon, self.decay, self.nesterov) = (epsilon, decay, nesterov)
    correction1 = 1 / (1 - power(beta1, t))
    correction1Next = 1 / (1 - power(beta1, t + 1))
    correction2 = 1 / (1 - power(beta2, t))
  }
}

private func power(_ base: Float, _ exponent: Int) -> Float {
  var (result, factor, left) = (Double(1), Double(base), exponent)
  while left > 0 {
    if left & 1 == 1 { result *= factor }
    factor *= factor
    left >>= 1
  }
  return Float(result)
}

/// Adam (Kingma & Ba 2015), AdamW where `decay` is set, Nadam where `nesterov` is, by a range of gradients.
///
/// - Parameter start: The place among the weights that `gradients` begins at.
package func adam(
  _ step: AdamStep, gradientScale: Float, gradients: [Float], range: Range<Int>, start: Int,
  weights: inout [Float], first m: inout [Float], second v: inout [Float], threads: Int = 1
) {
  precondition(start >= 0 && range.upperBound <= gradients.count)
  let end = start + range.upperBound
  precondition(end <= weights.count && end <= m.count && end <= v.count)
  unsafe weights.withUnsafeMutableBufferPointer { weights in
    unsafe gradients.withUnsafeBufferPointer { gradients in
      unsafe m.withUnsafeMutableBufferPointer { m in
        unsafe v.withUnsafeMutableBufferPointer { v in
          guard let toWeights = weights.baseAddress, let from = gradients.baseAddress,
            let first = m.baseAddress, let second = v.baseAddress
          else { return }
          // Safe: each part is handed out once, and no two overlap.
          nonisolated(unsafe) let (w, g, m, v) = unsafe (toWeights, from, first, second)
          forEachPart(of: range.count, threads: threads) { part in
            let at = range.lowerBound + part.lowerBound
            unsafe tagma_adam(
              part.count, w + start + at, g + at, m + start + at, v + start + at, gradientScale,
              step.rate, step.beta1, step.beta2, step.epsilon, step.correction1, step.correction2,
              step.correction1Next,
              step.decay, step.nesterov ? 1 : 0)
          }
        }
      }
    }
  }
}

/// Gradient descent with momentum by a range of gradients.
///
/// - Parameter start: The place among the weights that `gradients` begins at.
package func gradientDescent(
  rate: Float, momentum: Float, decay: Float, gradientScale: Float, gradients: [Float],
  range: Range<Int>, start: Int, weights: inout [Float], velocity: inout [Float]
) {
  precondition(start >= 0 && range.upperBound <= gradients.count)
  precondition(start + range.upperBound <= min(weights.count, velocity.count))
  unsafe weights.withUnsafeMutableBufferPointer { w in
    unsafe gradients.withUnsafeBufferPointer { g in
      unsafe velocity.withUnsafeMutableBufferPointer { m in
        guard let w = w.baseAddress, let g = g.baseAddress, let m = m.baseAddress else { return }
        let at = start + range.lowerBound
        unsafe tagma_sgd(
          range.count, w + at, g + range.lowerBound, m + at, gradientScale, rate, momentum, decay)
      }
    }
  }
}

/// `average = decay · average + (1 − decay) · weights` on `range`.
package func updateMovingAverage(
  decay: Float, range: Range<Int>, weights: [Float], average: inout [Float]
) {
  precondition(range.upperBound <= weights.count && range.upperBound <= average.count)
  unsafe weights.withUnsafeBufferPointer { w in
    unsafe average.withUnsafeMutableBufferPointer { a in
      guard let w = w.baseAddress, let a = a.baseAddress else { return }
      unsafe tagma_moving_average(
        range.count, decay, w + range.lowerBound, a + range.lowerBound)
    }
  }
}

internal import TagmaKernels

/// Sets a share of the weights themselves to zero for one batch and scales the others.
///
/// The dropout of recurrent connections that leaves the time loop as it is (Wan et al. 2013, Merity et
/// al. 2018).
package struct WeightDropout: Sendable {
  private let parameters: [Parameter]
  private let masks: [[Float]]

  /// Nil where nothing is dropped.
  package init?(rate: Float, of parameters: [Parameter], seed: UInt64) {
    precondition(rate >= 0 && rate < 1, "WeightDropout: the rate is in 0..<1")
    guard rate > 0 else { return nil }
    var random = SplitMix64(seed: seed)
    self.parameters = parameters
    let keep = 1 / (1 - rate)
    // Four decisions of 16 bits from each draw.
    let threshold = UInt64(rate * 65_536)
    masks = parameters.map { parameter in
      var mask = uninitializedFloats(parameter.range.count)
      var bits: UInt64 = 0
      for i in mask.indices {
        if i % 4 == 0 { bits = random.next() }
        mask[i] = bits & 0xffff < threshold ? 0 : keep
        bits >>= 16
      }
      return mask
    }
  }

  /// The weights a batch is computed with.
  package func applied(to weights: Parameters) -> Parameters {
    var weights = weights
    var all = weights.elements.mutableSpan
    for (parameter, mask) in zip(parameters, masks) {
      multiply(&all, at: parameter.range.lowerBound, by: mask.span)
    }
    return weights
  }

  /// The gradient of the weights from that of those a batch was computed with.
  package func apply(to g: inout Gradients) {
    let base = g.start
    let covered = base..<base + g.elements.count
    var all = g.elements.mutableSpan
    for (parameter, mask) in zip(parameters, masks)
    where covered.contains(parameter.range.lowerBound) {
      multiply(&all, at: parameter.range.lowerBound - base, by: mask.span)
    }
  }
}

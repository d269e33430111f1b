internal import TagmaKernels

/// An exponential moving average of the weights (Polyak & Juditsky 1992), usually better than the
/// weights themselves.
///
/// Updated every few steps with the decay of as many steps: the same average to the eye at a
/// fraction of the memory traffic.
package struct MovingAverage: Sendable {
  package let decay: Float
  package let interval: Int
  package var values: [Float]
  /// Updates so far; early ones weigh more, so that the start is soon forgotten.
  package var updates = 0

  package init(decay: Float, interval: Int = 8, of parameters: Parameters) {
    self.decay = decay
    self.interval = interval
    values = parameters.elements
  }

  /// Takes in the weights after step `step`.
  package mutating func update(_ parameters: Parameters, step: Int) {
    guard step % interval == 0 else { return }
    updates += 1
    var power: Float = 1
    for _ in 0..<interval { power *= decay }
    // The usual correction for a short history, as in Tan & Le's and TensorFlow's averages.
    let current = min(power, Float(1 + updates) / Float(10 + updates))
    updateMovingAverage(
      decay: current, range: 0..<values.count, weights: parameters.elements, average: &values)
  }
}

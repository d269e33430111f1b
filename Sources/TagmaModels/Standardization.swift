/// The mean and the standard deviation of numbers; what never changes says nothing, and is not divided by 0.
package func meanAndDeviation(of values: [Double]) -> (mean: Double, deviation: Double) {
  guard !values.isEmpty else { return (0, 1) }
  let mean = values.reduce(0, +) / Double(values.count)
  let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  return (mean, variance > 0 ? variance.squareRoot() : 1)
}

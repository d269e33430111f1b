/// SplitMix64 (Steele, Lea & Flood 2014): small, fast, and its whole state is one number, so that a
/// checkpoint can hold it.
package struct SplitMix64: RandomNumberGenerator, Sendable, Codable, Equatable {
  package var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A float in `0..<1`.
  package mutating func nextUnit() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// A generator whose stream is independent of this one's.
  package mutating func split() -> SplitMix64 {
    SplitMix64(seed: next())
  }
}

/// How the values of a parameter are drawn before training.
package enum Initializer: Sendable {
  case constant(Float)
  /// Uniform in `-bound...bound`.
  case uniform(Float)
  /// Uniform in ±√(6 / (in + out)) (Glorot & Bengio 2010).
  case glorot
  /// Blocks of rows, each an orthogonal matrix (Saxe et al. 2014): one block for every gate.
  case orthogonal(blocks: Int)
  /// The LSTM's bias: 1 for the forget gate (Jozefowicz et al. 2015), 0 elsewhere.
  case forgetGateBias

  func fill(_ values: inout [Float], range: Range<Int>, shape: [Int], _ random: inout SplitMix64) {
    switch self {
    case .constant(let value):
      for i in range { values[i] = value }
    case .uniform(let bound):
      for i in range { values[i] = (2 * random.nextUnit() - 1) * bound }
    case .glorot:
      let bound = (6 / Float(shape[0] + (shape.count > 1 ? shape[1] : 1))).squareRoot()
      for i in range { values[i] = (2 * random.nextUnit() - 1) * bound }
    case .orthogonal(let blocks):
      let (rows, columns) = (shape[0] / blocks, shape[1])
      for block in 0..<blocks {
        let q = orthogonalRows(rows, columns, &random)
        for i in 0..<rows * columns { values[range.lowerBound + block * rows * columns + i] = q[i] }
      }
    case .forgetGateBias:
      let size = shape[0] / 4
      for i in 0..<shape[0] { values[range.lowerBound + i] = i / size == 1 ? 1 : 0 }
    }
  }
}

/// Rows that are orthonormal among each other as far as they can be, by Gram–Schmidt.
private func orthogonalRows(_ rows: Int, _ columns: Int, _ random: inout SplitMix64) -> [Float] {
  var q = [Float](repeating: 0, count: rows * columns)
  for r in 0..<rows {
    var v = (0..<columns).map { _ in gaussian(&random) }
    let first = r / columns * columns
    for s in first..<r {
      var dot: Float = 0
      for c in 0..<columns { dot += v[c] * q[s * columns + c] }
      for c in 0..<columns { v[c] -= dot * q[s * columns + c] }
    }
    let norm = max(v.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
    for c in 0..<columns { q[r * columns + c] = v[c] / norm }
  }
  return q
}

/// A nearly normal value: the sum of twelve uniform ones, which needs no transcendental function and
/// so is the same on every platform.
private func gaussian(_ random: inout SplitMix64) -> Float {
  var sum: Float = -6
  for _ in 0..<12 { sum += random.nextUnit() }
  return sum
}

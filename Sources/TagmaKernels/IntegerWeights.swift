internal import CTagmaSIMD

/// A matrix `B` `[k, n]` in 16 bits a number, for products with values within ±1.
///
/// Products of integers are exact, so that they depend on no order, and faster than those of floats where a machine
/// has instructions for them (decision 0010). Each column has a scale of its own: the finest with which no sum can
/// leave 32 bits, whatever the values.
package struct IntegerWeights: Sendable {
  /// Steps between 0 and 1 of the values that weights are multiplied with.
  static let unit: Float = 4096

  package let k: Int
  package let n: Int
  /// `k`, made even.
  private let width: Int
  private let numbers: [Int16]
  /// For each column what a product of integers is worth, and what is added to it.
  private let scales: [Float]
  private let offsets: [Float]

  /// Nil where floats are faster.
  ///
  /// - Parameters:
  ///   - transposed: `Bᵀ` `[n, k]`.
  ///   - bias: What is added to each column of a product, or nothing.
  package init?(transposed: Span<Float>, bias: [Float] = [], k: Int, n: Int) {
    guard tagma_has_product_i16() != 0 else { return nil }
    precondition(transposed.count >= k * n, "IntegerWeights: too short")
    (self.k, self.n, width) = (k, n, (k + 1) / 2 * 2)
    let panel = Int(tagma_panel_i16)
    let columns = (n + panel - 1) / panel * panel
    var numbers = [Int16](repeating: 0, count: columns * width)
    var scales = [Float](repeating: 0, count: columns)
    var offsets = scales
    for column in 0..<n {
      if !bias.isEmpty { offsets[column] = bias[column] }
      let (largest, sum) = Self.norms(transposed, column * k..<(column + 1) * k)
      guard largest > 0, sum.isFinite else { continue }
      // Rounding adds at most half a step to each number, and to each value.
      let bound = (Float(1 << 30) * 1.99 / (Self.unit + 0.5) - 0.5 * Float(k)) / sum
      let factor = min(32_767 / largest, bound)
      let start = column / panel * panel * width + column % panel * 2
      for i in 0..<k {
        let place = start + i / 2 * 2 * panel + i % 2
        numbers[place] = Int16((transposed[column * k + i] * factor).rounded())
      }
      scales[column] = 1 / (factor * Self.unit)
    }
    (self.numbers, self.scales, self.offsets) = (numbers, scales, offsets)
  }

  private static func norms(_ x: Span<Float>, _ range: Range<Int>) -> (largest: Float, sum: Float) {
    var (largest, sum): (Float, Float) = (0, 0)
    for i in range {
      largest = max(largest, abs(x[i]))
      sum += abs(x[i])
    }
    return (largest, sum)
  }

  /// The same of some columns.
  package func selecting(_ columns: [Int]) -> IntegerWeights {
    IntegerWeights(of: self, columns: columns)
  }

  private init(of other: IntegerWeights, columns: [Int]) {
    (k, n, width) = (other.k, columns.count, other.width)
    let panel = Int(tagma_panel_i16)
    let room = (n + panel - 1) / panel * panel
    var numbers = [Int16](repeating: 0, count: room * width)
    var scales = [Float](repeating: 0, count: room)
    var offsets = scales
    let (from, width) = (other.numbers.span, width)
    var to = numbers.mutableSpan
    for (place, column) in columns.enumerated() {
      scales[place] = other.scales[column]
      offsets[place] = other.offsets[column]
      let first = column / panel * panel * width + column % panel * 2
      let start = place / panel * panel * width + place % panel * 2
      for i in stride(from: 0, to: width * panel, by: 2 * panel) {
        to[start + i] = from[first + i]
        to[start + i + 1] = from[first + i + 1]
      }
    }
    (self.numbers, self.scales, self.offsets) = (numbers, scales, offsets)
  }

  /// `C [m, n] = A [m, k] · B + bias` where no value of `A` is outside of ±1.
  ///
  /// - Parameters:
  ///   - lda: Distance between the rows of `A`, which begins at `start`.
  ///   - ldc: Distance between the rows of `C`, by default `n`, which begins at `first`.
  ///   - rounded: Room for `A` in 16 bits, made larger where needed.
  package func multiply(
    _ a: borrowing [Float], at start: Int, lda: Int, into c: inout [Float], at first: Int = 0,
    ldc: Int? = nil, m: Int, rounded: inout [Int16]
  ) {
    guard m > 0, n > 0 else { return }
    let ldc = ldc ?? n
    precondition(
      a.count - start >= extent(rows: m, columns: k, stride: lda), "multiply: A too short")
    precondition(
      start >= 0 && first >= 0
        && c.count - first >= extent(rows: m, columns: n, stride: ldc), "multiply: C too short")
    if rounded.count < m * width { rounded = [Int16](repeating: 0, count: m * width) }
    unsafe a.withUnsafeBufferPointer { a in
      unsafe rounded.withUnsafeMutableBufferPointer { q in
        unsafe c.withUnsafeMutableBufferPointer { c in
          guard let a = a.baseAddress, let q = q.baseAddress, let c = c.baseAddress else { return }
          unsafe tagma_round_i16(m, k, a + start, lda, Self.unit, q, width)
          unsafe tagma_product_i16(
            m, n, width, q, numbers, scales, offsets, c + first, ldc)
        }
      }
    }
  }
}

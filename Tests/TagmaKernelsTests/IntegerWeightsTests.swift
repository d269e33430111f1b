import TagmaKernels
import TestSupport
import Testing

@Suite("Products in 16 bits")
struct IntegerWeightsTests {
  /// Rows of a product in double precision, from transposed weights.
  private func reference(
    _ a: [Float], stride: Int, _ b: [Float], bias: [Float], m: Int, n: Int, k: Int
  ) -> [Double] {
    (0..<m * n).map { place in
      let (i, j) = (place / n, place % n)
      return (0..<k).reduce(Double(bias.isEmpty ? 0 : bias[j])) {
        $0 + Double(a[i * stride + $1]) * Double(b[j * k + $1])
      }
    }
  }

  /// Rounding moves each value by half of 1/4096 at most, and each weight by half of its column's scale.
  private func tolerance(_ b: ArraySlice<Float>) -> Double {
    let sum = b.reduce(0) { $0 + Double(abs($1)) }
    let largest = Double(b.map(abs).max() ?? 0)
    let scale = max(largest / 32_767, sum / 500_000)
    return 0.5 / 4096 * sum + 0.5 * scale * Double(b.count) + 1e-5
  }

  @Test("all shapes to within rounding, with and without a bias")
  func shapes() throws {
    for (m, n, k) in [(1, 1, 1), (5, 7, 3), (6, 16, 2), (7, 17, 9), (13, 40, 50), (250, 33, 161)] {
      let (stride, b) = (k + 3, randomValues(n * k, seed: UInt64(n)))
      let a = randomValues(m * stride, seed: UInt64(m)).map { max(-1, min($0, 1)) }
      for bias in [[], randomValues(n, seed: 3)] {
        guard let weights = IntegerWeights(transposed: b.span, bias: bias, k: k, n: n) else {
          return  // this machine multiplies floats
        }
        var c = [Float](repeating: .nan, count: m * n + 5)
        var room: [Int16] = []
        weights.multiply(a, at: 0, lda: stride, into: &c, m: m, rounded: &room)
        let expected = reference(a, stride: stride, b, bias: bias, m: m, n: n, k: k)
        for i in expected.indices {
          let bound = tolerance(b[i % n * k..<(i % n + 1) * k])
          #expect(abs(Double(c[i]) - expected[i]) <= bound, "\(m) \(n) \(k), element \(i)")
        }
        let isUntouched = c[(m * n)...].allSatisfy { $0.isNaN }
        #expect(isUntouched, "nothing is written behind the product")
      }
    }
  }

  @Test("no sum overflows, however long and however large the weights are")
  func extremes() throws {
    let (n, k) = (3, 4001)
    // All of one sign; one large among small ones; a column of zeros.
    var b = [Float](repeating: 250, count: k)
    b += (0..<k).map { $0 == 7 ? 1e6 : -1e-3 } + [Float](repeating: 0, count: k)
    guard let weights = IntegerWeights(transposed: b.span, k: k, n: n) else { return }
    for sign: Float in [1, -1] {
      let a = [Float](repeating: sign, count: k)
      var c = [Float](repeating: 0, count: n)
      var room: [Int16] = []
      weights.multiply(a, at: 0, lda: k, into: &c, m: 1, rounded: &room)
      for (j, sum) in reference(a, stride: k, b, bias: [], m: 1, n: n, k: k).enumerated() {
        #expect(abs(Double(c[j]) - sum) <= tolerance(b[j * k..<(j + 1) * k]), "column \(j)")
      }
    }
  }

  @Test("a row of a product is the same bit for bit, however many rows there are")
  func rowsAreIndependent() {
    let (m, n, k) = (229, 50, 160)
    let (a, b) = (
      randomValues(m * k, seed: 1).map { max(-1, min($0, 1)) }, randomValues(n * k, seed: 2)
    )
    guard let weights = IntegerWeights(transposed: b.span, k: k, n: n) else { return }
    var (whole, room) = ([Float](repeating: 0, count: m * n), [Int16]())
    weights.multiply(a, at: 0, lda: k, into: &whole, m: m, rounded: &room)
    for row in 0..<m {
      var one = [Float](repeating: 0, count: n)
      weights.multiply(a, at: row * k, lda: k, into: &one, m: 1, rounded: &room)
      #expect(one == Array(whole[row * n..<(row + 1) * n]), "row \(row)")
    }
  }
}

import Foundation
import TagmaKernels
import TestSupport
import Testing

@Suite("Elementwise kernels against the C library")
struct ElementwiseTests {
  @Test("sigmoid and tanh over the whole range, within 3e-7")
  func activations() {
    let x = stride(from: Float(-100), through: 100, by: 0.037).map { $0 }
    for (activation, exact) in [
      (Activation.sigmoid, { 1 / (1 + exp(-$0)) }), (.tanh, { tanh($0) }), (.relu, { max($0, 0) }),
    ] as [(Activation, (Double) -> Double)] {
      var y = x
      var span = y.mutableSpan
      activate(activation, &span, count: x.count)
      for (a, b) in zip(x, y) {
        #expect(
          abs(Double(b) - exact(Double(a))) < 3e-7 * max(1, abs(exact(Double(a)))),
          "\(activation) \(a)")
      }
    }
  }

  @Test("the largest numbers, largest first, and of equals the first")
  func largestNumbers() {
    var x = (0..<1000).map { Float(($0 * 7919) % 1000) }
    x[3] = 999
    x[5] = .nan
    let sorted = x.indices.filter { !x[$0].isNaN }.sorted { (x[$0], $1) > (x[$1], $0) }
    for count in [1, 2, 10, 64, 999] {
      #expect(largest(count, of: x.span).map(\.place) == Array(sorted.prefix(count)))
    }
    #expect(largest(3, of: [Float]().span).isEmpty && largest(0, of: x.span).isEmpty)
    #expect(largest(2, of: [-3, -1, -2].span).map(\.value) == [-1, -2])
  }

  @Test("softmax rows sum to 1, −∞ gives 0, other columns stay")
  func softmaxRows() {
    var x: [Float] = [9, 1, 2, -.infinity, 9, 9, 1000, 1001, 999, 9]
    var span = x.mutableSpan
    softmax(&span, rows: 2, stride: 5, columns: 1..<4)
    #expect(abs(x[1] + x[2] + x[3] - 1) < 1e-6)
    #expect(x[3] == 0)
    #expect(abs(x[6] + x[7] + x[8] - 1) < 1e-6)
    #expect(x[0] == 9 && x[4] == 9 && x[5] == 9 && x[9] == 9)
  }

  @Test("transposing twice gives the same", arguments: [(1, 1), (3, 50), (17, 33), (64, 16)])
  func transposition(rows: Int, columns: Int) {
    let x = randomValues(rows * columns, seed: 5)
    var (y, z) = (x, x)
    var span = y.mutableSpan
    transpose(x.span, into: &span, rows: rows, columns: columns)
    #expect(y[columns > 1 ? rows : 0] == x[columns > 1 ? 1 : 0])
    var back = z.mutableSpan
    transpose(y.span, into: &back, rows: columns, columns: rows)
    #expect(z == x)
  }

  @Test("finite means no infinity and no NaN")
  func finite() {
    for (values, expected) in [
      ([1, -2, 0], true), ([1, .nan], false), ([1, -.infinity], false),
    ] as [([Float], Bool)] {
      let found = allFinite(values.span)
      #expect(found == expected)
    }
  }
}

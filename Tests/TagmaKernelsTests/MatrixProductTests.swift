import TagmaKernels
import TestSupport
import Testing

@Suite("Matrix products against loops in double precision")
struct MatrixProductTests {
  private func reference(
    _ a: [Float], _ ta: Bool, _ b: [Float], _ tb: Bool, m: Int, n: Int, k: Int
  ) -> [Double] {
    var c = [Double](repeating: 0, count: m * n)
    for i in 0..<m {
      for j in 0..<n {
        for l in 0..<k {
          c[i * n + j] +=
            Double(ta ? a[l * m + i] : a[i * k + l]) * Double(tb ? b[j * k + l] : b[l * n + j])
        }
      }
    }
    return c
  }

  @Test("transposes of all sizes around a block of 16, rows apart")
  func transposes() {
    for (rows, columns) in [(1, 1), (15, 17), (16, 16), (32, 48), (33, 47), (64, 5), (3, 64)] {
      let x = randomValues(rows * columns, seed: 5)
      let stride = rows + 3
      var y = [Float](repeating: -7, count: columns * stride)
      var out = y.mutableSpan
      transpose(x.span, into: &out, stride: stride, rows: rows, columns: columns)
      for j in 0..<columns {
        for i in 0..<stride {
          #expect(y[j * stride + i] == (i < rows ? x[i * columns + j] : -7))
        }
      }
    }
  }

  @Test("all shapes from 0 to 9, all transpositions")
  func smallShapes() {
    for m in 0...9 {
      for n in 0...9 {
        for k in 1...9 {
          for (ta, tb) in [(false, false), (false, true), (true, false), (true, true)] {
            let (a, b) = (
              randomValues(m * k, seed: UInt64(m * 100 + k)),
              randomValues(k * n, seed: UInt64(n * 77 + k))
            )
            var c = [Float](repeating: 1, count: m * n)
            var out = c.mutableSpan
            matrixProduct(
              a.span, transposeA: ta, b.span, transposeB: tb, into: &out, m: m, n: n, k: k, beta: 1)
            let expected = reference(a, ta, b, tb, m: m, n: n, k: k)
            #expect(
              zip(c, expected).allSatisfy { abs(Double($0) - 1 - $1) < 1e-5 }, "\(m) \(n) \(k)")
          }
        }
      }
    }
  }

  @Test("a row of a product does not depend on how many rows there are", arguments: [64, 200, 512])
  func rowsAreIndependent(k: Int) {
    let (m, n) = (37, 3 * k)
    let (a, b) = (randomValues(m * k, seed: 1), randomValues(k * n, seed: 2))
    var whole = [Float](repeating: 0, count: m * n)
    var out = whole.mutableSpan
    matrixProduct(a.span, b.span, into: &out, m: m, n: n, k: k)
    for rows in [2, 3, 8, 16, 31] {
      var part = [Float](repeating: 0, count: rows * n)
      var span = part.mutableSpan
      matrixProduct(a.span, b.span, into: &span, m: rows, n: n, k: k)
      for i in part.indices {
        #expect(
          abs(part[i] - whole[i]) <= 1e-4 * max(1, abs(whole[i])), "\(rows) rows, element \(i)")
      }
    }
  }
}

internal import CTagmaOneDNN
internal import CTagmaSIMD

/// Computes `C = op(A) op(B) + beta C`, row-major, by oneDNN's `sgemm`.
///
/// | matrix  | shape    | distance between rows           |
/// |---------|----------|---------------------------------|
/// | `op(A)` | `[m, k]` | `lda`, by default its columns   |
/// | `op(B)` | `[k, n]` | `ldb`, by default its columns   |
/// | `C`     | `[m, n]` | `ldc`, by default `n`           |
///
/// `C` begins at `start` elements into `c`. Untransposed `B` is the fast case for few rows
/// (decision 0002); runs on the calling thread alone.
package func matrixProduct(
  _ a: Span<Float>, transposeA: Bool = false, lda: Int? = nil,
  _ b: Span<Float>, transposeB: Bool = false, ldb: Int? = nil,
  into c: inout MutableSpan<Float>, at start: Int = 0, ldc: Int? = nil,
  m: Int, n: Int, k: Int, beta: Float = 0
) {
  guard m > 0, n > 0 else { return }
  let lda = lda ?? (transposeA ? m : k)
  let ldb = ldb ?? (transposeB ? k : n)
  let ldc = ldc ?? n
  precondition(
    a.count >= extent(rows: transposeA ? k : m, columns: transposeA ? m : k, stride: lda),
    "matrixProduct: A is shorter than its shape")
  precondition(
    b.count >= extent(rows: transposeB ? n : k, columns: transposeB ? k : n, stride: ldb),
    "matrixProduct: B is shorter than its shape")
  precondition(
    start >= 0 && c.count - start >= extent(rows: m, columns: n, stride: ldc),
    "matrixProduct: C is shorter than its shape")
  let status = unsafe a.withUnsafeBufferPointer { a in
    unsafe b.withUnsafeBufferPointer { b in
      unsafe c.withUnsafeMutableBufferPointer { c in
        guard let c = c.baseAddress else { return Int32(0) }
        tagma_set_threads(1)
        return unsafe tagma_sgemm(
          transposeA, transposeB, m, n, k, 1, a.baseAddress, lda, b.baseAddress, ldb, beta,
          c + start, ldc)
      }
    }
  }
  precondition(status == 0, "matrixProduct: oneDNN refused the shapes")
}

/// The same of arrays, which may be parts of one value: `A [m, k]` from element `first` on, `B [k, n]`.
package func matrixProduct(
  _ a: [Float], from first: Int, lda: Int? = nil, _ b: [Float], ldb: Int? = nil,
  into c: inout [Float], at start: Int = 0, ldc: Int? = nil, m: Int, n: Int, k: Int,
  beta: Float = 0
) {
  var span = c.mutableSpan
  matrixProduct(
    a.span.extracting(droppingFirst: first), lda: lda, b.span, ldb: ldb, into: &span, at: start,
    ldc: ldc, m: m, n: n, k: k, beta: beta)
}

/// Elements from the first to the last of a matrix with `stride` between its rows.
func extent(rows: Int, columns: Int, stride: Int) -> Int {
  rows == 0 || columns == 0 ? 0 : (rows - 1) * stride + columns
}

/// The distance between rows at which products run fastest, at least `columns`: an odd number of cache lines.
///
/// With an even one, above all with a power of two, the rows of a block fall into a few sets of the cache
/// and drive each other out (decision 0006).
package func fastStride(_ columns: Int) -> Int {
  ((columns + 15) / 16 | 1) * 16
}

/// Writes the transpose of `x` `[rows, columns]` into `y` `[columns, stride]`.
package func transpose(
  _ x: Span<Float>, into y: inout MutableSpan<Float>, stride: Int? = nil, rows: Int, columns: Int
) {
  let stride = stride ?? rows
  precondition(
    x.count >= rows * columns && stride >= rows
      && y.count >= extent(rows: columns, columns: rows, stride: stride), "transpose: too short")
  unsafe x.withUnsafeBufferPointer { x in
    unsafe y.withUnsafeMutableBufferPointer { y in
      unsafe tagma_transpose(rows, columns, x.baseAddress, y.baseAddress, stride)
    }
  }
}

internal import CTagmaSIMD

/// Copies rows `indices` of `x` `[…, columns]` one after the other into `y`, from element `start` on.
package func copyRows(
  _ x: Span<Float>, from indices: [Int], into y: inout MutableSpan<Float>, at start: Int = 0,
  columns: Int
) {
  copyRows(
    x, from: indices[...], stride: columns, column: 0, into: &y, at: start, columns: columns)
}

/// Copies `columns` elements from `column` of rows `indices` of `x` `[…, stride]` into rows of `y`, which lie `yStride`
/// apart, by default next to each other, from element `start` on.
package func copyRows(
  _ x: Span<Float>, from indices: ArraySlice<Int>, stride: Int, column: Int,
  into y: inout MutableSpan<Float>, at start: Int = 0, yStride: Int? = nil, columns: Int
) {
  let yStride = yStride ?? columns
  precondition(
    start >= 0
      && y.count - start >= extent(rows: indices.count, columns: columns, stride: yStride),
    "copyRows: too short")
  let rows = stride == 0 ? 0 : (x.count + stride - 1) / stride
  unsafe x.withUnsafeBufferPointer { x in
    unsafe y.withUnsafeMutableBufferPointer { y in
      guard let from = x.baseAddress, let to = y.baseAddress else { return }
      for (i, row) in indices.enumerated() {
        precondition(row >= 0 && row < rows, "copyRows: no row \(row)")
        unsafe (to + start + i * yStride).update(
          from: from + row * stride + column, count: columns)
      }
    }
  }
}

/// Adds row `i` of `x` `[indices.count, columns]` to row `indices[i]` of `y`, from `start` on; rows of both lie `stride`
/// apart, by default next to each other.
package func addRows(
  _ x: Span<Float>, to indices: [Int], of y: inout MutableSpan<Float>, at start: Int = 0,
  columns: Int, stride: Int? = nil
) {
  let stride = stride ?? columns
  precondition(
    x.count >= extent(rows: indices.count, columns: columns, stride: stride), "addRows: too short")
  unsafe x.withUnsafeBufferPointer { x in
    unsafe y.withUnsafeMutableBufferPointer { y in
      guard let from = x.baseAddress, let to = y.baseAddress else { return }
      for (i, row) in indices.enumerated() {
        precondition(
          row >= 0 && start + row * stride + columns <= y.count, "addRows: no row \(row)")
        let (a, b) = unsafe (from + i * stride, to + start + row * stride)
        unsafe tagma_axpy(columns, 1, a, b)
      }
    }
  }
}

/// Adds the sum of rows `indices` of `x` `[…, columns]`, times `scale`, to the row of `y` at element `start`.
package func addRowSum(
  of x: Span<Float>, _ indices: [Int], scale: Float, to y: inout MutableSpan<Float>,
  at start: Int, columns: Int
) {
  precondition(start >= 0 && start + columns <= y.count, "addRowSum: too short")
  unsafe x.withUnsafeBufferPointer { x in
    unsafe y.withUnsafeMutableBufferPointer { y in
      guard let from = x.baseAddress, let to = y.baseAddress else { return }
      for row in indices {
        precondition(row >= 0 && (row + 1) * columns <= x.count, "addRowSum: no row \(row)")
        unsafe tagma_axpy(columns, scale, from + row * columns, to + start)
      }
    }
  }
}

/// Adds the row of `x` at element `start` to each of rows `indices` of `y` `[…, columns]`, which begin at `place`.
package func addRowToRows(
  _ x: Span<Float>, at start: Int, to indices: [Int], of y: inout MutableSpan<Float>,
  at place: Int, columns: Int
) {
  precondition(start >= 0 && start + columns <= x.count, "addRowToRows: too short")
  unsafe x.withUnsafeBufferPointer { x in
    unsafe y.withUnsafeMutableBufferPointer { y in
      guard let from = x.baseAddress, let to = y.baseAddress else { return }
      for row in indices {
        precondition(
          row >= 0 && place + (row + 1) * columns <= y.count, "addRowToRows: no row \(row)")
        unsafe tagma_axpy(columns, 1, from + start, to + place + row * columns)
      }
    }
  }
}

/// Copies a block of `rows` × `columns` between matrices with other row lengths.
package func copyBlock(
  _ x: Span<Float>, stride xStride: Int, at xStart: Int, into y: inout MutableSpan<Float>,
  stride yStride: Int, at yStart: Int, rows: Int, columns: Int
) {
  precondition(x.count - xStart >= extent(rows: rows, columns: columns, stride: xStride))
  precondition(y.count - yStart >= extent(rows: rows, columns: columns, stride: yStride))
  unsafe x.withUnsafeBufferPointer { x in
    unsafe y.withUnsafeMutableBufferPointer { y in
      guard let from = x.baseAddress, let to = y.baseAddress else { return }
      for r in 0..<rows {
        unsafe (to + yStart + r * yStride).update(
          from: from + xStart + r * xStride, count: columns)
      }
    }
  }
}

/// A copy of `rows` × `columns` of `x`, `stride` apart, whose rows lie at the distance that is fast for products,
/// `fastStride(columns)`: copying is cheap where a product reads each row many times (decision 0006).
package func spacedRows(
  _ x: Span<Float>, stride: Int? = nil, rows: Int, columns: Int
) -> [Float] {
  var copy = uninitializedFloats(rows * fastStride(columns))
  var out = copy.mutableSpan
  copyBlock(
    x, stride: stride ?? columns, at: 0, into: &out, stride: fastStride(columns), at: 0,
    rows: rows, columns: columns)
  return copy
}

/// Writes little-endian f32 or bf16 numbers as floats from `start` on.
package func decodeFloats(
  _ bytes: Span<UInt8>, isBFloat16: Bool, into y: inout MutableSpan<Float>, at start: Int
) {
  let count = bytes.count / (isBFloat16 ? 2 : 4)
  precondition(start >= 0 && start + count <= y.count, "decodeFloats: outside of the block")
  unsafe bytes.withUnsafeBufferPointer { bytes in
    unsafe y.withUnsafeMutableBufferPointer { y in
      guard let from = bytes.baseAddress, let to = y.baseAddress else { return }
      if isBFloat16 {
        unsafe tagma_decode_bf16(count, from, to + start)
      } else {
        unsafe tagma_decode_f32(count, from, to + start)
      }
    }
  }
}

internal import CTagmaSIMD

/// Rows of floats kept in 16 bits a number, each row with a scale of its own.
///
/// The error is at most half of a 32,767th of the row's largest number.
package struct QuantizedRows: Sendable {
  package let columns: Int
  /// All rows, `[rows, columns]`.
  private var numbers: [Int16]
  private var scales: [Float]

  package var rows: Int { scales.count }

  package init(rows: Int, columns: Int) {
    self.columns = columns
    numbers = unsafe [Int16](unsafeUninitializedCapacity: rows * columns) { $1 = rows * columns }
    scales = [Float](repeating: 0, count: rows)
  }

  /// Rounds all rows of `x` `[rows, columns]`.
  package init(_ x: Span<Float>, rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns)
    precondition(x.count >= rows * columns, "QuantizedRows: too short")
    unsafe x.withUnsafeBufferPointer { x in
      unsafe numbers.withUnsafeMutableBufferPointer { q in
        guard let x = x.baseAddress, let q = q.baseAddress else { return }
        for row in 0..<rows {
          unsafe scales[row] = tagma_quantize(columns, x + row * columns, q + row * columns)
        }
      }
    }
  }

  /// Overwrites a row by one of other rows.
  package mutating func copy(_ row: Int, of other: QuantizedRows, to place: Int) {
    precondition(columns == other.columns && row < other.rows && place < rows, "copy: no such row")
    unsafe other.numbers.withUnsafeBufferPointer { from in
      unsafe numbers.withUnsafeMutableBufferPointer { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        unsafe (to + place * columns).update(from: from + row * columns, count: columns)
      }
    }
    scales[place] = other.scales[row]
  }

  /// Writes a row as floats into row `place` of `y` `[…, columns]`.
  package func read(_ row: Int, into y: inout MutableSpan<Float>, at place: Int) {
    precondition(row >= 0 && row < rows && (place + 1) * columns <= y.count, "read: no such row")
    unsafe numbers.withUnsafeBufferPointer { q in
      unsafe y.withUnsafeMutableBufferPointer { y in
        guard let q = q.baseAddress, let y = y.baseAddress else { return }
        unsafe tagma_dequantize(columns, q + row * columns, scales[row], y + place * columns)
      }
    }
  }
}

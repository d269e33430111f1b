/// Rows of floats in 8 bits a number, each row with a scale of its own.
///
/// | tensor    | shape             | meaning                                              |
/// |-----------|-------------------|------------------------------------------------------|
/// | `numbers` | `[rows, columns]` | −127 to 127                                          |
/// | `scales`  | `[rows]`          | what 1 stands for: the row's largest number by 127 |
///
/// The error is at most 1/254 of the row's largest number. What was rounded once is rounded again to the same: whatever
/// the largest number, 127 times its scale has that scale again.
package struct ByteRows: Sendable {
  package private(set) var numbers: [Int8] = []
  package private(set) var scales: [Float] = []
  private let columns: Int

  /// Rounds rows.
  package init(_ values: ArraySlice<Float>, columns: Int) {
    self.columns = columns
    numbers.reserveCapacity(values.count)
    for start in stride(from: values.startIndex, to: values.endIndex, by: max(columns, 1)) {
      let row = values[start..<min(start + columns, values.endIndex)]
      let largest = row.reduce(0) { max($0, abs($1)) }
      let scale = largest / 127
      scales.append(scale)
      for value in row {
        let number = (value / scale).rounded()
        numbers.append(number.isFinite ? Int8(max(-127, min(127, number))) : 0)
      }
    }
  }

  /// The rows as floats.
  package var values: [Float] {
    var values: [Float] = []
    values.reserveCapacity(numbers.count)
    for (i, number) in numbers.enumerated() { values.append(Float(number) * scales[i / columns]) }
    return values
  }
}

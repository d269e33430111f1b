internal import TagmaKernels

/// A row-major matrix of floats with value semantics.
package struct Matrix: Sendable, Equatable {
  package let rows: Int
  package let columns: Int
  package var elements: [Float]

  /// A matrix filled with `value`.
  package init(rows: Int, columns: Int, filledWith value: Float = 0) {
    self.rows = rows
    self.columns = columns
    elements = [Float](repeating: value, count: rows * columns)
  }

  /// A matrix of the given elements, row after row.
  package init(rows: Int, columns: Int, elements: [Float]) {
    precondition(elements.count == rows * columns, "Matrix: \(elements.count) elements")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// A matrix whose elements are about to be overwritten.
  package init(uninitializedRows rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    elements = uninitializedFloats(rows * columns)
  }

  package subscript(row: Int, column: Int) -> Float {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  /// The elements of one row.
  package func row(_ row: Int) -> ArraySlice<Float> {
    elements[row * columns..<(row + 1) * columns]
  }

  /// Columns `range` of every row.
  package func columns(_ range: Range<Int>) -> Matrix {
    var part = Matrix(uninitializedRows: rows, columns: range.count)
    for r in 0..<rows {
      for (j, c) in range.enumerated() { part.elements[r * range.count + j] = self[r, c] }
    }
    return part
  }

  /// The rows at `indices`, in that order.
  package func gathering(rows indices: [Int]) -> Matrix {
    var part = Matrix(uninitializedRows: indices.count, columns: columns)
    var to = part.elements.mutableSpan
    copyRows(elements.span, from: indices, into: &to, columns: columns)
    return part
  }
}

/// Places several matrices of equal height side by side.
package func concatenateColumns(_ parts: [Matrix]) -> Matrix {
  if parts.count == 1 { return parts[0] }
  let rows = parts.first?.rows ?? 0
  let columns = parts.reduce(0) { $0 + $1.columns }
  var whole = Matrix(uninitializedRows: rows, columns: columns)
  var column = 0
  for part in parts {
    whole.copy(part, toColumn: column)
    column += part.columns
  }
  return whole
}

/// Cuts a matrix into column blocks of the given widths: the gradient of `concatenateColumns`.
package func splitColumns(_ whole: Matrix, widths: [Int]) -> [Matrix] {
  if widths.count == 1 { return [whole] }
  var column = 0
  return widths.map { width in
    var part = Matrix(uninitializedRows: whole.rows, columns: width)
    var to = part.elements.mutableSpan
    copyBlock(
      whole.elements.span, stride: whole.columns, at: column, into: &to, stride: width, at: 0,
      rows: whole.rows, columns: width)
    column += width
    return part
  }
}

extension Matrix {
  /// Overwrites columns from `column` on.
  package mutating func copy(_ part: Matrix, toColumn column: Int) {
    precondition(part.rows == rows && column + part.columns <= columns, "copy: shapes differ")
    let stride = columns
    var to = elements.mutableSpan
    copyBlock(
      part.elements.span, stride: part.columns, at: 0, into: &to, stride: stride, at: column,
      rows: part.rows, columns: part.columns)
  }

  /// Adds another matrix of the same shape.
  package mutating func add(_ other: Matrix) {
    precondition(rows == other.rows && columns == other.columns, "add: shapes differ")
    var out = elements.mutableSpan
    TagmaKernels.add(other.elements.span, to: &out)
  }

  /// Multiplies every element.
  package mutating func scale(by factor: Float) {
    var out = elements.mutableSpan
    TagmaKernels.scale(&out, by: factor)
  }

  /// Adds row `i` of `part` to row `indices[i]`.
  package mutating func add(_ part: Matrix, toRows indices: [Int]) {
    let width = columns
    var out = elements.mutableSpan
    addRows(part.elements.span, to: indices, of: &out, columns: width)
  }
}

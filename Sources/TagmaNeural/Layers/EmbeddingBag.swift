internal import TagmaKernels

/// The mean of some vectors of a table: `y[n] = 1/|B_n| Σ_{id ∈ B_n} E[id]`; of none zeros.
///
/// | tensor | shape    | meaning             |
/// |--------|----------|---------------------|
/// | `E`    | `[V, D]` | one row for each id |
/// | `y`    | `[N, D]` | output              |
package struct EmbeddingBag: Sendable {
  package let count: Int
  package let size: Int
  package let table: Parameter

  package init(count: Int, size: Int, name: String, in layout: inout ParameterLayout) {
    (self.count, self.size) = (count, size)
    table = layout.declare(
      "\(name).weight", shape: count, size,
      initializer: .uniform((3 / Float(max(size, 1))).squareRoot()), isLookup: true)
  }

  package func forward(_ bags: [[Int]], _ p: borrowing Parameters) -> Matrix {
    var y = Matrix(rows: bags.count, columns: size)
    let weights = p.span(table)
    var out = y.elements.mutableSpan
    for (n, bag) in bags.enumerated() where !bag.isEmpty {
      addRowSum(
        of: weights, bag, scale: 1 / Float(bag.count), to: &out, at: n * size, columns: size)
    }
    return y
  }

  package func backward(_ dy: Matrix, _ bags: [[Int]], accumulatingInto g: inout Gradients) {
    var d = dy
    for (n, bag) in bags.enumerated() {
      g.touch(table, rows: bag)
      for i in n * size..<(n + 1) * size { d.elements[i] /= Float(max(bag.count, 1)) }
    }
    let base = g.start
    var block = g.elements.mutableSpan
    for (n, bag) in bags.enumerated() {
      addRowToRows(
        d.elements.span, at: n * size, to: bag, of: &block, at: table.range.lowerBound - base,
        columns: size)
    }
  }
}

internal import TagmaKernels

/// A table of vectors, one for each id: `y[n] = E[id[n]]`.
///
/// | tensor | shape    | meaning          |
/// |--------|----------|------------------|
/// | `E`    | `[V, D]` | one row for each id |
/// | `y`    | `[N, D]` | output           |
///
/// Initialised uniformly in ±√(3/D), so that components have variance 1/D. Not a `Layer`, because
/// ids have no gradient.
package struct Embedding: Sendable {
  package let count: Int
  package let size: Int
  package let table: Parameter

  package init(count: Int, size: Int, name: String, in layout: inout ParameterLayout) {
    self.count = count
    self.size = size
    table = layout.declare(
      "\(name).weight", shape: count, size,
      initializer: .uniform((3 / Float(max(size, 1))).squareRoot()), isLookup: true)
  }

  package func forward(_ ids: [Int], _ p: borrowing Parameters) -> Matrix {
    var y = Matrix(uninitializedRows: ids.count, columns: size)
    var out = y.elements.mutableSpan
    copyRows(p.span(table), from: ids, into: &out, columns: size)
    return y
  }

  package func backward(_ dy: Matrix, _ ids: [Int], accumulatingInto g: inout Gradients) {
    g.touch(table, rows: ids)
    let base = g.start
    var block = g.elements.mutableSpan
    addRows(
      dy.elements.span, to: ids, of: &block, at: table.range.lowerBound - base, columns: size)
  }
}

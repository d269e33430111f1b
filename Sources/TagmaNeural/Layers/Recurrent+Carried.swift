internal import TagmaKernels

/// Where sequences stand that go on in the next batch, for truncated backpropagation through time (Werbos 1990; Williams &
/// Peng 1990).
package struct CarriedState: Sendable {
  /// `[N, H]`.
  package var h: [Float]
  /// `[N, H]`: the cells of an LSTM, otherwise empty.
  package var c: [Float]

  /// The beginning of `count` sequences.
  package init(count: Int, hiddenSize: Int, hasCells: Bool) {
    h = [Float](repeating: 0, count: count * hiddenSize)
    c = [Float](repeating: 0, count: hasCells ? count * hiddenSize : 0)
  }
}

extension Recurrent {
  package static var hasCells: Bool { Cell.gateCount == 4 }

  /// Goes on from carried states with `N` sequences of `T` steps, `x` `[T·N, I]`, one step after the other.
  ///
  /// Gradients end at the carried states. What is returned has their rows first: `[(1 + T)·N, H]`, and so has the `dy`
  /// that `backward` takes.
  ///
  /// - Parameter rows: Where the different rows of the input stand once in `x` `[V, I]`, which of them come `[T·N]`: each is
  ///   multiplied once, and the gradient that `backward` makes is that of `x`, `[V, I]`.
  package func forward(
    _ x: Matrix, rows: [Int]? = nil, from carried: CarriedState, _ p: borrowing Parameters
  ) -> (output: PackedMatrix, saved: Saved) {
    let N = carried.h.count / hiddenSize
    if let rows {
      var (output, saved) = run(gates(of: x, rows: rows, after: N, p), of: x, from: carried, p)
      saved.inputRows = rows
      return (output, saved)
    }
    var all = Matrix(rows: N + x.rows, columns: inputSize)
    all.elements.replaceSubrange((N * inputSize)..., with: x.elements)
    var gates = Matrix(uninitializedRows: all.rows, columns: gateSize)
    project(all, p, into: &gates)
    return run(gates.elements, of: all, from: carried, p)
  }

  /// The input's part of the gates, `[N + rows, G·H]`, from the different rows `x`; the first `N` hold anything.
  private func gates(
    of x: Matrix, rows: [Int], after N: Int, _ p: borrowing Parameters
  ) -> [Float] {
    var different = Matrix(uninitializedRows: x.rows, columns: gateSize)
    project(x, p, into: &different)
    var gates = uninitializedFloats((N + rows.count) * gateSize)
    var out = gates.mutableSpan
    let given = [Int](repeating: 0, count: rows.isEmpty ? 0 : N)
    copyRows(different.elements.span, from: given + rows, into: &out, columns: gateSize)
    return gates
  }

  /// - Parameter gates: The input's part of them, `[(1 + T)·N, G·H]`; the first rows may hold anything.
  private func run(
    _ gates: consuming [Float], of x: Matrix, from carried: CarriedState, _ p: borrowing Parameters
  ) -> (output: PackedMatrix, saved: Saved) {
    precondition(!isReversed, "Recurrent: only what goes ahead goes on")
    let N = carried.h.count / hiddenSize
    let packing = PackedSequences(
      lengths: [Int](repeating: gates.count / gateSize / max(N, 1), count: N))
    // No gradient comes to the rows of the given step: all that is added up over rows may have them.
    for i in 0..<N * gateSize { gates[i] = 0 }
    var state = RecurrentState(gates: gates, hiddenSize: hiddenSize)
    if Self.hasCells {
      state.cells = uninitializedFloats(packing.rows * hiddenSize)
      state.tanhCells = uninitializedFloats(packing.rows * hiddenSize)
      state.cells.replaceSubrange(0..<N * hiddenSize, with: carried.c)
    }
    if let hiddenBias {
      state.recurrent = uninitializedFloats(packing.rows * gateSize)
      var out = state.recurrent.mutableSpan
      fillRows(&out, rows: packing.rows, with: p.span(hiddenBias))
      for i in 0..<N * gateSize { state.recurrent[i] = 0 }
    }
    var h = Matrix(uninitializedRows: packing.rows, columns: hiddenSize)
    h.elements.replaceSubrange(0..<N * hiddenSize, with: carried.h)
    takeSteps(
      stepOrder(packing).dropFirst(), hidden: transposedHiddenWeight(p), &state, &h, column: 0)
    var saved = Saved(x: x, h: h, packing: packing, column: 0, state: state)
    saved.beginsGiven = true
    return (PackedMatrix(h, packing), saved)
  }

  /// The gradient of the input that `forward` was given, `[(1 + T)·N, I]` with rows of the given step first, or `[V, I]`.
  package func backward(
    carried dy: PackedMatrix, _ saved: Saved, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> Matrix {
    var dx = Matrix(uninitializedRows: saved.x.rows, columns: inputSize)
    backward(dy.matrix, saved, p, accumulatingInto: &g, dx: &dx, beta: 0)
    return dx
  }

  /// Where the sequences stand after the last step.
  package func carried(after saved: Saved) -> CarriedState {
    let N = saved.packing.count(at: 0)
    var carried = CarriedState(count: N, hiddenSize: hiddenSize, hasCells: Self.hasCells)
    let last = (saved.packing.rows - N) * hiddenSize
    carried.h = Array(saved.h.elements[last..<last + N * hiddenSize])
    if Self.hasCells { carried.c = Array(saved.state.cells[last..<last + N * hiddenSize]) }
    return carried
  }
}

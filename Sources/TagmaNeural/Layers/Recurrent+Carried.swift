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
  /// The beginning of `count` sequences.
  package func beginning(_ count: Int) -> CarriedState {
    CarriedState(count: count, hiddenSize: hiddenSize, hasCells: cell.hasMemoryCell)
  }

  /// Goes on from carried states with `N` sequences of `T` steps, `x` `[T·N, I]`, one step after the other; returns
  /// `[T·N, H]`.
  ///
  /// Gradients end at the carried states.
  ///
  /// - Parameter rows: Where the different rows of the input stand once in `x` `[V, I]`, which of them come `[T·N]`: each is
  ///   multiplied once, and the gradient that `backward` makes is that of `x`, `[V, I]`.
  package func forward(
    _ x: Matrix, rows: [Int]? = nil, from carried: CarriedState, _ p: borrowing Parameters
  ) -> (output: Matrix, saved: Saved, carried: CarriedState) {
    precondition(!isReversed, "Recurrent: only what goes ahead goes on")
    let N = carried.h.count / hiddenSize
    let steps = (rows?.count ?? x.rows) / max(N, 1)
    let packing = PackedSequences(lengths: [Int](repeating: 1 + steps, count: N))
    // The given step stands before the others; of its gates nothing is read.
    var state = RecurrentState(
      gates: gates(of: x, rows: rows, after: N, p), hiddenSize: hiddenSize)
    if cell.hasMemoryCell {
      state.cells = uninitializedFloats(packing.rows * hiddenSize)
      state.tanhCells = uninitializedFloats(packing.rows * hiddenSize)
      state.cells.replaceSubrange(0..<N * hiddenSize, with: carried.c)
    }
    if let hiddenBias {
      state.recurrent = uninitializedFloats(packing.rows * gateSize)
      var out = state.recurrent.mutableSpan
      fillRows(&out, rows: packing.rows, with: p.span(hiddenBias))
    }
    var h = Matrix(uninitializedRows: packing.rows, columns: hiddenSize)
    h.elements.replaceSubrange(0..<N * hiddenSize, with: carried.h)
    takeSteps(
      stepOrder(packing).dropFirst(), hidden: transposedHiddenWeight(p), &state, &h, column: 0)
    let output = Matrix(
      rows: steps * N, columns: hiddenSize, elements: Array(h.elements[(N * hiddenSize)...]))
    var saved = Saved(x: x, h: h, packing: packing, column: 0, state: state)
    saved.inputRows = rows
    saved.beginsGiven = true
    return (output, saved, end(of: saved))
  }

  /// The input's part of the gates after `N` rows that hold anything, `[N + T·N, G·H]`.
  private func gates(
    of x: Matrix, rows: [Int]?, after N: Int, _ p: borrowing Parameters
  ) -> [Float] {
    var gates = uninitializedFloats((N + (rows?.count ?? x.rows)) * gateSize)
    var out = gates.mutableSpan
    if let rows {
      var different = Matrix(uninitializedRows: x.rows, columns: gateSize)
      project(x, p, into: &different)
      copyRows(
        different.elements.span, from: rows, into: &out, at: N * gateSize, columns: gateSize)
    } else {
      project(x, p, into: &out, at: N * gateSize, stride: gateSize)
    }
    return gates
  }

  /// The gradient of the input that `forward` was given, `[T·N, I]` or `[V, I]`, from that of its output, `[T·N, H]`.
  package func backward(
    carried dy: Matrix, _ saved: Saved, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> Matrix {
    var dx = Matrix(uninitializedRows: saved.x.rows, columns: inputSize)
    backward(dy, saved, p, accumulatingInto: &g, dx: &dx, beta: 0)
    return dx
  }

  /// Where the sequences stand after the last step.
  private func end(of saved: Saved) -> CarriedState {
    let N = saved.packing.count(at: 0)
    var carried = CarriedState(count: N, hiddenSize: hiddenSize, hasCells: cell.hasMemoryCell)
    let last = (saved.packing.rows - N) * hiddenSize
    carried.h = Array(saved.h.elements[last..<last + N * hiddenSize])
    if cell.hasMemoryCell { carried.c = Array(saved.state.cells[last..<last + N * hiddenSize]) }
    return carried
  }
}

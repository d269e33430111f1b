package import TagmaKernels

/// The simple recurrent network of Elman (1990): `h = φ(W x + U hₚ + b)` with φ = σ, tanh or ReLU.
package struct ElmanCell: RecurrentCell {
  package var gateCount: Int { 1 }
  package var hasSeparateRecurrentBias: Bool { false }
  package var hasMemoryCell: Bool { false }
  package var biasInitializer: Initializer { .constant(0) }

  let activation: Activation

  package init(_ activation: Activation) {
    self.activation = activation
  }

  package var predictionCell: PredictionCell { .elman(activation) }

  package func step(
    _ rows: StepRows, _ state: inout RecurrentState, h: inout Matrix, column: Int
  ) {
    let (H, stride) = (state.hiddenSize, h.columns)
    var gates = state.gates.mutableSpan
    activate(activation, &gates, at: rows.row * H, count: rows.rows * H)
    var out = h.elements.mutableSpan
    copyBlock(
      state.gates.span, stride: H, at: rows.row * H, into: &out, stride: stride,
      at: rows.row * stride + column, rows: rows.rows, columns: H)
  }

  package func stepBackward(
    _ rows: StepRows, _ state: RecurrentState, h: Matrix, dy: Matrix, dyRow: Int, column: Int,
    _ carry: inout RecurrentCarry, _ d: inout GateGradients
  ) {
    let H = state.hiddenSize
    let place = rows.row * H..<(rows.row + rows.rows) * H
    // dh [n, H] = dy + what later steps sent; then through φ', written by h itself.
    var dh = Matrix(uninitializedRows: rows.rows, columns: H)
    var out = dh.elements.mutableSpan
    copyBlock(
      dy.elements.span, stride: dy.columns, at: dyRow * dy.columns + column, into: &out,
      stride: H, at: 0, rows: rows.rows, columns: H)
    add(carry.dh.span.extracting(0..<rows.rows * H), to: &out)
    activateBackward(activation, state.gates.span.extracting(place), &out)
    let stride = d.stride
    out = d.gates.mutableSpan
    copyBlock(
      dh.elements.span, stride: H, at: 0, into: &out, stride: stride, at: rows.row * stride,
      rows: rows.rows, columns: H)
  }
}

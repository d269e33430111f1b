package import TagmaKernels

/// Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate: Gers and others, 2000).
///
///     i = σ(W_i x + U_i hₚ + b_i)      f = σ(W_f x + U_f hₚ + b_f)
///     g = tanh(W_g x + U_g hₚ + b_g)   o = σ(W_o x + U_o hₚ + b_o)
///     c = f ⊙ cₚ + i ⊙ g               h = o ⊙ tanh(c)
///
/// Gate order: `i f g o`, as PyTorch's; `bias` is the sum of PyTorch's two.
package struct LSTMCell: RecurrentCell {
  package var gateCount: Int { 4 }
  package var hasSeparateRecurrentBias: Bool { false }
  package var hasMemoryCell: Bool { true }
  package var biasInitializer: Initializer { .forgetGateBias }

  package init() {}

  package var predictionCell: PredictionCell { .lstm }

  package func step(
    _ rows: StepRows, _ state: inout RecurrentState, h: inout Matrix, column: Int
  ) {
    let (H, stride) = (state.hiddenSize, h.columns)
    lstmForward(
      rows, hiddenSize: H, gates: &state.gates, c: &state.cells, tanhC: &state.tanhCells,
      h: &h.elements, stride: stride, column: column)
  }

  package func stepBackward(
    _ rows: StepRows, _ state: RecurrentState, h: Matrix, dy: Matrix, dyRow: Int, column: Int,
    _ carry: inout RecurrentCarry, _ d: inout GateGradients
  ) {
    lstmBackward(
      rows, hiddenSize: state.hiddenSize, gates: state.gates, c: state.cells,
      tanhC: state.tanhCells, dGates: &d.gates, dStride: d.stride, dy: dy.elements, dyRow: dyRow,
      stride: dy.columns, column: column, dh: carry.dh, dc: &carry.dc)
  }
}

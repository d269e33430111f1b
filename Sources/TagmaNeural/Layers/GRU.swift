package import TagmaKernels

/// Gated recurrent unit (Cho et al. 2014), with the reset gate after the product, as in PyTorch:
///
///     r = σ(W_r x + b_r + U_r hₚ + b'_r)   z = σ(W_z x + b_z + U_z hₚ + b'_z)
///     n = tanh(W_n x + b_n + r ⊙ (U_n hₚ + b'_n))
///     h = (1 − z) ⊙ n + z ⊙ hₚ
///
/// Gate order: `r z n`. Both sides keep a bias, `bias_ih` and `bias_hh`.
package struct GRUCell: RecurrentCell {
  package var gateCount: Int { 3 }
  package var hasSeparateRecurrentBias: Bool { true }
  package var hasMemoryCell: Bool { false }
  package var biasInitializer: Initializer { .constant(0) }

  package init() {}

  package var predictionCell: PredictionCell { .gru }

  package func step(
    _ rows: StepRows, _ state: inout RecurrentState, h: inout Matrix, column: Int
  ) {
    let (H, stride) = (state.hiddenSize, h.columns)
    gruForward(
      rows, hiddenSize: H, gates: &state.gates, recurrent: state.recurrent, h: &h.elements,
      stride: stride, column: column)
  }

  package func stepBackward(
    _ rows: StepRows, _ state: RecurrentState, h: Matrix, dy: Matrix, dyRow: Int, column: Int,
    _ carry: inout RecurrentCarry, _ d: inout GateGradients
  ) {
    gruBackward(
      rows, hiddenSize: state.hiddenSize, gates: state.gates, recurrent: state.recurrent,
      dGates: &d.gates, dRecurrent: &d.recurrent, dStride: d.stride, h: h.elements,
      dy: dy.elements, dyRow: dyRow, stride: dy.columns, column: column, dh: &carry.dh)
  }
}

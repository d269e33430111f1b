package import TagmaKernels

/// The recurrent weights `Uᵀ` for prediction, made once for many calls.
package enum PreparedRecurrent: Sendable {
  case integers(IntegerWeights)
  /// `[H, fastStride(G·H)]`.
  case floats([Float])
}

extension Recurrent {
  /// Whether no hidden value can leave ±1.
  package var staysWithinOne: Bool { cell.predictionCell.staysWithinOne }

  /// The recurrent weights in the form that is fastest for prediction on this machine.
  ///
  /// - Parameter isRounded: Whether products may be rounded to 16 bits (decision 0010).
  package func prepare(_ p: borrowing Parameters, isRounded: Bool = true) -> PreparedRecurrent {
    var bias: [Float] = []
    if let hiddenBias { bias = Array(p.elements[hiddenBias.range]) }
    if isRounded, staysWithinOne,
      let weights = IntegerWeights(
        transposed: p.span(hiddenWeight), bias: bias, k: hiddenSize,
        n: gateSize)
    {
      return .integers(weights)
    }
    return .floats(transposedHiddenWeight(p))
  }

  /// The loop over time with nothing kept for a pass back, so that a step's values stay in the cache.
  package func predict(
    _ input: ProjectedGates, packing: PackedSequences, _ prepared: PreparedRecurrent,
    _ p: borrowing Parameters, into h: inout Matrix, column: Int = 0
  ) {
    let N = packing.steps > 0 ? packing.count(at: 0) : 0
    // Rows of sequences that have not begun yet are not written, so they begin with zeros.
    var recurrent = [Float](repeating: 0, count: N * gateSize)
    var memory = [Float](repeating: 0, count: N * hiddenSize)
    var rounded: [Int16] = []
    for rows in stepOrder(packing) {
      if let hiddenBias {
        var side = recurrent.mutableSpan
        fillRows(&side, rows: rows.rows, with: p.span(hiddenBias))
      }
      switch prepared {
      case .integers(let weights):
        weights.multiply(
          h.elements, at: rows.previousRow * h.columns + column, lda: h.columns, into: &recurrent,
          m: rows.previousRows, rounded: &rounded)
      case .floats(let hidden):
        var side = recurrent.mutableSpan
        recurrentProduct(
          rows, hidden: hidden, h, column: column, into: &side, beta: hiddenBias == nil ? 0 : 1)
      }
      predictStep(
        cell.predictionCell, rows, hiddenSize: hiddenSize, input: input, recurrent: recurrent,
        memory: &memory, h: &h.elements, stride: h.columns, column: column)
    }
  }

  /// The input's part of the gates, `[N, G·H]`.
  package func projected(_ x: Matrix, _ p: borrowing Parameters) -> Matrix {
    var gates = Matrix(uninitializedRows: x.rows, columns: gateSize)
    project(x, p, into: &gates)
    return gates
  }

  /// Hidden states of whole sequences, `[R, H]`, from gates of which each row names its own.
  package func predict(
    _ gates: Matrix, rows: [Int], packing: PackedSequences, _ prepared: PreparedRecurrent,
    _ p: borrowing Parameters
  ) -> Matrix {
    let input = ProjectedGates(
      block: gates.elements, stride: gates.columns, column: 0, rows: rows)
    var h = Matrix(uninitializedRows: packing.rows, columns: hiddenSize)
    predict(input, packing: packing, prepared, p, into: &h)
    return h
  }
}

package import TagmaKernels

/// What makes one recurrent network differ from another: the function of a single step.
///
/// `Recurrent` supplies the products and the loop over time; a cell the elementwise rest.
package protocol RecurrentCell: Sendable {
  /// Blocks of gates: 4 for an LSTM, 3 for a GRU, 1 for an Elman network.
  var gateCount: Int { get }
  /// Whether the recurrent product stays apart from the input's, with a bias of its own.
  var hasSeparateRecurrentBias: Bool { get }
  /// Whether there is a memory beside the hidden state.
  var hasMemoryCell: Bool { get }
  var biasInitializer: Initializer { get }

  /// One step of `rows`: activations into `state`, hidden values into columns of `h`.
  func step(
    _ rows: StepRows, _ state: inout RecurrentState, h: inout Matrix, column: Int)
  /// The same step backward, with `dy` from row `dyRow`: writes the gradients of the pre-activations.
  func stepBackward(
    _ rows: StepRows, _ state: RecurrentState, h: Matrix, dy: Matrix, dyRow: Int, column: Int,
    _ carry: inout RecurrentCarry, _ d: inout GateGradients)

  /// What `predictStep` calls it.
  var predictionCell: PredictionCell { get }
}

/// What a pass over a batch keeps for the pass back.
package struct RecurrentState: Sendable {
  /// `[R, G·H]`: pre-activations, then activations.
  package var gates: [Float]
  /// `[R, G·H]`: the recurrent side where the cell keeps it apart, otherwise empty.
  package var recurrent: [Float] = []
  /// `[R, H]`: the LSTM's cells and their tanh, otherwise empty.
  package var cells: [Float] = []
  package var tanhCells: [Float] = []
  package let hiddenSize: Int

  /// Changes the block that the recurrent product is added to.
  mutating func updateRecurrentSide(_ body: (inout MutableSpan<Float>) -> Void) {
    if !recurrent.isEmpty {
      var span = recurrent.mutableSpan
      body(&span)
    } else {
      var span = gates.mutableSpan
      body(&span)
    }
  }
}

/// Gradients of the gates before their activations, whose rows lie at the distance that is fast for products.
package struct GateGradients: Sendable {
  /// `[R, stride]`.
  package var gates: [Float]
  /// `[R, stride]`: of the recurrent side where the cell keeps it apart, otherwise empty.
  package var recurrent: [Float]
  /// `fastStride(G·H)`.
  package let stride: Int

  /// Rows hold anything until their step is undone.
  init(rows: Int, gateSize: Int, hasSeparateRecurrentBias: Bool) {
    stride = fastStride(gateSize)
    gates = uninitializedFloats(rows * stride)
    recurrent = hasSeparateRecurrentBias ? uninitializedFloats(rows * stride) : []
  }

  /// What flows back through the recurrent product.
  var recurrentSide: Span<Float> {
    @_lifetime(borrow self)
    borrowing get {
      if recurrent.isEmpty { return gates.span }
      return recurrent.span
    }
  }
}

/// What flows backward from step to step, `[N, H]` each.
package struct RecurrentCarry: Sendable {
  package var dh: [Float]
  package var dc: [Float]
}

/// A recurrent layer over packed sequences, in one direction.
///
/// | tensor | shape      | meaning                                   |
/// |--------|------------|-------------------------------------------|
/// | `x`    | `[R, I]`   | all steps of all sequences                |
/// | `W`    | `[G·H, I]` | `weight_ih`: from the input to the gates  |
/// | `U`    | `[G·H, H]` | `weight_hh`: from the state to the gates  |
/// | `b`    | `[G·H]`    | `bias`, of both sides unless kept apart   |
/// | `y`    | `[R, H]`   | hidden state after each step              |
///
/// The input half of all steps is one product before the loop; only `h U ᵀ` remains inside it.
/// Going backward, `dx` and all `dW` are one product after the loop.
package struct Recurrent: Layer {
  package let inputSize: Int
  package let hiddenSize: Int
  /// Whether steps are taken from the last to the first.
  package let isReversed: Bool
  let cell: any RecurrentCell
  package let inputWeight: Parameter
  package let hiddenWeight: Parameter
  package let bias: Parameter
  package let hiddenBias: Parameter?

  package struct Saved: Sendable {
    let x: Matrix
    /// Where the input has each different row once: which of them the rows after the given step are.
    var inputRows: [Int]?
    var h: Matrix
    let packing: PackedSequences
    let column: Int
    var state: RecurrentState
    /// Whether the first step was given, so that no gradient goes through it.
    var beginsGiven = false
  }

  package init(
    _ cell: any RecurrentCell, inputSize: Int, hiddenSize: Int, isReversed: Bool = false,
    name: String,
    in layout: inout ParameterLayout
  ) {
    self.cell = cell
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.isReversed = isReversed
    let size = cell.gateCount * hiddenSize
    inputWeight = layout.declare(
      "\(name).weight_ih", shape: size, inputSize, initializer: .glorot)
    hiddenWeight = layout.declare(
      "\(name).weight_hh", shape: size, hiddenSize,
      initializer: .orthogonal(blocks: cell.gateCount))
    bias = layout.declare(
      cell.hasSeparateRecurrentBias ? "\(name).bias_ih" : "\(name).bias", shape: size,
      initializer: cell.biasInitializer)
    hiddenBias =
      cell.hasSeparateRecurrentBias
      ? layout.declare("\(name).bias_hh", shape: size, initializer: .constant(0)) : nil
  }

  package var gateSize: Int { cell.gateCount * hiddenSize }

  package func forward(_ x: PackedMatrix, _ p: borrowing Parameters) -> (
    output: PackedMatrix, saved: Saved
  ) {
    var h = Matrix(uninitializedRows: x.matrix.rows, columns: hiddenSize)
    let saved = forward(x, p, into: &h, column: 0)
    return (PackedMatrix(h, x.packing), saved)
  }

  package func backward(
    _ dy: PackedMatrix, _ saved: Saved, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> PackedMatrix {
    PackedMatrix(backward(carried: dy.matrix, saved, p, accumulatingInto: &g), saved.packing)
  }
}

// MARK: - Forward

extension Recurrent {
  /// Writes the hidden states into columns `column..<column + H` of `h`.
  func forward(
    _ x: PackedMatrix, _ p: borrowing Parameters, into h: inout Matrix, column: Int
  ) -> Saved {
    let state = run(
      projectedGates(x.matrix, p), packing: x.packing, hidden: transposedHiddenWeight(p), p,
      into: &h,
      column: column)
    return Saved(x: x.matrix, h: h, packing: x.packing, column: column, state: state)
  }

  /// The input's part of the gates of all steps, `x Wᵀ + b`, into `G·H` columns of `gates` from `column`.
  package func project(
    _ x: Matrix, _ p: borrowing Parameters, into gates: inout Matrix, column: Int = 0
  ) {
    let stride = gates.columns
    var out = gates.elements.mutableSpan
    project(x, p, into: &out, at: column, stride: stride)
  }

  /// The same into a block whose rows lie `stride` apart, from element `start` on.
  func project(
    _ x: Matrix, _ p: borrowing Parameters, into gates: inout MutableSpan<Float>, at start: Int,
    stride: Int
  ) {
    fillRows(&gates, at: start, stride: stride, rows: x.rows, with: p.span(bias))
    // gates [R, GH] += x [R, I] · Wᵀ [I, GH]
    matrixProduct(
      x.elements.span, p.span(inputWeight), transposeB: true, into: &gates, at: start, ldc: stride,
      m: x.rows, n: gateSize, k: inputSize, beta: 1)
  }

  /// Adds to the gates what some columns of the input give: `x [R, columns] · W[:, columns]ᵀ`.
  func addProjection(
    of x: Matrix, columns: Range<Int>, _ p: borrowing Parameters, to gates: inout Matrix,
    column: Int
  ) {
    let stride = gates.columns
    var out = gates.elements.mutableSpan
    matrixProduct(
      x.elements.span, p.span(inputWeight).extracting(droppingFirst: columns.lowerBound),
      transposeB: true, ldb: inputSize, into: &out, at: column, ldc: stride, m: x.rows,
      n: gateSize, k: columns.count, beta: 1)
  }

  /// The same as a block that nothing else refers to.
  private func projectedGates(_ x: Matrix, _ p: borrowing Parameters) -> [Float] {
    var gates = Matrix(uninitializedRows: x.rows, columns: gateSize)
    project(x, p, into: &gates)
    return gates.elements
  }

  /// `Uᵀ` `[H, fastStride(G·H)]`: untransposed products are the fast ones for few rows.
  package func transposedHiddenWeight(_ p: borrowing Parameters) -> [Float] {
    var transposed = uninitializedFloats(hiddenSize * fastStride(gateSize))
    var out = transposed.mutableSpan
    transpose(
      p.span(hiddenWeight), into: &out, stride: fastStride(gateSize), rows: gateSize,
      columns: hiddenSize)
    return transposed
  }

  /// The loop over time, from projected gates, which it uses up: a block that something else still
  /// refers to would be copied.
  private func run(
    _ gates: consuming [Float], packing: PackedSequences, hidden: [Float],
    _ p: borrowing Parameters, into h: inout Matrix, column: Int
  ) -> RecurrentState {
    let R = packing.rows
    var state = RecurrentState(gates: gates, hiddenSize: hiddenSize)
    if cell.hasMemoryCell {
      state.cells = uninitializedFloats(R * hiddenSize)
      state.tanhCells = uninitializedFloats(R * hiddenSize)
    }
    if let hiddenBias {
      state.recurrent = uninitializedFloats(R * gateSize)
      var out = state.recurrent.mutableSpan
      fillRows(&out, rows: R, with: p.span(hiddenBias))
    }
    takeSteps(stepOrder(packing), hidden: hidden, &state, &h, column: column)
    return state
  }

  func takeSteps(
    _ steps: some Sequence<StepRows>, hidden: [Float], _ state: inout RecurrentState,
    _ h: inout Matrix, column: Int
  ) {
    for rows in steps {
      state.updateRecurrentSide { gates in
        recurrentProduct(
          rows, hidden: hidden, h, column: column, into: &gates, at: rows.row * gateSize, beta: 1)
      }
      cell.step(rows, &state, h: &h, column: column)
    }
  }

  /// `out [n, G·H] = hₚ [n, H] · Uᵀ [H, G·H] + beta · out` for the rows that have a step before them.
  func recurrentProduct(
    _ rows: StepRows, hidden: [Float], _ h: borrowing Matrix, column: Int,
    into out: inout MutableSpan<Float>, at start: Int = 0, beta: Float
  ) {
    guard rows.previousRows > 0 else { return }
    matrixProduct(
      h.elements.span.extracting(droppingFirst: rows.previousRow * h.columns + column),
      lda: h.columns, hidden.span, ldb: fastStride(gateSize), into: &out, at: start,
      m: rows.previousRows, n: gateSize, k: hiddenSize, beta: beta)
  }

  /// The steps in the order they are taken.
  func stepOrder(_ packing: PackedSequences) -> [StepRows] {
    (0..<packing.steps).map { i in
      let t = isReversed ? packing.steps - 1 - i : i
      let before = isReversed ? t + 1 : t - 1
      let n = packing.count(at: t)
      let has = before >= 0 && before < packing.steps
      return StepRows(
        row: packing.offsets[t], previousRow: has ? packing.offsets[before] : 0, rows: n,
        previousRows: has ? min(n, packing.count(at: before)) : 0)
    }
  }
}

// MARK: - Backward

extension Recurrent {
  /// `dx = beta · dx + …`; columns of `dy` as in the forward pass.
  ///
  /// Where the first step was given, neither `dy` nor `dx` has rows for it.
  func backward(
    _ dy: Matrix, _ saved: Saved, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients, dx: inout Matrix, beta: Float
  ) {
    let (H, GH, R) = (hiddenSize, gateSize, saved.packing.rows)
    let N = saved.packing.count(at: 0)
    let given = saved.beginsGiven ? N : 0
    var d = GateGradients(
      rows: R, gateSize: GH, hasSeparateRecurrentBias: cell.hasSeparateRecurrentBias)
    var carry = RecurrentCarry(
      dh: [Float](repeating: 0, count: N * H),
      dc: [Float](repeating: 0, count: cell.hasMemoryCell ? N * H : 0))
    let hidden = spacedRows(p.span(hiddenWeight), rows: GH, columns: H)
    for rows in stepOrder(saved.packing).dropFirst(saved.beginsGiven ? 1 : 0).reversed() {
      cell.stepBackward(
        rows, saved.state, h: saved.h, dy: dy, dyRow: rows.row - given, column: saved.column,
        &carry, &d)
      guard rows.previousRows > 0 else { continue }
      // dhₚ [n, H] = dGates [n, GH] · U [GH, H]
      var out = carry.dh.mutableSpan
      matrixProduct(
        d.recurrentSide.extracting(droppingFirst: rows.row * d.stride), lda: d.stride,
        hidden.span, ldb: fastStride(H), into: &out, m: rows.previousRows, n: H, k: GH,
        beta: cell.hasSeparateRecurrentBias ? 1 : 0)
    }
    let dGates = d.gates.span.extracting(droppingFirst: given * d.stride)
    if let rows = saved.inputRows {
      let sums = gateSums(dGates, stride: d.stride, rows, count: saved.x.rows)
      accumulateInputWeight(sums.span, d.stride, saved.x, p, &g, &dx, beta)
    } else {
      accumulateInputWeight(dGates, d.stride, saved.x, p, &g, &dx, beta)
    }
    if let hiddenBias {
      let base = g.start
      var block = g.elements.mutableSpan
      addColumnSums(
        of: d.recurrent.span.extracting(droppingFirst: given * d.stride), stride: d.stride,
        rows: R - given, columns: GH, to: &block, at: hiddenBias.range.lowerBound - base)
    }
    accumulateHiddenWeight(d.recurrentSide, saved, &g)
  }

  /// The gradients of the gates, added up over the rows that read the same input.
  private func gateSums(
    _ dGates: Span<Float>, stride: Int, _ rows: [Int], count: Int
  ) -> [Float] {
    var sums = [Float](repeating: 0, count: count * stride)
    var block = sums.mutableSpan
    addRows(dGates, to: rows, of: &block, columns: gateSize, stride: stride)
    return sums
  }

  /// What the gradients of the gates of each row of `x` say of that row, the input's weights and the bias.
  private func accumulateInputWeight(
    _ dGates: Span<Float>, _ stride: Int, _ x: Matrix, _ p: borrowing Parameters,
    _ g: inout Gradients, _ dx: inout Matrix, _ beta: Float
  ) {
    let (GH, R) = (gateSize, x.rows)
    let base = g.start
    var block = g.elements.mutableSpan
    // dW [GH, I] += dGatesᵀ [GH, R] · x [R, I]
    matrixProduct(
      dGates, transposeA: true, lda: stride,
      spacedRows(x.elements.span, rows: R, columns: inputSize).span,
      ldb: fastStride(inputSize), into: &block, at: inputWeight.range.lowerBound - base, m: GH,
      n: inputSize, k: R, beta: 1)
    // dx [R, I] = dGates [R, GH] · W [GH, I]
    var out = dx.elements.mutableSpan
    matrixProduct(
      dGates, lda: stride, p.span(inputWeight), into: &out, m: R, n: inputSize, k: GH, beta: beta)
    addColumnSums(
      of: dGates, stride: stride, rows: R, columns: GH, to: &block,
      at: bias.range.lowerBound - base)
  }

  /// dU += Σ dGatesᵀ · hₚ over all steps that have one before them, as one product.
  ///
  /// Going right, the gates of those steps are contiguous and their `hₚ` are gathered; going left
  /// it is the reverse.
  private func accumulateHiddenWeight(
    _ dGates: Span<Float>, _ saved: Saved, _ g: inout Gradients
  ) {
    let (H, GH, packing) = (hiddenSize, gateSize, saved.packing)
    let first = packing.count(at: 0)
    let count = packing.rows - first
    guard count > 0 else { return }
    var earlier: [Int] = []
    earlier.reserveCapacity(count)
    for t in 1..<packing.steps {
      let row = packing.offsets[t - 1]
      earlier.append(contentsOf: row..<row + packing.count(at: t))
    }
    let stride = fastStride(GH)
    var gathered = uninitializedFloats(count * (isReversed ? stride : fastStride(H)))
    var out = gathered.mutableSpan
    let base = g.start
    var block = g.elements.mutableSpan
    if isReversed {
      copyRows(dGates, from: earlier, into: &out, columns: stride)
      let later = spacedRows(
        saved.h.elements.span.extracting(droppingFirst: first * saved.h.columns + saved.column),
        stride: saved.h.columns, rows: count, columns: H)
      matrixProduct(
        gathered.span, transposeA: true, lda: stride, later.span, ldb: fastStride(H),
        into: &block, at: hiddenWeight.range.lowerBound - base, m: GH, n: H, k: count, beta: 1)
    } else {
      copyRows(
        saved.h.elements.span, from: earlier[...], stride: saved.h.columns, column: saved.column,
        into: &out, yStride: fastStride(H), columns: H)
      matrixProduct(
        dGates.extracting(droppingFirst: first * stride), transposeA: true, lda: stride,
        gathered.span, ldb: fastStride(H), into: &block,
        at: hiddenWeight.range.lowerBound - base, m: GH,
        n: H, k: count, beta: 1)
    }
  }
}

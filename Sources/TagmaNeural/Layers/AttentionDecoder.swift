internal import TagmaKernels

/// An LSTM that attends to a memory at every step and reads its own last output (Luong, Pham & Manning 2015, with
/// input feeding).
///
///     i f g o = W x + R [h; a]ₚ + b             (h, c) = LSTM step
///     w = softmax(k · Q h / √m)  over the rows of the sequence's memory      z = Σ w v
///     a = tanh(C [z; h] + d)
///
/// | tensor    | shape           | meaning                                                    |
/// |-----------|-----------------|------------------------------------------------------------|
/// | `x`       | `[R, I]`        | packed target sequences                                    |
/// | `k, v`    | `[S, M]`        | keys and values: the memory, in as many blocks of `m` columns as there are heads |
/// | `W`       | `[4H, I]`       | `weight_ih`                                                |
/// | `R`       | `[4H, H + A]`   | `weight_hh`: from the last state and the last output       |
/// | `Q`       | `[M, H]`        | `query.weight`                                             |
/// | `C`, `d`  | `[A, M + H]`    | `combine`                                                  |
/// | `a`       | `[R, A]`        | output                                                     |
///
/// The first state comes from a summary of the source `s` `[N, M]`: `[h; c] = tanh(B s + e)`.
package struct AttentionDecoder: Sendable {
  package let inputSize: Int
  package let hiddenSize: Int
  package let memorySize: Int
  package let outputSize: Int
  package let heads: Int
  let inputWeight: Parameter
  let recurrentWeight: Parameter
  let bias: Parameter
  let queryWeight: Parameter
  let combine: Linear
  let bridge: Linear

  /// Columns of a state's row: the context, the hidden state, the output.
  ///
  /// What a product reads lies together, and rows at the distance that is fast for products (decision 0006).
  var width: Int { fastStride(memorySize + hiddenSize + outputSize) }
  var hiddenColumn: Int { memorySize }
  var outputColumn: Int { memorySize + hiddenSize }
  var scale: Float { 1 / Float(memorySize / heads).squareRoot() }

  package init(
    inputSize: Int, hiddenSize: Int, memorySize: Int, outputSize: Int, heads: Int = 1,
    name: String, in layout: inout ParameterLayout
  ) {
    precondition(
      memorySize % heads == 0, "AttentionDecoder: heads do not divide the memory's width")
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.memorySize = memorySize
    self.outputSize = outputSize
    self.heads = heads
    inputWeight = layout.declare(
      "\(name).weight_ih", shape: 4 * hiddenSize, inputSize, initializer: .glorot)
    recurrentWeight = layout.declare(
      "\(name).weight_hh", shape: 4 * hiddenSize, hiddenSize + outputSize, initializer: .glorot)
    bias = layout.declare("\(name).bias", shape: 4 * hiddenSize, initializer: .forgetGateBias)
    queryWeight = layout.declare(
      "\(name).query.weight", shape: memorySize, hiddenSize, initializer: .glorot)
    combine = Linear(
      inputSize: memorySize + hiddenSize, outputSize: outputSize, name: "\(name).combine",
      in: &layout)
    bridge = Linear(
      inputSize: memorySize, outputSize: 2 * hiddenSize, name: "\(name).bridge", in: &layout)
  }
}

// MARK: - Forward

extension AttentionDecoder {
  package struct Saved: Sendable {
    let x: Matrix
    let packing: PackedSequences
    let summary: Matrix
    /// tanh of the bridge, `[N, 2H]`.
    let bridged: Matrix
    let ranges: AttentionRanges
    /// First `N` rows before the first step, then a row for each row of the packing.
    var states: Matrix
    var gates: [Float]
    var cells: [Float]
    var tanhCells: [Float]
    /// `[R, M]`.
    var queries: [Float]
    package var weights: [Float]
  }

  /// - Parameters:
  ///   - x: Inputs of the target sequences.
  ///   - memory: One sequence for each target sequence.
  ///   - summary: A row for each target sequence.
  package func forward(
    _ x: PackedMatrix, memory: AttentionMemory, summary: Matrix, _ p: borrowing Parameters
  ) -> (output: PackedMatrix, saved: Saved) {
    let (packing, N) = (x.packing, x.packing.lengths.count)
    let rows = N + packing.rows
    let (H, A, M) = (hiddenSize, outputSize, memorySize)
    let bridged = firstState(summary, p)
    let ranges = ranges(of: packing, memory)
    var states = Matrix(rows: rows, columns: width)
    var gates = uninitializedFloats(rows * 4 * H)
    var (cells, tanhCells) = (uninitializedFloats(rows * H), uninitializedFloats(rows * H))
    var queries = uninitializedFloats(packing.rows * M)
    var weights = uninitializedFloats(
      heads * (0..<N).reduce(0) { $0 + packing.lengths[$1] * memory.lengths[$1] })
    place(bridged, in: &states, &cells)
    project(x.matrix, p, into: &gates, at: N * 4 * H)
    let recurrent = transposed(recurrentWeight, rows: 4 * H, columns: H + A, p)
    let query = transposed(queryWeight, rows: M, columns: H, p)
    let joining = transposed(combine.weight, rows: A, columns: M + H, p)
    var outputs = Matrix(uninitializedRows: packing.rows, columns: A)
    for step in steps(packing) {
      let (row, n) = (step.row - N, step.rows)
      // gates [n, 4H] += [h; a]ₚ [n, H + A] · Rᵀ
      var block = gates.mutableSpan
      matrixProduct(
        states.elements.span.extracting(droppingFirst: step.previousRow * width + hiddenColumn),
        lda: width, recurrent.span, ldb: fastStride(4 * H), into: &block, at: step.row * 4 * H,
        m: n, n: 4 * H, k: H + A, beta: 1)
      lstmForward(
        step, hiddenSize: H, gates: &gates, c: &cells, tanhC: &tanhCells, h: &states.elements,
        stride: width, column: hiddenColumn)
      // q [n, M] = h [n, H] · Qᵀ
      block = queries.mutableSpan
      matrixProduct(
        states.elements.span.extracting(droppingFirst: step.row * width + hiddenColumn), lda: width,
        query.span, ldb: fastStride(M), into: &block, at: row * M, m: n, n: M, k: H)
      attend(
        row..<row + n, q: queries, keys: memory.states.elements, values: memory.states.elements,
        width: M, heads: heads, ranges, scale: scale, weights: &weights,
        context: &states.elements, at: step.row * width, stride: width)
      // a [n, A] = tanh([z; h] [n, M + H] · Cᵀ + d)
      block = outputs.elements.mutableSpan
      fillRows(&block, at: row * A, stride: A, rows: n, with: p.span(combine.bias))
      matrixProduct(
        states.elements.span.extracting(droppingFirst: step.row * width), lda: width,
        joining.span, ldb: fastStride(A), into: &block, at: row * A, m: n, n: A, k: M + H, beta: 1)
      activate(.tanh, &block, at: row * A, count: n * A)
      block = states.elements.mutableSpan
      copyBlock(
        outputs.elements.span, stride: A, at: row * A, into: &block, stride: width,
        at: step.row * width + outputColumn, rows: n, columns: A)
    }
    let saved = Saved(
      x: x.matrix, packing: packing, summary: summary, bridged: bridged, ranges: ranges,
      states: states, gates: gates, cells: cells, tanhCells: tanhCells, queries: queries,
      weights: weights)
    return (PackedMatrix(outputs, packing), saved)
  }

  /// Steps whose rows count from the first states.
  private func steps(_ packing: PackedSequences) -> [StepRows] {
    let N = packing.lengths.count
    return (0..<packing.steps).map { t in
      let n = packing.count(at: t)
      return StepRows(
        row: N + packing.offsets[t], previousRow: t == 0 ? 0 : N + packing.offsets[t - 1], rows: n,
        previousRows: n)
    }
  }

  /// For each row of the packing, the rows of the memory that it looks at.
  private func ranges(of packing: PackedSequences, _ memory: AttentionMemory) -> AttentionRanges {
    var ranges = AttentionRanges(first: [], count: [], places: [])
    var place = 0
    for t in 0..<packing.steps {
      for i in 0..<packing.count(at: t) {
        ranges.first.append(memory.first[i])
        ranges.count.append(memory.lengths[i])
        ranges.places.append(place)
        place += heads * memory.lengths[i]
      }
    }
    return ranges
  }

  /// `[h; c]` before the first step, `[N, 2H]`.
  package func firstState(_ summary: Matrix, _ p: borrowing Parameters) -> Matrix {
    var state = bridge.forward(summary, p).output
    let count = state.elements.count
    var values = state.elements.mutableSpan
    activate(.tanh, &values, count: count)
    return state
  }

  /// Puts the first states into the first rows.
  private func place(_ bridged: Matrix, in states: inout Matrix, _ cells: inout [Float]) {
    let (N, H) = (bridged.rows, hiddenSize)
    var block = states.elements.mutableSpan
    copyBlock(
      bridged.elements.span, stride: 2 * H, at: 0, into: &block, stride: width, at: hiddenColumn,
      rows: N, columns: H)
    block = cells.mutableSpan
    copyBlock(
      bridged.elements.span, stride: 2 * H, at: H, into: &block, stride: H, at: 0, rows: N,
      columns: H)
  }

  /// The input's part of the gates of all steps, `x Wᵀ + b`, from element `start` on.
  package func project(
    _ x: Matrix, _ p: borrowing Parameters, into gates: inout [Float], at start: Int = 0
  ) {
    var out = gates.mutableSpan
    fillRows(&out, at: start, stride: 4 * hiddenSize, rows: x.rows, with: p.span(bias))
    // gates [R, 4H] += x [R, I] · Wᵀ
    matrixProduct(
      x.elements.span, p.span(inputWeight), transposeB: true, into: &out, at: start, m: x.rows,
      n: 4 * hiddenSize, k: inputSize, beta: 1)
  }

  /// A weight's transpose `[columns, fastStride(rows)]`.
  func transposed(
    _ weight: Parameter, rows: Int, columns: Int, _ p: borrowing Parameters
  ) -> [Float] {
    var transposed = uninitializedFloats(columns * fastStride(rows))
    var out = transposed.mutableSpan
    transpose(
      p.span(weight), into: &out, stride: fastStride(rows), rows: rows, columns: columns)
    return transposed
  }
}

// MARK: - Backward

extension AttentionDecoder {
  /// What flows from step to step, going back.
  private struct Carry {
    /// `[N, H]`, `[N, H]`, `[N, A]`.
    var dh, dc, da: [Float]
  }

  /// The weights that the steps back multiply by, rows at the distance that is fast for products.
  private struct SpacedWeights {
    let recurrent, query, combine: [Float]

    init(_ decoder: AttentionDecoder, _ p: borrowing Parameters) {
      let (H, A, M) = (decoder.hiddenSize, decoder.outputSize, decoder.memorySize)
      recurrent = spacedRows(p.span(decoder.recurrentWeight), rows: 4 * H, columns: H + A)
      query = spacedRows(p.span(decoder.queryWeight), rows: M, columns: H)
      combine = spacedRows(p.span(decoder.combine.weight), rows: A, columns: M + H)
    }
  }

  /// Gradients with respect to the input, the memory's states and the summary.
  package func backward(
    _ dOutput: Matrix, _ result: consuming Saved, memory: AttentionMemory,
    _ p: borrowing Parameters, accumulatingInto g: inout Gradients
  ) -> (dx: PackedMatrix, dMemory: Matrix, dSummary: Matrix) {
    var saved = result
    let (packing, N, R) = (saved.packing, saved.packing.lengths.count, saved.packing.rows)
    let (H, A, M) = (hiddenSize, outputSize, memorySize)
    var carry = Carry(
      dh: [Float](repeating: 0, count: N * H), dc: [Float](repeating: 0, count: N * H),
      da: [Float](repeating: 0, count: N * A))
    // Gradients before the tanh of the output, and of the queries, for the products after the loop.
    var dOut = dOutput.elements
    var dQueries = uninitializedFloats(R * M)
    // [dz; dh] of one step, and the gradients of keys and of values.
    var dJoined = [Float](repeating: 0, count: N * (M + H))
    var dKeys = [Float](repeating: 0, count: memory.states.elements.count)
    var dValues = dKeys
    let spaced = SpacedWeights(self, p)
    for step in steps(packing).reversed() {
      let (row, n) = (step.row - N, step.rows)
      finishOutput(step, row, &dOut, carry, saved)
      // [dz; dh] [n, M + H] = da [n, A] · C
      var joined = dJoined.mutableSpan
      matrixProduct(
        dOut.span.extracting(droppingFirst: row * A), spaced.combine.span,
        ldb: fastStride(M + H), into: &joined, m: n, n: M + H, k: A)
      attendBackward(
        row..<row + n, q: saved.queries, keys: memory.states.elements,
        values: memory.states.elements, width: M, heads: heads, saved.ranges, scale: scale,
        weights: saved.weights, dContext: dJoined, stride: M + H, dq: &dQueries, dKeys: &dKeys,
        dValues: &dValues)
      // dh [n, H] += dq [n, M] · Q
      joined = dJoined.mutableSpan
      matrixProduct(
        dQueries.span.extracting(droppingFirst: row * M), spaced.query.span, ldb: fastStride(H),
        into: &joined, at: M, ldc: M + H, m: n, n: H, k: M, beta: 1)
      stepBackward(step, dJoined, &saved, &carry, spaced)
    }
    accumulate(saved, dOut: dOut, dQueries: dQueries, p, &g)
    var dMemory = Matrix(rows: memory.states.rows, columns: M, elements: dKeys)
    dMemory.add(Matrix(rows: memory.states.rows, columns: M, elements: dValues))
    let dSummary = bridgeBackward(carry, saved, p, &g)
    // dx [R, I] = dGates [R, 4H] · W
    var dx = Matrix(uninitializedRows: R, columns: inputSize)
    var out = dx.elements.mutableSpan
    matrixProduct(
      saved.gates.span.extracting(droppingFirst: N * 4 * H), p.span(inputWeight), into: &out, m: R,
      n: inputSize, k: 4 * H)
    return (PackedMatrix(dx, packing), dMemory, dSummary)
  }

  /// Adds what the next step sent and goes back through the tanh.
  private func finishOutput(
    _ step: StepRows, _ row: Int, _ dOut: inout [Float], _ carry: Carry, _ saved: Saved
  ) {
    let (n, A) = (step.rows, outputSize)
    var d = uninitializedFloats(n * A)
    var a = d
    var dSpan = d.mutableSpan
    copyBlock(
      dOut.span, stride: A, at: row * A, into: &dSpan, stride: A, at: 0, rows: n, columns: A)
    var aSpan = a.mutableSpan
    copyBlock(
      saved.states.elements.span, stride: width, at: step.row * width + outputColumn, into: &aSpan,
      stride: A, at: 0, rows: n, columns: A)
    add(carry.da.span.extracting(0..<n * A), to: &dSpan)
    activateBackward(.tanh, a.span, &dSpan)
    var out = dOut.mutableSpan
    copyBlock(d.span, stride: A, at: 0, into: &out, stride: A, at: row * A, rows: n, columns: A)
  }

  /// Through the cell to the state and the output of the step before.
  private func stepBackward(
    _ step: StepRows, _ dJoined: [Float], _ saved: inout Saved, _ carry: inout Carry,
    _ weights: SpacedWeights
  ) {
    let (n, H, A, M) = (step.rows, hiddenSize, outputSize, memorySize)
    // Rows of `dJoined` count from 0, those of all else from the first states.
    lstmBackward(
      step, hiddenSize: H, gates: &saved.gates, c: saved.cells, tanhC: saved.tanhCells,
      dy: dJoined, dyRow: 0, stride: M + H, column: M, dh: carry.dh, dc: &carry.dc)
    // d[h; a]ₚ [n, H + A] = dGates [n, 4H] · R
    var before = uninitializedFloats(n * (H + A))
    var out = before.mutableSpan
    matrixProduct(
      saved.gates.span.extracting(droppingFirst: step.row * 4 * H), weights.recurrent.span,
      ldb: fastStride(H + A), into: &out, m: n, n: H + A, k: 4 * H)
    var dh = carry.dh.mutableSpan
    copyBlock(before.span, stride: H + A, at: 0, into: &dh, stride: H, at: 0, rows: n, columns: H)
    var da = carry.da.mutableSpan
    copyBlock(before.span, stride: H + A, at: H, into: &da, stride: A, at: 0, rows: n, columns: A)
  }

  /// The gradients of the weights of all steps, each as one product.
  private func accumulate(
    _ saved: Saved, dOut: [Float], dQueries: [Float], _ p: borrowing Parameters,
    _ g: inout Gradients
  ) {
    let (packing, N, R) = (saved.packing, saved.packing.lengths.count, saved.packing.rows)
    let (H, A, M) = (hiddenSize, outputSize, memorySize)
    let dGates = spacedRows(
      saved.gates.span.extracting(droppingFirst: N * 4 * H), rows: R, columns: 4 * H)
    var earlier: [Int] = []
    earlier.reserveCapacity(R)
    for step in steps(packing) {
      earlier.append(contentsOf: step.previousRow..<step.previousRow + step.rows)
    }
    var before = uninitializedFloats(R * fastStride(H + A))
    var gathered = before.mutableSpan
    copyRows(
      saved.states.elements.span, from: earlier[...], stride: width, column: hiddenColumn,
      into: &gathered, yStride: fastStride(H + A), columns: H + A)
    var block = g.elements.mutableSpan
    // dR [4H, H + A] += dGatesᵀ · [h; a]ₚ
    matrixProduct(
      dGates.span, transposeA: true, lda: fastStride(4 * H), before.span, ldb: fastStride(H + A),
      into: &block, at: recurrentWeight.range.lowerBound, m: 4 * H, n: H + A, k: R, beta: 1)
    // dW [4H, I] += dGatesᵀ · x
    let x = spacedRows(saved.x.elements.span, rows: R, columns: inputSize)
    matrixProduct(
      dGates.span, transposeA: true, lda: fastStride(4 * H), x.span, ldb: fastStride(inputSize),
      into: &block, at: inputWeight.range.lowerBound, m: 4 * H, n: inputSize, k: R, beta: 1)
    let states = saved.states.elements.span.extracting(droppingFirst: N * width)
    // dQ [M, H] += dqᵀ · h
    let dq = spacedRows(dQueries.span, rows: R, columns: M)
    matrixProduct(
      dq.span, transposeA: true, lda: fastStride(M), states.extracting(droppingFirst: hiddenColumn),
      ldb: width, into: &block, at: queryWeight.range.lowerBound, m: M, n: H, k: R, beta: 1)
    // dC [A, M + H] += daᵀ · [z; h]
    let da = spacedRows(dOut.span, rows: R, columns: A)
    matrixProduct(
      da.span, transposeA: true, lda: fastStride(A), states, ldb: width, into: &block,
      at: combine.weight.range.lowerBound, m: A, n: M + H, k: R, beta: 1)
    addColumnSums(of: Matrix(rows: R, columns: A, elements: dOut), to: combine.bias, in: &g)
    addColumnSums(
      of: Matrix(rows: R, columns: 4 * H, elements: Array(saved.gates[(N * 4 * H)...])), to: bias,
      in: &g)
  }

  /// From the first states back to the summary.
  private func bridgeBackward(
    _ carry: Carry, _ saved: Saved, _ p: borrowing Parameters, _ g: inout Gradients
  ) -> Matrix {
    let (N, H) = (saved.packing.lengths.count, hiddenSize)
    var d = concatenateColumns([
      Matrix(rows: N, columns: H, elements: carry.dh),
      Matrix(rows: N, columns: H, elements: carry.dc),
    ])
    var values = d.elements.mutableSpan
    activateBackward(.tanh, saved.bridged.elements.span, &values)
    return bridge.backward(d, saved.summary, p, accumulatingInto: &g)
  }
}

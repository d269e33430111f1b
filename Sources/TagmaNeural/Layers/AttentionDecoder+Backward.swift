internal import TagmaKernels

// The pass back, step by step from the last; what needs no order is one product over all rows.

extension AttentionDecoder {
  /// What flows back while the steps are undone, and what is kept of it for the products after the loop.
  private struct Flow {
    /// From step to step: `[N, H]`, `[N, H]`, and `[N, A]` with input feeding.
    var dh, dc, da: [Float]
    /// Gradients of outputs, then before their tanh, `[R, A]`, and of queries, `[R, M]`.
    var dOut, dQueries: [Float]
    /// Gradients of the gates, `[first + R, fastStride(4H)]`.
    var dGates: [Float]
    /// `[dz; dh]` of the rows at hand, `[…, M + H]`.
    var dJoined: [Float]
    /// `[S, M]`, `[S, M]`, `[M]` or nothing.
    var dKeys, dValues, dScore: [Float]
    /// What is added to the gradients of scores, or nothing.
    let guidance: [Float]
  }

  /// The weights that the steps back multiply by, rows at the distance that is fast for products.
  private struct SpacedWeights {
    let recurrent, query, combine, additive: [Float]

    init(_ decoder: AttentionDecoder, _ p: borrowing Parameters) {
      let (H, A, M) = (decoder.hiddenSize, decoder.outputSize, decoder.memorySize)
      recurrent = spacedRows(
        p.span(decoder.recurrentWeight), rows: 4 * H, columns: decoder.recurrentSize)
      query = spacedRows(p.span(decoder.queryWeight), rows: M, columns: H)
      combine = spacedRows(p.span(decoder.combine.weight), rows: A, columns: M + H)
      additive = decoder.additiveWeights(p)
    }
  }

  /// Gradients with respect to the input, the memory's states and the summary.
  ///
  /// - Parameter guidance: Gradients of the scores that attention was made of, beside those that come from the output; where
  ///   the weights lie, or nothing.
  package func backward(
    _ dOutput: Matrix, _ saved: Saved, memory: AttentionMemory, guidance: [Float] = [],
    _ p: borrowing Parameters, accumulatingInto g: inout Gradients
  ) -> (dx: PackedMatrix, dMemory: Matrix, dSummary: Matrix) {
    let (packing, N, R) = (saved.packing, saved.first, saved.packing.rows)
    let (H, A, M) = (hiddenSize, outputSize, memorySize)
    let count = memory.states.elements.count
    var flow = Flow(
      dh: [Float](repeating: 0, count: N * H), dc: [Float](repeating: 0, count: N * H),
      da: [Float](repeating: 0, count: feedsOutput ? N * A : 0), dOut: dOutput.elements,
      dQueries: uninitializedFloats(R * M),
      dGates: uninitializedFloats((N + R) * fastStride(4 * H)),
      dJoined: uninitializedFloats((feedsOutput ? N : R) * (M + H)),
      dKeys: [Float](repeating: 0, count: count), dValues: [Float](repeating: 0, count: count),
      dScore: [Float](repeating: 0, count: scoreWeight == nil ? 0 : M), guidance: guidance)
    let weights = SpacedWeights(self, p)
    if !feedsOutput { unfinish(0..<R, saved, &flow, memory, weights) }
    for step in steps(packing).reversed() {
      let row = step.row - N
      if feedsOutput { unfinish(row..<row + step.rows, saved, &flow, memory, weights) }
      lstmBackward(
        step, hiddenSize: H, gates: saved.gates, c: saved.cells, tanhC: saved.tanhCells,
        dGates: &flow.dGates, dStride: fastStride(4 * H), dy: flow.dJoined,
        dyRow: feedsOutput ? 0 : row, stride: M + H, column: M, dh: flow.dh,
        dc: &flow.dc)
      stepBackward(step, &flow, weights)
    }
    accumulate(saved, flow, p, &g)
    var dMemory = Matrix(rows: memory.states.rows, columns: M, elements: flow.dValues)
    let dKeys = Matrix(rows: memory.states.rows, columns: M, elements: flow.dKeys)
    dMemory.add(key?.backward(dKeys, memory.states, p, accumulatingInto: &g) ?? dKeys)
    let dSummary = bridgeBackward(flow, saved, p, &g)
    // dx [R, I] = dGates [R, 4H] · W
    var dx = Matrix(uninitializedRows: R, columns: inputSize)
    var out = dx.elements.mutableSpan
    matrixProduct(
      flow.dGates.span.extracting(droppingFirst: N * fastStride(4 * H)), lda: fastStride(4 * H),
      p.span(inputWeight), into: &out, m: R, n: inputSize, k: 4 * H)
    return (PackedMatrix(dx, packing), dMemory, dSummary)
  }

  /// From the gradients of outputs to those of the hidden states they were made of, from row 0 of `dJoined` on.
  private func unfinish(
    _ rows: Range<Int>, _ saved: Saved, _ flow: inout Flow, _ memory: AttentionMemory,
    _ weights: SpacedWeights
  ) {
    let (n, H, A, M) = (rows.count, hiddenSize, outputSize, memorySize)
    outputBackward(rows, saved, &flow)
    // [dz; dh] [n, M + H] = da [n, A] · C
    matrixProduct(
      flow.dOut, from: rows.lowerBound * A, weights.combine, ldb: fastStride(M + H),
      into: &flow.dJoined, m: n, n: M + H, k: A)
    attendBackward(
      rows, additive: weights.additive, dv: &flow.dScore, q: saved.queries,
      keys: saved.keys.elements, values: memory.states.elements, width: M, heads: heads,
      saved.ranges, scale: scale, weights: saved.weights, guidance: flow.guidance,
      dContext: flow.dJoined, stride: M + H,
      dq: &flow.dQueries, dKeys: &flow.dKeys, dValues: &flow.dValues)
    // dh [n, H] += dq [n, M] · Q
    matrixProduct(
      flow.dQueries, from: rows.lowerBound * M, weights.query, ldb: fastStride(H),
      into: &flow.dJoined, at: M, ldc: M + H, m: n, n: H, k: M, beta: 1)
  }

  /// Adds what the next step sent and goes back through the tanh.
  private func outputBackward(_ rows: Range<Int>, _ saved: Saved, _ flow: inout Flow) {
    let (n, A) = (rows.count, outputSize)
    var d = Array(flow.dOut[rows.lowerBound * A..<rows.upperBound * A])
    var a = uninitializedFloats(n * A)
    var block = a.mutableSpan
    copyBlock(
      saved.states.elements.span, stride: width,
      at: (saved.first + rows.lowerBound) * width + outputColumn, into: &block, stride: A, at: 0,
      rows: n, columns: A)
    block = d.mutableSpan
    if feedsOutput { add(flow.da.span.extracting(0..<n * A), to: &block) }
    activateBackward(.tanh, a.span, &block)
    var out = flow.dOut.mutableSpan
    copyBlock(
      d.span, stride: A, at: 0, into: &out, stride: A, at: rows.lowerBound * A, rows: n,
      columns: A)
  }

  /// From the gates of a step to the state and the output of the step before.
  private func stepBackward(
    _ step: StepRows, _ flow: inout Flow, _ weights: SpacedWeights
  ) {
    let (n, H, k) = (step.rows, hiddenSize, recurrentSize)
    // d[h; a]ₚ [n, H + A] = dGates [n, 4H] · R
    var before = uninitializedFloats(n * k)
    var out = before.mutableSpan
    matrixProduct(
      flow.dGates.span.extracting(droppingFirst: step.row * fastStride(4 * H)),
      lda: fastStride(4 * H), weights.recurrent.span, ldb: fastStride(k), into: &out, m: n, n: k,
      k: 4 * H)
    var dh = flow.dh.mutableSpan
    copyBlock(before.span, stride: k, at: 0, into: &dh, stride: H, at: 0, rows: n, columns: H)
    guard feedsOutput else { return }
    var da = flow.da.mutableSpan
    copyBlock(
      before.span, stride: k, at: H, into: &da, stride: outputSize, at: 0, rows: n,
      columns: outputSize)
  }

  /// The gradients of the weights of all steps, each as one product.
  private func accumulate(
    _ saved: Saved, _ flow: Flow, _ p: borrowing Parameters, _ g: inout Gradients
  ) {
    let (packing, N, R) = (saved.packing, saved.first, saved.packing.rows)
    let (H, A, M, k) = (hiddenSize, outputSize, memorySize, recurrentSize)
    let dGates = flow.dGates.span.extracting(droppingFirst: N * fastStride(4 * H))
    var earlier: [Int] = []
    earlier.reserveCapacity(R)
    for step in steps(packing) {
      earlier.append(contentsOf: step.previousRow..<step.previousRow + step.rows)
    }
    var before = uninitializedFloats(R * fastStride(k))
    var gathered = before.mutableSpan
    copyRows(
      saved.states.elements.span, from: earlier[...], stride: width, column: hiddenColumn,
      into: &gathered, yStride: fastStride(k), columns: k)
    let base = g.start
    var block = g.elements.mutableSpan
    // dR [4H, H + A] += dGatesᵀ · [h; a]ₚ
    matrixProduct(
      dGates, transposeA: true, lda: fastStride(4 * H), before.span, ldb: fastStride(k),
      into: &block, at: recurrentWeight.range.lowerBound - base, m: 4 * H, n: k, k: R, beta: 1)
    // dW [4H, I] += dGatesᵀ · x
    let x = spacedRows(saved.x.elements.span, rows: R, columns: inputSize)
    matrixProduct(
      dGates, transposeA: true, lda: fastStride(4 * H), x.span, ldb: fastStride(inputSize),
      into: &block, at: inputWeight.range.lowerBound - base, m: 4 * H, n: inputSize, k: R,
      beta: 1)
    let states = saved.states.elements.span.extracting(droppingFirst: N * width)
    // dQ [M, H] += dqᵀ · h
    let dq = spacedRows(flow.dQueries.span, rows: R, columns: M)
    matrixProduct(
      dq.span, transposeA: true, lda: fastStride(M), states.extracting(droppingFirst: hiddenColumn),
      ldb: width, into: &block, at: queryWeight.range.lowerBound - base, m: M, n: H, k: R,
      beta: 1)
    // dC [A, M + H] += daᵀ · [z; h]
    let da = spacedRows(flow.dOut.span, rows: R, columns: A)
    matrixProduct(
      da.span, transposeA: true, lda: fastStride(A), states, ldb: width, into: &block,
      at: combine.weight.range.lowerBound - base, m: A, n: M + H, k: R, beta: 1)
    addColumnSums(
      of: flow.dOut.span, rows: R, columns: A, to: &block,
      at: combine.bias.range.lowerBound - base)
    addColumnSums(
      of: dGates, stride: fastStride(4 * H), rows: R, columns: 4 * H, to: &block,
      at: bias.range.lowerBound - base)
    if let scoreWeight {
      add(flow.dScore.span, to: &block, at: scoreWeight.range.lowerBound - base)
    }
  }

  /// From the first states back to the summary.
  private func bridgeBackward(
    _ flow: Flow, _ saved: Saved, _ p: borrowing Parameters, _ g: inout Gradients
  ) -> Matrix {
    let (N, H) = (saved.first, hiddenSize)
    var d = concatenateColumns([
      Matrix(rows: N, columns: H, elements: flow.dh),
      Matrix(rows: N, columns: H, elements: flow.dc),
    ])
    var values = d.elements.mutableSpan
    activateBackward(.tanh, saved.bridged.elements.span, &values)
    return bridge.backward(d, saved.summary, p, accumulatingInto: &g)
  }
}

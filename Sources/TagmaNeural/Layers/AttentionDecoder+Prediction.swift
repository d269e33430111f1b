internal import TagmaKernels

// One step at a time, for a search that decides what is read next.

extension AttentionDecoder {
  /// Where each of several decoded sequences stands.
  package struct State: Sendable {
    /// `[n, M + H + A]`: context, hidden state and output.
    package fileprivate(set) var states: Matrix
    /// `[n, H]`.
    fileprivate var cells: Matrix
    /// For each sequence its sequence of the memory.
    package private(set) var sources: [Int]
    /// What queries are compared with, the same for all steps.
    fileprivate let keys: Matrix
    /// For each sequence the weights of its source's rows at the last step, one head after the other.
    package fileprivate(set) var weights: [[Float]] = []

    fileprivate init(states: Matrix, cells: Matrix, sources: [Int], keys: Matrix) {
      (self.states, self.cells, self.sources, self.keys) = (states, cells, sources, keys)
    }

    /// The states of some sequences, one as often as it is named.
    package func gathering(_ rows: [Int]) -> State {
      State(
        states: states.gathering(rows: rows), cells: cells.gathering(rows: rows),
        sources: rows.map { sources[$0] }, keys: keys)
    }
  }

  /// Weights in the form that a search reads, made once.
  package struct Prepared: Sendable {
    /// In 16 bits where that is faster: states and outputs are within ±1 (decision 0010).
    fileprivate let recurrent: PreparedRecurrent
    fileprivate let query, joining, additive: [Float]
  }

  package func prepare(_ p: borrowing Parameters) -> Prepared {
    let (n, k) = (4 * hiddenSize, recurrentSize)
    let integers = IntegerWeights(transposed: p.span(recurrentWeight), k: k, n: n)
    return Prepared(
      recurrent: integers.map(PreparedRecurrent.integers)
        ?? .floats(transposed(recurrentWeight, rows: n, columns: k, p)),
      query: transposed(queryWeight, rows: memorySize, columns: hiddenSize, p),
      joining: transposed(
        combine.weight, rows: outputSize, columns: memorySize + hiddenSize, p),
      additive: additiveWeights(p))
  }

  /// The state before the first step.
  package func begin(
    _ summary: Matrix, memory: AttentionMemory, _ p: borrowing Parameters
  ) -> State {
    let (first, H) = (firstState(summary, p), hiddenSize)
    var states = Matrix(rows: summary.rows, columns: width)
    states.copy(first.columns(0..<H), toColumn: hiddenColumn)
    return State(
      states: states, cells: first.columns(H..<2 * H), sources: Array(0..<summary.rows),
      keys: keys(of: memory, p))
  }

  /// Takes a step with inputs `x` `[n, I]`; returns the outputs `[n, A]`.
  package func step(
    _ x: Matrix, _ state: inout State, memory: AttentionMemory, _ prepared: Prepared,
    _ p: borrowing Parameters
  ) -> Matrix {
    let (n, H, A, M) = (x.rows, hiddenSize, outputSize, memorySize)
    var gates = uninitializedFloats(n * 4 * H)
    project(x, p, into: &gates)
    // [n, 4H] = [h; a] [n, H + A] · Rᵀ
    var recurrent = uninitializedFloats(n * 4 * H)
    switch prepared.recurrent {
    case .integers(let weights):
      var rounded: [Int16] = []
      weights.multiply(
        state.states.elements, at: hiddenColumn, lda: width, into: &recurrent, m: n,
        rounded: &rounded)
    case .floats(let weights):
      var block = recurrent.mutableSpan
      matrixProduct(
        state.states.elements.span.extracting(droppingFirst: hiddenColumn), lda: width,
        weights.span, ldb: fastStride(4 * H), into: &block, m: n, n: 4 * H, k: recurrentSize)
    }
    predictStep(
      .lstm, StepRows(row: 0, previousRow: 0, rows: n, previousRows: n), hiddenSize: H,
      input: ProjectedGates(block: gates, stride: 4 * H, column: 0, rows: Array(0..<n)),
      recurrent: recurrent, memory: &state.cells.elements, h: &state.states.elements,
      stride: width, column: hiddenColumn)
    var queries = uninitializedFloats(n * M)
    var block = queries.mutableSpan
    matrixProduct(
      state.states.elements.span.extracting(droppingFirst: hiddenColumn), lda: width,
      prepared.query.span, ldb: fastStride(M), into: &block, m: n, n: M, k: H)
    attend(queries, &state, memory, prepared)
    var outputs = Matrix(uninitializedRows: n, columns: A)
    block = outputs.elements.mutableSpan
    fillRows(&block, rows: n, with: p.span(combine.bias))
    matrixProduct(
      state.states.elements.span, lda: width, prepared.joining.span, ldb: fastStride(A),
      into: &block, m: n, n: A, k: M + H, beta: 1)
    activate(.tanh, &block, count: n * A)
    state.states.copy(outputs, toColumn: outputColumn)
    return outputs
  }

  private func attend(
    _ queries: [Float], _ state: inout State, _ memory: AttentionMemory, _ prepared: Prepared
  ) {
    let n = state.sources.count
    var ranges = AttentionRanges(
      first: state.sources.map { memory.first[$0] },
      count: state.sources.map { memory.lengths[$0] },
      places: [])
    var place = 0
    for count in ranges.count {
      ranges.places.append(place)
      place += heads * count
    }
    var weights = uninitializedFloats(place)
    TagmaKernels.attend(
      0..<n, additive: prepared.additive, q: queries, keys: state.keys.elements,
      values: memory.states.elements, width: memorySize, heads: heads, ranges, scale: scale,
      weights: &weights,
      context: &state.states.elements, at: 0, stride: width)
    state.weights = (0..<n).map {
      Array(weights[ranges.places[$0]..<ranges.places[$0] + heads * ranges.count[$0]])
    }
  }
}

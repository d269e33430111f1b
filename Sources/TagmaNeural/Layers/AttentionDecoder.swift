internal import TagmaKernels

/// How attention compares a query with a key.
public enum AttentionScore: String, Codable, Sendable, CaseIterable {
  /// `k · q / √m` (Luong, Pham & Manning 2015, "general", scaled).
  case dot
  /// `v · tanh(K k + q)` (Bahdanau, Cho & Bengio 2015).
  case additive
}

/// An LSTM that attends to a memory at every step and reads its own last output (Luong, Pham & Manning 2015, with
/// input feeding), or not.
///
///     i f g o = W x + R [h; a]ₚ + b             (h, c) = LSTM step
///     w = softmax(score(k, Q h))  over the rows of the sequence's memory      z = Σ w v
///     a = tanh(C [z; h] + d)
///
/// | tensor    | shape           | meaning                                                    |
/// |-----------|-----------------|------------------------------------------------------------|
/// | `x`       | `[R, I]`        | packed target sequences                                    |
/// | `k, v`    | `[S, M]`        | keys and values: the memory, in as many blocks of `m` columns as there are heads |
/// | `W`       | `[4H, I]`       | `weight_ih`                                                |
/// | `R`       | `[4H, H + A]`   | `weight_hh`: from the last state and the last output; `[4H, H]` without input feeding |
/// | `Q`       | `[M, H]`        | `query.weight`                                             |
/// | `K`, `v`  | `[M, M]`, `[M]` | `key`, `score.weight`: of additive attention alone         |
/// | `C`, `d`  | `[A, M + H]`    | `combine`                                                  |
/// | `a`       | `[R, A]`        | output                                                     |
///
/// The first state comes from a summary of the source `s` `[N, S]`: `[h; c] = tanh(B s + e)`. Without input feeding all
/// attention is computed after the last step, in products over all rows.
package struct AttentionDecoder: Sendable {
  package let inputSize: Int
  package let hiddenSize: Int
  package let memorySize: Int
  package let outputSize: Int
  package let heads: Int
  package let feedsOutput: Bool
  let inputWeight: Parameter
  let recurrentWeight: Parameter
  let bias: Parameter
  let queryWeight: Parameter
  /// Of additive attention.
  let key: Linear?
  let scoreWeight: Parameter?
  let combine: Linear
  let bridge: Linear

  /// Columns of a state's row: the context, the hidden state, the output.
  ///
  /// What a product reads lies together, and rows at the distance that is fast for products (decision 0006).
  var width: Int { fastStride(memorySize + hiddenSize + outputSize) }
  var hiddenColumn: Int { memorySize }
  var outputColumn: Int { memorySize + hiddenSize }
  /// Columns, from the hidden state on, that the next step reads.
  var recurrentSize: Int { hiddenSize + (feedsOutput ? outputSize : 0) }
  var scale: Float { 1 / Float(memorySize / heads).squareRoot() }

  package init(
    inputSize: Int, hiddenSize: Int, memorySize: Int, summarySize: Int? = nil, outputSize: Int,
    heads: Int = 1, score: AttentionScore = .dot, feedsOutput: Bool = true, name: String,
    in layout: inout ParameterLayout
  ) {
    precondition(
      memorySize % heads == 0, "AttentionDecoder: heads do not divide the memory's width")
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.memorySize = memorySize
    self.outputSize = outputSize
    self.heads = heads
    self.feedsOutput = feedsOutput
    inputWeight = layout.declare(
      "\(name).weight_ih", shape: 4 * hiddenSize, inputSize, initializer: .glorot)
    recurrentWeight = layout.declare(
      "\(name).weight_hh", shape: 4 * hiddenSize, hiddenSize + (feedsOutput ? outputSize : 0),
      initializer: .glorot)
    bias = layout.declare("\(name).bias", shape: 4 * hiddenSize, initializer: .forgetGateBias)
    queryWeight = layout.declare(
      "\(name).query.weight", shape: memorySize, hiddenSize, initializer: .glorot)
    switch score {
    case .dot: (key, scoreWeight) = (nil, nil)
    case .additive:
      key = Linear(
        inputSize: memorySize, outputSize: memorySize, name: "\(name).key", in: &layout)
      scoreWeight = layout.declare(
        "\(name).score.weight", shape: memorySize,
        initializer: .uniform((3 * Float(heads) / Float(memorySize)).squareRoot()))
    }
    combine = Linear(
      inputSize: memorySize + hiddenSize, outputSize: outputSize, name: "\(name).combine",
      in: &layout)
    bridge = Linear(
      inputSize: summarySize ?? memorySize, outputSize: 2 * hiddenSize, name: "\(name).bridge",
      in: &layout)
  }

  /// What queries are compared with, `[S, M]`: a function of the memory alone.
  package func keys(of memory: AttentionMemory, _ p: borrowing Parameters) -> Matrix {
    key?.forward(memory.states, p).output ?? memory.states
  }

  /// `v`, or nothing where scores are dot products.
  func additiveWeights(_ p: borrowing Parameters) -> [Float] {
    scoreWeight.map { Array(p.elements[$0.range]) } ?? []
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
    let keys: Matrix
    let ranges: AttentionRanges
    /// First `N` rows before the first step, then a row for each row of the packing.
    var states: Matrix
    var gates: [Float]
    var cells: [Float]
    var tanhCells: [Float]
    /// `[R, M]`.
    var queries: [Float]
    package var weights: [Float]

    /// Rows before those of the packing.
    var first: Int { packing.lengths.count }
  }

  /// The weights that the steps multiply by, transposed: untransposed products are the fast ones for few rows.
  private struct TransposedWeights {
    let recurrent, query, combine, additive: [Float]

    init(_ decoder: AttentionDecoder, _ p: borrowing Parameters) {
      let (H, A, M) = (decoder.hiddenSize, decoder.outputSize, decoder.memorySize)
      recurrent = decoder.transposed(
        decoder.recurrentWeight, rows: 4 * H, columns: decoder.recurrentSize, p)
      query = decoder.transposed(decoder.queryWeight, rows: M, columns: H, p)
      combine = decoder.transposed(decoder.combine.weight, rows: A, columns: M + H, p)
      additive = decoder.additiveWeights(p)
    }
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
    let H = hiddenSize
    let places = (0..<N).reduce(0) { $0 + packing.lengths[$1] * memory.lengths[$1] }
    var saved = Saved(
      x: x.matrix, packing: packing, summary: summary, bridged: firstState(summary, p),
      keys: keys(of: memory, p), ranges: ranges(of: packing, memory),
      states: Matrix(rows: rows, columns: width), gates: uninitializedFloats(rows * 4 * H),
      cells: uninitializedFloats(rows * H), tanhCells: uninitializedFloats(rows * H),
      queries: uninitializedFloats(packing.rows * memorySize),
      weights: uninitializedFloats(heads * places))
    place(saved.bridged, in: &saved.states, &saved.cells)
    project(x.matrix, p, into: &saved.gates, at: N * 4 * H)
    let weights = TransposedWeights(self, p)
    for step in steps(packing) {
      // gates [n, 4H] += [h; a]ₚ [n, H + A] · Rᵀ
      matrixProduct(
        saved.states.elements, from: step.previousRow * width + hiddenColumn, lda: width,
        weights.recurrent, ldb: fastStride(4 * H), into: &saved.gates,
        at: step.row * 4 * H, m: step.rows, n: 4 * H, k: recurrentSize, beta: 1)
      lstmForward(
        step, hiddenSize: H, gates: &saved.gates, c: &saved.cells, tanhC: &saved.tanhCells,
        h: &saved.states.elements, stride: width, column: hiddenColumn)
      if feedsOutput { finish(step.row - N..<step.row - N + step.rows, &saved, memory, weights, p) }
    }
    if !feedsOutput { finish(0..<packing.rows, &saved, memory, weights, p) }
    var outputs = Matrix(uninitializedRows: packing.rows, columns: outputSize)
    var out = outputs.elements.mutableSpan
    copyBlock(
      saved.states.elements.span, stride: width, at: N * width + outputColumn, into: &out,
      stride: outputSize, at: 0, rows: packing.rows, columns: outputSize)
    return (PackedMatrix(outputs, packing), saved)
  }

  /// From hidden states to outputs: attention, and what it is combined with.
  private func finish(
    _ rows: Range<Int>, _ saved: inout Saved, _ memory: AttentionMemory,
    _ weights: TransposedWeights, _ p: borrowing Parameters
  ) {
    let (n, H, A, M) = (rows.count, hiddenSize, outputSize, memorySize)
    let at = (saved.first + rows.lowerBound) * width
    // q [n, M] = h [n, H] · Qᵀ
    matrixProduct(
      saved.states.elements, from: at + hiddenColumn, lda: width, weights.query, ldb: fastStride(M),
      into: &saved.queries, at: rows.lowerBound * M, m: n, n: M,
      k: H)
    attend(
      rows, additive: weights.additive, q: saved.queries, keys: saved.keys.elements,
      values: memory.states.elements, width: M, heads: heads, saved.ranges, scale: scale,
      weights: &saved.weights, context: &saved.states.elements, at: at, stride: width)
    // a [n, A] = tanh([z; h] [n, M + H] · Cᵀ + d)
    var outputs = uninitializedFloats(n * A)
    var block = outputs.mutableSpan
    fillRows(&block, rows: n, with: p.span(combine.bias))
    matrixProduct(
      saved.states.elements.span.extracting(droppingFirst: at), lda: width, weights.combine.span,
      ldb: fastStride(A), into: &block, m: n, n: A, k: M + H, beta: 1)
    activate(.tanh, &block, count: n * A)
    block = saved.states.elements.mutableSpan
    copyBlock(
      outputs.span, stride: A, at: 0, into: &block, stride: width, at: at + outputColumn, rows: n,
      columns: A)
  }

  /// Steps whose rows count from the first states.
  func steps(_ packing: PackedSequences) -> [StepRows] {
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

package import TagmaKernels

/// One table for what a network reads and for what it writes (Press & Wolf 2017).
///
/// | tensor | shape    | meaning                                        |
/// |--------|----------|------------------------------------------------|
/// | `E`    | `[V, D]` | `embedding.weight`: a row for each unit        |
/// | `b`    | `[V]`    | `output.bias`                                  |
/// | `x`    | `[N, D]` | input: rows of the table times √D              |
/// | `z`    | `[N, V]` | scores of all units: `a Eᵀ + b` for `a [N, D]` |
///
/// The table's variance is 1/D, which is right for the output; the factor makes that of an input one (Vaswani and others
/// 2017).
package struct TiedEmbedding: Sendable {
  package let count: Int
  package let size: Int
  package let table: Parameter
  package let bias: Parameter
  /// So many rows are scored at once: fewer would stay in the cache, but the table is repacked for each product.
  private static let chunk = 512

  package init(count: Int, size: Int, in layout: inout ParameterLayout) {
    self.count = count
    self.size = size
    table = layout.declare(
      "embedding.weight", shape: count, size,
      initializer: .uniform((3 / Float(size)).squareRoot()))
    bias = layout.declare("output.bias", shape: count, initializer: .constant(0))
  }

  private var inputScale: Float { Float(size).squareRoot() }
}

// MARK: - Input

extension TiedEmbedding {
  /// Rows of the table as input, `[N, D]`.
  package func embed(_ ids: [Int], _ p: borrowing Parameters) -> Matrix {
    var y = Matrix(uninitializedRows: ids.count, columns: size)
    var out = y.elements.mutableSpan
    copyRows(p.span(table), from: ids, into: &out, columns: size)
    y.scale(by: inputScale)
    return y
  }

  package func embedBackward(_ dy: Matrix, _ ids: [Int], accumulatingInto g: inout Gradients) {
    var d = dy
    d.scale(by: inputScale)
    let base = g.start
    var block = g.elements.mutableSpan
    addRows(
      d.elements.span, to: ids, of: &block, at: table.range.lowerBound - base, columns: size)
  }
}

// MARK: - Output

extension TiedEmbedding {
  /// The loss of outputs `a` `[N, D]` and its gradient; scores are never held for more than a few rows.
  ///
  /// - Parameters:
  ///   - gold: For each row the unit to be told.
  ///   - smoothing: Probability spread over all units.
  ///   - weight: What gradients are multiplied by.
  package func loss(
    of a: Matrix, gold: [Int32], smoothing: Float, weight: Float, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> (loss: Double, da: Matrix) {
    var da = Matrix(uninitializedRows: a.rows, columns: size)
    var logits = uninitializedFloats(min(Self.chunk, a.rows) * count)
    var loss = 0.0
    for start in stride(from: 0, to: a.rows, by: Self.chunk) {
      let n = min(Self.chunk, a.rows - start)
      let rows = a.elements.span.extracting(start * size..<(start + n) * size)
      // Without the bias, which is added where a row is read anyway.
      var block = logits.mutableSpan
      matrixProduct(
        rows, p.span(table), transposeB: true, into: &block, m: n, n: count, k: size)
      let base = g.start
      var gradients = g.elements.mutableSpan
      loss += crossEntropy(
        &block, rows: n, columns: count, bias: p.span(bias), dBias: &gradients,
        at: bias.range.lowerBound - base, targets: Array(gold[start..<start + n]),
        smoothing: smoothing,
        weight: weight)
      // da [n, D] = dLogits · E;  dE [V, D] += dLogitsᵀ · a
      var out = da.elements.mutableSpan
      matrixProduct(
        logits.span, p.span(table), into: &out, at: start * size, m: n, n: size, k: count)
      matrixProduct(
        logits.span, transposeA: true, lda: count,
        spacedRows(rows, rows: n, columns: size).span, ldb: fastStride(size), into: &gradients,
        at: table.range.lowerBound - base, m: count, n: size, k: n, beta: 1)
    }
    return (loss, da)
  }

  /// Scores of `n` rows: `[n, V] = a [n, D] · Eᵀ + b`.
  private func score(
    _ a: borrowing Span<Float>, _ n: Int, _ p: borrowing Parameters,
    into block: inout MutableSpan<Float>
  ) {
    fillRows(&block, rows: n, with: p.span(bias))
    matrixProduct(
      a, p.span(table), transposeB: true, into: &block, m: n, n: count, k: size, beta: 1)
  }

  /// The output's weights in 16 bits, for outputs within ±1; nil where floats are faster (decision 0010).
  package func prepare(_ p: borrowing Parameters) -> IntegerWeights? {
    IntegerWeights(
      transposed: p.span(table), bias: Array(p.elements[bias.range]), k: size, n: count)
  }

  /// Probabilities of all units, `[N, V]`.
  ///
  /// - Parameter prepared: What `prepare` made; no value of `a` may be outside of ±1 then.
  package func probabilities(
    of a: Matrix, _ p: borrowing Parameters, _ prepared: IntegerWeights? = nil
  ) -> Matrix {
    var scores = Matrix(uninitializedRows: a.rows, columns: count)
    if let prepared {
      var rounded: [Int16] = []
      prepared.multiply(
        a.elements, at: 0, lda: size, into: &scores.elements, m: a.rows, rounded: &rounded)
    }
    var block = scores.elements.mutableSpan
    if prepared == nil { score(a.elements.span, a.rows, p, into: &block) }
    softmax(&block, rows: a.rows, stride: count, columns: 0..<count)
    return scores
  }
}

// MARK: - Some units alone

extension TiedEmbedding {
  /// The output for some units.
  package struct Part: Sendable {
    let units: [Int]
    /// In 16 bits where that is faster.
    let integers: IntegerWeights?
    /// Otherwise `[K, D]` and `[K]`.
    let rows, bias: [Float]
  }

  /// - Parameter prepared: What `prepare` made.
  package func part(
    of units: [Int], _ p: borrowing Parameters, _ prepared: IntegerWeights?
  ) -> Part {
    if let prepared {
      return Part(units: units, integers: prepared.selecting(units), rows: [], bias: [])
    }
    var rows = uninitializedFloats(units.count * size)
    var out = rows.mutableSpan
    copyRows(p.span(table), from: units, into: &out, columns: size)
    let all = p.span(bias)
    return Part(units: units, integers: nil, rows: rows, bias: units.map { all[$0] })
  }

  /// Probabilities `[N, V]` of the units of two parts, one of which all rows share; others have none.
  ///
  /// The shared one is multiplied with all rows at once, so that its weights are read once a step.
  ///
  /// - Parameter own: Rows that follow each other, all rows together, and the units that they have beside the shared ones.
  package func probabilities(
    of a: Matrix, shared: Part, own: [(rows: Range<Int>, part: Part)]
  ) -> Matrix {
    var probabilities = Matrix(rows: a.rows, columns: count)
    let S = shared.units.count
    var sharedScores = uninitializedFloats(a.rows * S)
    score(a, rows: 0..<a.rows, shared, into: &sharedScores, at: 0, stride: S)
    for (rows, part) in own {
      let K = S + part.units.count
      var scores = uninitializedFloats(rows.count * K)
      score(a, rows: rows, part, into: &scores, at: S, stride: K)
      var block = scores.mutableSpan
      copyRows(
        sharedScores.span, from: Array(rows)[...], stride: S, column: 0, into: &block, yStride: K,
        columns: S)
      softmax(&block, rows: rows.count, stride: K, columns: 0..<K)
      for (r, row) in rows.enumerated() {
        for (i, unit) in shared.units.enumerated() {
          probabilities.elements[row * count + unit] = scores[r * K + i]
        }
        for (i, unit) in part.units.enumerated() {
          probabilities.elements[row * count + unit] = scores[r * K + S + i]
        }
      }
    }
    return probabilities
  }

  /// Writes the scores `[n, K]` of a part's units for some rows of `a` `[N, D]`.
  private func score(
    _ a: Matrix, rows: Range<Int>, _ part: Part, into scores: inout [Float], at start: Int,
    stride: Int
  ) {
    let n = rows.count
    if let integers = part.integers {
      var rounded: [Int16] = []
      integers.multiply(
        a.elements, at: rows.lowerBound * size, lda: size, into: &scores, at: start, ldc: stride,
        m: n, rounded: &rounded)
    } else {
      var block = scores.mutableSpan
      fillRows(&block, at: start, stride: stride, rows: n, with: part.bias.span)
      matrixProduct(
        a.elements.span.extracting(droppingFirst: rows.lowerBound * size), part.rows.span,
        transposeB: true, into: &block, at: start, ldc: stride, m: n, n: part.units.count,
        k: size, beta: 1)
    }
  }
}

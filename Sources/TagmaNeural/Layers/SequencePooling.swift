internal import TagmaKernels

/// One vector for each packed sequence, from the vectors of its steps: `x` `[R, D]` → `y` `[N, D]`.
package enum SequencePooling: Layer {
  case max
  case attention(AttentionPooling)

  package enum Saved: Sendable {
    /// For each value of the output the row that it is from.
    case max(rows: [Int], PackedSequences)
    case attention(AttentionPooling.Saved)
  }

  package func forward(_ x: PackedMatrix, _ p: borrowing Parameters) -> (
    output: Matrix, saved: Saved
  ) {
    switch self {
    case .max:
      let (y, rows) = Self.greatest(x)
      return (y, .max(rows: rows, x.packing))
    case .attention(let layer):
      let (y, saved) = layer.forward(x, p)
      return (y, .attention(saved))
    }
  }

  package func backward(
    _ dy: Matrix, _ saved: Saved, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> PackedMatrix {
    switch (self, saved) {
    case (.max, .max(let rows, let packing)):
      var dx = Matrix(rows: packing.rows, columns: dy.columns)
      for (i, row) in rows.enumerated() {
        dx.elements[row * dy.columns + i % dy.columns] += dy.elements[i]
      }
      return PackedMatrix(dx, packing)
    case (.attention(let layer), .attention(let saved)):
      return layer.backward(dy, saved, p, accumulatingInto: &g)
    default: preconditionFailure("SequencePooling: saved by another kind of pooling")
    }
  }

  /// The greatest value of each column of each sequence, and its row.
  private static func greatest(_ x: PackedMatrix) -> (Matrix, rows: [Int]) {
    let (N, D) = (x.packing.lengths.count, x.matrix.columns)
    var y = Matrix(rows: N, columns: D)
    var rows = [Int](repeating: 0, count: N * D)
    for t in 0..<x.packing.steps {
      for n in 0..<x.packing.count(at: t) {
        let row = x.packing.offsets[t] + n
        for j in 0..<D {
          let value = x.matrix.elements[row * D + j]
          if t == 0 || value > y.elements[n * D + j] {
            y.elements[n * D + j] = value
            rows[n * D + j] = row
          }
        }
      }
    }
    return (y, rows)
  }
}

/// The mean of the steps of each sequence, weighted by how much each says (Yang and others 2016, section 2.2).
///
///     u_t = tanh(W x_t + b)    a = softmax_t(v · u_t)    y = Σ_t a_t x_t
package struct AttentionPooling: Sendable {
  let projection: Linear
  let query: Linear

  package struct Saved: Sendable {
    let x: PackedMatrix
    /// `[R, D]`.
    let u: Matrix
    /// `[R]`.
    let weights: [Float]
  }

  package init(inputSize: Int, name: String, in layout: inout ParameterLayout) {
    projection = Linear(
      inputSize: inputSize, outputSize: inputSize, name: "\(name).projection", in: &layout)
    query = Linear(inputSize: inputSize, outputSize: 1, name: "\(name).query", in: &layout)
  }

  func forward(_ x: PackedMatrix, _ p: borrowing Parameters) -> (output: Matrix, saved: Saved) {
    var u = projection.forward(x.matrix, p).output
    let count = u.elements.count
    var values = u.elements.mutableSpan
    activate(.tanh, &values, at: 0, count: count)
    var weights = query.forward(u, p).output.elements
    var y = Matrix(rows: x.packing.lengths.count, columns: x.matrix.columns)
    for n in x.packing.lengths.indices {
      let rows = x.packing.rows(of: n)
      softmax(&weights, rows)
      for row in rows {
        for j in 0..<y.columns {
          y.elements[n * y.columns + j] +=
            weights[row] * x.matrix.elements[row * y.columns + j]
        }
      }
    }
    return (y, Saved(x: x, u: u, weights: weights))
  }

  func backward(
    _ dy: Matrix, _ saved: Saved, _ p: borrowing Parameters, accumulatingInto g: inout Gradients
  ) -> PackedMatrix {
    let (x, packing, D) = (saved.x.matrix, saved.x.packing, dy.columns)
    var dx = Matrix(rows: x.rows, columns: D)
    // The gradient of the scores before the softmax, [R, 1].
    var dScores = Matrix(rows: x.rows, columns: 1)
    for n in packing.lengths.indices {
      let rows = packing.rows(of: n)
      var mean: Float = 0
      for row in rows {
        var dot: Float = 0
        for j in 0..<D {
          dot += dy.elements[n * D + j] * x.elements[row * D + j]
          dx.elements[row * D + j] = saved.weights[row] * dy.elements[n * D + j]
        }
        dScores.elements[row] = dot
        mean += saved.weights[row] * dot
      }
      for row in rows {
        dScores.elements[row] = saved.weights[row] * (dScores.elements[row] - mean)
      }
    }
    var du = query.backward(dScores, saved.u, p, accumulatingInto: &g)
    var values = du.elements.mutableSpan
    activateBackward(.tanh, saved.u.elements.span, &values)
    dx.add(projection.backward(du, x, p, accumulatingInto: &g))
    return PackedMatrix(dx, packing)
  }

  private func softmax(_ scores: inout [Float], _ rows: [Int]) {
    var values = rows.map { scores[$0] }
    var span = values.mutableSpan
    TagmaKernels.softmax(&span, rows: 1, stride: rows.count, columns: 0..<rows.count)
    for (row, value) in zip(rows, values) { scores[row] = value }
  }
}

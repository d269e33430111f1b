internal import TagmaKernels

/// A convolution over the characters of a word and the maximum over its places (Ma & Hovy 2016).
///
///     z_t = W [x_{t−1} x_t x_{t+1}] + b        y = tanh(max_t z_t)
///
/// | tensor | shape     | meaning                                        |
/// |--------|-----------|------------------------------------------------|
/// | `x`    | `[R, I]`  | characters of all words, packed                |
/// | `W`    | `[O, 3I]` | filters of width 3; zeros stand beyond the ends |
/// | `y`    | `[N, O]`  | one row for each word                          |
package struct CharacterCNN: Layer {
  package let inputSize: Int
  package let outputSize: Int
  let filters: Linear

  package struct Saved: Sendable {
    /// The windows, `[R, 3I]`, and for each output the row that had the maximum, `[N, O]`.
    let windows: Matrix
    let packing: PackedSequences
    let winner: [Int32]
    let y: Matrix
  }

  package init(inputSize: Int, outputSize: Int, name: String, in layout: inout ParameterLayout) {
    self.inputSize = inputSize
    self.outputSize = outputSize
    filters = Linear(inputSize: 3 * inputSize, outputSize: outputSize, name: name, in: &layout)
  }

  package func forward(_ x: PackedMatrix, _ p: borrowing Parameters) -> (
    output: Matrix, saved: Saved
  ) {
    let windows = windows(x)
    let z = filters.forward(windows, p).output
    let (N, O) = (x.packing.count(at: 0), outputSize)
    var y = Matrix(rows: N, columns: O, filledWith: -.infinity)
    var winner = [Int32](repeating: 0, count: N * O)
    for t in 0..<x.packing.steps {
      for i in 0..<x.packing.count(at: t) {
        let row = x.packing.offsets[t] + i
        for j in 0..<O where z.elements[row * O + j] > y.elements[i * O + j] {
          y.elements[i * O + j] = z.elements[row * O + j]
          winner[i * O + j] = Int32(row)
        }
      }
    }
    var out = y.elements.mutableSpan
    activate(.tanh, &out, count: N * O)
    return (y, Saved(windows: windows, packing: x.packing, winner: winner, y: y))
  }

  package func backward(
    _ dy: Matrix, _ saved: Saved, _ p: borrowing Parameters, accumulatingInto g: inout Gradients
  ) -> PackedMatrix {
    let O = outputSize
    var dMax = dy
    var out = dMax.elements.mutableSpan
    activateBackward(.tanh, saved.y.elements.span, &out)
    var dz = Matrix(rows: saved.windows.rows, columns: O)
    for (i, row) in saved.winner.enumerated() {
      dz.elements[Int(row) * O + i % O] += dMax.elements[i]
    }
    let dWindows = filters.backward(dz, saved.windows, p, accumulatingInto: &g)
    return PackedMatrix(unwindow(dWindows, saved.packing), saved.packing)
  }

  private func windows(_ x: PackedMatrix) -> Matrix {
    let I = inputSize
    var w = Matrix(rows: x.matrix.rows, columns: 3 * I)
    forEachNeighbour(x.packing) { row, neighbour, slot in
      for j in 0..<I {
        w.elements[row * 3 * I + slot * I + j] = x.matrix.elements[neighbour * I + j]
      }
    }
    return w
  }

  private func unwindow(_ dw: Matrix, _ packing: PackedSequences) -> Matrix {
    let I = inputSize
    var dx = Matrix(rows: dw.rows, columns: I)
    forEachNeighbour(packing) { row, neighbour, slot in
      for j in 0..<I { dx.elements[neighbour * I + j] += dw.elements[row * 3 * I + slot * I + j] }
    }
    return dx
  }

  private func forEachNeighbour(_ packing: PackedSequences, _ body: (Int, Int, Int) -> Void) {
    for t in 0..<packing.steps {
      for i in 0..<packing.count(at: t) {
        for slot in 0..<3 {
          let s = t + slot - 1
          guard s >= 0, i < packing.count(at: s) else { continue }
          body(packing.offsets[t] + i, packing.offsets[s] + i, slot)
        }
      }
    }
  }
}

internal import TagmaKernels

/// Layer normalisation (Ba, Kiros & Hinton 2016): `y = γ ⊙ (x − μ) / √(σ² + ε) + β` in each row.
///
/// | tensor | shape    | meaning               |
/// |--------|----------|-----------------------|
/// | `x, y` | `[N, D]` | input, output         |
/// | `γ, β` | `[D]`    | gain (1), offset (0)  |
package struct LayerNorm: Layer {
  package let size: Int
  let epsilon: Float = 1e-5
  let gain: Parameter
  let offset: Parameter

  package struct Saved: Sendable {
    /// `(x − μ) / √(σ² + ε)`, `[N, D]`.
    let normalized: Matrix
    /// `1 / √(σ² + ε)`, `[N]`.
    let inverseDeviation: [Float]
  }

  package init(size: Int, name: String, in layout: inout ParameterLayout) {
    self.size = size
    gain = layout.declare("\(name).weight", shape: size, initializer: .constant(1))
    offset = layout.declare("\(name).bias", shape: size, initializer: .constant(0))
  }

  package func forward(_ x: Matrix, _ p: borrowing Parameters) -> (output: Matrix, saved: Saved) {
    let D = size
    var (y, normalized) = (Matrix(rows: x.rows, columns: D), Matrix(rows: x.rows, columns: D))
    var inverse = [Float](repeating: 0, count: x.rows)
    let (γ, β) = (p.span(gain), p.span(offset))
    for r in 0..<x.rows {
      var (sum, squares) = (Float(0), Float(0))
      for j in 0..<D { sum += x.elements[r * D + j] }
      let mean = sum / Float(D)
      for j in 0..<D {
        let d = x.elements[r * D + j] - mean
        squares += d * d
      }
      inverse[r] = 1 / (squares / Float(D) + epsilon).squareRoot()
      for j in 0..<D {
        let z = (x.elements[r * D + j] - mean) * inverse[r]
        normalized.elements[r * D + j] = z
        y.elements[r * D + j] = γ[j] * z + β[j]
      }
    }
    return (y, Saved(normalized: normalized, inverseDeviation: inverse))
  }

  package func backward(
    _ dy: Matrix, _ saved: Saved, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> Matrix {
    let (D, z) = (size, saved.normalized)
    let γ = p.span(gain)
    var dx = Matrix(rows: dy.rows, columns: D)
    for r in 0..<dy.rows {
      var (sum, dot) = (Float(0), Float(0))
      for j in 0..<D {
        let i = r * D + j
        g.elements[gain.range.lowerBound - g.start + j] += dy.elements[i] * z.elements[i]
        g.elements[offset.range.lowerBound - g.start + j] += dy.elements[i]
        let dz = dy.elements[i] * γ[j]
        sum += dz
        dot += dz * z.elements[i]
      }
      // dx = (dz − mean(dz) − z · mean(dz ⊙ z)) / √(σ² + ε)
      for j in 0..<D {
        let i = r * D + j
        let dz = dy.elements[i] * γ[j] - sum / Float(D) - z.elements[i] * dot / Float(D)
        dx.elements[i] = dz * saved.inverseDeviation[r]
      }
    }
    return dx
  }
}

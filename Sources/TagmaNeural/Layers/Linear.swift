internal import TagmaKernels

/// An affine map, `y = x Wᵀ + b`.
///
/// | tensor | shape    | meaning                  |
/// |--------|----------|--------------------------|
/// | `x`    | `[N, I]` | `N` rows of `I` features |
/// | `W`    | `[O, I]` | weight                   |
/// | `b`    | `[O]`    | bias                     |
/// | `y`    | `[N, O]` | output                   |
package struct Linear: Layer {
  package let inputSize: Int
  package let outputSize: Int
  package let weight: Parameter
  package let bias: Parameter

  package init(inputSize: Int, outputSize: Int, name: String, in layout: inout ParameterLayout) {
    self.inputSize = inputSize
    self.outputSize = outputSize
    weight = layout.declare("\(name).weight", shape: outputSize, inputSize, initializer: .glorot)
    bias = layout.declare("\(name).bias", shape: outputSize, initializer: .constant(0))
  }

  package func forward(_ x: Matrix, _ p: borrowing Parameters) -> (output: Matrix, saved: Matrix) {
    var y = Matrix(uninitializedRows: x.rows, columns: outputSize)
    var out = y.elements.mutableSpan
    fillRows(&out, rows: x.rows, with: p.span(bias))
    // y [N, O] += x [N, I] · Wᵀ [I, O]
    matrixProduct(
      x.elements.span, p.span(weight), transposeB: true, into: &out, m: x.rows, n: outputSize,
      k: inputSize, beta: 1)
    return (y, x)
  }

  /// `x Wᵀ`: the output without the bias.
  package func product(_ x: Matrix, _ p: borrowing Parameters) -> Matrix {
    var y = Matrix(uninitializedRows: x.rows, columns: outputSize)
    var out = y.elements.mutableSpan
    matrixProduct(
      x.elements.span, p.span(weight), transposeB: true, into: &out, m: x.rows, n: outputSize,
      k: inputSize)
    return y
  }

  package func backward(
    _ dy: Matrix, _ x: Matrix, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> Matrix {
    accumulate(dy, x, into: &g)
    // dx [N, I] = dy [N, O] · W [O, I]
    var dx = Matrix(uninitializedRows: x.rows, columns: inputSize)
    var out = dx.elements.mutableSpan
    matrixProduct(
      dy.elements.span, p.span(weight), into: &out, m: x.rows, n: inputSize, k: outputSize)
    return dx
  }

  /// `backward` where nobody asks for the gradient of `x`.
  package func accumulate(_ dy: Matrix, _ x: Matrix, into g: inout Gradients) {
    let base = g.start
    var block = g.elements.mutableSpan
    // dW [O, I] += dyᵀ [O, N] · x [N, I]
    matrixProduct(
      dy.elements.span, transposeA: true, x.elements.span, into: &block,
      at: weight.range.lowerBound - base, m: outputSize, n: inputSize, k: x.rows, beta: 1)
    addColumnSums(of: dy, to: bias, in: &g)
  }
}

/// Adds the sums of the columns of `dy` to the gradient of a bias.
func addColumnSums(of dy: Matrix, to bias: Parameter, in g: inout Gradients) {
  var sums = [Float](repeating: 0, count: dy.columns)
  var out = sums.mutableSpan
  addColumnSums(of: dy.elements.span, rows: dy.rows, columns: dy.columns, to: &out)
  let base = g.start
  var block = g.elements.mutableSpan
  add(sums.span, to: &block, at: bias.range.lowerBound - base)
}

internal import TagmaKernels
internal import TagmaModels
package import TagmaNeural

/// Dense (ReLU) → recurrent layers → Dense, over windows of a series.
///
/// | step             | shape       |
/// |------------------|-------------|
/// | rows of windows  | `[W·N, F]`  |
/// | first layer      | `[W·N, D]`  |
/// | recurrent layers | `[W·N, H]`  |
/// | prediction       | `[N, O]`, from the state after the last row |
package struct RegressorNetwork: Sendable {
  package let configuration: RegressorConfiguration
  package let layout: ParameterLayout
  let first: Linear?
  let layers: [Recurrent]
  let last: Linear

  package init(_ configuration: RegressorConfiguration, inputs: Int, outputs: Int) {
    self.configuration = configuration
    var layout = ParameterLayout()
    var size = inputs
    if configuration.denseSize > 0 {
      first = Linear(
        inputSize: inputs, outputSize: configuration.denseSize, name: "first", in: &layout)
      size = configuration.denseSize
    } else {
      first = nil
    }
    var layers: [Recurrent] = []
    for (i, hidden) in configuration.hiddenSizes.enumerated() {
      layers.append(
        Recurrent(
          configuration.cell.function, inputSize: size, hiddenSize: hidden, name: "layers.\(i)",
          in: &layout))
      size = hidden
    }
    self.layers = layers
    last = Linear(inputSize: size, outputSize: outputs, name: "last", in: &layout)
    self.layout = layout
  }

  private struct Saved {
    var dense: Matrix?
    var layers: [Recurrent.Saved] = []
    var state: Matrix
  }

  private func run(_ x: Matrix, count: Int, _ p: borrowing Parameters) -> (y: Matrix, saved: Saved)
  {
    var saved = Saved(dense: nil, state: x)
    var x = x
    if let first {
      x = first.forward(x, p).output
      let count = x.elements.count
      var block = x.elements.mutableSpan
      activate(.relu, &block, count: count)
      saved.dense = x
    }
    for layer in layers {
      let (y, kept, _) = layer.forward(x, from: layer.beginning(count), p)
      saved.layers.append(kept)
      x = y
    }
    let H = x.columns
    saved.state = Matrix(
      rows: count, columns: H, elements: Array(x.elements.suffix(count * H)))
    return (last.forward(saved.state, p).output, saved)
  }

  /// Predictions `[N, O]` for `N` windows, `x` `[W·N, F]` row by row of all windows.
  package func predict(_ x: Matrix, count: Int, _ p: borrowing Parameters) -> Matrix {
    run(x, count: count, p).y
  }

  /// Adds the gradients of the mean squared error times `weight`; returns half the summed squares.
  package func train(
    _ x: Matrix, target: Matrix, weight: Float, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> Double {
    let (loss, dx, dense) = backward(x, target: target, weight: weight, p, accumulatingInto: &g)
    if let first, let dense {
      var dDense = dx
      var block = dDense.elements.mutableSpan
      activateBackward(.relu, dense.elements.span, &block)
      _ = first.backward(dDense, x, p, accumulatingInto: &g)
    }
    return loss
  }

  /// For each step the norm of the loss's gradient with respect to what the lowest recurrent layer read, the mean over
  /// windows.
  package func gradientNorms(
    _ x: Matrix, target: Matrix, _ p: borrowing Parameters
  ) -> [Double] {
    let N = target.rows
    var unused = Gradients(layout)
    let dx = backward(x, target: target, weight: 1, p, accumulatingInto: &unused).dx
    return (0..<x.rows / N).map { t in
      (0..<N).reduce(0) { sum, i in
        sum + Double(dx.row(t * N + i).reduce(0) { $0 + $1 * $1 }).squareRoot()
      } / Double(N)
    }
  }

  /// The loss, the gradient of what the lowest recurrent layer read, and what the first layer put out.
  private func backward(
    _ x: Matrix, target: Matrix, weight: Float, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> (loss: Double, dx: Matrix, dense: Matrix?) {
    let N = target.rows
    let (y, saved) = run(x, count: N, p)
    var (loss, d) = SquaredError().loss(y, target: target)
    d.scale(by: weight)
    d = last.backward(d, saved.state, p, accumulatingInto: &g)
    var dx = Matrix(rows: x.rows, columns: d.columns)
    dx.elements.replaceSubrange((x.rows - N) * d.columns..<dx.elements.count, with: d.elements)
    for (i, layer) in layers.enumerated().reversed() {
      dx = layer.backward(carried: dx, saved.layers[i], p, accumulatingInto: &g)
    }
    return (loss, dx, saved.dense)
  }
}

internal import TagmaKernels

/// A highway connection (Srivastava, Greff & Schmidhuber 2015) around another layer.
///
///     t = σ(W x + b)        y = t ⊙ h + (1 − t) ⊙ x
///
/// | tensor    | shape    | meaning                                        |
/// |-----------|----------|------------------------------------------------|
/// | `x, h`    | `[N, D]` | the other layer's input and output             |
/// | `W`       | `[D, D]` | weight of the gate; its bias begins at 0       |
/// | `y`       | `[N, D]` | output                                         |
package struct Highway: Layer {
  package struct Input: Sendable {
    package var x: Matrix
    package var h: Matrix

    package init(x: Matrix, h: Matrix) {
      self.x = x
      self.h = h
    }
  }

  package struct Saved: Sendable {
    let input: Input
    let gate: Matrix
  }

  let gate: Linear

  package init(size: Int, name: String, in layout: inout ParameterLayout) {
    gate = Linear(inputSize: size, outputSize: size, name: "\(name).gate", in: &layout)
  }

  package func forward(_ input: Input, _ p: borrowing Parameters) -> (
    output: Matrix, saved: Saved
  ) {
    var t = gate.forward(input.x, p).output
    let count = t.elements.count
    var span = t.elements.mutableSpan
    activate(.sigmoid, &span, count: count)
    var y = input.x
    for i in y.elements.indices {
      y.elements[i] += t.elements[i] * (input.h.elements[i] - input.x.elements[i])
    }
    return (y, Saved(input: input, gate: t))
  }

  package func backward(
    _ dy: Matrix, _ saved: Saved, _ p: borrowing Parameters, accumulatingInto g: inout Gradients
  ) -> Input {
    let (x, h, t) = (saved.input.x, saved.input.h, saved.gate)
    var (dh, dt, dx) = (dy, dy, dy)
    for i in dy.elements.indices {
      let (d, gate) = (dy.elements[i], t.elements[i])
      dh.elements[i] = d * gate
      dx.elements[i] = d * (1 - gate)
      dt.elements[i] = d * (h.elements[i] - x.elements[i]) * gate * (1 - gate)
    }
    dx.add(self.gate.backward(dt, x, p, accumulatingInto: &g))
    return Input(x: dx, h: dh)
  }
}

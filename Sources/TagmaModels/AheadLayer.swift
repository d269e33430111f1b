internal import TagmaKernels
package import TagmaNeural

/// One layer of any kind that reads ahead only and goes on where it stopped.
package enum AheadLayer: Sendable {
  case lstm(Recurrent<LSTMCell>)
  case gru(Recurrent<GRUCell>)
  case elman(Recurrent<ElmanCell>)

  package enum Saved: Sendable {
    case lstm(Recurrent<LSTMCell>.Saved)
    case gru(Recurrent<GRUCell>.Saved)
    case elman(Recurrent<ElmanCell>.Saved)
  }

  package init(
    _ cell: CellKind, inputSize: Int, hiddenSize: Int, name: String,
    in layout: inout ParameterLayout
  ) {
    func elman(_ activation: Activation, _ layout: inout ParameterLayout) -> AheadLayer {
      .elman(
        Recurrent(
          ElmanCell(activation), inputSize: inputSize, hiddenSize: hiddenSize, name: name,
          in: &layout))
    }
    switch cell {
    case .lstm:
      self = .lstm(
        Recurrent(
          LSTMCell(), inputSize: inputSize, hiddenSize: hiddenSize, name: name, in: &layout))
    case .gru:
      self = .gru(
        Recurrent(
          GRUCell(), inputSize: inputSize, hiddenSize: hiddenSize, name: name, in: &layout))
    case .elmanTanh: self = elman(.tanh, &layout)
    case .elmanSigmoid: self = elman(.sigmoid, &layout)
    case .elmanReLU: self = elman(.relu, &layout)
    }
  }

  package var hiddenSize: Int {
    switch self {
    case .lstm(let layer): layer.hiddenSize
    case .gru(let layer): layer.hiddenSize
    case .elman(let layer): layer.hiddenSize
    }
  }

  private var hasCells: Bool { if case .lstm = self { true } else { false } }

  /// The weights from a step's state to the next step's gates.
  package var recurrentWeight: Parameter {
    switch self {
    case .lstm(let layer): layer.hiddenWeight
    case .gru(let layer): layer.hiddenWeight
    case .elman(let layer): layer.hiddenWeight
    }
  }

  /// The beginning of `count` sequences.
  package func beginning(_ count: Int) -> CarriedState {
    CarriedState(count: count, hiddenSize: hiddenSize, hasCells: hasCells)
  }

  /// Goes on with `x` `[T·N, I]`; returns `[T·N, H]`.
  ///
  /// - Parameter rows: Where the different rows of the input stand once in `x` `[V, I]`, which of them come `[T·N]`.
  package func forward(
    _ x: Matrix, rows: [Int]? = nil, from carried: CarriedState, _ p: borrowing Parameters
  ) -> (output: Matrix, saved: Saved, carried: CarriedState) {
    switch self {
    case .lstm(let layer):
      let (y, saved) = layer.forward(x, rows: rows, from: carried, p)
      return (y, .lstm(saved), layer.carried(after: saved))
    case .gru(let layer):
      let (y, saved) = layer.forward(x, rows: rows, from: carried, p)
      return (y, .gru(saved), layer.carried(after: saved))
    case .elman(let layer):
      let (y, saved) = layer.forward(x, rows: rows, from: carried, p)
      return (y, .elman(saved), layer.carried(after: saved))
    }
  }

  /// The gradient of `x`, `[T·N, I]`, or that of its different rows, `[V, I]`.
  package func backward(
    _ dy: Matrix, _ saved: Saved, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> Matrix {
    switch (self, saved) {
    case (.lstm(let layer), .lstm(let saved)):
      layer.backward(carried: dy, saved, p, accumulatingInto: &g)
    case (.gru(let layer), .gru(let saved)):
      layer.backward(carried: dy, saved, p, accumulatingInto: &g)
    case (.elman(let layer), .elman(let saved)):
      layer.backward(carried: dy, saved, p, accumulatingInto: &g)
    default: preconditionFailure("AheadLayer: saved by another kind of layer")
    }
  }
}

// MARK: - Prediction

extension AheadLayer {
  /// Width of the gates.
  package var gateSize: Int {
    switch self {
    case .lstm(let layer): layer.gateSize
    case .gru(let layer): layer.gateSize
    case .elman(let layer): layer.gateSize
    }
  }

  package func prepare(_ p: borrowing Parameters) -> PreparedRecurrent {
    switch self {
    case .lstm(let layer): layer.prepare(p)
    case .gru(let layer): layer.prepare(p)
    case .elman(let layer): layer.prepare(p)
    }
  }

  /// The input's part of the gates, `[N, G·H]`.
  package func projected(_ x: Matrix, _ p: borrowing Parameters) -> Matrix {
    var gates = Matrix(uninitializedRows: x.rows, columns: gateSize)
    switch self {
    case .lstm(let layer): layer.project(x, p, into: &gates)
    case .gru(let layer): layer.project(x, p, into: &gates)
    case .elman(let layer): layer.project(x, p, into: &gates)
    }
    return gates
  }

  /// Hidden states of whole sequences, `[R, H]`, from gates of which each row names its own.
  package func predict(
    _ gates: Matrix, rows: [Int], packing: PackedSequences, _ prepared: PreparedRecurrent,
    _ p: borrowing Parameters
  ) -> Matrix {
    let input = ProjectedGates(
      block: gates.elements, stride: gates.columns, column: 0, rows: rows)
    var h = Matrix(uninitializedRows: packing.rows, columns: hiddenSize)
    switch self {
    case .lstm(let layer): layer.predict(input, packing: packing, prepared, p, into: &h)
    case .gru(let layer): layer.predict(input, packing: packing, prepared, p, into: &h)
    case .elman(let layer): layer.predict(input, packing: packing, prepared, p, into: &h)
    }
    return h
  }
}

package import TagmaKernels
package import TagmaNeural

/// What a recurrent layer remembers with.
public enum CellKind: String, Codable, Sendable, CaseIterable {
  case lstm, gru
  case elmanTanh = "elman-tanh"
  case elmanSigmoid = "elman-sigmoid"
  case elmanReLU = "elman-relu"
}

/// One bidirectional layer of any kind: the one place that knows all cells.
package enum RecurrentLayer: Sendable {
  case lstm(Bidirectional<LSTMCell>)
  case gru(Bidirectional<GRUCell>)
  case elman(Bidirectional<ElmanCell>)

  package enum Saved: Sendable {
    case lstm(Bidirectional<LSTMCell>.Saved)
    case gru(Bidirectional<GRUCell>.Saved)
    case elman(Bidirectional<ElmanCell>.Saved)
  }

  package enum Prepared: Sendable {
    case lstm(Bidirectional<LSTMCell>.Prepared)
    case gru(Bidirectional<GRUCell>.Prepared)
    case elman(Bidirectional<ElmanCell>.Prepared)
  }

  package init(
    _ cell: CellKind, inputSize: Int, hiddenSize: Int, name: String,
    in layout: inout ParameterLayout
  ) {
    func elman(_ activation: Activation, _ layout: inout ParameterLayout) -> RecurrentLayer {
      .elman(
        Bidirectional(
          ElmanCell(activation), inputSize: inputSize, hiddenSize: hiddenSize, name: name,
          in: &layout))
    }
    switch cell {
    case .lstm:
      self = .lstm(
        Bidirectional(
          LSTMCell(), inputSize: inputSize, hiddenSize: hiddenSize, name: name, in: &layout))
    case .gru:
      self = .gru(
        Bidirectional(
          GRUCell(), inputSize: inputSize, hiddenSize: hiddenSize, name: name, in: &layout))
    case .elmanTanh: self = elman(.tanh, &layout)
    case .elmanSigmoid: self = elman(.sigmoid, &layout)
    case .elmanReLU: self = elman(.relu, &layout)
    }
  }

  /// The weights from a step's state to the next step's gates, of both directions.
  package var recurrentWeights: [Parameter] {
    switch self {
    case .lstm(let layer): layer.recurrentWeights
    case .gru(let layer): layer.recurrentWeights
    case .elman(let layer): layer.recurrentWeights
    }
  }

  package var outputSize: Int {
    switch self {
    case .lstm(let layer): layer.outputSize
    case .gru(let layer): layer.outputSize
    case .elman(let layer): layer.outputSize
    }
  }

  /// Whether no hidden value can leave ±1.
  package var staysWithinOne: Bool {
    switch self {
    case .lstm(let layer): layer.ahead.staysWithinOne
    case .gru(let layer): layer.ahead.staysWithinOne
    case .elman(let layer): layer.ahead.staysWithinOne
    }
  }

  /// Width of one direction's gates.
  package var gateSize: Int {
    switch self {
    case .lstm(let layer): layer.projectionSize / 2
    case .gru(let layer): layer.projectionSize / 2
    case .elman(let layer): layer.projectionSize / 2
    }
  }

  package func forward(_ x: PackedMatrix, _ p: borrowing Parameters) -> (PackedMatrix, Saved) {
    switch self {
    case .lstm(let layer):
      let (y, saved) = layer.forward(x, p)
      return (y, .lstm(saved))
    case .gru(let layer):
      let (y, saved) = layer.forward(x, p)
      return (y, .gru(saved))
    case .elman(let layer):
      let (y, saved) = layer.forward(x, p)
      return (y, .elman(saved))
    }
  }

  package func backward(
    _ dy: PackedMatrix, _ saved: Saved, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> PackedMatrix {
    switch (self, saved) {
    case (.lstm(let layer), .lstm(let saved)):
      layer.backward(dy, saved, p, accumulatingInto: &g)
    case (.gru(let layer), .gru(let saved)): layer.backward(dy, saved, p, accumulatingInto: &g)
    case (.elman(let layer), .elman(let saved)):
      layer.backward(dy, saved, p, accumulatingInto: &g)
    default: preconditionFailure("RecurrentLayer: saved by another kind of layer")
    }
  }

  package func prepare(_ p: borrowing Parameters) -> Prepared {
    switch self {
    case .lstm(let layer): .lstm(layer.prepare(p))
    case .gru(let layer): .gru(layer.prepare(p))
    case .elman(let layer): .elman(layer.prepare(p))
    }
  }

  /// The gates of both directions from the input alone, into columns of `gates` from `column`.
  package func project(
    _ x: Matrix, _ p: borrowing Parameters, into gates: inout Matrix, column: Int = 0
  ) {
    switch self {
    case .lstm(let layer): layer.project(x, p, into: &gates, column: column)
    case .gru(let layer): layer.project(x, p, into: &gates, column: column)
    case .elman(let layer): layer.project(x, p, into: &gates, column: column)
    }
  }

  /// Adds to the gates of both directions what some columns of the input give.
  package func addProjection(
    of x: Matrix, columns: Range<Int>, _ p: borrowing Parameters, to gates: inout Matrix
  ) {
    switch self {
    case .lstm(let layer): layer.addProjection(of: x, columns: columns, p, to: &gates)
    case .gru(let layer): layer.addProjection(of: x, columns: columns, p, to: &gates)
    case .elman(let layer): layer.addProjection(of: x, columns: columns, p, to: &gates)
    }
  }

  /// Hidden states from projected gates, into columns of `h` from `column`.
  package func predict(
    _ gates: ProjectedGates, packing: PackedSequences, _ prepared: Prepared,
    _ p: borrowing Parameters, into h: inout Matrix, column: Int = 0
  ) {
    switch (self, prepared) {
    case (.lstm(let layer), .lstm(let prepared)):
      layer.predict(gates, packing: packing, prepared, p, into: &h, column: column)
    case (.gru(let layer), .gru(let prepared)):
      layer.predict(gates, packing: packing, prepared, p, into: &h, column: column)
    case (.elman(let layer), .elman(let prepared)):
      layer.predict(gates, packing: packing, prepared, p, into: &h, column: column)
    default: preconditionFailure("RecurrentLayer: prepared for another kind of layer")
    }
  }

  /// `forward` without what only the backward pass needs.
  package func predict(_ x: PackedMatrix, _ prepared: Prepared, _ p: borrowing Parameters)
    -> PackedMatrix
  {
    var gates = Matrix(uninitializedRows: x.matrix.rows, columns: 2 * gateSize)
    project(x.matrix, p, into: &gates)
    var h = Matrix(uninitializedRows: x.matrix.rows, columns: outputSize)
    predict(
      ProjectedGates(
        block: gates.elements, stride: gates.columns, column: 0, rows: Array(0..<gates.rows)),
      packing: x.packing, prepared, p, into: &h)
    return PackedMatrix(h, x.packing)
  }
}

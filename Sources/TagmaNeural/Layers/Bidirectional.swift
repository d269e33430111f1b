package import TagmaKernels

/// Two recurrent layers over the same input, one from each end (Graves & Schmidhuber 2005); their
/// hidden states stand side by side: `y` `[R, 2H]`.
package struct Bidirectional: Layer {
  package let ahead: Recurrent
  package let back: Recurrent
  package var outputSize: Int { 2 * ahead.hiddenSize }
  /// The weights from a step's state to the next step's gates.
  package var recurrentWeights: [Parameter] { [ahead.hiddenWeight, back.hiddenWeight] }

  package struct Saved: Sendable {
    let ahead: Recurrent.Saved
    let back: Recurrent.Saved
  }

  package init(
    _ cell: any RecurrentCell, inputSize: Int, hiddenSize: Int, name: String,
    in layout: inout ParameterLayout
  ) {
    ahead = Recurrent(
      cell, inputSize: inputSize, hiddenSize: hiddenSize, name: "\(name).forward", in: &layout)
    back = Recurrent(
      cell, inputSize: inputSize, hiddenSize: hiddenSize, isReversed: true,
      name: "\(name).backward", in: &layout)
  }

  package func forward(_ x: PackedMatrix, _ p: borrowing Parameters) -> (
    output: PackedMatrix, saved: Saved
  ) {
    var h = Matrix(uninitializedRows: x.matrix.rows, columns: outputSize)
    var first = ahead.forward(x, p, into: &h, column: 0)
    first.h = Matrix(rows: 0, columns: 0)  // so that the next line does not copy a shared block
    let second = back.forward(x, p, into: &h, column: ahead.hiddenSize)
    first.h = h
    return (PackedMatrix(h, x.packing), Saved(ahead: first, back: second))
  }

  package func backward(
    _ dy: PackedMatrix, _ saved: Saved, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> PackedMatrix {
    var dx = Matrix(uninitializedRows: dy.matrix.rows, columns: ahead.inputSize)
    ahead.backward(dy.matrix, saved.ahead, p, accumulatingInto: &g, dx: &dx, beta: 0)
    back.backward(dy.matrix, saved.back, p, accumulatingInto: &g, dx: &dx, beta: 1)
    return PackedMatrix(dx, dy.packing)
  }
}

// MARK: - Prediction

extension Bidirectional {
  /// The recurrent weights of both directions.
  package struct Prepared: Sendable {
    let ahead: PreparedRecurrent
    let back: PreparedRecurrent
  }

  package func prepare(_ p: borrowing Parameters, isRounded: Bool = true) -> Prepared {
    Prepared(
      ahead: ahead.prepare(p, isRounded: isRounded), back: back.prepare(p, isRounded: isRounded))
  }

  /// Whether no hidden value can leave ±1.
  package var staysWithinOne: Bool { ahead.staysWithinOne }

  /// Width of one direction's gates.
  package var gateSize: Int { ahead.gateSize }

  /// Width of what `project` writes: the gates of both directions.
  package var projectionSize: Int { 2 * ahead.gateSize }

  /// The input's part of the gates of both directions, a function of each row alone, into `projectionSize`
  /// columns of `gates` from `column`.
  package func project(
    _ x: Matrix, _ p: borrowing Parameters, into gates: inout Matrix, column: Int = 0
  ) {
    ahead.project(x, p, into: &gates, column: column)
    back.project(x, p, into: &gates, column: column + ahead.gateSize)
  }

  /// Adds to the gates of both directions what some columns of the input give.
  package func addProjection(
    of x: Matrix, columns: Range<Int>, _ p: borrowing Parameters, to gates: inout Matrix
  ) {
    ahead.addProjection(of: x, columns: columns, p, to: &gates, column: 0)
    back.addProjection(of: x, columns: columns, p, to: &gates, column: ahead.gateSize)
  }

  /// Hidden states from projected gates, in packed order, into columns of `h` from `column`.
  package func predict(
    _ gates: ProjectedGates, packing: PackedSequences, _ prepared: Prepared,
    _ p: borrowing Parameters, into h: inout Matrix, column: Int = 0
  ) {
    ahead.predict(
      gates, packing: packing, prepared.ahead, p, into: &h, column: column)
    back.predict(
      gates.shifted(by: ahead.gateSize), packing: packing, prepared.back, p, into: &h,
      column: column + ahead.hiddenSize)
  }

  /// `forward` without what only the backward pass needs.
  package func predict(_ x: PackedMatrix, _ prepared: Prepared, _ p: borrowing Parameters)
    -> PackedMatrix
  {
    var gates = Matrix(uninitializedRows: x.matrix.rows, columns: projectionSize)
    project(x.matrix, p, into: &gates)
    var h = Matrix(uninitializedRows: x.matrix.rows, columns: outputSize)
    predict(
      ProjectedGates(
        block: gates.elements, stride: gates.columns, column: 0, rows: Array(0..<gates.rows)),
      packing: x.packing, prepared, p, into: &h)
    return PackedMatrix(h, x.packing)
  }
}

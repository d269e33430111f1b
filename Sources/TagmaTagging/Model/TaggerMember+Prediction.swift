internal import TagmaKernels
internal import TagmaModels
internal import TagmaNeural

// Prediction in two parts: what depends on a word alone, which can be remembered, and what depends on the
// sentence.

extension TaggerMember {
  /// Weights in the form that prediction reads, made once for many calls.
  package struct Prepared: Sendable {
    let characters: CharacterEncoder.Prepared?
    let layers: [Bidirectional.Prepared]
  }

  func prepare(_ p: borrowing Parameters) -> Prepared {
    var layers: [Bidirectional.Prepared] = []
    for layer in self.layers { layers.append(layer.prepare(p)) }
    return Prepared(characters: characters?.prepare(p), layers: layers)
  }

  /// Width of the states that the heads read.
  var stateSize: Int { layers[layers.count - 1].outputSize }

  /// Whether no value of them can leave ±1.
  var statesStayWithinOne: Bool {
    joints[joints.count - 1].isNone && attentions[attentions.count - 1] == nil
      && layers[layers.count - 1].staysWithinOne
  }

  /// The gates of the lowest layer from each word alone, into columns of `gates` from `column`.
  func project(
    _ input: TaggerNetwork.Input, _ prepared: Prepared, _ p: borrowing Parameters,
    into gates: inout Matrix, column: Int
  ) {
    var spelled: Matrix?
    if let characters, let batch = input.characters {
      spelled = characters.predict(batch, prepared.characters, p)
    }
    layers[0].project(vectors(input, spelled: spelled, p), p, into: &gates, column: column)
  }

  /// The gates of words, each with what its sentence adds, `context` `[R, C]`: zeros where the word alone decides.
  func adding(
    _ context: Matrix, to gates: ProjectedGates, _ p: borrowing Parameters
  ) -> ProjectedGates {
    guard let reading = self.context else { return gates }
    let width = 2 * layers[0].gateSize
    var sum = Matrix(uninitializedRows: context.rows, columns: width)
    var out = sum.elements.mutableSpan
    copyRows(
      gates.block.span, from: gates.rows[...], stride: gates.stride, column: gates.column,
      into: &out, yStride: width, columns: width)
    let size = widths.reduce(0, +)
    layers[0].addProjection(
      of: reading.product(context, p), columns: size - reading.outputSize..<size, p,
      to: &sum)
    return ProjectedGates(
      block: sum.elements, stride: width, column: 0, rows: Array(0..<context.rows))
  }

  /// States of all words from the gates of the lowest layer, into columns of `states` from `column`.
  func predict(
    _ gates: ProjectedGates, packing: PackedSequences, _ prepared: Prepared,
    _ p: borrowing Parameters, into states: inout Matrix, column: Int
  ) {
    guard layers.count > 1 || attentions[0] != nil else {
      return layers[0].predict(
        gates, packing: packing, prepared.layers[0], p, into: &states, column: column)
    }
    var first = Matrix(uninitializedRows: packing.rows, columns: layers[0].outputSize)
    layers[0].predict(gates, packing: packing, prepared.layers[0], p, into: &first)
    var x = PackedMatrix(first, packing)
    x = attentions[0]?.forward(x, p).output ?? x
    for i in layers.indices.dropFirst() {
      var y = layers[i].predict(x, prepared.layers[i], p)
      _ = joints[i].forward(x.matrix, &y.matrix, p)
      x = attentions[i]?.forward(y, p).output ?? y
    }
    states.copy(x.matrix, toColumn: column)
  }
}

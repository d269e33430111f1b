internal import TagmaKernels
package import TagmaNeural

/// Reads each different word of a batch once, letter by letter.
package struct CharacterEncoder: Sendable {
  private enum Kind: Sendable {
    case lstm(Bidirectional)
    case cnn(CharacterCNN)
  }
  private let embedding: Embedding
  private let kind: Kind
  package let outputSize: Int

  package struct Saved: Sendable {
    fileprivate enum Kind: Sendable {
      case lstm(Bidirectional.Saved, PackedSequences)
      case cnn(CharacterCNN.Saved)
    }
    fileprivate let ids: [Int]
    fileprivate let kind: Kind
  }

  /// Nil where the configuration has no character model.
  package init?(
    _ configuration: TaggerConfiguration, characterCount: Int, prefix: String,
    in layout: inout ParameterLayout
  ) {
    guard configuration.characterModel != .none else { return nil }
    let (size, hidden) = (configuration.characterSize, configuration.characterHiddenSize)
    embedding = Embedding(
      count: characterCount, size: size, name: prefix + "characters", in: &layout)
    outputSize = 2 * hidden
    switch configuration.characterModel {
    case .lstm:
      kind = .lstm(
        Bidirectional(
          LSTMCell(), inputSize: size, hiddenSize: hidden, name: prefix + "character_encoder",
          in: &layout))
    case .cnn, .none:
      kind = .cnn(
        CharacterCNN(
          inputSize: size, outputSize: 2 * hidden, name: prefix + "character_encoder", in: &layout))
    }
  }

  /// Words as packed characters, which begin with the longest word.
  package struct Batch: Sendable {
    package let ids: [Int]
    package let packing: PackedSequences
    /// For each word in the order given, its sequence in the packing.
    package let sequence: [Int]

    package init(_ words: [[Int]]) {
      let order = words.indices.sorted {
        words[$0].count != words[$1].count ? words[$0].count > words[$1].count : $0 < $1
      }
      packing = PackedSequences(lengths: order.map { words[$0].count })
      var ids = [Int](repeating: 0, count: packing.rows)
      var sequence = [Int](repeating: 0, count: words.count)
      for (i, word) in order.enumerated() {
        sequence[word] = i
        for (t, id) in words[word].enumerated() { ids[packing.offsets[t] + i] = id }
      }
      self.ids = ids
      self.sequence = sequence
    }
  }

  /// One row for each word, in the order of the packing.
  package func forward(_ batch: Batch, _ p: borrowing Parameters) -> (Matrix, Saved) {
    let x = PackedMatrix(embedding.forward(batch.ids, p), batch.packing)
    switch kind {
    case .lstm(let layer):
      let (h, saved) = layer.forward(x, p)
      return (
        ends(h.matrix, batch.packing),
        Saved(ids: batch.ids, kind: .lstm(saved, batch.packing))
      )
    case .cnn(let layer):
      let (y, saved) = layer.forward(x, p)
      return (y, Saved(ids: batch.ids, kind: .cnn(saved)))
    }
  }

  /// Weights in the form that prediction reads.
  package enum Prepared: Sendable {
    /// The gates of each character, `[C, 2·G·H]`, and the recurrent weights.
    case lstm(gates: Matrix, Bidirectional.Prepared)
    case cnn
  }

  package func prepare(_ p: borrowing Parameters) -> Prepared {
    switch kind {
    case .lstm(let layer):
      let all = embedding.forward(Array(0..<embedding.count), p)
      var gates = Matrix(uninitializedRows: all.rows, columns: layer.projectionSize)
      layer.project(all, p, into: &gates)
      return .lstm(gates: gates, layer.prepare(p))
    case .cnn: return .cnn
    }
  }

  /// `forward` without what only the backward pass needs.
  package func predict(_ batch: Batch, _ prepared: Prepared?, _ p: borrowing Parameters) -> Matrix {
    guard case .lstm(let layer) = kind, case .lstm(let gates, let prepared) = prepared else {
      return forward(batch, p).0
    }
    var h = Matrix(uninitializedRows: batch.packing.rows, columns: outputSize)
    layer.predict(
      ProjectedGates(block: gates.elements, stride: gates.columns, column: 0, rows: batch.ids),
      packing: batch.packing, prepared, p, into: &h, column: 0)
    return ends(h, batch.packing)
  }

  package func backward(
    _ dy: Matrix, _ saved: Saved, _ p: borrowing Parameters, accumulatingInto g: inout Gradients
  ) {
    let dx: PackedMatrix
    switch (kind, saved.kind) {
    case (.lstm(let layer), .lstm(let state, let packing)):
      let dh = PackedMatrix(spread(dy, packing), packing)
      dx = layer.backward(dh, state, p, accumulatingInto: &g)
    case (.cnn(let layer), .cnn(let state)):
      dx = layer.backward(dy, state, p, accumulatingInto: &g)
    default: preconditionFailure("CharacterEncoder: saved by another kind of layer")
    }
    embedding.backward(dx.matrix, saved.ids, accumulatingInto: &g)
  }

  /// The forward state after the last character beside the backward state after the first.
  private func ends(_ h: Matrix, _ packing: PackedSequences) -> Matrix {
    let half = outputSize / 2
    var y = Matrix(rows: packing.lengths.count, columns: outputSize)
    for (i, length) in packing.lengths.enumerated() {
      let last = packing.offsets[length - 1] + i
      for j in 0..<half {
        y.elements[i * outputSize + j] = h.elements[last * outputSize + j]
        y.elements[i * outputSize + half + j] = h.elements[i * outputSize + half + j]
      }
    }
    return y
  }

  /// The gradient of `ends`.
  private func spread(_ dy: Matrix, _ packing: PackedSequences) -> Matrix {
    let half = outputSize / 2
    var dh = Matrix(rows: packing.rows, columns: outputSize)
    for (i, length) in packing.lengths.enumerated() {
      let last = packing.offsets[length - 1] + i
      for j in 0..<half {
        dh.elements[last * outputSize + j] += dy.elements[i * outputSize + j]
        dh.elements[i * outputSize + half + j] += dy.elements[i * outputSize + half + j]
      }
    }
    return dh
  }
}

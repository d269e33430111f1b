internal import TagmaKernels
internal import TagmaModels
package import TagmaNeural

/// What comes after a character.
enum CharacterLabel: Int, CaseIterable {
  case inside, token, sentence, multiword, multiwordSentence

  init(isMultiword: Bool, endsSentence: Bool) {
    self =
      isMultiword
      ? (endsSentence ? .multiwordSentence : .multiword) : endsSentence ? .sentence : .token
  }

  var endsToken: Bool { self != .inside }
  var endsSentence: Bool { self == .sentence || self == .multiwordSentence }
  var isMultiword: Bool { self == .multiword || self == .multiwordSentence }
}

/// Characters of texts, read from both sides, and what comes after each of them.
///
/// | step                                | shape     |
/// |-------------------------------------|-----------|
/// | character + category + hint         | `[R, D]`  |
/// | bidirectional layers                | `[R, 2H]` |
/// | scores of labels                    | `[R, 5]`  |
package struct SegmenterNetwork: Sendable {
  package let layout: ParameterLayout
  let characters, categories, hints: Embedding
  let layers: [Bidirectional]
  let output: Linear
  let loss: CrossEntropy

  /// What is read of each row.
  package struct Input: Sendable {
    var characters: [Int] = []
    var categories: [Int] = []
    var hints: [Int] = []

    mutating func append(_ read: (character: Int, category: Int, hint: Int)) {
      characters.append(read.character)
      categories.append(read.category)
      hints.append(read.hint)
    }
  }

  package init(_ configuration: SegmenterConfiguration, characterCount: Int) {
    var layout = ParameterLayout()
    let D = configuration.characterSize
    characters = Embedding(count: characterCount, size: D, name: "characters", in: &layout)
    categories = Embedding(count: categoryCount, size: D, name: "categories", in: &layout)
    hints = Embedding(count: TextCharacters.hintCount, size: D, name: "hints", in: &layout)
    var layers: [Bidirectional] = []
    var size = D
    for (i, hidden) in configuration.hiddenSizes.enumerated() {
      layers.append(
        Bidirectional(
          configuration.cell.function, inputSize: size, hiddenSize: hidden, name: "layers.\(i)",
          in: &layout
        ))
      size = 2 * hidden
    }
    self.layers = layers
    output = Linear(
      inputSize: size, outputSize: CharacterLabel.allCases.count, name: "output", in: &layout)
    loss = CrossEntropy(groups: [0..<CharacterLabel.allCases.count])
    self.layout = layout
  }

  private func embed(_ input: Input, _ p: borrowing Parameters) -> Matrix {
    var x = characters.forward(input.characters, p)
    x.add(categories.forward(input.categories, p))
    x.add(hints.forward(input.hints, p))
    return x
  }

  /// Adds the gradients of packed stretches; returns the summed loss of their characters.
  package func train(
    _ input: Input, _ packing: PackedSequences, labels: [Int32], dropout: Dropout, weight: Float,
    random: inout SplitMix64, _ p: borrowing Parameters, accumulatingInto g: inout Gradients
  ) -> Double {
    var x = embed(input, p)
    var masks: [[Float]?] = []
    var saved: [Bidirectional.Saved] = []
    for layer in layers {
      masks.append(dropout.mask(for: packing, columns: x.columns, using: &random))
      Dropout.apply(masks[masks.count - 1], to: &x)
      let (y, kept) = layer.forward(PackedMatrix(x, packing), p)
      saved.append(kept)
      x = y.matrix
    }
    let last = dropout.mask(for: packing, columns: x.columns, using: &random)
    Dropout.apply(last, to: &x)
    let (total, dLogits) = loss.loss(
      output.forward(x, p).output, targets: [labels], weight: weight)
    var d = output.backward(dLogits, x, p, accumulatingInto: &g)
    Dropout.apply(last, to: &d)
    for (i, layer) in layers.enumerated().reversed() {
      d = layer.backward(PackedMatrix(d, packing), saved[i], p, accumulatingInto: &g).matrix
      Dropout.apply(masks[i], to: &d)
    }
    characters.backward(d, input.characters, accumulatingInto: &g)
    categories.backward(d, input.categories, accumulatingInto: &g)
    hints.backward(d, input.hints, accumulatingInto: &g)
    return total
  }

  /// Scores `[R, 5]` of packed stretches.
  ///
  /// - Parameters:
  ///   - input: What is read, each once.
  ///   - rows: For each row of the packing its place in the input.
  package func scores(
    _ input: Input, _ rows: [Int], _ packing: PackedSequences,
    _ prepared: [Bidirectional.Prepared], _ p: borrowing Parameters
  ) -> Matrix {
    let first = layers[0]
    var gates = Matrix(uninitializedRows: input.characters.count, columns: 2 * first.gateSize)
    first.project(embed(input, p), p, into: &gates)
    var x = Matrix(uninitializedRows: packing.rows, columns: first.outputSize)
    first.predict(
      ProjectedGates(block: gates.elements, stride: gates.columns, column: 0, rows: rows),
      packing: packing, prepared[0], p, into: &x)
    for (layer, weights) in zip(layers, prepared).dropFirst() {
      x = layer.predict(PackedMatrix(x, packing), weights, p).matrix
    }
    return output.forward(x, p).output
  }
}

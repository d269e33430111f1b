import TagmaKernels
import TagmaNeural
import TestSupport
import Testing

/// Lengths of sequences: size 1, length 1, equal and unequal lengths.
let packings: [[Int]] = [[1], [4], [2, 2], [5, 3, 1], [3, 1, 1, 1]]

@Suite("Gradients of all layers against central differences")
struct LayerGradientTests {
  private func checkMatrixLayer<L: Layer>(
    _ layer: L, _ layout: ParameterLayout, rows: Int, inputs: Int, outputs: Int
  ) where L.Input == Matrix, L.Output == Matrix {
    checkGradients(
      of: layer, layout: layout, seed: 3, input: randomValues(rows * inputs, seed: 4),
      wrap: { Matrix(rows: rows, columns: inputs, elements: $0) }, unwrapInput: { $0.elements },
      wrapOutput: { Matrix(rows: rows, columns: outputs, elements: $0) },
      unwrapOutput: { $0.elements })
  }

  private func checkPackedLayer<L: Layer>(
    _ layer: L, _ layout: ParameterLayout, lengths: [Int], inputs: Int, outputs: Int
  ) where L.Input == PackedMatrix, L.Output == PackedMatrix {
    let packing = PackedSequences(lengths: lengths)
    checkGradients(
      of: layer, layout: layout, seed: 5, input: randomValues(packing.rows * inputs, seed: 6),
      wrap: { PackedMatrix(Matrix(rows: packing.rows, columns: inputs, elements: $0), packing) },
      unwrapInput: { $0.matrix.elements },
      wrapOutput: {
        PackedMatrix(Matrix(rows: packing.rows, columns: outputs, elements: $0), packing)
      },
      unwrapOutput: { $0.matrix.elements })
  }

  @Test("Linear", arguments: [(1, 1, 1), (3, 2, 4), (5, 1, 3)])
  func linear(rows: Int, inputs: Int, outputs: Int) {
    var layout = ParameterLayout()
    let layer = Linear(inputSize: inputs, outputSize: outputs, name: "l", in: &layout)
    checkMatrixLayer(layer, layout, rows: rows, inputs: inputs, outputs: outputs)
  }

  @Test("LayerNorm", arguments: [(1, 2), (3, 5)])
  func layerNorm(rows: Int, size: Int) {
    var layout = ParameterLayout()
    let layer = LayerNorm(size: size, name: "n", in: &layout)
    checkMatrixLayer(layer, layout, rows: rows, inputs: size, outputs: size)
  }

  @Test("Highway", arguments: [(1, 1), (4, 3)])
  func highway(rows: Int, size: Int) {
    var layout = ParameterLayout()
    let layer = Highway(size: size, name: "h", in: &layout)
    let n = rows * size
    checkGradients(
      of: layer, layout: layout, seed: 3, input: randomValues(2 * n, seed: 4),
      wrap: {
        Highway.Input(
          x: Matrix(rows: rows, columns: size, elements: Array($0[..<n])),
          h: Matrix(rows: rows, columns: size, elements: Array($0[n...])))
      }, unwrapInput: { $0.x.elements + $0.h.elements },
      wrapOutput: { Matrix(rows: rows, columns: size, elements: $0) },
      unwrapOutput: { $0.elements })
  }

  @Test("LSTM in both directions", arguments: packings, [false, true])
  func lstm(lengths: [Int], isReversed: Bool) {
    var layout = ParameterLayout()
    let layer = Recurrent(
      LSTMCell(), inputSize: 2, hiddenSize: 3, isReversed: isReversed, name: "l", in: &layout)
    checkPackedLayer(layer, layout, lengths: lengths, inputs: 2, outputs: 3)
  }

  @Test("GRU in both directions", arguments: packings, [false, true])
  func gru(lengths: [Int], isReversed: Bool) {
    var layout = ParameterLayout()
    let layer = Recurrent(
      GRUCell(), inputSize: 2, hiddenSize: 3, isReversed: isReversed, name: "g", in: &layout)
    checkPackedLayer(layer, layout, lengths: lengths, inputs: 2, outputs: 3)
  }

  @Test("Elman network with sigmoid and tanh", arguments: packings, [Activation.sigmoid, .tanh])
  func elman(lengths: [Int], activation: Activation) {
    for isReversed in [false, true] {
      var layout = ParameterLayout()
      let layer = Recurrent(
        ElmanCell(activation), inputSize: 2, hiddenSize: 3, isReversed: isReversed, name: "r",
        in: &layout)
      checkPackedLayer(layer, layout, lengths: lengths, inputs: 2, outputs: 3)
    }
  }

  @Test("Elman network with ReLU, away from its corner")
  func elmanReLU() {
    var layout = ParameterLayout()
    let layer = Recurrent(ElmanCell(.relu), inputSize: 1, hiddenSize: 1, name: "r", in: &layout)
    var p = Parameters(layout, elements: [0.5, 0.5, 0.7])
    let packing = PackedSequences(lengths: [3])
    let x = PackedMatrix(Matrix(rows: 3, columns: 1, elements: [1, -0.2, 2]), packing)
    let (y, saved) = layer.forward(x, p)
    var g = Gradients(layout)
    let dy = PackedMatrix(Matrix(rows: 3, columns: 1, filledWith: 1), packing)
    _ = layer.backward(dy, saved, p, accumulatingInto: &g)
    #expect(y.matrix.elements.allSatisfy { $0 > 0.1 })
    let start = p.elements
    expectGradient(of: start, matches: g.elements, name: "parameters") { values in
      p.elements = values
      return layer.forward(x, p).output.matrix.elements.reduce(0) { $0 + Double($1) }
    }
  }

  @Test("Bidirectional LSTM", arguments: packings)
  func bidirectional(lengths: [Int]) {
    var layout = ParameterLayout()
    let layer = Bidirectional(
      LSTMCell(), inputSize: 2, hiddenSize: 2, name: "b", in: &layout)
    checkPackedLayer(layer, layout, lengths: lengths, inputs: 2, outputs: 4)
  }

  @Test("Self-attention", arguments: packings, [1, 2])
  func selfAttention(lengths: [Int], heads: Int) {
    var layout = ParameterLayout()
    let layer = SelfAttention(size: 4, heads: heads, name: "a", in: &layout)
    checkPackedLayer(layer, layout, lengths: lengths, inputs: 4, outputs: 4)
  }

  @Test("Self-attention is what its formula says, each sequence by itself")
  func selfAttentionFormula() {
    var layout = ParameterLayout()
    let layer = SelfAttention(size: 2, heads: 1, name: "a", in: &layout)
    var p = Parameters(layout, seed: 5)
    // Queries and keys of zeros look at all steps alike; values and output pass through.
    for entry in layout.entries
    where entry.name.hasSuffix(".weight") && !entry.name.contains("norm") {
      let identity: [Float] =
        entry.name.contains("value") || entry.name.contains("output")
        ? [1, 0, 0, 1] : [0, 0, 0, 0]
      p.elements.replaceSubrange(entry.parameter.range, with: identity)
    }
    let packing = PackedSequences(lengths: [2, 1])
    let x = Matrix(rows: 3, columns: 2, elements: [1, 5, 3, -1, 2, 8])
    let y = layer.forward(PackedMatrix(x, packing), p).output.matrix
    // Rows of the first sequence are 0 and 2, their mean [1.5, 6.5]; sums are normalised to ±1.
    #expect(zip(y.elements, [-1, 1, 1, -1, -1, 1] as [Float]).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test("CharacterCNN", arguments: packings)
  func characterCNN(lengths: [Int]) {
    var layout = ParameterLayout()
    let layer = CharacterCNN(inputSize: 2, outputSize: 3, name: "c", in: &layout)
    let packing = PackedSequences(lengths: lengths)
    // The maximum has corners where two places are equal; this seed keeps away from them.
    checkGradients(
      of: layer, layout: layout, seed: 21, input: randomValues(packing.rows * 2, seed: 23),
      wrap: { PackedMatrix(Matrix(rows: packing.rows, columns: 2, elements: $0), packing) },
      unwrapInput: { $0.matrix.elements },
      wrapOutput: { Matrix(rows: lengths.count, columns: 3, elements: $0) },
      unwrapOutput: { $0.elements })
  }

  @Test("Embedding adds the gradients of rows that come twice")
  func embedding() {
    var layout = ParameterLayout()
    let layer = Embedding(count: 4, size: 2, name: "e", in: &layout)
    var g = Gradients(layout)
    let dy = Matrix(rows: 3, columns: 2, elements: [1, 2, 3, 4, 5, 6])
    layer.backward(dy, [2, 0, 2], accumulatingInto: &g)
    #expect(g.elements == [3, 4, 0, 0, 6, 8, 0, 0])
    #expect(g.touched[0] == [2, 0])
    g.reset()
    #expect(g.elements.allSatisfy { $0 == 0 } && g.touched[0].isEmpty)
  }
}

@Suite("Gradients of losses against central differences")
struct LossGradientTests {
  @Test("CrossEntropy", arguments: [0, 0.1] as [Float])
  func crossEntropy(smoothing: Float) {
    let loss = CrossEntropy(groups: [0..<3, 3..<5], labelSmoothing: smoothing)
    let targets: [[Int32]] = [[0, 2, -1], [1, 0, 1]]
    let x = randomValues(15, seed: 8)
    let (_, d) = loss.loss(Matrix(rows: 3, columns: 5, elements: x), targets: targets, weight: 0.5)
    expectGradient(of: x, matches: d.elements, name: "logits") {
      loss.loss(Matrix(rows: 3, columns: 5, elements: $0), targets: targets, weight: 0.5).loss
    }
  }

  @Test("SquaredError")
  func squaredError() {
    let target = Matrix(rows: 2, columns: 2, elements: randomValues(4, seed: 1))
    let y = randomValues(4, seed: 2)
    let (_, d) = SquaredError().loss(Matrix(rows: 2, columns: 2, elements: y), target: target)
    expectGradient(of: y, matches: d.elements, name: "y") {
      SquaredError().loss(Matrix(rows: 2, columns: 2, elements: $0), target: target).loss
    }
  }

  @Test("LinearChainCRF", arguments: packings)
  func crf(lengths: [Int]) {
    let K = 3
    var layout = ParameterLayout()
    let crf = LinearChainCRF(tagCount: K, name: "c", in: &layout)
    let packing = PackedSequences(lengths: lengths)
    let tags = (0..<packing.rows).map { Int32($0 % K) }
    let p = Parameters(layout, elements: randomValues(layout.count, seed: 3))
    let e = randomValues(packing.rows * K, seed: 4)
    func loss(_ e: [Float], _ p: Parameters) -> (Double, Matrix, Gradients) {
      var g = Gradients(layout)
      let (loss, d) = crf.negativeLogLikelihood(
        of: tags,
        emissions: PackedMatrix(Matrix(rows: packing.rows, columns: K, elements: e), packing),
        p, accumulatingInto: &g)
      return (loss, d, g)
    }
    let (_, d, g) = loss(e, p)
    expectGradient(of: e, matches: d.elements, name: "emissions") { loss($0, p).0 }
    expectGradient(of: p.elements, matches: g.elements, name: "parameters") {
      loss(e, Parameters(layout, elements: $0)).0
    }
  }
}

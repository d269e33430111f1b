internal import TagmaNeural
internal import TestSupport
internal import Testing

/// Layers and losses of classifiers, against central differences.
@Suite("Gradients of bags, pooling and yes-or-no questions")
struct PoolingGradientTests {
  @Test(
    "the greatest of each column, and the mean weighted by attention",
    arguments: [[3, 2, 1], [4], [1, 1]])
  func pooling(lengths: [Int]) {
    let packing = PackedSequences(lengths: lengths)
    var random = SplitMix64(seed: 3)
    // Far enough apart that no step changes which is the greatest.
    var order = Array(0..<packing.rows * 3)
    order.shuffle(using: &random)
    let input = order.map { Float($0) * 0.11 - 0.7 }
    var layout = ParameterLayout()
    let attention = AttentionPooling(inputSize: 3, name: "a", in: &layout)
    for (layer, layout) in [
      (SequencePooling.max, ParameterLayout()), (.attention(attention), layout),
    ] {
      checkGradients(
        of: layer, layout: layout, seed: 5, input: input,
        wrap: { PackedMatrix(Matrix(rows: packing.rows, columns: 3, elements: $0), packing) },
        unwrapInput: { $0.matrix.elements },
        wrapOutput: { Matrix(rows: lengths.count, columns: 3, elements: $0) },
        unwrapOutput: { $0.elements })
    }
  }

  @Test("the mean of rows of a table, some of them twice, and of none")
  func bags() {
    var layout = ParameterLayout()
    let layer = EmbeddingBag(count: 4, size: 2, name: "e", in: &layout)
    let bags = [[0, 2, 2], [], [3]]
    let p = Parameters(layout, seed: 1)
    let y = layer.forward(bags, p)
    let E = p.elements
    #expect(abs(y.elements[1] - (E[1] + 2 * E[5]) / 3) < 1e-6)
    #expect(y.elements[2] == 0 && y.elements[3] == 0 && y.elements[5] == E[7])
    let weights: [Float] = [0.3, -1, 2, 0.5, 0.7, -0.2]
    var g = Gradients(layout)
    layer.backward(Matrix(rows: 3, columns: 2, elements: weights), bags, accumulatingInto: &g)
    expectGradient(of: E, matches: g.elements, name: "table") { elements in
      let y = layer.forward(bags, Parameters(layout, elements: elements))
      return zip(y.elements, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
  }

  @Test("independent yes-or-no questions", arguments: [0, 0.2] as [Float])
  func binary(smoothing: Float) {
    let loss = BinaryCrossEntropy(labelSmoothing: smoothing)
    let logits: [Float] = [0.5, -2, 1, 3, 0, -0.3]
    let targets = [[0, 2], []]
    func value(_ elements: [Float]) -> Double {
      loss.loss(Matrix(rows: 2, columns: 3, elements: elements), targets: targets).loss
    }
    let found = loss.loss(Matrix(rows: 2, columns: 3, elements: logits), targets: targets)
    expectGradient(of: logits, matches: found.dLogits.elements, name: "logits") { value($0) }
    // Also where powers would overflow.
    let far = loss.loss(Matrix(rows: 1, columns: 2, elements: [200, -200]), targets: [[1]])
    #expect(far.loss.isFinite && far.dLogits.elements.allSatisfy(\.isFinite))
    let p = loss.probabilities(Matrix(rows: 1, columns: 3, elements: [0, 100, -100]))
    #expect(p.elements == [0.5, 1, 0] || abs(p.elements[2]) < 1e-30)
  }
}

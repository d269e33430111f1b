internal import TagmaKernels
package import TagmaNeural

/// Labels of whole texts.
///
/// | step                                      | shape     |
/// |-------------------------------------------|-----------|
/// | mean of the rows of each word, or text    | `[R, D]`  |
/// | bidirectional layers                      | `[R, 2H]` |
/// | pooling over the words of a text          | `[N, 2H]` |
/// | scores of labels                          | `[N, L]`  |
///
/// A bag of words has neither layers nor pooling.
package struct ClassifierNetwork: Sendable {
  package let layout: ParameterLayout
  let embedding: EmbeddingBag
  let layers: [Bidirectional]
  let pooling: SequencePooling?
  let output: Linear
  let loss: LabelLoss

  package init(
    _ c: ClassifierConfiguration, labels: Int, allowsSeveral: Bool, labelSmoothing: Float = 0
  ) {
    var layout = ParameterLayout()
    embedding = EmbeddingBag(
      count: c.buckets, size: c.embeddingSize, name: "embedding", in: &layout)
    var layers: [Bidirectional] = []
    var size = c.embeddingSize
    for (i, hidden) in c.hiddenSizes.enumerated() where c.encoder == .recurrent {
      layers.append(
        Bidirectional(
          c.cell.function, inputSize: size, hiddenSize: hidden, name: "layers.\(i)", in: &layout))
      size = 2 * hidden
    }
    self.layers = layers
    pooling =
      c.encoder == .recurrent
      ? c.pooling == .max
        ? .max : .attention(AttentionPooling(inputSize: size, name: "pooling", in: &layout)) : nil
    output = Linear(inputSize: size, outputSize: labels, name: "output", in: &layout)
    loss =
      allowsSeveral
      ? .several(BinaryCrossEntropy(labelSmoothing: labelSmoothing))
      : .one(CrossEntropy(groups: [0..<labels], labelSmoothing: labelSmoothing))
    self.layout = layout
  }

  /// What is to be said of a text.
  enum LabelLoss: Sendable {
    case one(CrossEntropy)
    case several(BinaryCrossEntropy)
  }

  /// Texts, sorted from long to short: rows of each word, or of a bag those of the whole text.
  package struct Input: Sendable {
    /// For each row of the packing, or for each text.
    var bags: [[Int]]
    /// Nil for bags.
    var packing: PackedSequences?

    /// - Parameter texts: The words of each text, from the longest text to the shortest; none is empty.
    init(texts: [[[Int]]]) {
      let packing = PackedSequences(lengths: texts.map(\.count))
      bags = (0..<packing.steps).flatMap { t in
        texts.prefix(packing.count(at: t)).map { $0[t] }
      }
      self.packing = packing
    }

    init(bags: [[Int]]) { self.bags = bags }
  }

  /// Adds the gradients of texts; returns their summed loss.
  ///
  /// - Parameter targets: For each text the numbers of its labels.
  package func train(
    _ input: Input, targets: [[Int]], dropout: Dropout, weight: Float, random: inout SplitMix64,
    _ p: borrowing Parameters, accumulatingInto g: inout Gradients
  ) -> Double {
    var x = embedding.forward(input.bags, p)
    guard let packing = input.packing, let pooling else {
      let (total, dLogits) = loss(of: output.forward(x, p).output, targets, weight)
      let d = output.backward(dLogits, x, p, accumulatingInto: &g)
      embedding.backward(d, input.bags, accumulatingInto: &g)
      return total
    }
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
    let (pooled, kept) = pooling.forward(PackedMatrix(x, packing), p)
    let (total, dLogits) = loss(of: output.forward(pooled, p).output, targets, weight)
    let dPooled = output.backward(dLogits, pooled, p, accumulatingInto: &g)
    var d = pooling.backward(dPooled, kept, p, accumulatingInto: &g).matrix
    Dropout.apply(last, to: &d)
    for (i, layer) in layers.enumerated().reversed() {
      d = layer.backward(PackedMatrix(d, packing), saved[i], p, accumulatingInto: &g).matrix
      Dropout.apply(masks[i], to: &d)
    }
    embedding.backward(d, input.bags, accumulatingInto: &g)
    return total
  }

  private func loss(
    of logits: Matrix, _ targets: [[Int]], _ weight: Float
  ) -> (loss: Double, dLogits: Matrix) {
    switch loss {
    case .one(let loss):
      loss.loss(logits, targets: [targets.map { Int32($0.first ?? -1) }], weight: weight)
    case .several(let loss): loss.loss(logits, targets: targets, weight: weight)
    }
  }

  /// Probabilities of labels, `[N, L]`, in the order of the input.
  package func probabilities(
    _ input: Input, _ prepared: [Bidirectional.Prepared], _ p: borrowing Parameters
  ) -> Matrix {
    var x = embedding.forward(input.bags, p)
    if let packing = input.packing, let pooling {
      for (layer, weights) in zip(layers, prepared) {
        x = layer.predict(PackedMatrix(x, packing), weights, p).matrix
      }
      x = pooling.forward(PackedMatrix(x, packing), p).output
    }
    let logits = output.forward(x, p).output
    return switch loss {
    case .one(let loss): loss.probabilities(logits)
    case .several(let loss): loss.probabilities(logits)
    }
  }
}

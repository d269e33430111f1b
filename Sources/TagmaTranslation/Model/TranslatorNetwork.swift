internal import Foundation
internal import TagmaKernels
internal import TagmaLexicon
internal import TagmaModels
package import TagmaNeural

/// An encoder, a decoder that attends to its states, and one table of embeddings for all (Press & Wolf 2017).
///
/// | step                    | shape       |
/// |-------------------------|-------------|
/// | embeddings of source    | `[S, D]`    |
/// | bidirectional layers    | `[S, 2H]`   |
/// | decoder with attention  | `[T, D]`    |
/// | scores of all units     | `[T, V]`    |
package struct TranslatorNetwork: Sendable {
  package let configuration: TranslatorConfiguration
  package let layout: ParameterLayout
  package let unitCount: Int
  let embedding: TiedEmbedding
  let encoder: [Bidirectional]
  /// One for each layer of the encoder, or none.
  let norms: [LayerNorm]
  let decoder: AttentionDecoder

  var embeddingSize: Int { configuration.embeddingSize }
  /// Width of the encoder's states.
  var stateSize: Int { encoder[encoder.count - 1].outputSize }

  package init(_ configuration: TranslatorConfiguration, unitCount: Int) {
    self.configuration = configuration
    self.unitCount = unitCount
    var layout = ParameterLayout()
    let D = configuration.embeddingSize
    embedding = TiedEmbedding(count: unitCount, size: D, in: &layout)
    var encoder: [Bidirectional] = []
    var size = D
    for (i, hidden) in configuration.encoderSizes.enumerated() {
      encoder.append(
        Bidirectional(
          configuration.cell.function, inputSize: size, hiddenSize: hidden, name: "encoder.\(i)",
          in: &layout))
      size = 2 * hidden
    }
    self.encoder = encoder
    norms =
      configuration.layerNorm
      ? encoder.enumerated().map {
        LayerNorm(size: $1.outputSize, name: "encoder.\($0).norm", in: &layout)
      } : []
    decoder = AttentionDecoder(
      inputSize: D, hiddenSize: configuration.decoderSize, memorySize: configuration.memorySize,
      summarySize: size, outputSize: D, heads: configuration.heads, score: configuration.attention,
      feedsOutput: configuration.inputFeeding, name: "decoder", in: &layout)
    self.layout = layout
  }
}

// MARK: - A batch

extension TranslatorNetwork {
  /// Pairs as the network reads them, targets sorted from long to short, sources by themselves likewise.
  package struct Batch: Sendable {
    let source: PackedSequences
    let target: PackedSequences
    /// For each row of the source its unit, for each row of the target the unit read and the unit to be told.
    let sourceUnits: [Int]
    let inputUnits: [Int]
    let outputUnits: [Int32]
    /// For each target sequence its source sequence.
    let sourceOf: [Int]
    /// For each target sequence where its units are said to come from, `[T, S]`, if anything says so.
    let guides: [[Float]]?

    package var targetTokens: Int { target.rows }

    /// - Parameters:
    ///   - pairs: Units without marks of beginning and end.
    ///   - guides: For each pair where its target's units come from, `[T, S]`.
    package init(_ pairs: [(source: [Int], target: [Int])], guides: [[Float]]? = nil) {
      func longestFirst(_ lengths: [Int]) -> [Int] {
        lengths.indices.sorted { lengths[$0] != lengths[$1] ? lengths[$0] > lengths[$1] : $0 < $1 }
      }
      // Sources end with a mark, so that none is empty; targets begin with one and are to end with one.
      let bySource = longestFirst(pairs.map(\.source.count))
      let byTarget = longestFirst(pairs.map(\.target.count))
      source = PackedSequences(lengths: bySource.map { pairs[$0].source.count + 1 })
      target = PackedSequences(lengths: byTarget.map { pairs[$0].target.count + 1 })
      var place = [Int](repeating: 0, count: pairs.count)
      for (k, i) in bySource.enumerated() { place[i] = k }
      sourceOf = byTarget.map { place[$0] }
      self.guides = guides.map { guides in byTarget.map { guides[$0] } }
      sourceUnits = Self.packed(source, bySource) { i, t in
        t < pairs[i].source.count ? pairs[i].source[t] : Subwords.end
      }
      inputUnits = Self.packed(target, byTarget) { i, t in
        t == 0 ? Subwords.begin : pairs[i].target[t - 1]
      }
      outputUnits = Self.packed(target, byTarget) { i, t in
        Int32(t < pairs[i].target.count ? pairs[i].target[t] : Subwords.end)
      }
    }

    private static func packed<Unit>(
      _ packing: PackedSequences, _ order: [Int], _ unit: (_ pair: Int, _ step: Int) -> Unit
    ) -> [Unit] {
      var units: [Unit] = []
      units.reserveCapacity(packing.rows)
      for t in 0..<packing.steps {
        for i in 0..<packing.count(at: t) { units.append(unit(order[i], t)) }
      }
      return units
    }
  }

  /// What is dropped in a training step.
  package struct Pass: Sendable {
    package var dropout: Dropout
    package var wordDropout: Float
    package var labelSmoothing: Float
    package var weight: Float
    /// Weight of attention that does not look where it is told to.
    package var guidedAlignment: Float

    package init(
      dropout: Dropout, wordDropout: Float, labelSmoothing: Float, weight: Float,
      guidedAlignment: Float = 0
    ) {
      self.dropout = dropout
      self.wordDropout = wordDropout
      self.labelSmoothing = labelSmoothing
      self.weight = weight
      self.guidedAlignment = guidedAlignment
    }
  }
}

// MARK: - Training

extension TranslatorNetwork {
  /// Adds the gradients of a batch; returns the summed loss of its target units and of its attention.
  package func train(
    _ batch: Batch, pass: Pass, random: inout SplitMix64, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> Double {
    var source = encode(batch, pass: pass, random: &random, p)
    let (order, summaryRows) = memoryRows(batch)
    let memory = AttentionMemory(
      states: remembered(source.states, source.embedded).gathering(rows: order.rows),
      first: order.first, lengths: order.lengths)
    let summary = summary(of: source.states, summaryRows)
    var x = embedding.embed(batch.inputUnits, p)
    let inputMask = mask(batch.target, pass, random: &random)
    Dropout.apply(inputMask, to: &x)
    var (output, saved) = decoder.forward(
      PackedMatrix(x, batch.target), memory: memory, summary: summary, p)
    let outputMask = pass.dropout.mask(
      for: batch.target, columns: embeddingSize, using: &random)
    Dropout.apply(outputMask, to: &output.matrix)
    var (loss, d) = embedding.loss(
      of: output.matrix, gold: batch.outputUnits, smoothing: pass.labelSmoothing,
      weight: pass.weight, p, accumulatingInto: &g)
    Dropout.apply(outputMask, to: &d)
    let guidance = batch.guides.map {
      guide(saved.weights, memory, batch, $0, weight: pass.weight * pass.guidedAlignment)
    }
    loss += guidance?.loss ?? 0
    var (dx, dMemory, dSummary) = decoder.backward(
      d, saved, memory: memory, guidance: guidance?.dScores ?? [], p, accumulatingInto: &g)
    saved.weights = []
    Dropout.apply(inputMask, to: &dx.matrix)
    embedding.embedBackward(dx.matrix, batch.inputUnits, accumulatingInto: &g)
    var dRemembered = Matrix(rows: source.states.rows, columns: configuration.memorySize)
    dRemembered.add(dMemory, toRows: order.rows)
    let parts = splitColumns(
      dRemembered,
      widths: configuration.lexicalMemory ? [stateSize, embeddingSize] : [stateSize])
    var dStates = parts[0]
    addSummary(dSummary, summaryRows, to: &dStates)
    encodeBackward(
      dStates, dEmbedded: parts.count > 1 ? parts[1] : nil, &source, batch, p,
      accumulatingInto: &g)
    if !loss.isFinite { loss = .nan }
    return loss
  }

  /// The loss of attention that is told where to look, `−Σ A log w`, and its gradient with respect to the scores.
  private func guide(
    _ weights: [Float], _ memory: AttentionMemory, _ batch: Batch, _ guides: [[Float]],
    weight: Float
  ) -> (loss: Double, dScores: [Float]) {
    var dScores = [Float](repeating: 0, count: weights.count)
    var loss = 0.0
    var place = 0
    for t in 0..<batch.target.steps {
      for i in 0..<batch.target.count(at: t) {
        // The mark of the end, on either side, comes from nowhere in particular.
        let (count, units) = (memory.lengths[i], memory.lengths[i] - 1)
        for head in 0..<configuration.heads where (t + 1) * units <= guides[i].count {
          let wanted = guides[i][t * units..<(t + 1) * units]
          let sum = wanted.reduce(0, +)
          for j in 0..<count {
            let at = place + head * count + j
            let share = j < units ? wanted[wanted.startIndex + j] : 0
            dScores[at] = weight * (sum * weights[at] - share)
            if share > 0 { loss -= Double(weight * share * log(max(weights[at], 1e-30))) }
          }
        }
        place += configuration.heads * count
      }
    }
    return (loss, dScores)
  }

  /// What the encoder keeps for the pass back.
  private struct Encoded {
    var states: Matrix
    /// What the first layer read.
    var embedded: Matrix
    var layers: [Bidirectional.Saved] = []
    var norms: [LayerNorm.Saved] = []
    var masks: [[Float]?] = []
  }

  private func encode(
    _ batch: Batch, pass: Pass, random: inout SplitMix64, _ p: borrowing Parameters
  ) -> Encoded {
    var x = embedding.embed(batch.sourceUnits, p)
    let mask = mask(batch.source, pass, random: &random)
    Dropout.apply(mask, to: &x)
    var encoded = Encoded(states: x, embedded: x, masks: [mask])
    for (i, layer) in encoder.enumerated() {
      let input = encoded.states
      let (y, saved) = layer.forward(PackedMatrix(input, batch.source), p)
      encoded.states = y.matrix
      if isResidual(i) { encoded.states.add(input) }
      encoded.layers.append(saved)
      if !norms.isEmpty {
        let (normalized, saved) = norms[i].forward(encoded.states, p)
        encoded.states = normalized
        encoded.norms.append(saved)
      }
      encoded.masks.append(
        pass.dropout.mask(for: batch.source, columns: layer.outputSize, using: &random))
      Dropout.apply(encoded.masks[i + 1], to: &encoded.states)
    }
    return encoded
  }

  private func encodeBackward(
    _ dStates: Matrix, dEmbedded: Matrix?, _ encoded: inout Encoded, _ batch: Batch,
    _ p: borrowing Parameters, accumulatingInto g: inout Gradients
  ) {
    var d = dStates
    for (i, layer) in encoder.enumerated().reversed() {
      Dropout.apply(encoded.masks[i + 1], to: &d)
      if !norms.isEmpty { d = norms[i].backward(d, encoded.norms[i], p, accumulatingInto: &g) }
      var dx = layer.backward(
        PackedMatrix(d, batch.source), encoded.layers[i], p, accumulatingInto: &g
      ).matrix
      if isResidual(i) { dx.add(d) }
      d = dx
    }
    if let dEmbedded { d.add(dEmbedded) }
    Dropout.apply(encoded.masks[0], to: &d)
    embedding.embedBackward(d, batch.sourceUnits, accumulatingInto: &g)
  }

  /// What attention sees of a source.
  func remembered(_ states: Matrix, _ embedded: Matrix) -> Matrix {
    configuration.lexicalMemory ? concatenateColumns([states, embedded]) : states
  }

  /// Layers as wide as what they read are added to it.
  func isResidual(_ layer: Int) -> Bool {
    layer > 0 && encoder[layer].outputSize == encoder[layer - 1].outputSize
  }

  /// Factors for embeddings, of which whole words are dropped too.
  private func mask(
    _ packing: PackedSequences, _ pass: Pass, random: inout SplitMix64
  ) -> [Float]? {
    let values = pass.dropout.mask(for: packing, columns: embeddingSize, using: &random)
    guard pass.wordDropout > 0 else { return values }
    var mask = values ?? [Float](repeating: 1, count: packing.rows * embeddingSize)
    for row in 0..<packing.rows where random.nextUnit() < pass.wordDropout {
      for j in row * embeddingSize..<(row + 1) * embeddingSize { mask[j] = 0 }
    }
    return mask
  }

  func memoryRows(_ batch: Batch) -> (
    order: (rows: [Int], first: [Int], lengths: [Int]), summary: (last: [Int], first: [Int])
  ) {
    let order = AttentionMemory.rows(of: batch.source, order: batch.sourceOf)
    let last = batch.sourceOf.map { batch.source.offsets[batch.source.lengths[$0] - 1] + $0 }
    return (order, (last, batch.sourceOf))
  }

  /// The forward state after the last unit beside the backward state after the first, `[N, 2H]`.
  func summary(of states: Matrix, _ rows: (last: [Int], first: [Int])) -> Matrix {
    let half = stateSize / 2
    let (last, first) = (states.gathering(rows: rows.last), states.gathering(rows: rows.first))
    return concatenateColumns([last.columns(0..<half), first.columns(half..<stateSize)])
  }

  private func addSummary(
    _ d: Matrix, _ rows: (last: [Int], first: [Int]), to dStates: inout Matrix
  ) {
    let half = stateSize / 2
    let parts = splitColumns(d, widths: [half, half])
    let none = Matrix(rows: d.rows, columns: half)
    dStates.add(concatenateColumns([parts[0], none]), toRows: rows.last)
    dStates.add(concatenateColumns([none, parts[1]]), toRows: rows.first)
  }
}

internal import TagmaModels
package import TagmaNeural

/// Recurrent layers between two uses of one table.
///
/// | step              | shape       |
/// |-------------------|-------------|
/// | embeddings        | `[T·N, D]`  |
/// | layers            | `[T·N, H]`  |
/// | output            | `[T·N, D]`, a linear map where the last layer is not `D` wide |
/// | scores of units   | `[T·N, V]`  |
///
/// `N` streams of text are read side by side, `T` steps at once; their states are carried to the next `T` steps.
package struct LanguageModelNetwork: Sendable {
  package let configuration: LanguageModelConfiguration
  package let layout: ParameterLayout
  package let unitCount: Int
  package let embedding: TiedEmbedding
  package let layers: [Recurrent]
  let output: Linear?

  package init(_ configuration: LanguageModelConfiguration, unitCount: Int) {
    self.configuration = configuration
    self.unitCount = unitCount
    var layout = ParameterLayout()
    var size = configuration.embeddingSize
    embedding = TiedEmbedding(count: unitCount, size: size, in: &layout)
    var layers: [Recurrent] = []
    for (i, hidden) in configuration.hiddenSizes.enumerated() {
      layers.append(
        Recurrent(
          configuration.cell.function, inputSize: size, hiddenSize: hidden, name: "layers.\(i)",
          in: &layout))
      size = hidden
    }
    self.layers = layers
    output =
      size == configuration.embeddingSize
      ? nil
      : Linear(
        inputSize: size, outputSize: configuration.embeddingSize, name: "projection", in: &layout)
    self.layout = layout
  }

  /// Where streams stand: a state for each layer.
  package func beginning(_ streams: Int) -> [CarriedState] { layers.map { $0.beginning(streams) } }

  /// States of streams from all their numbers in order.
  package func states(_ streams: Int, _ numbers: [Float]) -> [CarriedState] {
    var rest = numbers[...]
    func next(_ count: Int) -> [Float] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    return beginning(streams).map { state in
      var state = state
      state.h = next(state.h.count)
      state.c = next(state.c.count)
      return state
    }
  }

  /// What is dropped in a training step, and what its loss weighs.
  package struct Pass: Sendable {
    /// The same columns are dropped at all steps.
    package var dropout: Dropout
    package var weight: Float

    package init(dropout: Dropout, weight: Float) {
      (self.dropout, self.weight) = (dropout, weight)
    }
  }

  /// Adds the gradients of `T` steps of `N` streams; returns the summed loss.
  ///
  /// What is read is not dropped, so that each different unit goes through the input's weights once.
  ///
  /// - Parameters:
  ///   - inputs, targets: Units read and units to be told, step by step, `[T·N]`.
  ///   - carried: Where the streams stand; where they stand afterwards.
  package func train(
    _ inputs: [Int], targets: [Int32], _ carried: inout [CarriedState], pass: Pass,
    random: inout SplitMix64, _ p: borrowing Parameters, accumulatingInto g: inout Gradients
  ) -> Double {
    let N = carried[0].h.count / layers[0].hiddenSize
    // Of one step, for all steps.
    let step = PackedSequences(lengths: [Int](repeating: 1, count: N))
    func mask(_ columns: Int) -> [Float]? {
      pass.dropout.mask(for: step, columns: columns, using: &random)
    }
    let (units, rows) = differentUnits(inputs)
    var x = embedding.embed(units, p)
    var masks: [[Float]?] = []
    var saved: [Recurrent.Saved] = []
    for (i, layer) in layers.enumerated() {
      let (y, kept, next) = layer.forward(x, rows: i == 0 ? rows : nil, from: carried[i], p)
      carried[i] = next
      saved.append(kept)
      x = y
      masks.append(mask(layer.hiddenSize))
      Dropout.apply(masks[i], to: &x)
    }
    let states = x
    let a = output.map { $0.forward(states, p).output } ?? states
    var (loss, d) = embedding.loss(
      of: a, gold: targets, smoothing: 0, weight: pass.weight, p, accumulatingInto: &g)
    if let output { d = output.backward(d, states, p, accumulatingInto: &g) }
    for (i, layer) in layers.enumerated().reversed() {
      Dropout.apply(masks[i], to: &d)
      d = layer.backward(carried: d, saved[i], p, accumulatingInto: &g)
    }
    embedding.embedBackward(d, units, accumulatingInto: &g)
    return loss
  }

  /// Each different unit once, and for each input which of them it is.
  func differentUnits(_ inputs: [Int]) -> (units: [Int], rows: [Int]) {
    var places = [Int](repeating: -1, count: unitCount)
    var units: [Int] = []
    let rows = inputs.map { unit in
      if places[unit] < 0 {
        places[unit] = units.count
        units.append(unit)
      }
      return places[unit]
    }
    return (units, rows)
  }

  /// Outputs `[T·N, D]` for units read; `carried` becomes where the streams stand afterwards.
  package func read(
    _ inputs: [Int], _ carried: inout [CarriedState], _ p: borrowing Parameters
  ) -> Matrix {
    let (units, rows) = differentUnits(inputs)
    var x = embedding.embed(units, p)
    for (i, layer) in layers.enumerated() {
      let (y, _, next) = layer.forward(x, rows: i == 0 ? rows : nil, from: carried[i], p)
      carried[i] = next
      x = y
    }
    return output?.forward(x, p).output ?? x
  }
}

internal import TagmaKernels
internal import TagmaNeural

/// Learns to tell each word's neighbours: the next from what the forward layer read, the one before from
/// what the backward layer read.
///
/// It needs no labels and teaches the encoder to see more in a context than labels alone do (Rei 2017).
/// Trained beside the labels; no part of the written model.
struct LanguageModelHead: Sendable {
  /// Units between the states and the words.
  private static let size = 50
  /// Only so many of the most frequent words are told apart.
  private static let wordLimit = 5000

  private let directions: [(narrow: Linear, words: Linear)]
  private let hiddenSize: Int
  /// The words and, as the last class, the end of the sentence.
  private let classes: Int
  private let entropy: CrossEntropy

  init(
    hiddenSize: Int, wordCount: Int, prefix: String, in layout: inout ParameterLayout
  ) {
    self.hiddenSize = hiddenSize
    let classes = min(wordCount, Self.wordLimit) + 1
    self.classes = classes
    entropy = CrossEntropy(groups: [0..<classes])
    var directions: [(Linear, Linear)] = []
    for name in ["forward", "backward"] {
      directions.append(
        (
          Linear(
            inputSize: hiddenSize, outputSize: Self.size, name: "\(prefix)language.\(name).narrow",
            in: &layout),
          Linear(
            inputSize: Self.size, outputSize: classes, name: "\(prefix)language.\(name).words",
            in: &layout)
        ))
    }
    self.directions = directions
  }

  /// The loss and the gradient with respect to the first layer's states, `[R, 2H]`.
  func train(
    _ states: PackedMatrix, words: [Int], weight: Float, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> (loss: Double, dStates: Matrix) {
    let halves = splitColumns(states.matrix, widths: [hiddenSize, hiddenSize])
    let targets = neighbours(of: words, states.packing)
    var loss = 0.0
    var gradients: [Matrix] = []
    for (i, (narrow, output)) in directions.enumerated() {
      var hidden = narrow.forward(halves[i], p).output
      var values = hidden.elements.mutableSpan
      activate(.tanh, &values, count: values.count)
      let (part, dLogits) = entropy.loss(
        output.forward(hidden, p).output, targets: [targets[i]], weight: weight)
      loss += part
      var d = output.backward(dLogits, hidden, p, accumulatingInto: &g)
      var dValues = d.elements.mutableSpan
      activateBackward(.tanh, hidden.elements.span, &dValues)
      gradients.append(narrow.backward(d, halves[i], p, accumulatingInto: &g))
    }
    return (loss, concatenateColumns(gradients))
  }

  /// For each row the word after and the word before; −1, no loss, for words that are not told apart.
  private func neighbours(of words: [Int], _ packing: PackedSequences) -> [[Int32]] {
    func target(_ word: Int) -> Int32 {
      word == WordFeatureExtractor.unknown || word >= classes - 1 ? -1 : Int32(word)
    }
    var after = [Int32](repeating: Int32(classes - 1), count: packing.rows)
    var before = after
    for t in 0..<packing.steps {
      for i in 0..<packing.count(at: t) {
        let row = packing.offsets[t] + i
        if i < packing.count(at: t + 1) { after[row] = target(words[packing.offsets[t + 1] + i]) }
        if t > 0 { before[row] = target(words[packing.offsets[t - 1] + i]) }
      }
    }
    return [after, before]
  }
}

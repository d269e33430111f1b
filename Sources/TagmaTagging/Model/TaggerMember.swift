internal import TagmaAnnotations
internal import TagmaLexicon
internal import TagmaModels
package import TagmaNeural

/// Layers put together: word features → bidirectional layers → one head for each task.
///
/// A tagger has one, or several that were trained side by side.
package struct TaggerMember: Sendable {
  package let heads: [TaskHead]
  package let layers: [Bidirectional]
  /// Trains the first layer on unlabelled words; nil in models that are done.
  let languageModel: LanguageModelHead?
  /// For each layer, how its output is joined with its input.
  let joints: [Joint]
  /// For each layer, what lets its words look at each other.
  let attentions: [SelfAttention?]
  let words: Embedding
  let characters: CharacterEncoder?
  let affixes: Embedding?
  let inputs: [Embedding]
  /// Brings what is known of words beside their forms to fewer columns, the last ones of a word's vector.
  let context: Linear?
  /// Widths of the parts of a word's vector.
  let widths: [Int]

  /// - Parameter prefix: What the names of its tensors begin with.
  init(
    _ configuration: TaggerConfiguration, _ vocabularies: TaggerVocabularies,
    labelSmoothing: Float, learnsLanguageModel: Bool, prefix: String,
    in layout: inout ParameterLayout
  ) {
    words = Embedding(
      count: vocabularies.words.count, size: configuration.wordSize, name: prefix + "words",
      in: &layout)
    characters = CharacterEncoder(
      configuration, characterCount: vocabularies.characters.count, prefix: prefix, in: &layout)
    // Their first values are random like those of words: rows that training never meets then look like rows that it
    // met once, while zeros look like nothing it has seen (WNUT-17 dev F₁ 32.7 instead of 36.6).
    affixes =
      configuration.affixSize > 0
      ? Embedding(
        count: WordFeatureExtractor.affixKinds * configuration.affixBuckets,
        size: configuration.affixSize, name: prefix + "affixes", in: &layout) : nil
    var inputs: [Embedding] = []
    for (task, labels) in vocabularies.inputs {
      inputs.append(
        Embedding(
          count: labels.count, size: configuration.inputTaskSize,
          name: "\(prefix)inputs.\(task.name)", in: &layout))
    }
    self.inputs = inputs
    var widths = [configuration.wordSize]
    if let characters { widths.append(characters.outputSize) }
    if affixes != nil { widths.append(WordFeatureExtractor.affixKinds * configuration.affixSize) }
    widths += inputs.map(\.size)
    context =
      configuration.contextInputSize > 0
      ? Linear(
        inputSize: configuration.contextInputSize, outputSize: configuration.contextSize,
        name: prefix + "context", in: &layout) : nil
    if let context { widths.append(context.outputSize) }
    self.widths = widths
    var layers: [Bidirectional] = []
    var joints: [Joint] = []
    var attentions: [SelfAttention?] = []
    var size = widths.reduce(0, +)
    for (i, hidden) in configuration.hiddenSizes.enumerated() {
      layers.append(
        Bidirectional(
          configuration.cell.function, inputSize: size, hiddenSize: hidden,
          name: "\(prefix)encoder.\(i)",
          in: &layout))
      let canJoin = i > 0 && size == 2 * hidden
      joints.append(
        Joint(
          canJoin ? configuration.connection : .none, size: size,
          name: "\(prefix)encoder.\(i).highway", in: &layout))
      size = 2 * hidden
      let isLast = i == configuration.hiddenSizes.count - 1
      attentions.append(
        configuration.attentionHeads > 0 && (isLast || configuration.attention == .each)
          ? SelfAttention(
            size: size, heads: configuration.attentionHeads,
            name: "\(prefix)encoder.\(i).attention",
            in: &layout) : nil)
    }
    self.layers = layers
    self.joints = joints
    self.attentions = attentions
    heads = vocabularies.labels.map { task, labels in
      TaskHead(
        task: task, labels: labels, inputSize: size, spanDecoder: configuration.spanDecoder,
        labelSmoothing: labelSmoothing, prefix: prefix, in: &layout)
    }
    languageModel =
      learnsLanguageModel
      ? LanguageModelHead(
        hiddenSize: layers[0].outputSize / 2, wordCount: vocabularies.words.count, prefix: prefix,
        in: &layout)
      : nil
  }
}

// MARK: - Word vectors

extension TaggerMember {
  /// Word vectors of all rows, `[R, Σ widths]`.
  ///
  /// - Parameter spelled: The different words as the character encoder read them, where there is one.
  func vectors(_ input: TaggerNetwork.Input, spelled: Matrix?, _ p: borrowing Parameters) -> Matrix
  {
    var parts = [words.forward(input.words, p)]
    if let spelled { parts.append(spelled.gathering(rows: input.spelling)) }
    if let affixes {
      // The rows of all kinds lie side by side already.
      let rows = affixes.forward(input.affixes, p)
      parts.append(
        Matrix(
          rows: input.words.count, columns: WordFeatureExtractor.affixKinds * affixes.size,
          elements: rows.elements))
    }
    for (embedding, ids) in zip(inputs, input.inputs) { parts.append(embedding.forward(ids, p)) }
    if let context, let read = input.context { parts.append(context.forward(read, p).output) }
    return concatenateColumns(parts)
  }

  func backwardVectors(
    _ d: Matrix, _ input: TaggerNetwork.Input, _ saved: CharacterEncoder.Saved?,
    _ p: borrowing Parameters, accumulatingInto g: inout Gradients
  ) {
    var parts = splitColumns(d, widths: widths)[...]
    if let part = parts.popFirst() {
      words.backward(part, input.words, accumulatingInto: &g)
    }
    if let characters, let saved, let batch = input.characters, let part = parts.popFirst() {
      var dRead = Matrix(rows: batch.sequence.count, columns: characters.outputSize)
      dRead.add(part, toRows: input.spelling)
      characters.backward(dRead, saved, p, accumulatingInto: &g)
    }
    if let affixes, let part = parts.popFirst() {
      let rows = Matrix(
        rows: input.affixes.count, columns: affixes.size, elements: part.elements)
      affixes.backward(rows, input.affixes, accumulatingInto: &g)
    }
    for (embedding, ids) in zip(inputs, input.inputs) {
      if let part = parts.popFirst() { embedding.backward(part, ids, accumulatingInto: &g) }
    }
    if let context, let read = input.context, let part = parts.popFirst() {
      context.accumulate(part, read, into: &g)
    }
  }
}

// MARK: - Training

/// What is dropped in a training step, and how much each task counts.
package struct TrainingPass: Sendable {
  package var dropout: Dropout
  /// Share of the words that are replaced by the unknown word.
  package var wordDropout: Float
  /// Share of what is known of words beside their forms that is set to zero.
  package var contextDropout: Float
  package var weights: [Float]
  package var languageModelWeight: Float

  package init(
    dropout: Dropout, wordDropout: Float, contextDropout: Float, weights: [Float],
    languageModelWeight: Float
  ) {
    self.dropout = dropout
    self.wordDropout = wordDropout
    self.contextDropout = contextDropout
    self.weights = weights
    self.languageModelWeight = languageModelWeight
  }
}

extension TaggerMember {
  /// Adds the gradients of a batch; returns the summed loss.
  package func train(
    _ batch: TaggerNetwork.Input, targets: [[[Int32]]?], pass: TrainingPass,
    random: inout SplitMix64, _ p: borrowing Parameters, accumulatingInto g: inout Gradients
  ) -> Double {
    var input = batch
    if pass.wordDropout > 0 {
      for r in input.words.indices where random.nextUnit() < pass.wordDropout {
        input.words[r] = WordFeatureExtractor.unknown
      }
    }
    if self.context != nil, pass.contextDropout > 0, var context = input.context {
      let dropout = Dropout(rate: pass.contextDropout, kind: pass.dropout.kind)
      Dropout.apply(
        dropout.mask(for: batch.packing, columns: context.columns, using: &random), to: &context)
      input.context = context
    }
    var spelled: (matrix: Matrix, saved: CharacterEncoder.Saved)?
    if let characters, let batch = input.characters { spelled = characters.forward(batch, p) }
    var x = PackedMatrix(vectors(input, spelled: spelled?.matrix, p), input.packing)
    var masks: [[Float]?] = []
    func drop(_ x: inout Matrix) {
      masks.append(pass.dropout.mask(for: batch.packing, columns: x.columns, using: &random))
      Dropout.apply(masks[masks.count - 1], to: &x)
    }
    drop(&x.matrix)
    var loss = 0.0
    var dLanguage: Matrix?
    var saved: [Bidirectional.Saved] = []
    var savedJoints: [Highway.Saved?] = []
    var savedAttentions: [SelfAttention.Saved?] = []
    for (i, layer) in layers.enumerated() {
      var (y, state) = layer.forward(x, p)
      saved.append(state)
      savedJoints.append(joints[i].forward(x.matrix, &y.matrix, p))
      let attended = attentions[i]?.forward(y, p)
      savedAttentions.append(attended?.saved)
      y = attended?.output ?? y
      drop(&y.matrix)
      x = y
      if i == 0, let languageModel {
        let (part, d) = languageModel.train(
          x, words: batch.words, weight: pass.languageModelWeight, p, accumulatingInto: &g)
        loss += part
        dLanguage = d
      }
    }
    var dx = PackedMatrix(Matrix(rows: x.matrix.rows, columns: x.matrix.columns), x.packing)
    for (i, head) in heads.enumerated() {
      guard let gold = targets[i], pass.weights[i] > 0 else { continue }
      let (part, dStates) = head.train(
        x, targets: gold, weight: pass.weights[i], p, accumulatingInto: &g)
      loss += part
      dx.matrix.add(dStates)
    }
    for (i, layer) in layers.enumerated().reversed() {
      if i == 0, let dLanguage { dx.matrix.add(dLanguage) }
      Dropout.apply(masks.popLast() ?? nil, to: &dx.matrix)
      if let attention = attentions[i], let saved = savedAttentions[i] {
        dx = attention.backward(dx, saved, p, accumulatingInto: &g)
      }
      let direct = joints[i].backward(&dx.matrix, savedJoints[i], p, accumulatingInto: &g)
      dx = layer.backward(dx, saved[i], p, accumulatingInto: &g)
      if let direct { dx.matrix.add(direct) }
    }
    Dropout.apply(masks.popLast() ?? nil, to: &dx.matrix)
    backwardVectors(dx.matrix, input, spelled?.saved, p, accumulatingInto: &g)
    return loss
  }
}

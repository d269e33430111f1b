package import TagmaAnnotations
package import TagmaLexicon
package import TagmaNeural

/// The vocabularies that fix the sizes of a network.
package struct TaggerVocabularies: Sendable {
  package var words: Vocabulary
  package var characters: Vocabulary
  /// Labels of each task that is predicted, in the order of the heads.
  package var labels: [(task: Task, labels: Vocabulary)]
  /// Values of each label that is given.
  package var inputs: [(task: Task, labels: Vocabulary)]

  package init(
    words: Vocabulary, characters: Vocabulary, labels: [(task: Task, labels: Vocabulary)],
    inputs: [(task: Task, labels: Vocabulary)]
  ) {
    (self.words, self.characters, self.labels, self.inputs) = (words, characters, labels, inputs)
  }
}

/// Layers put together: word features → bidirectional layers → one head for each task.
package struct TaggerNetwork: Sendable {
  package let configuration: TaggerConfiguration
  package let layout: ParameterLayout
  package let heads: [TaskHead]
  package let layers: [RecurrentLayer]
  /// Trains the first layer on unlabelled words; nil in models that are done.
  let languageModel: LanguageModelHead?
  /// For each layer, how its output is joined with its input.
  let joints: [Joint]
  let words: Embedding
  let characters: CharacterEncoder?
  let affixes: Embedding?
  let inputs: [Embedding]
  /// Widths of the parts of a word's vector.
  let widths: [Int]

  package init(
    _ configuration: TaggerConfiguration, _ vocabularies: TaggerVocabularies,
    labelSmoothing: Float = 0, learnsLanguageModel: Bool = false
  ) {
    self.configuration = configuration
    var layout = ParameterLayout()
    words = Embedding(
      count: vocabularies.words.count, size: configuration.wordSize, name: "words", in: &layout)
    characters = CharacterEncoder(
      configuration, characterCount: vocabularies.characters.count, in: &layout)
    affixes =
      configuration.affixSize > 0
      ? Embedding(
        count: WordFeatureExtractor.affixKinds * configuration.affixBuckets,
        size: configuration.affixSize, name: "affixes", in: &layout) : nil
    var inputs: [Embedding] = []
    for (task, labels) in vocabularies.inputs {
      inputs.append(
        Embedding(
          count: labels.count, size: configuration.inputTaskSize, name: "inputs.\(task.name)",
          in: &layout))
    }
    self.inputs = inputs
    var widths = [configuration.wordSize]
    if let characters { widths.append(characters.outputSize) }
    if affixes != nil { widths.append(WordFeatureExtractor.affixKinds * configuration.affixSize) }
    widths += inputs.map(\.size)
    self.widths = widths
    var layers: [RecurrentLayer] = []
    var joints: [Joint] = []
    var size = widths.reduce(0, +)
    for (i, hidden) in configuration.hiddenSizes.enumerated() {
      layers.append(
        RecurrentLayer(
          configuration.cell, inputSize: size, hiddenSize: hidden, name: "encoder.\(i)",
          in: &layout))
      let canJoin = i > 0 && size == 2 * hidden
      joints.append(
        Joint(
          canJoin ? configuration.connection : .none, size: size, name: "encoder.\(i).highway",
          in: &layout))
      size = 2 * hidden
    }
    self.layers = layers
    self.joints = joints
    heads = vocabularies.labels.map { task, labels in
      TaskHead(
        task: task, labels: labels, wordSize: widths.reduce(0, +), inputSize: size,
        configuration: configuration,
        labelSmoothing: labelSmoothing, in: &layout)
    }
    // Last, as it is cut off when training is done.
    languageModel =
      learnsLanguageModel
      ? LanguageModelHead(
        hiddenSize: layers[0].outputSize / 2, wordCount: vocabularies.words.count, in: &layout)
      : nil
    self.layout = layout
  }
}

extension TaggerNetwork {
  /// The weights between the steps of all recurrent layers.
  var recurrentWeights: [Parameter] {
    (layers + heads.compactMap(\.layer)).flatMap(\.recurrentWeights)
  }

  /// The layers that read words' vectors: the encoder's first, and those of single tasks.
  var wordLayers: [RecurrentLayer] { layers.prefix(1) + heads.compactMap(\.layer) }
}

// MARK: - Word vectors

extension TaggerNetwork {
  /// What the network reads of a batch.
  ///
  /// Each different word is read letter by letter once.
  package struct Input: Sendable {
    package let packing: PackedSequences
    /// For each row, the word and its place among the different words.
    package var words: [Int]
    package let different: [Int]
    package let characters: CharacterEncoder.Batch?
    /// `affixKinds` rows of the table for each row of the batch.
    package let affixes: [Int]
    /// For each given task, a label for each row.
    package let inputs: [[Int]]
  }

  /// Assembles a batch; `sentences` are sorted from long to short.
  package func input(_ sentences: [[WordFeatures]], forms: [[Int]], inputs: [[[Int]]]) -> Input {
    let packing = PackedSequences(lengths: sentences.map(\.count))
    var words = [Int](repeating: 0, count: packing.rows)
    var different = words
    var affixes: [Int] = []
    affixes.reserveCapacity(
      self.affixes == nil ? 0 : packing.rows * WordFeatureExtractor.affixKinds)
    var place: [Int: Int] = [:]
    var spelled: [[Int]] = []
    var given = inputs.map { _ in words }
    for t in 0..<packing.steps {
      for i in 0..<packing.count(at: t) {
        let (row, features) = (packing.offsets[t] + i, sentences[i][t])
        words[row] = features.word
        if self.affixes != nil { affixes += features.affixes }
        for k in inputs.indices { given[k][row] = inputs[k][i][t] }
        guard characters != nil else { continue }
        if let known = place[forms[i][t]] {
          different[row] = known
        } else {
          different[row] = spelled.count
          place[forms[i][t]] = spelled.count
          spelled.append(features.characters)
        }
      }
    }
    return Input(
      packing: packing, words: words, different: different,
      characters: characters == nil ? nil : CharacterEncoder.Batch(spelled), affixes: affixes,
      inputs: given)
  }

  struct SavedVectors: Sendable {
    let characters: CharacterEncoder.Saved?
    /// For each row, the row of the character encoder's output.
    let spelling: [Int]
  }

  /// Word vectors of all rows, `[R, Σ widths]`.
  func vectors(_ input: Input, _ p: borrowing Parameters) -> (Matrix, SavedVectors) {
    var parts = [words.forward(input.words, p)]
    var savedCharacters: CharacterEncoder.Saved?
    var spelling: [Int] = []
    if let characters, let batch = input.characters {
      let (read, saved) = characters.forward(batch, p)
      savedCharacters = saved
      spelling = input.different.map { batch.sequence[$0] }
      parts.append(read.gathering(rows: spelling))
    }
    if let affixes {
      // The rows of all kinds lie side by side already.
      let rows = affixes.forward(input.affixes, p)
      parts.append(
        Matrix(
          rows: input.words.count, columns: WordFeatureExtractor.affixKinds * affixes.size,
          elements: rows.elements))
    }
    for (embedding, ids) in zip(inputs, input.inputs) { parts.append(embedding.forward(ids, p)) }
    return (
      concatenateColumns(parts), SavedVectors(characters: savedCharacters, spelling: spelling)
    )
  }

  func backwardVectors(
    _ d: Matrix, _ input: Input, _ saved: SavedVectors, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) {
    var parts = splitColumns(d, widths: widths)[...]
    if let part = parts.popFirst() {
      words.backward(part, input.words, accumulatingInto: &g)
    }
    if let characters, let state = saved.characters, let batch = input.characters,
      let part = parts.popFirst()
    {
      var dRead = Matrix(rows: batch.sequence.count, columns: characters.outputSize)
      dRead.add(part, toRows: saved.spelling)
      characters.backward(dRead, state, p, accumulatingInto: &g)
    }
    if let affixes, let part = parts.popFirst() {
      let rows = Matrix(
        rows: input.affixes.count, columns: affixes.size, elements: part.elements)
      affixes.backward(rows, input.affixes, accumulatingInto: &g)
    }
    for (embedding, ids) in zip(inputs, input.inputs) {
      if let part = parts.popFirst() { embedding.backward(part, ids, accumulatingInto: &g) }
    }
  }
}

// MARK: - Training

/// What is dropped in a training step, and how much each task counts.
package struct TrainingPass: Sendable {
  package var dropout: Dropout
  /// For each word of the vocabulary, the probability that it is replaced by the unknown word.
  package var wordDropout: [Float]
  package var weights: [Float]
  package var languageModelWeight: Float
  /// Further dropout before each head.
  package var headDropout: [Dropout]

  package init(
    dropout: Dropout, wordDropout: [Float], weights: [Float], languageModelWeight: Float,
    headDropout: [Dropout]
  ) {
    self.dropout = dropout
    self.wordDropout = wordDropout
    self.weights = weights
    self.languageModelWeight = languageModelWeight
    self.headDropout = headDropout
  }
}

extension TaggerNetwork {
  /// Adds the gradients of a batch; returns the summed loss.
  ///
  /// - Parameter targets: For each head its targets, or nil where the batch has none for it.
  package func train(
    _ batch: Input, targets: [[[Int32]]?], pass: TrainingPass, random: inout SplitMix64,
    _ p: borrowing Parameters, accumulatingInto g: inout Gradients
  ) -> Double {
    var input = batch
    for r in input.words.indices where random.nextUnit() < pass.wordDropout[input.words[r]] {
      input.words[r] = WordFeatureExtractor.unknown
    }
    let (vectors, savedVectors) = vectors(input, p)
    var x = PackedMatrix(vectors, input.packing)
    var masks: [[Float]?] = []
    func drop(_ x: inout Matrix) {
      masks.append(pass.dropout.mask(for: batch.packing, columns: x.columns, using: &random))
      Dropout.apply(masks[masks.count - 1], to: &x)
    }
    drop(&x.matrix)
    let dropped = x.matrix
    var dWords = Matrix(rows: dropped.rows, columns: dropped.columns)
    var loss = 0.0
    var dLanguage: Matrix?
    var saved: [RecurrentLayer.Saved] = []
    var savedJoints: [Highway.Saved?] = []
    for (i, layer) in layers.enumerated() {
      var (y, state) = layer.forward(x, p)
      saved.append(state)
      savedJoints.append(joints[i].forward(x.matrix, &y.matrix, p))
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
      let (part, d) = head.train(
        x, words: dropped, targets: gold, pass: pass, dropout: pass.headDropout[i],
        weight: pass.weights[i], random: &random, p, accumulatingInto: &g)
      loss += part
      dx.matrix.add(d.states)
      if let words = d.words { dWords.add(words) }
    }
    for (i, layer) in layers.enumerated().reversed() {
      if i == 0, let dLanguage { dx.matrix.add(dLanguage) }
      Dropout.apply(masks.popLast() ?? nil, to: &dx.matrix)
      let direct = joints[i].backward(&dx.matrix, savedJoints[i], p, accumulatingInto: &g)
      dx = layer.backward(dx, saved[i], p, accumulatingInto: &g)
      if let direct { dx.matrix.add(direct) }
    }
    dx.matrix.add(dWords)
    Dropout.apply(masks.popLast() ?? nil, to: &dx.matrix)
    backwardVectors(dx.matrix, input, savedVectors, p, accumulatingInto: &g)
    return loss
  }
}

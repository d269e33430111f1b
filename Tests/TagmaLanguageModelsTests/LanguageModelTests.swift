import Foundation
import TagmaLanguageModels
import TagmaLexicon
import TagmaModels
import TagmaNeural
import TestSupport
import Testing

@Suite("Language models")
struct LanguageModelTests {
  private static func configuration(
    _ cell: CellKind, _ sizes: [Int], embedding: Int = 3
  ) -> LanguageModelConfiguration {
    var configuration = LanguageModelConfiguration()
    configuration.embeddingSize = embedding
    configuration.cell = cell
    configuration.hiddenSizes = sizes
    return configuration
  }

  @Test(
    "gradients equal differences, states carried in or not",
    arguments: [
      (CellKind.lstm, [3]), (.lstm, [2, 4]), (.gru, [4]), (.elmanTanh, [3, 3]),
      (.elmanSigmoid, [2]),
    ])
  func gradients(cell: CellKind, sizes: [Int]) {
    let network = LanguageModelNetwork(Self.configuration(cell, sizes), unitCount: 5)
    let pass = LanguageModelNetwork.Pass(dropout: Dropout(rate: 0), weight: 0.6)
    var start = Parameters(network.layout, seed: 2).elements
    var random = SplitMix64(seed: 9)
    for i in start.indices { start[i] += 0.6 * (random.nextUnit() - 0.5) }
    // Two streams of three steps, after two steps whose states are carried.
    let (before, inputs) = ([1, 2, 3, 0], [4, 1, 2, 2, 0, 3])
    let targets: [Int32] = [2, 2, 0, 3, 1, 4]
    var carried = network.beginning(2)
    _ = network.read(before, &carried, Parameters(network.layout, elements: start))
    func loss(_ elements: [Float], _ gradients: inout Gradients) -> Double {
      var (random, states) = (SplitMix64(seed: 1), carried)
      return network.train(
        inputs, targets: targets, &states, pass: pass, random: &random,
        Parameters(network.layout, elements: elements), accumulatingInto: &gradients)
    }
    var gradients = Gradients(network.layout)
    _ = loss(start, &gradients)
    for entry in network.layout.entries {
      let range = entry.parameter.range
      #expect(gradients.elements[range].contains { $0 != 0 }, "\(entry.name) has a gradient")
      expectGradient(
        of: Array(start[range]), matches: Array(gradients.elements[range]), name: entry.name,
        step: 5e-3, tolerance: 5e-3
      ) { values in
        var elements = start
        elements.replaceSubrange(range, with: values)
        var unused = Gradients(network.layout)
        return loss(elements, &unused)
      }
    }
  }

  @Test("reading in parts gives what reading at once gives", arguments: CellKind.allCases)
  func parts(cell: CellKind) {
    let network = LanguageModelNetwork(Self.configuration(cell, [4, 3]), unitCount: 6)
    let p = Parameters(network.layout, seed: 3)
    let units = [1, 2, 3, 4, 5, 0, 2, 2, 4, 1]
    var (once, twice) = (network.beginning(2), network.beginning(2))
    let whole = network.read(units, &once, p)
    let first = network.read(Array(units[..<4]), &twice, p)
    let second = network.read(Array(units[4...]), &twice, p)
    for (a, b) in zip(whole.elements, first.elements + second.elements) {
      #expect(abs(a - b) < 1e-5)
    }
  }

  /// Lines of a language in which a number follows each letter.
  static func corpus(_ count: Int, seed: UInt64) -> [String] {
    var state = seed
    return (0..<count).map { _ in
      (0..<6).map { _ -> String in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return ["a1", "b2", "c3"][Int((state >> 33) % 3)]
      }.joined(separator: " ")
    }
  }

  private static func trainer(
    epochs: Int = 4, threads: Int = 2, change: (inout LanguageModelConfiguration) -> Void = { _ in }
  ) throws -> LanguageModelTrainer {
    var configuration = configuration(.lstm, [24], embedding: 16)
    change(&configuration)
    var training = LanguageModelTrainingSettings()
    training.epochs = epochs
    training.streams = 8
    training.steps = 20
    training.learningRate = 0.02
    let trainer = try LanguageModelTrainer(
      corpora: [TextCorpus(name: "toy", items: corpus(400, seed: 1))], dev: corpus(40, seed: 2),
      configuration: configuration, training: training)
    trainer.threads = threads
    return trainer
  }

  @Test("it learns what follows what, whichever way it reads", arguments: [false, true])
  func learns(readsBackward: Bool) throws {
    let trainer = try Self.trainer(epochs: 8) { $0.readsBackward = readsBackward }
    _ = try trainer.train { _ in }
    let model = trainer.bestModel()
    let scores = model.score(lines: ["a1 b2 c3 a1 b2 c3", "a2 b1 c1 a3 b3 c2", ""])
    #expect(scores[0].perplexity < 2 && scores[1].perplexity > 5)
    #expect(
      scores[0].characters == 18 && scores[0].units == 19, "its end is a unit and a character")
    // Of 18 characters, six are one of three; all else is certain to whoever can count to six, which takes longer.
    let best = 6 * 1.585 / 18
    let found = try #require(trainer.reports.last?.devScores["bits per character"])
    #expect(found > best - 0.05 && found < best + 0.3, "\(found)")
    let units = model.unitScores(lines: ["b2 c3"])[0]
    #expect(units.last?.unit == "</s>")
    #expect(units.map(\.score.characters).reduce(0, +) == 6)
  }

  @Test("texts are made of what it has read; the same seed gives the same text")
  func generation() throws {
    let trainer = try Self.trainer()
    _ = try trainer.train { _ in }
    let model = trainer.bestModel()
    func text(_ change: (inout GenerationOptions) -> Void) -> String {
      var options = GenerationOptions()
      change(&options)
      var text = ""
      model.generate(prefix: "a1 b", options: options) { text += $0 }
      return text
    }
    #expect(text { $0.temperature = 0 }.hasPrefix("a1 b2"))
    #expect(text { $0.seed = 3 } == text { $0.seed = 3 })
    #expect(text { $0.seed = 3 } != text { $0.seed = 4 })
    #expect(text { $0.topK = 1 } == text { $0.temperature = 0 })
    #expect(text { $0.topP = 1e-9 } == text { $0.temperature = 0 })
    #expect(!text { $0.stopsAtLineEnd = true }.contains("\n"))
    let pairs = text { $0.noRepeat = 12 }.unicodeScalars.map { String($0) }
    #expect(pairs.allSatisfy { "abc123 \n".contains($0) }, "nothing else was ever seen")
  }

  @Test("a model that has learned goes on with another text, with its own units and layers")
  func learnsOn() throws {
    let first = try Self.trainer(epochs: 8) { $0.subwords = 300 }
    _ = try first.train { _ in }
    let (model, other) = (first.bestModel(), Self.corpus(40, seed: 2).map { String($0.reversed()) })
    var training = LanguageModelTrainingSettings()
    training.epochs = 1
    training.streams = 4
    training.steps = 5
    training.learningRate = 0.005
    let second = try LanguageModelTrainer(
      corpora: [TextCorpus(name: "other", items: other + Self.corpus(40, seed: 1))],
      dev: other, training: training, initial: model)
    let corpus = Self.corpus(40, seed: 5)
    func sum(_ model: LanguageModel, _ lines: [String]) -> TextScore {
      model.score(lines: lines).reduce(TextScore(), +)
    }
    _ = try second.train { _ in }
    let learned = second.bestModel()
    #expect(learned.description.configuration == model.description.configuration)
    #expect(learned.unitCount == model.unitCount)
    #expect(sum(learned, other).logProbability > sum(model, other).logProbability)
    // What one pass over a tenth of the text could not have taught.
    #expect(sum(learned, corpus).perplexity < 1.2 * sum(model, corpus).perplexity)
  }

  @Test("weights depend neither on threads nor on a stop and a resumption")
  func repeatable() throws {
    func weights(_ trainer: LanguageModelTrainer) throws -> Data {
      let path = TestData.temporaryFolder() + "/model"
      try trainer.bestModel().write(to: path)
      return try Data(contentsOf: URL(fileURLWithPath: "\(path)/weights.safetensors"))
    }
    let whole = try Self.trainer(threads: 1)
    _ = try whole.train { _ in }
    let expected = try weights(whole)
    let parallel = try Self.trainer(threads: 2)
    _ = try parallel.train { _ in }
    #expect(try weights(parallel) == expected)
    let path = TestData.temporaryFolder() + "/checkpoint"
    // In the middle of the second epoch, where states are carried.
    let stop = CountDown(70)
    let first = try Self.trainer()
    first.checkpointPath = path
    first.shouldStop = { stop.isOver() }
    #expect(try first.train { _ in } == .interrupted)
    #expect(first.batchesDone > 0)
    let second = try Self.trainer()
    second.checkpointPath = path
    #expect(try second.resume())
    _ = try second.train { _ in }
    #expect(try weights(second) == expected)
  }

  @Test("a folder gives the same model; a damaged one is refused; so are impossible settings")
  func folder() throws {
    let trainer = try Self.trainer(epochs: 1) { $0.subwords = 300 }
    _ = try trainer.train { _ in }
    let model = trainer.bestModel()
    let path = TestData.temporaryFolder() + "/model"
    try model.write(to: path)
    let again = try LanguageModel(contentsOf: path)
    #expect(again.score(lines: ["a1 b2"]) == model.score(lines: ["a1 b2"]))
    for name in ["units.vocab", "weights.safetensors", "model.json"] {
      let file = URL(fileURLWithPath: "\(path)/\(name)")
      let whole = try Data(contentsOf: file)
      try whole.prefix(whole.count / 2).write(to: file)
      #expect(throws: ModelError.self) { try LanguageModel(contentsOf: path) }
      try whole.write(to: file)
    }
    for change: (inout LanguageModelConfiguration) -> Void in [
      { $0.subwords = 3 }, { $0.embeddingSize = 0 }, { $0.hiddenSizes = [] },
    ] {
      #expect(throws: ModelError.self) { try Self.trainer(change: change) }
    }
    #expect(throws: ModelError.self) {
      try LanguageModelTrainer(corpora: [TextCorpus(name: "x", items: ["a"])], dev: [])
    }
  }
}

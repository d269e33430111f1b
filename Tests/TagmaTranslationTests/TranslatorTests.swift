import Foundation
import Synchronization
import TagmaCorpora
import TagmaModels
import TagmaTranslation
import TestSupport
import Testing

@Suite("A translator at work")
struct TranslatorTests {
  /// Pairs of a language whose sentences are read backwards and whose words are numerals.
  static func corpus(_ count: Int, seed: UInt64) -> PairCorpus {
    var state = seed
    let words = ["one", "two", "three", "four", "five", "six"]
    let names = ["uno", "dos", "tres", "cuatro", "cinco", "seis"]
    let pairs = (0..<count).map { _ in
      var picked: [Int] = []
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      for k in 0..<Int(2 + state >> 33 % 4) {
        picked.append(Int(state >> (34 + 4 * UInt64(k))) % 6)
      }
      return TextPair(
        source: picked.map { words[$0] }.joined(separator: " "),
        target: picked.reversed().map { names[$0] }.joined(separator: " "))
    }
    return PairCorpus(name: "numbers", items: pairs)
  }

  private static func trainer(epochs: Int, threads: Int = 2) throws -> TranslatorTrainer {
    var configuration = TranslatorConfiguration()
    configuration.subwords = 400
    configuration.embeddingSize = 24
    configuration.encoderSizes = [24]
    configuration.decoderSize = 48
    var training = TranslatorTrainingSettings()
    training.epochs = epochs
    training.batchTokens = 100
    training.learningRate = 0.01
    training.dropout = 0.05
    training.averageDecay = 0.98
    training.shortlist = 20
    let trainer = try TranslatorTrainer(
      corpora: [corpus(800, seed: 1)], dev: [corpus(60, seed: 2)], source: "en", target: "es",
      configuration: configuration, training: training)
    trainer.threads = threads
    return trainer
  }

  static let trained = Result { () throws -> Translator in
    let trainer = try Self.trainer(epochs: 10)
    _ = try trainer.train { _ in }
    return trainer.bestTranslator()
  }

  @Test("it learns to turn a sentence round")
  func learns() throws {
    let translator = try Self.trained.get()
    let test = Self.corpus(100, seed: 3).items
    let found = translator.translate(test.map(\.source))
    let right = zip(test, found).count { $0.target == $1.first?.text }
    #expect(right > 90, "\(right) of 100 right")
  }

  @Test("words are aligned with those that they come from, over several sentences too")
  func alignment() throws {
    let translator = try Self.trained.get()
    let one = translator.translate(["one two three four"])[0][0]
    #expect(one.text == "cuatro tres dos uno")
    #expect(one.alignment == (0..<4).map { AlignedWords(source: 3 - $0, target: $0) })
    let many = translator.translate([String(repeating: "one two three ! ", count: 60)])[0][0]
    let words = many.text.split(separator: " ").count
    #expect(many.alignment.count == words && many.alignment.allSatisfy { $0.source < 240 })
    #expect(many.alignment.map(\.target) == Array(0..<words))
  }

  @Test("aligned parts are ranges of the text as it was given and of its translation")
  func alignedText() throws {
    let translator = try Self.trained.get()
    let source = " \t one\u{a0} two  three\n"
    let translation = translator.translate([source])[0][0]
    let found = translation.alignment(with: source).map {
      "\(source[$0.source])=\(translation.text[$0.target])"
    }
    #expect(found == ["three=tres", "two=dos", "one=uno"])
    #expect(translation.alignment(with: "").isEmpty)
  }

  @Test("each word has its probability, also of translations that are given")
  func confidence() throws {
    let translator = try Self.trained.get()
    // Among the units of a shortlist, each is likelier.
    var options = SearchOptions()
    options.usesShortlist = false
    let one = translator.translate(["one two three four"], options: options)[0][0]
    #expect(one.confidences.count == 4 && one.confidences.allSatisfy { $0 > 0.5 && $0 <= 1 })
    let given = translator.score([
      TextPair(source: "one two three four", target: one.text),
      TextPair(source: "one two three four", target: "cuatro tres seis uno"),
    ])
    for (a, b) in zip(one.confidences, given[0].confidences) { #expect(abs(a - b) < 0.01) }
    #expect(given[1].confidences.count == 4 && given[1].confidences[2] < 0.1)
    #expect(given[1].confidences[1] > 0.5, "what stands before the wrong word is right")
    let many = translator.translate([String(repeating: "one two three ! ", count: 60)])[0][0]
    #expect(many.confidences.count == many.text.split(separator: " ").count)
  }

  @Test("one translation for each line, whatever the line is; threads make no difference")
  func lines() throws {
    let translator = try Self.trained.get()
    let lines = [
      "", " \t ", "one two", String(repeating: "one two three! ", count: 80),
      String(repeating: "one", count: 20_000), "e" + String(repeating: "\u{301}", count: 10_000),
      "東京 😀 \u{0}", "one  \u{a0} two",
    ]
    let found = translator.translate(lines, threads: 2)
    #expect(found.count == lines.count)
    #expect(found[0].first?.text == "" && found[1].first?.text == " \t ")
    #expect(found[2].first?.text == found[7].first?.text, "kinds of white space are one")
    #expect(found[3].first?.text.split(separator: " ").count ?? 0 > 60, "nothing is cut off")
    let alone = lines.map { translator.translate([$0], threads: 1)[0].first?.text }
    #expect(found.map { $0.first?.text } == alone)
  }

  @Test(
    "a search that is told to stop goes no step further, and still gives a translation of each text"
  )
  func stopping() throws {
    let translator = try Self.trained.get()
    let texts = [String(repeating: "one two three ! ", count: 30), "one two", ""]
    for steps in [0, 1, 3] {
      let asked = Mutex(0)
      let found = translator.translate(texts, threads: 1) {
        asked.withLock {
          $0 += 1
          return $0 > steps
        }
      }
      #expect(found.count == texts.count && found.allSatisfy { !$0.isEmpty })
      #expect(asked.withLock { $0 } == steps + 1)
    }
  }

  @Test("the model's folder gives the same translations; a damaged one is refused")
  func folder() throws {
    let translator = try Self.trained.get()
    let path = TestData.temporaryFolder() + "/model"
    try translator.write(to: path)
    let again = try Translator(contentsOf: path)
    #expect(again.translate(["one two six"]) == translator.translate(["one two six"]))
    #expect(again.description.source == "en" && again.description.target == "es")
    for name in ["units.vocab", "merges.txt", "weights.safetensors", "model.json"] {
      let file = URL(fileURLWithPath: "\(path)/\(name)")
      let whole = try Data(contentsOf: file)
      for cut in [0, 1, whole.count / 2, whole.count - 2] {
        try whole.prefix(cut).write(to: file)
        #expect(throws: ModelError.self, "\(name) cut at \(cut)") {
          try Translator(contentsOf: path)
        }
      }
      try whole.write(to: file)
    }
  }

  @Test("weights depend neither on threads nor on a stop and a resumption")
  func repeatable() throws {
    func weights(_ trainer: TranslatorTrainer) throws -> Data {
      let path = TestData.temporaryFolder() + "/model"
      try trainer.bestTranslator().write(to: path)
      return try Data(contentsOf: URL(fileURLWithPath: "\(path)/weights.safetensors"))
    }
    let one = try Self.trainer(epochs: 2, threads: 1)
    _ = try one.train { _ in }
    let expected = try weights(one)
    let two = try Self.trainer(epochs: 2, threads: 2)
    _ = try two.train { _ in }
    #expect(try weights(two) == expected)

    let checkpoint = TestData.temporaryFolder() + "/checkpoint"
    let stopped = try Self.trainer(epochs: 2)
    stopped.checkpointPath = checkpoint
    let calls = Counter()
    stopped.shouldStop = { calls.next() == 60 }
    #expect(try stopped.train { _ in } == .interrupted)
    let resumed = try Self.trainer(epochs: 2)
    resumed.checkpointPath = checkpoint
    #expect(try resumed.resume())
    #expect(try resumed.train { _ in } == .finished)
    #expect(try weights(resumed) == expected)
  }

  /// Counts calls from a closure that is `Sendable`.
  private final class Counter: @unchecked Sendable {
    private var count = 0
    func next() -> Int {
      count += 1
      return count
    }
  }

  @Test("impossible settings and empty data are refused")
  func refused() {
    var configuration = TranslatorConfiguration()
    configuration.heads = 3
    #expect(throws: ModelError.self) {
      _ = try TranslatorTrainer(
        corpora: [Self.corpus(10, seed: 1)], dev: [], source: "en", target: "es",
        configuration: configuration)
    }
    #expect(throws: ModelError.self) {
      _ = try TranslatorTrainer(
        corpora: [PairCorpus(name: "empty", items: [TextPair(source: " ", target: "x")])], dev: [],
        source: "en", target: "es")
    }
  }
}

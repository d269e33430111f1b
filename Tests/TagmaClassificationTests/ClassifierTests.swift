internal import Foundation
internal import TagmaClassification
internal import TagmaModels
internal import TestSupport
internal import Testing

/// Classifiers learn, answer the same however they are asked, and come back from their folder.
@Suite("Classifiers")
struct ClassifierTests {
  /// Sentences of three topics that share half of their words.
  static func corpus(_ count: Int, seed: Int, several: Bool = false) -> ClassifierCorpus {
    let topics = [
      "sea": ["ship", "wave", "sailor", "harbour"], "wood": ["tree", "deer", "moss", "hunter"],
      "town": ["street", "shop", "mayor", "bridge"],
    ]
    let common = ["the", "old", "near", "a", "was", "seen"]
    let names = topics.keys.sorted()
    let items = (0..<count).map { i in
      var state = UInt64(i * 7919 + seed) &* 0x9e37_79b9_7f4a_7c15
      func next(_ n: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % n
      }
      let labels = several ? names.filter { _ in next(2) == 0 } : [names[next(3)]]
      var words = (0..<4).map { _ in common[next(common.count)] }
      for label in labels {
        words.insert(topics[label]?[next(4)] ?? "", at: next(words.count))
      }
      return LabelledText(labels: labels, text: words.joined(separator: " ") + ".")
    }
    return ClassifierCorpus(name: "toy", items: items)
  }

  private static func trained(
    several: Bool = false, _ change: (inout ClassifierConfiguration) -> Void
  ) throws -> Classifier {
    var configuration = ClassifierConfiguration()
    (configuration.embeddingSize, configuration.hiddenSizes) = (8, [8])
    configuration.buckets = 2000
    change(&configuration)
    var training = ClassifierTrainingSettings()
    (training.epochs, training.learningRate, training.averageDecay) = (12, 0.01, 0)
    (training.dropout, training.batchSize) = (0, 8)
    let trainer = try ClassifierTrainer(
      corpora: [corpus(240, seed: 1, several: several)],
      dev: [corpus(60, seed: 2, several: several)], configuration: configuration,
      training: training)
    #expect(try trainer.train { _ in } == .finished)
    return trainer.bestClassifier()
  }

  @Test("each way of reading learns topics", arguments: ["bag", "max", "attention"])
  func learns(way: String) throws {
    let classifier = try Self.trained {
      $0.encoder = way == "bag" ? .bag : .recurrent
      $0.pooling = way == "attention" ? .attention : .max
    }
    let test = Self.corpus(90, seed: 3).items
    let found = classifier.classify(test.map(\.text))
    let right = zip(test, found).count { $0.labels == $1.labels }
    #expect(right >= 85, "\(right) of 90")
    for one in found {
      let sum = one.probabilities.reduce(0) { $0 + $1.probability }
      #expect(abs(sum - 1) < 1e-3 && one.probabilities.count <= 3)
    }
    #expect(classifier.classify(test.map(\.text), threads: 3) == found)
    let alone = classifier.classify(test[5].text)
    #expect(alone.labels == found[5].labels)
    for (a, b) in zip(alone.probabilities, found[5].probabilities) {
      #expect(a.label == b.label && abs(a.probability - b.probability) < 1e-5)
    }
    let folder = TestData.temporaryFolder() + "/m"
    try classifier.write(to: folder)
    let again = try Classifier(contentsOf: folder)
    #expect(again.classify(test.map(\.text)) == found && again.labels == classifier.labels)
  }

  @Test("a text may have several labels, or none")
  func several() throws {
    let classifier = try Self.trained(several: true) { _ in }
    #expect(classifier.description.allowsSeveral)
    let test = Self.corpus(90, seed: 3, several: true).items
    let found = classifier.classify(test.map(\.text))
    let right = zip(test, found).count { Set($0.labels) == Set($1.labels) }
    #expect(right >= 75, "\(right) of 90")
    #expect(found.contains { $0.labels.isEmpty } && found.contains { $0.labels.count > 1 })
  }

  @Test("texts without words, and of any length, are answered")
  func odd() throws {
    for encoder in ClassifierConfiguration.Encoder.allCases {
      let classifier = try Self.trained { $0.encoder = encoder }
      let texts = [
        "", "…!?", "\u{0}\u{202e}", String(repeating: "ship ", count: 20_000), "船",
        String(repeating: "x", count: 100_000),
      ]
      let found = classifier.classify(texts)
      #expect(found.count == texts.count)
      #expect(found.prefix(3).allSatisfy { $0.labels.isEmpty && $0.probabilities.isEmpty })
      #expect(found.dropFirst(3).allSatisfy { $0.labels.count == 1 })
      #expect(found.allSatisfy { $0.probabilities.allSatisfy { $0.probability.isFinite } })
      #expect(found[3].labels == ["sea"])
    }
  }

  @Test("one label alone is too little to learn from")
  func tooLittle() {
    let corpus = ClassifierCorpus(
      name: "x",
      items: [LabelledText(labels: ["a"], text: "b"), LabelledText(labels: ["a"], text: "c")])
    let error = #expect(throws: ModelError.self) {
      try ClassifierTrainer(corpora: [corpus], dev: [])
    }
    #expect(error?.description.contains("at least 2") == true)
  }
}

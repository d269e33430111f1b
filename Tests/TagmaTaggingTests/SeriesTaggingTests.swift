import Foundation
import Tagma
import TagmaTagging
import TestSupport
import Testing

/// Labels for rows of numbers: two waves of different speeds take turns, and a third column is noise.
@Suite("Series with a label a row")
struct SeriesTaggingTests {
  private static func rows(_ series: Int, seed: UInt64) -> String {
    var state = seed
    func unit() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 33) / Double(1 << 31)
    }
    var text = ""
    for _ in 0..<series {
      var (phase, isFast) = (unit() * 6, unit() < 0.5)
      for _ in 0..<60 {
        if unit() < 0.07 { isFast.toggle() }
        phase += isFast ? 1.4 : 0.35
        let value = 40 + 10 * sin(phase) + 2 * unit()
        text += "\(value)\t\(unit())\t\(isFast ? "FAST" : "SLOW")\n"
      }
      text += "\n"
    }
    return text
  }

  private static func file(_ text: String) throws -> String {
    let folder = TestData.temporaryFolder()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try text.write(toFile: "\(folder)/series.tsv", atomically: true, encoding: .utf8)
    return "\(folder)/series.tsv"
  }

  private static let format: ColumnFormat = {
    var format = ColumnFormat()
    format.numbers = [0, 1]
    format.tasks = [TaggingTask("speed"): 2]
    return format
  }()

  private static func corpus(_ series: Int, seed: UInt64) throws -> TrainingCorpus {
    TrainingCorpus(
      name: "waves", tasks: [TaggingTask("speed")],
      sentences: try openCorpus(try file(rows(series, seed: seed)), columns: format).readAll())
  }

  @Test("a tagger learns to label rows by the numbers around them; scales are kept with it")
  func labels() throws {
    var (configuration, training) = smallConfiguration()
    configuration.numbers = [0, 1]
    configuration.characterModel = .none
    configuration.affixSize = 0
    configuration.contextSize = 16
    training.epochs = 12
    let trainer = try TaggerTrainer(
      corpora: [try Self.corpus(60, seed: 1)], dev: [try Self.corpus(12, seed: 2)],
      tasks: [TaggingTask("speed")], configuration: configuration, training: training)
    _ = try trainer.train { _ in }
    let tagger = trainer.bestTagger()
    let score = try #require(tagger.description.devScores["speed"])
    #expect(score > 85, "\(score); the more frequent label alone has about 50")
    let scale = try #require(tagger.description.numberScales.first)
    #expect(abs(scale.mean - 41) < 1 && abs(scale.deviation - 7.1) < 1)
    let folder = TestData.temporaryFolder()
    try tagger.write(to: folder)
    let sentences = try Self.corpus(8, seed: 3).sentences
    let labels = tagger.tag(sentences).map(\.labels)
    #expect(try Tagger(contentsOf: folder).tag(sentences).map(\.labels) == labels)
    #expect(sentences.map { tagger.tag([$0])[0].labels } == labels)
    #expect(tagger.missingInput(in: sentences) == nil)
    #expect(
      tagger.missingInput(in: [Sentence(tokens: [Token(form: "_")])]) == TaggingTask("numbers"))
    #expect(throws: ModelError.self, "a corpus without numbers") {
      try TaggerTrainer(
        corpora: [toyCorpus(3, seed: 1)], dev: [], tasks: [.upos], configuration: configuration,
        training: training)
    }
    training.caseNoise = 0.1
    #expect(throws: ModelError.self) {
      try TaggerTrainer(
        corpora: [try Self.corpus(2, seed: 1)], dev: [], tasks: [TaggingTask("speed")],
        configuration: configuration, training: training)
    }
  }

  @Test("what is no number is named by its line", arguments: ["x", "", "nan", "inf", "1e99"])
  func damaged(value: String) throws {
    let path = try Self.file("1\t2\tA\n3\t\(value)\tB\n")
    let error = #expect(throws: CorpusError.self) {
      try openCorpus(path, columns: Self.format).readAll()
    }
    #expect(error?.location.line == 2)
  }
}

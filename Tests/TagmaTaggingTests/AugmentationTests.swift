import Foundation
import Tagma
import TagmaAnnotations
import TagmaCorpora
import TagmaLexicon
import TagmaModels
import TagmaNeural
import TagmaTagging
import TestSupport
import Testing

@Suite("Training sentences changed")
struct AugmentationTests {
  private let tags = ["O", "B-PER", "I-PER", "E-PER", "S-PER", "B-LOC", "I-LOC", "E-LOC", "S-LOC"]

  private func heads() -> [TaskHead] {
    var layout = ParameterLayout()
    return [(TaggingTask.upos, ["NOUN", "PROPN"]), (.ner, tags)].map { task, labels in
      TaskHead(
        task: task, labels: Vocabulary(labels), inputSize: 2, spanDecoder: .crf, labelSmoothing: 0,
        prefix: "", in: &layout)
    }
  }

  @Test("a span is replaced by one of its label, words and tags together; nothing else changes")
  func replaces() throws {
    // 10 and 11 12 are persons, 20 and 21 22 23 places; the second example has no parts of speech.
    let examples = [
      Example(
        forms: [1, 11, 12, 2, 20], inputs: [],
        targets: [[[0, 1, 1, 0, 1]], [[0, 1, 3, 0, 8]]]),
      Example(
        forms: [10, 3, 21, 22, 23, 4], inputs: [], targets: [nil, [[4, 0, 5, 6, 7, 0]]]),
    ]
    let pool = try #require(SpanPool(examples, heads: heads()))
    var random = SplitMix64(seed: 1)
    #expect(pool.replacing(in: examples[0], share: 0, using: &random).forms == examples[0].forms)
    var seen: Set<[Int]> = []
    for _ in 0..<100 {
      let new = pool.replacing(in: examples[0], share: 0.9, using: &random)
      seen.insert(new.forms)
      let isLong = new.forms[1] == 11
      let place = isLong ? 4 : 3
      #expect(new.forms[0] == 1 && new.forms[place - 1] == 2)
      #expect(isLong ? new.forms[2] == 12 : new.forms[1] == 10)
      #expect([[20], [21, 22, 23]].contains(Array(new.forms[place...])))
      let gold = try #require(new.targets[1]?[0])
      #expect(Array(gold[1..<place - 1]) == (isLong ? [1, 3] : [4]))
      #expect(Array(gold[place...]) == (new.forms.count - place == 1 ? [8] : [5, 6, 7]))
      // What the other sentence does not tell is not learned.
      let upos = try #require(new.targets[0]?[0])
      #expect(upos.count == new.forms.count)
      #expect(isLong || upos[1] == -1)
    }
    #expect(seen.count == 4)
  }

  @Test("a name that stood in no sentence has tags of its own, and its sentence is read anew")
  func names() throws {
    let example = Example(
      forms: [1, 10, 2], inputs: [], targets: [[[0, 1, 0]], [[0, 4, 0]]], context: [0, 1, 2])
    let pool = try #require(
      SpanPool([example], heads: heads(), names: [(label: "PER", forms: [30, 31])]))
    var random = SplitMix64(seed: 1)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<200 {
      let new = pool.replacing(in: example, share: 0.99, using: &random)
      counts[new.forms, default: 0] += 1
      let isNew = new.forms.count == 4
      #expect(new.context == (isNew ? [] : [0, 1, 2]))
      #expect(new.targets == (isNew ? [[[0, -1, -1, 0]], [[0, 1, 3, 0]]] : example.targets))
    }
    #expect(Set(counts.keys) == [[1, 10, 2], [1, 30, 31, 2]])
    #expect((70...130).contains(counts[[1, 30, 31, 2]] ?? 0))
  }

  @Test("lists of names are read; what is no name is refused with its place")
  func nameFiles() throws {
    let path = TestData.temporaryFolder() + "/names.tsv"
    try "PER\tqxyo zuw\n\nLOC\tŁódź\n".write(toFile: path, atomically: true, encoding: .utf8)
    let list = try NameList(contentsOf: path)
    let (configuration, training) = smallConfiguration()
    var replacing = training
    replacing.spanReplacement = 0.5
    func trainer(_ training: TaggerTrainingSettings) throws -> TaggerTrainer {
      try TaggerTrainer(
        corpora: [toyCorpus(50, seed: 1)], dev: [], tasks: [.ner], names: list,
        configuration: configuration, training: training)
    }
    // No sentence has a place.
    let error = #expect(throws: CorpusError.self) { try trainer(replacing) }
    #expect(error?.kind == .unknownLabel("LOC", known: ["PER"]))
    #expect(error?.location.line == 3)
    #expect(throws: ModelError.self) { try trainer(training) }
    let long = "PER\t" + String(repeating: "x ", count: 65)
    for text in ["PER", "PER\t", "\tTom", "PER\tTom\tx", long] {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      #expect(throws: CorpusError.self) { try NameList(contentsOf: path) }
    }
  }

  @Test("a listed name is found though no training sentence has it")
  func findsNames() throws {
    let path = TestData.temporaryFolder() + "/names.tsv"
    try "PER\tqxyo zuwed\n".write(toFile: path, atomically: true, encoding: .utf8)
    let list = try NameList(contentsOf: path)
    let words = ["bals", "qxyo", "zuwed", "korminned", "."].map(Token.init(form:))
    func found(_ names: NameList?) throws -> [String]? {
      var (configuration, training) = smallConfiguration()
      configuration.spanDecoder = .crf
      training.spanReplacement = 0.5
      let trainer = try TaggerTrainer(
        corpora: [toyCorpus(200, seed: 1)], dev: [], tasks: [.ner], names: names,
        configuration: configuration, training: training)
      _ = try trainer.train { _ in }
      return trainer.bestTagger().tag([Sentence(tokens: words)])[0].labels[.ner]
    }
    #expect(try found(list) == ["O", "B-PER", "I-PER", "O", "O"])
    #expect(try found(nil) != ["O", "B-PER", "I-PER", "O", "O"])
  }

  @Test("without a task of spans there is no pool")
  func none() {
    #expect(SpanPool([], heads: Array(heads().prefix(1))) == nil)
  }

  @Test("a share of the sentences is read in lower case or in capitals, with the same labels")
  func caseNoise() {
    var forms = Vocabulary(["In", "Rom", "in", "42"])
    let noise = CaseNoise(forms.entries) { forms.insert($0) }
    #expect(forms.entries == ["In", "Rom", "in", "42", "rom", "IN", "ROM"])
    let example = Example(forms: [0, 1, 3], inputs: [], targets: [[[0, 1, 0]]])
    var (random, counts) = (SplitMix64(seed: 1), [[Int]: Int]())
    for _ in 0..<4000 {
      let new = noise.changing(example, share: 0.4, using: &random)
      #expect(new.targets == example.targets)
      counts[new.forms, default: 0] += 1
    }
    #expect(Set(counts.keys) == [[0, 1, 3], [2, 4, 3], [5, 6, 3]])
    #expect((1100...1300).contains(counts[[2, 4, 3]] ?? 0))
    #expect((340...460).contains(counts[[5, 6, 3]] ?? 0))
  }
}

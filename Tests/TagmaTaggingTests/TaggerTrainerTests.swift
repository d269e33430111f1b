import Foundation
import Tagma
import TagmaModels
import TagmaNeural
import TagmaTagging
import TestSupport
import Testing

/// Sentences whose tags follow from suffixes and neighbours, so that a small network learns them fast.
func toyCorpus(_ count: Int, seed: UInt64, name: String = "toy") -> TrainingCorpus {
  var state = seed
  func below(_ n: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(n))
  }
  let stems = ["bal", "kor", "min", "tus", "vel", "rad", "pon", "gil"]
  let sentences = (0..<count).map { _ -> Sentence in
    var (words, upos, ner) = ([String](), [String](), [String]())
    for _ in 0..<1 + below(7) {
      let stem = stems[below(8)] + stems[below(8)]
      switch below(4) {
      case 0: (words, upos, ner) = (words + [stem + "s"], upos + ["NOUN"], ner + ["O"])
      case 1: (words, upos, ner) = (words + [stem + "ed"], upos + ["VERB"], ner + ["O"])
      case 2:
        words += ["Don", stem.capitalized]
        upos += ["PROPN", "PROPN"]
        ner += ["B-PER", "I-PER"]
      default: (words, upos, ner) = (words + ["."], upos + ["PUNCT"], ner + ["O"])
      }
    }
    var sentence = Sentence(tokens: words.map(Token.init(form:)))
    sentence.setLabels(upos, of: .upos)
    sentence.setLabels(ner, of: .ner)
    return sentence
  }
  return TrainingCorpus(name: name, tasks: [.upos, .ner], sentences: sentences)
}

func smallConfiguration() -> (TaggerConfiguration, TaggerTrainingSettings) {
  var configuration = TaggerConfiguration()
  configuration.wordSize = 16
  configuration.characterSize = 12
  configuration.characterHiddenSize = 8
  configuration.affixSize = 4
  configuration.affixBuckets = 50
  configuration.hiddenSizes = [16]
  var training = TaggerTrainingSettings()
  training.epochs = 6
  training.learningRate = 0.01
  training.dropout = 0.1
  training.batchSize = 8
  return (configuration, training)
}

@Suite("Training a tagger")
struct TaggerTrainerTests {
  private func makeTrainer(
    epochs: Int = 6, threads: Int = 1, recurrentDropout: Double = 0,
    change: (inout TaggerConfiguration) -> Void = { _ in }
  ) throws -> TaggerTrainer {
    var (configuration, training) = smallConfiguration()
    training.epochs = epochs
    training.recurrentDropout = recurrentDropout
    change(&configuration)
    let trainer = try TaggerTrainer(
      corpora: [toyCorpus(200, seed: 1)], dev: [toyCorpus(40, seed: 2)], tasks: [.upos, .ner],
      configuration: configuration, training: training)
    trainer.threads = threads
    return trainer
  }

  @Test("lemmas are made of words that training never saw; one that is not given teaches nothing")
  func lemmas() throws {
    func lemmatized(_ corpus: TrainingCorpus) -> TrainingCorpus {
      var corpus = corpus
      corpus.tasks = [.lemma]
      for i in corpus.sentences.indices {
        let lemmas = corpus.sentences[i].tokens.enumerated().map { k, token -> String in
          let form = token.form.lowercased()
          if k == 0 { return "_" }
          return form.hasSuffix("ed")
            ? form.dropLast(2) + "en" : form.hasSuffix("s") ? String(form.dropLast()) : form
        }
        corpus.sentences[i].setLabels(lemmas, of: .lemma)
      }
      return corpus
    }
    let (configuration, training) = smallConfiguration()
    let trainer = try TaggerTrainer(
      corpora: [lemmatized(toyCorpus(300, seed: 1))], dev: [], tasks: [.lemma],
      configuration: configuration, training: training)
    _ = try trainer.train { _ in }
    let words = ["Don", "Zzzyx", "qqqqs", "Xylophoned", "."]
    let found = trainer.bestTagger().tag([Sentence(tokens: words.map(Token.init(form:)))])
    #expect(found[0].labels[.lemma] == ["don", "zzzyx", "qqqq", "xylophonen", "."])
  }

  @Test("every cell, character model and decoder learns the toy language")
  func learns() throws {
    let variants: [(inout TaggerConfiguration) -> Void] = [
      { _ in }, { $0.cell = .gru }, { $0.cell = .elmanTanh }, { $0.cell = .elmanSigmoid },
      { $0.cell = .elmanReLU }, { $0.characterModel = .cnn }, { $0.characterModel = .none },
      {
        $0.spanDecoder = .softmax; $0.affixSize = 0
      },
      {
        $0.hiddenSizes = [16, 16]; $0.connection = .residual
      },
      {
        $0.hiddenSizes = [16, 16]; $0.connection = .highway
      },
    ]
    for (i, change) in variants.enumerated() {
      let trainer = try makeTrainer(epochs: 8, change: change)
      _ = try trainer.train { _ in }
      let best = try #require(trainer.reports.map(\.devScore).max())
      #expect(best > 97, "variant \(i): \(best)")
    }
  }

  @Test(
    "the same seed gives the same weights, whatever the number of threads",
    arguments: [(1, 0), (3, 0.2)])
  func deterministic(members: Int, recurrentDropout: Double) throws {
    let taggers = try [1, 2, 1].map { threads -> Tagger in
      let trainer = try makeTrainer(
        epochs: 2, threads: threads, recurrentDropout: recurrentDropout
      ) { $0.members = members }
      _ = try trainer.train { _ in }
      return trainer.bestTagger()
    }
    #expect(taggers[0].model.parameters.elements == taggers[1].model.parameters.elements)
    #expect(taggers[0].model.parameters.elements == taggers[2].model.parameters.elements)
  }

  @Test("stopped and resumed equals never stopped, byte for byte")
  func resumes() throws {
    let whole = try makeTrainer(epochs: 4)
    _ = try whole.train { _ in }
    let path = TestData.temporaryFolder() + "/checkpoint"
    for stopAfter in [0, 30, 60] {
      for suffix in ["", ".previous"] { try? FileManager.default.removeItem(atPath: path + suffix) }
      let first = try makeTrainer(epochs: 4)
      first.checkpointPath = path
      let counter = CountDown(stopAfter)
      first.shouldStop = { counter.isOver() }
      #expect(try first.train { _ in } == .interrupted)
      let second = try makeTrainer(epochs: 4)
      second.checkpointPath = path
      #expect(try second.resume())
      // 25 batches an epoch.
      #expect(second.epochsDone == stopAfter / 25 && second.batchesDone == stopAfter % 25)
      #expect(try second.train { _ in } == .finished)
      #expect(second.reports.map(\.lossPerToken) == whole.reports.map(\.lossPerToken))
      #expect(
        second.bestTagger().model.parameters.elements
          == whole.bestTagger().model.parameters.elements)
    }
  }

  @Test("a damaged checkpoint is passed over for the one before; other data is refused")
  func damagedCheckpoint() throws {
    let path = TestData.temporaryFolder() + "/checkpoint"
    let first = try makeTrainer(epochs: 2)
    first.checkpointPath = path
    _ = try first.train { _ in }
    var bytes = try #require(FileManager.default.contents(atPath: path))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    let second = try makeTrainer(epochs: 2)
    second.checkpointPath = path
    #expect(try second.resume() && second.epochsDone == 1)
    let (configuration, training) = smallConfiguration()
    let other = try TaggerTrainer(
      corpora: [toyCorpus(201, seed: 1)], dev: [], tasks: [.upos, .ner],
      configuration: configuration, training: training)
    other.checkpointPath = path
    #expect(throws: ModelError.self) { try other.resume() }
  }

  @Test("of several tasks a tenth fewer errors of each count alike")
  func jointScores() {
    let score = TaggerTrainer.jointScore
    #expect(score([100, 100]) == 100 && score([]) == 0 && abs(score([73]) - 73) < 1e-9)
    #expect(abs(score([96, 75]) - 90) < 1e-9 && abs(score([96, 75]) - score([95, 80])) < 1e-9)
    #expect(score([96.2, 75]) > score([96, 75.5]))
    #expect(score([100, 75]) < 100 && score([100, 76]) > score([100, 75]))
  }

  @Test("a learning rate that is far too high ends in an error, not in weights that are no numbers")
  func diverges() throws {
    var (configuration, training) = smallConfiguration()
    training.learningRate = 1e30
    training.optimizer = .sgd
    training.maximumNorm = 1e30
    configuration.cell = .elmanReLU
    let trainer = try TaggerTrainer(
      corpora: [toyCorpus(50, seed: 1)], dev: [], tasks: [.upos], configuration: configuration,
      training: training)
    #expect(throws: ModelError.self) { try trainer.train { _ in } }
  }

  @Test("corpora with other labels train one model; labels that are given are input")
  func severalCorpora() throws {
    let (configuration, training) = smallConfiguration()
    var (a, b) = (toyCorpus(150, seed: 1), toyCorpus(150, seed: 3))
    a.tasks = [.upos]
    b.tasks = [.ner]
    let trainer = try TaggerTrainer(
      corpora: [a, b], dev: [toyCorpus(40, seed: 2)], tasks: [.upos, .ner],
      configuration: configuration, training: training)
    _ = try trainer.train { _ in }
    #expect(trainer.reports.map(\.devScore).max() ?? 0 > 95)
    var given = configuration
    given.inputTasks = [.upos]
    let second = try TaggerTrainer(
      corpora: [toyCorpus(150, seed: 1)], dev: [toyCorpus(40, seed: 2)], tasks: [.ner],
      configuration: given, training: training)
    _ = try second.train { _ in }
    #expect(second.reports.map(\.devScore).max() ?? 0 > 95)
  }

  @Test("auxiliary tasks and the language model are learned but not written")
  func auxiliary() throws {
    var (configuration, training) = smallConfiguration()
    configuration.members = 2
    training.auxiliaryTasks = ["upos"]
    training.spanReplacement = 0.5
    training.recurrentDropout = 0.2
    training.languageModelWeight = 0.1
    let trainer = try TaggerTrainer(
      corpora: [toyCorpus(200, seed: 1)], dev: [toyCorpus(40, seed: 2)], tasks: [.upos, .ner],
      configuration: configuration, training: training)
    _ = try trainer.train { _ in }
    let tagger = trainer.bestTagger()
    #expect(tagger.tasks == [.ner])
    #expect(trainer.reports[0].devScores.keys.sorted() == ["ner"])
    #expect(trainer.reports.map(\.devScore).max() ?? 0 > 95)
    let folder = TestData.temporaryFolder() + "/model"
    try tagger.write(to: folder)
    let gold = toyCorpus(40, seed: 2).sentences
    for (mine, read) in zip(tagger.tag(gold), try Tagger(contentsOf: folder).tag(gold)) {
      #expect(mine.labels == read.labels)
      #expect(read.labels[.upos] == nil)
    }
  }

  @Test("a checkpoint that cannot be written does not end the training")
  func checkpointFails() throws {
    let trainer = try makeTrainer(epochs: 2)
    trainer.checkpointPath = TestData.temporaryFolder() + "/missing/checkpoint.safetensors"
    var warnings = 0
    let outcome = try trainer.train { event in
      if case .checkpointFailed = event { warnings += 1 }
    }
    #expect(outcome == .finished)
    #expect(warnings == 2)
    #expect(trainer.checkpointFailure != nil)
  }

  @Test("word vectors: word2vec binary equals its text; truncation is an error")
  func wordVectors() throws {
    let folder = TestData.temporaryFolder()
    let rows: [(String, [Float])] = [
      ("the", [0.5, -1.25, 3]), ("New York", [1, 2, 4]), ("été", [-0.125, 0, 0.75]),
    ]
    var text = "3 3\n"
    var binary = Data("3 3\n".utf8)
    for (word, values) in rows {
      text += word + " " + values.map { "\($0)" }.joined(separator: " ") + "\n"
      // The binary format knows no spaces within words.
      binary += Data((word.replacingOccurrences(of: " ", with: "_") + " ").utf8)
      for value in values {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { binary.append(contentsOf: $0) }
      }
      binary += Data("\n".utf8)
    }
    let (textFile, binaryFile) = (folder + "/v.txt", folder + "/v.bin")
    try Data(text.utf8).write(to: URL(fileURLWithPath: textFile))
    try binary.write(to: URL(fileURLWithPath: binaryFile))
    let read = try WordVectorTable(contentsOf: textFile, needed: ["the", "été", "none"])
    let readBinary = try WordVectorTable(contentsOf: binaryFile, needed: ["the", "été", "none"])
    #expect(read.size == 3 && read.words == ["the", "été"])
    #expect(readBinary.size == 3 && readBinary.words == read.words)
    #expect(readBinary.values == read.values)
    try binary.dropLast(4).write(to: URL(fileURLWithPath: binaryFile))
    #expect(throws: CorpusError.self) {
      _ = try WordVectorTable(contentsOf: binaryFile, needed: [])
    }
  }
}

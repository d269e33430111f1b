import Foundation
import Tagma
import TagmaModels
import TagmaNeural
import TagmaTagging
import TestSupport
import Testing

@Suite("A tagger at work", .serialized)
struct TaggerTests {
  static let tagger: Tagger? = {
    let (configuration, training) = smallConfiguration()
    let trainer = try? TaggerTrainer(
      corpora: [toyCorpus(200, seed: 1)], dev: [toyCorpus(40, seed: 2)], tasks: [.upos, .ner],
      configuration: configuration, training: training)
    _ = try? trainer?.train { _ in }
    return trainer?.bestTagger()
  }()

  private func tagger() throws -> Tagger { try #require(Self.tagger) }

  @Test("written and read gives the same labels; bfloat16 nearly always")
  func folder() throws {
    let tagger = try tagger()
    let sentences = toyCorpus(60, seed: 5).sentences
    let folder = TestData.temporaryFolder()
    try tagger.write(to: folder)
    let again = try Tagger(contentsOf: folder)
    #expect(again.tag(sentences).map(\.labels) == tagger.tag(sentences).map(\.labels))
    try again.write(to: folder, as: .bfloat16)
    let half = try Tagger(contentsOf: folder).tag(sentences).map(\.labels)
    let same = zip(half, tagger.tag(sentences)).count { $0 == $1.labels }
    #expect(same >= 58)
  }

  @Test(
    "language models that describe words in their sentences are written and read with the model")
  func context() throws {
    var description = LanguageModelConfiguration()
    description.embeddingSize = 8
    description.hiddenSizes = [12]
    var reading = LanguageModelTrainingSettings()
    reading.epochs = 1
    reading.streams = 4
    let corpus = toyCorpus(120, seed: 1)
    let texts = corpus.sentences.map { $0.forms.joined(separator: " ") }
    let models = try [false, true].map { backward in
      description.readsBackward = backward
      let trainer = try LanguageModelTrainer(
        corpora: [TextCorpus(name: "toy", items: texts)], dev: [], configuration: description,
        training: reading)
      _ = try trainer.train { _ in }
      return trainer.bestModel()
    }
    var (configuration, training) = smallConfiguration()
    configuration.members = 2
    // Words that are unknown, each at its own place: without a context all are alike.
    configuration.characterModel = .none
    configuration.affixSize = 0
    configuration.minimumCount = 1000
    configuration.contextSize = 10
    training.spanReplacement = 0.3
    training.caseNoise = 0.1
    func trained(_ embeddings: TokenEmbeddings?, threads: Int = 2) throws -> Tagger {
      let trainer = try TaggerTrainer(
        corpora: [corpus], dev: [toyCorpus(30, seed: 2)], tasks: [.upos, .ner],
        configuration: configuration, training: training, embeddings: embeddings)
      trainer.threads = threads
      _ = try trainer.train { _ in }
      return trainer.bestTagger()
    }
    let tagger = try trained(TokenEmbeddings(models))
    let score = try #require(tagger.description.devScores["upos"])
    let blind = try #require(try trained(nil).description.devScores["upos"])
    #expect(score > blind + 20, "\(score) with contexts, \(blind) without")
    let sentences = toyCorpus(60, seed: 5).sentences
    let labels = tagger.tag(sentences).map(\.labels)
    #expect(sentences.map { tagger.tag([$0])[0].labels } == labels)
    #expect(
      try trained(TokenEmbeddings(models), threads: 1).tag(sentences).map(\.labels) == labels)
    let folder = TestData.temporaryFolder()
    try tagger.write(to: folder)
    #expect(try Tagger(contentsOf: folder).tag(sentences).map(\.labels) == labels)
    try FileManager.default.removeItem(atPath: "\(folder)/embeddings/1")
    #expect(throws: ModelError.self) { try Tagger(contentsOf: folder) }
    // What an earlier model left in a folder does no harm to a later one.
    try tagger.write(to: folder)
    let one = try trained(TokenEmbeddings([models[0]]))
    try one.write(to: folder)
    #expect(
      try Tagger(contentsOf: folder).tag(sentences).map(\.labels)
        == one.tag(sentences).map(\.labels))
    try self.tagger().write(to: folder)
    #expect(try Tagger(contentsOf: folder).embeddings == nil)
  }

  @Test("words that training does not have are known by vectors that stay as they are")
  func fixedVectors() throws {
    // Words without digits, which are all one to a tagger; what they are their vectors alone tell.
    func word(_ n: Int) -> String {
      String(n).map { "abcdefghij".dropFirst($0.wholeNumberValue ?? 0).prefix(1) }.joined()
    }
    let labels = ["NOUN", "VERB"]
    func corpus(_ numbers: Range<Int>) -> TrainingCorpus {
      let sentences = numbers.map { n in
        var sentence = Sentence(tokens: [Token(form: word(n))])
        sentence.setLabels([labels[n * 37 % 100 / 50]], of: .upos)
        return sentence
      }
      return TrainingCorpus(name: "words", tasks: [.upos], sentences: sentences)
    }
    var (configuration, training) = smallConfiguration()
    configuration.characterModel = .none
    configuration.affixSize = 0
    training.epochs = 10
    let table = WordVectorTable(
      words: (0..<400).map(word), size: 2,
      values: (0..<400).flatMap { [Float($0 * 37 % 100 / 50), 0.5] })
    func trained(_ embeddings: TokenEmbeddings?) throws -> Double {
      let trainer = try TaggerTrainer(
        corpora: [corpus(0..<200)], dev: [corpus(300..<400)], tasks: [.upos],
        configuration: configuration, training: training, embeddings: embeddings)
      _ = try trainer.train { _ in }
      return try #require(trainer.bestTagger().description.devScores["upos"])
    }
    #expect(try trained(TokenEmbeddings([], vectors: table)) == 100)
    #expect(try trained(nil) < 70)
  }

  @Test(
    "with self-attention it learns as well, and batches make no difference",
    arguments: [[16], [16, 16]])
  func attention(sizes: [Int]) throws {
    var (configuration, training) = smallConfiguration()
    (configuration.attentionHeads, configuration.attention) = (4, .each)
    configuration.hiddenSizes = sizes
    training.epochs = 8
    let trainer = try TaggerTrainer(
      corpora: [toyCorpus(200, seed: 1)], dev: [toyCorpus(40, seed: 2)], tasks: [.upos, .ner],
      configuration: configuration, training: training)
    _ = try trainer.train { _ in }
    let tagger = trainer.bestTagger()
    #expect(tagger.description.devScores["upos"] ?? 0 > 97)
    let sentences = toyCorpus(60, seed: 5).sentences
    #expect(sentences.map { tagger.tag([$0])[0].labels } == tagger.tag(sentences).map(\.labels))
    training.languageModelWeight = 0.1
    #expect(throws: ModelError.self) {
      try TaggerTrainer(
        corpora: [toyCorpus(20, seed: 1)], dev: [], tasks: [.upos], configuration: configuration,
        training: training)
    }
  }

  @Test("labels do not depend on threads, batches or what was seen before")
  func independent() throws {
    let tagger = try tagger()
    let sentences = toyCorpus(120, seed: 7).sentences
    var options = TaggingOptions()
    options.confidence = true
    let whole = tagger.tag(sentences, options: options, threads: 2)
    for (i, sentence) in sentences.enumerated() {
      let alone = tagger.tag([sentence], options: options)[0]
      #expect(alone.labels == whole[i].labels)
      for (a, b) in zip(alone.confidences[.ner] ?? [], whole[i].confidences[.ner] ?? []) {
        #expect(abs(a - b) < 1e-4)
      }
    }
  }

  @Test("spans are whole, probabilities are probabilities, the best path is the first of n")
  func probabilities() throws {
    let tagger = try tagger()
    var options = TaggingOptions()
    options.confidence = true
    options.nbest = 3
    for (sentence, result) in zip(
      toyCorpus(40, seed: 8).sentences,
      tagger.tag(toyCorpus(40, seed: 8).sentences, options: options))
    {
      let labels = try #require(result.labels[.ner])
      #expect(labels.count == sentence.tokens.count)
      #expect(violations(of: .bio, in: labels).isEmpty)
      #expect(result.alternatives[.ner]?.first?.labels == labels)
      let sum = (result.alternatives[.ner] ?? []).reduce(0) { $0 + $1.probability }
      #expect(sum <= 1.0001)
      #expect(result.spans[.ner]?.allSatisfy { $0.probability > 0 && $0.probability <= 1 } == true)
    }
  }

  @Test("empty sentences and an empty list are fine")
  func empty() throws {
    let tagger = try tagger()
    #expect(tagger.tag([]).isEmpty)
    let results = tagger.tag([Sentence(), Sentence(tokens: [Token(form: "")])])
    #expect(results[0].labels[.upos] == [] && results[1].labels[.upos]?.count == 1)
  }

  @Test("damaged folders are refused with one clear error")
  func damaged() throws {
    let tagger = try tagger()
    func expectRefused(_ name: String, _ change: (inout Data) -> Void) throws {
      let folder = TestData.temporaryFolder()
      try tagger.write(to: folder)
      var data = try #require(FileManager.default.contents(atPath: "\(folder)/\(name)"))
      change(&data)
      try data.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      #expect(throws: ModelError.self) { try Tagger(contentsOf: folder) }
      // What is wrong shows without checksums, too.
      #expect(throws: ModelError.self) { try Tagger(ModelFiles(in: folder, .asTheyAre)) }
    }
    try expectRefused("model.json") { $0 = Data("{}".utf8) }
    try expectRefused("model.json") { $0 = $0.prefix(100) }
    try expectRefused("upos.vocab") { $0 += Data("EXTRA\n".utf8) }
    try expectRefused("words.vocab") { $0 = Data([0xff, 0x0a]) }
    try expectRefused("model.json") {
      $0 = Data(
        String(decoding: $0, as: UTF8.self)
          .replacingOccurrences(of: "\"formatVersion\" : 2", with: "\"formatVersion\" : 99").utf8)
    }
    try expectRefused("model.json") {
      $0 = Data(
        String(decoding: $0, as: UTF8.self)
          .replacingOccurrences(of: "\"wordSize\" : 16", with: "\"wordSize\" : 9999999999").utf8)
    }
    for change in ["\"hiddenSizes\" : []", "\"members\" : 99999999999"] {
      let name = change.prefix { $0 != ":" }
      try expectRefused("model.json") { data in
        var lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        guard let first = lines.firstIndex(where: { $0.contains(name) }) else {
          return data = Data()
        }
        // The value may go on over several lines.
        let opener = lines[first].last == "[" || lines[first].last == "{"
        let last =
          opener
          ? lines[first...].firstIndex { $0.contains("]") || $0.contains("}") } ?? first : first
        lines.replaceSubrange(first...last, with: ["    \(change),"[...]])
        data = Data(lines.joined(separator: "\n").utf8)
      }
    }
    #expect(throws: ModelError.self) { try Tagger(contentsOf: "/nowhere") }
  }

  @Test("weights cut anywhere or with a flipped bit anywhere are refused")
  func damagedWeights() throws {
    let folder = TestData.temporaryFolder()
    try tagger().write(to: folder)
    let url = URL(fileURLWithPath: "\(folder)/weights.safetensors")
    let whole = try Data(contentsOf: url)
    let header = 8 + whole.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    var random = SplitMix64(seed: 5)
    func place(below count: Int) -> Int { Int(random.next() % UInt64(count)) }
    for length in Array(0...header) + (0..<1000).map({ _ in place(below: whole.count) }) {
      try whole.prefix(length).write(to: url)
      #expect(throws: ModelError.self) { try Tagger(contentsOf: folder) }
    }
    for _ in 0..<10_000 {
      var data = whole
      data[place(below: data.count)] ^= UInt8(1 << place(below: 8))
      try data.write(to: url)
      #expect(throws: ModelError.self) { try Tagger(contentsOf: folder) }
    }
  }

  @Test("a flipped bit in the header of the weights is refused or changes nothing")
  func flippedHeader() throws {
    let tagger = try tagger()
    let sentences = toyCorpus(5, seed: 3).sentences
    let expected = tagger.tag(sentences).map(\.labels)
    let folder = TestData.temporaryFolder()
    try tagger.write(to: folder)
    let path = "\(folder)/weights.safetensors"
    let original = try #require(FileManager.default.contents(atPath: path))
    let length = original.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    for bit in stride(from: 0, to: 8 * (8 + length), by: 43) {
      var data = original
      data[bit / 8] ^= 1 << (bit % 8)
      try data.write(to: URL(fileURLWithPath: path))
      do {
        #expect(try Tagger(contentsOf: folder).tag(sentences).map(\.labels) == expected)
      } catch {
        #expect(error is ModelError, "bit \(bit): \(error)")
      }
    }
  }

  @Test("a text goes through the pipeline and can be put together again", arguments: [1, 2])
  func pipeline(threads: Int) throws {
    var text = "\n \u{feff}Don Balkor vels.\r\n\tmined  it?\n\n"
    for i in 0..<300 { text += "Don Tuskor \(i) pons. \(i % 7 == 0 ? "\n\n" : "😀 can't ")" }
    let path = TestData.temporaryFolder() + "/text.txt"
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    var pipeline = DocumentPipeline()
    pipeline.tagger = try tagger()
    pipeline.threads = threads
    var (conllu, plain) = ("", "")
    var options = OutputOptions()
    options.tasks = [.upos, .ner]
    try pipeline.run(path, formatter: formatter(for: .conllu, options)) { conllu += $0 }
    let written = TestData.temporaryFolder() + "/text.conllu"
    try conllu.write(toFile: written, atomically: false, encoding: .utf8)
    let reader = try CoNLLUReader(written)
    while let sentence = try reader.next() {
      PlainTextFormatter().write(DocumentSentence(sentence, number: 1), to: &plain)
    }
    #expect(plain == text)
    #expect(conllu.contains("NER=B-PER"))
  }

  @Test("a string's annotations point into it, also behind emoji and combining marks")
  func annotate() async throws {
    let tagger = try tagger()
    let text = "😀 Don Balkor vels. Don Tu\u{308}skor mined 👩‍👩‍👧!"
    for sentence in try tagger.annotate(text) {
      for word in sentence.words { #expect(String(text[word.range]) == word.form) }
      #expect(sentence.words.allSatisfy { $0.labels[.upos] != nil })
    }
    #expect(try tagger.annotate(text).flatMap(\.spans).contains { text[$0.range].hasPrefix("Don") })
    let texts = AsyncStream<String> { continuation in
      for _ in 0..<3 { continuation.yield("Don Balkor vels.") }
      continuation.finish()
    }
    var count = 0
    for try await sentences in tagger.annotate(texts) { count += sentences.count }
    #expect(count == 3)
  }
}

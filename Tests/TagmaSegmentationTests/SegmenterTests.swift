import Foundation
import TagmaAnnotations
import TagmaModels
import TagmaSegmentation
import TagmaTokenization
import TestSupport
import Testing

@Suite("A segmenter")
struct SegmenterTests {
  /// Sentences of a language in which `xo` is written in one with the word before it, `du` stands for `de lo`, and a full
  /// stop ends a sentence unless it follows `mr`.
  private static func sentences(_ count: Int, seed: UInt64) -> [Sentence] {
    var state = seed
    func random(_ n: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % n
    }
    let names = ["bala", "kemi", "tora", "nuli", "sipa", "vedo"]
    return (0..<count).map { i in
      var sentence = Sentence()
      if i % 5 == 0 { sentence.comments = ["# newpar"] }
      for _ in 0..<(2 + random(6)) {
        let first = sentence.tokens.count
        switch random(6) {
        case 0:
          let name = names[random(6)]
          sentence.tokens += [Token(form: name), Token(form: "xo")]
          sentence.multiwordTokens.append(
            MultiwordToken(words: first...first + 1, form: name + "xo"))
        case 1:
          sentence.tokens += [Token(form: "de"), Token(form: "lo")]
          sentence.multiwordTokens.append(MultiwordToken(words: first...first + 1, form: "du"))
        case 2:
          sentence.tokens.append(Token(form: "mr."))
        default:
          sentence.tokens.append(Token(form: names[random(6)]))
        }
      }
      if sentence.multiwordTokens.last?.words.upperBound == sentence.tokens.count - 1 {
        sentence.multiwordTokens[sentence.multiwordTokens.count - 1].misc = "SpaceAfter=No"
      } else {
        sentence.tokens[sentence.tokens.count - 1].misc = "SpaceAfter=No"
      }
      sentence.tokens.append(Token(form: "."))
      return sentence
    }
  }

  private static func trainer(threads: Int = 2) throws -> SegmenterTrainer {
    var training = SegmenterTrainingSettings()
    (training.epochs, training.batchSize, training.learningRate) = (14, 2, 0.02)
    (training.unfinished, training.lowercased, training.averageDecay) = (0, 0, 0.9)
    var configuration = SegmenterConfiguration()
    (configuration.characterSize, configuration.hiddenSizes) = (12, [12])
    let trainer = try SegmenterTrainer(
      corpora: [SegmentedCorpus(name: "made", items: sentences(300, seed: 1))],
      dev: [SegmentedCorpus(name: "made", items: sentences(60, seed: 2))], language: "en",
      configuration: configuration, training: training)
    trainer.threads = threads
    return trainer
  }

  private static let trained = Result {
    () throws -> (segmenter: Segmenter, scores: [String: Double]) in
    let trainer = try Self.trainer()
    _ = try trainer.train { _ in }
    return (trainer.bestSegmenter(), trainer.bestSegmenter().description.devScores)
  }

  private func cut(_ text: String, _ segmenter: Segmenter) throws -> TokenizedText {
    var tokenizer = try Tokenizer()
    return segmenter.tokenize([(Array(text.utf8), TextPosition())], using: &tokenizer)[0]
  }

  @Test("it learns where tokens and sentences end, and what tokens stand for")
  func learns() throws {
    let (segmenter, scores) = try Self.trained.get()
    for (name, score) in scores { #expect(score > 95, "\(name) \(score)") }
    let text = try cut("Kemi du mr. toraxo. bala nuli.", segmenter)
    #expect(text.sentences.count == 2)
    let first = try #require(text.sentences.first)
    #expect(first.forms == ["Kemi", "de", "lo", "mr.", "tora", "xo", "."])
    #expect(first.multiwordTokens.map(\.form) == ["du", "toraxo"])
    // Words that are parts of the text have places of their own; others that of their token.
    #expect(first.tokens[1].place?.utf8 == 5..<7 && first.tokens[2].place?.utf8 == 5..<7)
    #expect(first.tokens[4].place?.utf8 == 12..<16 && first.tokens[5].place?.utf8 == 16..<18)
  }

  @Test("every text comes back whole, whatever it is made of")
  func roundTrip() throws {
    let segmenter = try Self.trained.get().segmenter
    var state: UInt64 = 3
    let alphabet = Array(
      "ab .\n\t\u{a0}'-é東😀e\u{301}\u{200d}\u{0}du\u{ad}\u{200e}\u{200b}\u{feff}\u{6dd}\u{200c}"
        .unicodeScalars)
    for k in 0..<60 {
      var view = String.UnicodeScalarView()
      for _ in 0..<(k < 50 ? k * 7 : 3000) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        view.append(alphabet[Int(state >> 33) % alphabet.count])
      }
      let text = String(view)
      let found = try cut(text, segmenter)
      var back = found.leadingSpace
      for sentence in found.sentences {
        var ranges = sentence.multiwordTokens[...]
        var i = 0
        while i < sentence.tokens.count {
          var (form, misc, next) = (sentence.tokens[i].form, sentence.tokens[i].misc, i + 1)
          if let range = ranges.first, range.words.lowerBound == i {
            ranges.removeFirst()
            (form, misc, next) = (range.form, range.misc, range.words.upperBound + 1)
          }
          back += form
          if let spaces = Misc.value(of: "SpacesAfter", in: misc) {
            back += Misc.unescapeSpaces(spaces)
          } else if Misc.value(of: "SpaceAfter", in: misc) != "No" {
            back += " "
          }
          i = next
        }
      }
      #expect(Array(back.utf8) == Array(text.utf8), "text \(k)")
    }
  }

  @Test("what nobody sees is no word and changes none")
  func invisible() throws {
    let segmenter = try Self.trained.get().segmenter
    let plain = try cut("kemi mr. toraxo. bala nuli.", segmenter)
    let marked = try cut(
      "\u{feff}kemi\u{200b} mr.\u{a0}\u{301} to\u{ad}raxo\u{200e}.\u{7}\u{200f} bala\u{200c} \u{6dd} nuli.\u{200b}\n",
      segmenter)
    #expect(plain.sentences.count == 2)
    #expect(
      marked.sentences.map { $0.forms.map { $0.replacing("\u{ad}", with: "") } }
        == plain.sentences.map(\.forms))
    #expect(marked.sentences[0].forms.contains("to\u{ad}ra"))
    #expect(marked.leadingSpace == "\u{feff}")
  }

  @Test("rules set sentences right where they are sure")
  func certainties() throws {
    // The model knows full stops alone, which end a sentence unless they follow `mr`.
    let segmenter = try Self.trained.get().segmenter
    func sentences(_ text: String) throws -> [String] {
      try cut(text, segmenter).sentences.map { $0.forms.joined(separator: " ") }
    }
    #expect(try sentences("bala etc. kemi. tora").count == 2)
    #expect(try sentences("kemi a.b. nuli. It vedo.").count == 2)
  }

  @Test("a text is cut in the same way alone and beside others")
  func batches() throws {
    let segmenter = try Self.trained.get().segmenter
    var tokenizer = try Tokenizer()
    let texts = [
      "bala mr. kemi. tora", "du", String(repeating: "nuli sipaxo vedo. ", count: 300), "",
    ]
    let together = segmenter.tokenize(
      texts.map { (Array($0.utf8), TextPosition()) }, using: &tokenizer)
    for (text, found) in zip(texts, together) {
      let alone = try cut(text, segmenter)
      #expect(alone.sentences == found.sentences && alone.leadingSpace == found.leadingSpace)
    }
    #expect(together[2].sentences.count == 300)
  }

  @Test("weights depend neither on threads nor on a stop and a resumption")
  func determinism() throws {
    let folder = TestData.temporaryFolder()
    let segmenter = try Self.trained.get().segmenter
    try segmenter.write(to: "\(folder)/a")
    let one = try Self.trainer(threads: 1)
    one.checkpointPath = "\(folder)/checkpoint"
    let countDown = CountDown(60)
    one.shouldStop = { countDown.isOver() }
    #expect(try one.train { _ in } == .interrupted)
    let two = try Self.trainer()
    two.checkpointPath = "\(folder)/checkpoint"
    #expect(try two.resume())
    #expect(try two.train { _ in } == .finished)
    try two.bestSegmenter().write(to: "\(folder)/b")
    #expect(
      FileManager.default.contents(atPath: "\(folder)/a/weights.safetensors")
        == FileManager.default.contents(atPath: "\(folder)/b/weights.safetensors"))
  }

  @Test("the model's folder gives the same; a damaged one is refused")
  func folder() throws {
    let segmenter = try Self.trained.get().segmenter
    let folder = TestData.temporaryFolder() + "/s"
    try segmenter.write(to: folder)
    let again = try Segmenter(contentsOf: folder)
    let text = "Kemi du mr. toraxo. bala"
    #expect(try cut(text, again).sentences == cut(text, segmenter).sentences)
    for (name, content) in [
      ("multiwords.tsv", "?\n"), ("characters.vocab", "a\n"), ("model.json", "{"),
    ] {
      let damaged = TestData.temporaryFolder() + "/d"
      try FileManager.default.copyItem(atPath: folder, toPath: damaged)
      try content.write(toFile: "\(damaged)/\(name)", atomically: true, encoding: .utf8)
      #expect(throws: ModelError.self, "\(name)") { try Segmenter(contentsOf: damaged) }
    }
  }

  @Test("multiword tokens: as they were, by how they end, with the capitals that they have")
  func multiwords() {
    let expansion = MultiwordExpansion(learning: [
      ("don't", ["do", "n't"]), ("isn't", ["is", "n't"]), ("du", ["de", "le"]),
      ("dá-lo", ["dar", "lo"]), ("está-lo", ["estar", "lo"]), ("one", ["one"]),
    ])
    #expect(expansion.words(of: "Don't") == ["Do", "n't"])
    #expect(expansion.words(of: "WASN'T") == ["WAS", "N'T"])
    #expect(expansion.words(of: "Du") == ["De", "le"])
    #expect(expansion.words(of: "DU") == ["DE", "LE"])
    #expect(expansion.words(of: "fá-lo") == ["far", "lo"])
    #expect(expansion.words(of: "qqq") == nil)
  }

  @Test("raw text of a treebank: spaces as they were, blank lines before paragraphs")
  func treebankText() {
    var a = Sentence(tokens: [Token(form: "One"), Token(form: ".")])
    a.tokens[0].misc = "SpaceAfter=No"
    var b = Sentence(tokens: [Token(form: "Two")])
    b.tokens[0].misc = "SpaceAfter=No"
    let c = Sentence(tokens: [Token(form: "!")])
    let d = Sentence(tokens: [Token(form: "Three")], comments: ["# newpar"])
    #expect(rawText(of: [a, b, c, d]) == "One. Two!\n\nThree\n")
  }
}

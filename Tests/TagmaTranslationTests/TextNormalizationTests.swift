import Foundation
import TagmaCorpora
import TagmaLexicon
import TagmaModels
import TagmaTranslation
import TestSupport
import Testing

@Suite("Text made plainer")
struct TextNormalizationTests {
  @Test(
    "marks become those of typewriters, addresses and marked text stay",
    arguments: [
      ("don’t", "don't"), ("“So – …”, «he» said", "\"So - ...\", \"he\" said"), ("", ""),
      (" a  b ", " a  b "), ("｟a – b｠ – c", "｟a – b｠ - c"), ("｟ – c", "｟ – c"),
      ("https://a.org/x–y – z", "https://a.org/x–y - z"), ("a–b@c.org", "a–b@c.org"),
      ("東京 ÄÖ", "東京 ÄÖ"),
    ])
  func marks(text: String, expected: String) {
    #expect(TextNormalization(marks: .all)(text).text == expected)
    #expect(TextNormalization(marks: .none)(text).text == text)
  }

  @Test("places lead back to the same characters")
  func places() throws {
    let text = "“Don’t – ever… ÄŒ”, x"
    let plain = TextNormalization(marks: .all, lowercases: true)(text)
    #expect(plain.text == "\"don't - ever... äœ\", x")
    let bytes = Array(text.utf8)
    func original(of part: String) throws -> String {
      let range = try #require(plain.text.range(of: part))
      let utf8 = plain.text.utf8
      let start = utf8.distance(from: utf8.startIndex, to: range.lowerBound)
      let found = plain.original(start..<start + part.utf8.count)
      return String(decoding: bytes[found], as: UTF8.self)
    }
    for (part, expected) in [
      ("\"don't", "“Don’t"), ("-", "–"), ("ever", "ever"), ("...", "…"), ("äœ", "ÄŒ"), ("x", "x"),
      (plain.text, text),
    ] {
      #expect(try original(of: part) == expected)
    }
  }

  @Test(
    "words stand apart from the marks before them",
    arguments: [
      ("\"Come in,\" (she) said", "\" Come in,\" ( she) said", [0, 0, 1, 2, 2, 3]),
      ("a (\"b c\")", "a (\" b c\")", [0, 1, 1, 2]), ("¿Qué? ¡Sí!", "¿ Qué? ¡ Sí!", [0, 0, 1, 1]),
      ("(a) (5 pm) () \"", "(a) (5 pm) () \"", [0, 1, 2, 3]),
      ("( a) () \"", "( a) () \"", [0, 1, 2, 3]), ("｟(a｠ (｟0｠", "｟(a｠ (｟0｠", [0, 1]),
      ("(x@y.z 'tis", "(x@y.z 'tis", [0, 1]),
    ])
  func openingMarks(text: String, expected: String, words: [Int]) {
    let read = TextNormalization(marks: .none, partsOpeningMarks: true)(text)
    #expect(read.text == expected)
    #expect(words.indices.map(read.originalWord) == words)
    // What was put in stands where the word begins.
    let letters = expected.utf8.firstIndex { $0 == 0x62 }.map {
      expected.utf8.distance(from: expected.utf8.startIndex, to: $0)
    }
    if let letters {
      let place = read.original(letters..<letters + 1)
      #expect(Array(text.utf8)[place].elementsEqual("b".utf8))
    }
  }

  @Test("a model reads marks that it has hardly seen as those that it knows")
  func rareMarks() {
    let units = Subwords(
      training: Array(repeating: "he 's – well – 'fine' – „so“", count: 20) + ["one ’s"], size: 320)
    let reads = TextNormalization(marks: .rare(units))
    #expect(reads("‘tis – he ’s “here” „so“").text == "'tis – he 's “here” „so“")
    let words = Subwords(training: Array(repeating: "a - ' b", count: 9), size: 320, kind: .words)
    #expect(TextNormalization(marks: .rare(words))("a – ’ “").text == "a - ' “")
  }

  @Test("alignments are those of the text as it was given")
  func alignment() throws {
    var training = TranslatorTrainingSettings()
    training.epochs = 1
    training.devPairs = 1
    for isPlain in [false, true] {
      let pairs = PairCorpus(
        name: "marks",
        items: (0..<100).map { TextPair(source: "One - two '\($0)'", target: "uno dos “\($0)”") })
      var configuration = TranslatorConfiguration(for: pairs.items)
      configuration.units = .bpe
      configuration.subwords = 300
      configuration.plainPunctuation = isPlain
      configuration.lowercasesSource = isPlain
      let trainer = try TranslatorTrainer(
        corpora: [pairs], dev: [pairs], source: "en", target: "es", configuration: configuration,
        training: training)
      _ = try trainer.train { _ in }
      let translator = trainer.bestTranslator()
      let source = "  One – two  ‘17’ "
      let found = translator.score([TextPair(source: source, target: "uno dos “17”")])[0]
      #expect(found.text == (isPlain ? "uno dos \"17\"" : "uno dos “17”"))
      let parts = found.alignment(with: source)
      #expect(parts.count == found.ranges.count)
      let sources = Set(parts.map { String(source[$0.source]) })
      #expect(sources.isSubset(of: ["One", "–", "two", "‘", "17", "’"]), "\(sources)")
    }
  }
}

import TagmaCorpora
import TagmaModels
import TagmaTranslation
import TestSupport
import Testing

@Suite("What a translation carries over")
struct CarriedTextTests {
  @Test(
    "addresses, handles, codes and marked text are carried, words are not",
    arguments: [
      ("see https://example.org/a?b=1, please", ["https://example.org/a?b=1"]),
      ("(www.example.org).", ["www.example.org"]), ("to a.b@example.org!", ["a.b@example.org"]),
      ("@ann likes #swift", ["@ann", "#swift"]), ("the A380 and GPT-4.", ["A380", "GPT-4"]),
      ("call 5551234 now", ["5551234"]), ("｟a b｠ and x｟｠y", ["｟a b｠", "｟｠"]),
      ("in 1984 it was 3.5 or 1,000 or 3rd", []), ("a @ b # c ｟ d", []), ("", []),
      ("#a #a", ["#a"]),
    ])
  func carried(text: String, expected: [String]) {
    #expect(CarriedText(text, limit: 16).carried == expected)
    #expect(CarriedText(text, limit: 0).text == text)
  }

  @Test("long texts of what begins something take no longer than others")
  func linear() {
    let terms = Terminology([("x y", "z")])
    for text in ["｟", "｟x ", "A1 ", "x y ", "x "] {
      let long = String(repeating: text, count: 100_000)
      let carried = CarriedText(long, limit: 16, terms: terms)
      #expect(carried.text.utf8.count >= 16 && carried.carried.count <= 16)
    }
  }

  @Test("both sides of a pair hold the same placeholders, or none")
  func pairs() throws {
    let pair = try #require(CarriedText.pair("mail a@b.de #x", "#x Post an a@b.de", limit: 8))
    #expect(pair == ("mail ｟0｠ ｟1｠", "｟1｠ Post an ｟0｠"))
    #expect(CarriedText.pair("mail a@b.de", "Post", limit: 8) == nil)
    #expect(try #require(CarriedText.pair("mail", "Post A1", limit: 8)) == ("mail", "Post A1"))
  }

  @Test("what is marked survives, whatever the translator makes of the rest")
  func survival() throws {
    var configuration = TranslatorConfiguration()
    configuration.subwords = 400
    configuration.embeddingSize = 16
    configuration.encoderSizes = [16]
    configuration.decoderSize = 16
    var training = TranslatorTrainingConfiguration()
    training.epochs = 1
    training.placeholderShare = 0.2
    training.capitalShare = 0.2
    let trainer = try TranslatorTrainer(
      corpora: [TranslatorTests.corpus(100, seed: 1)], dev: [], source: "en", target: "es",
      configuration: configuration, training: training)
    _ = try trainer.train { _ in }
    let translator = trainer.bestTranslator()
    let lines = ["one ｟x y｠ two http://a.b/c", "A1 B2 C3", "｟0｠｟1｠"]
    for (line, found) in zip(lines, translator.translate(lines)) {
      for carried in CarriedText(line, limit: 16).carried {
        #expect(found[0].text.contains(carried), "\(carried) in \(found[0].text)")
      }
      let words = found[0].text.split(separator: " ").count
      #expect(found[0].alignment.allSatisfy { $0.target < words && $0.source < 5 })
    }
  }
}

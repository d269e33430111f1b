import Foundation
import TagmaCorpora
import TagmaLexicon
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

  @Test(
    "all numbers, and what has characters without units, where the rules say so",
    arguments: [
      ("in 1984 it was 3.5 or 1,000 or 3rd", ["1984", "3.5", "1,000"]),
      ("at 10:45, 5 of 7.", ["10:45", "5", "7"]), ("$20 (50%)", ["20", "50"]), ("1..2 .5", ["5"]),
      ("a 🍕!", ["🍕"]), ("pay €5 or (£3.50).", ["€5", "£3.50"]), ("Zoë’s", ["Zoë’s"]),
      ("о дивный мир, мир", ["о дивный мир", "мир"]), ("x 東京 y 東京", ["東京"]), ("•", ["•"]),
      ("é x", ["é"]), ("abc", []),
    ])
  func rules(text: String, expected: [String]) {
    var rules = CarriedText.Rules()
    rules.numbers = true
    rules.isKnown = { $0.isASCII }
    let found = CarriedText(text, limit: 16, rules: rules)
    #expect(found.carried == expected)
    let back = found.carried.indices.reduce(found.text) {
      $0.replacing(Subwords.placeholder($1), with: found.carried[$1])
    }
    #expect(back == text)
  }

  @Test("marks of lists and lines without words stay as they are")
  func listMarks() throws {
    let translator = try Self.translator.get()
    let lines = [
      "• one two", "- one", "3) one 2", "(a) one", "1. one", "…", "🍕 🍕", "http://a.b/c",
      "--- *** ---", "‣ 😀 one",
    ]
    for (line, found) in zip(lines, translator.translate(lines)) {
      guard let word = line.range(of: "one") else {
        #expect(found[0].text == line)
        continue
      }
      #expect(found[0].text.hasPrefix(line[..<word.lowerBound]), "\(found[0].text)")
      #expect(
        found[0].confidences.count
          == found[0].text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).count)
      #expect(found[0].alignment.first == AlignedWords(source: 0, target: 0))
    }
    let given = translator.translate(["• one"], prefixes: ["uno"])
    #expect(given[0][0].text.hasPrefix("uno"))
  }

  @Test("long texts of what begins something take no longer than others")
  func linear() {
    var rules = CarriedText.Rules()
    rules.numbers = true
    rules.isKnown = { $0.isASCII }
    for text in ["｟", "｟x ", "A1 ", "x y ", "x ", "é ", "é", "é x ", "1 ", "1.", "- "] {
      let long = String(repeating: text, count: 100_000)
      let carried = CarriedText(long, limit: 16, rules: rules)
      #expect(!carried.text.isEmpty && carried.carried.count <= 16)
    }
  }

  @Test("both sides of a pair hold the same placeholders, or none")
  func pairs() throws {
    let pair = try #require(CarriedText.pair("mail a@b.de #x", "#x Post an a@b.de", limit: 8))
    #expect(pair.source.text == "mail ｟0｠ ｟1｠" && pair.target == "｟1｠ Post an ｟0｠")
    #expect(CarriedText.pair("mail a@b.de", "Post", limit: 8) == nil)
    let other = try #require(CarriedText.pair("mail", "Post A1", limit: 8))
    #expect(other.source.text == "mail" && other.target == "Post A1")
  }

  static let translator = Result { () throws -> Translator in
    var configuration = TranslatorConfiguration()
    configuration.subwords = 400
    configuration.embeddingSize = 16
    configuration.encoderSizes = [16]
    configuration.decoderSize = 16
    var training = TranslatorTrainingSettings()
    training.epochs = 1
    training.placeholderShare = 0.2
    training.capitalShare = 0.2
    let trainer = try TranslatorTrainer(
      corpora: [TranslatorTests.corpus(100, seed: 1)], dev: [], source: "en", target: "es",
      configuration: configuration, training: training)
    _ = try trainer.train { _ in }
    return trainer.bestTranslator()
  }

  @Test("what is marked survives, whatever the translator makes of the rest")
  func survival() throws {
    let translator = try Self.translator.get()
    let lines = [
      "one ｟x y｠ two http://a.b/c", "A1 B2 C3", "｟0｠｟1｠", "one 😀 two", "Привет, мир!", "Привет мир",
    ]
    for (line, found) in zip(lines, translator.translate(lines)) {
      for carried in CarriedText(line, limit: 16).carried.map({ $0.trimming("｟｠") }) {
        #expect(found[0].text.contains(carried), "\(carried) in \(found[0].text)")
      }
      let words = found[0].text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace)
        .count
      #expect(found[0].alignment.allSatisfy { $0.target < words && $0.source < 5 })
      #expect(found[0].confidences.count == words)
      for word in ["😀", "Привет", "мир"] where line.contains(word) {
        #expect(found[0].text.contains(word), "\(found[0].text)")
      }
    }
  }
}

extension String {
  /// The text without marks at both ends.
  fileprivate func trimming(_ marks: String) -> String {
    String(drop { marks.contains($0) }.reversed().drop { marks.contains($0) }.reversed())
  }
}

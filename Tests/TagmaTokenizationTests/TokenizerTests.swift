import Foundation
import TagmaAnnotations
import TagmaTokenization
import TestSupport
import Testing

@Suite("Tokenizer")
struct TokenizerTests {
  private func words(_ text: String, language: String = "en") throws -> [[String]] {
    var options = TokenizerOptions()
    options.language = language
    var tokenizer = try Tokenizer(options)
    return tokenizer.tokenize(Array(text.utf8)).sentences.map(\.forms)
  }

  @Test(
    "words as corpora have them",
    arguments: [
      ("I don't know.", ["I", "do", "n't", "know", "."]),
      ("I'd've; COULDN'T'VE!", ["I", "'d", "'ve", ";", "COULD", "N'T", "'VE", "!"]),
      (
        "See http://example.com/a?b=c, or www.x.org.",
        ["See", "http://example.com/a?b=c", ",", "or", "www.x.org", "."]
      ),
      ("Mail bob.b@mail.example.org!", ["Mail", "bob.b@mail.example.org", "!"]),
      ("#swift rocks @you :-) <3", ["#swift", "rocks", "@you", ":-)", "<3"]),
      (
        "It cost $3.50 (50%) at 10:30 on 9/11/2001...",
        ["It", "cost", "$", "3.50", "(", "50", "%", ")", "at", "10:30", "on", "9/11/2001", "..."]
      ),
      ("The U.S. and e.g. Mr. Smith", ["The", "U.S.", "and", "e.g.", "Mr.", "Smith"]),
      ("well-known -- really", ["well", "-", "known", "--", "really"]),
      ("👍🏽 🇩🇪 👩‍👩‍👧", ["👍🏽", "🇩🇪", "👩‍👩‍👧"]),
    ])
  func cases(text: String, expected: [String]) throws {
    #expect(try words(text).flatMap { $0 } == expected)
  }

  @Test(
    "what was cut stays as it is when it is cut again",
    arguments: [
      "I don't know, it's Ann's; they'll say we’re late, I'd left.", "'S all right, ain't it?",
      "He cannot: \"no\" -- or 'yes'... (50%)",
    ])
  func cutAgain(text: String) throws {
    let once = try words(text).flatMap(\.self)
    #expect(once.contains { $0.contains("'") || $0 == "not" })
    #expect(try words(once.joined(separator: " ")).flatMap(\.self) == once)
    // Quotes around a letter are quotes.
    #expect(try words("the 's' in ' it") == [["the", "'", "s", "'", "in", "'", "it"]])
  }

  @Test("sentences: abbreviations, blank lines, a URL with a question mark")
  func sentences() throws {
    #expect(try words("Dr. Who came. He left!\nNo, he did").count == 3)
    #expect(try words("See http://a.b/c?d=e. Then go.").count == 2)
  }

  @Test("scripts without spaces are cut by dictionaries")
  func dictionaries() throws {
    #expect(try words("ภาษาไทยง่ายมาก", language: "th").flatMap { $0 }.count > 2)
    #expect(try words("我们在北京学习中文", language: "zh").flatMap { $0 }.count > 3)
  }

  @Test("the same word is a multiword token with the place of its parts")
  func multiword() throws {
    var tokenizer = try Tokenizer()
    let sentence = tokenizer.tokenize(Array("😀 can't".utf8)).sentences[0]
    #expect(sentence.multiwordTokens.map(\.form) == ["can't"])
    #expect(sentence.tokens.map { $0.place?.scalars } == [0..<1, 2..<4, 4..<7])
    #expect(sentence.tokens.map { $0.place?.utf16 } == [0..<2, 3..<5, 5..<8])
    #expect(sentence.tokens.map { $0.place?.utf8 } == [0..<4, 5..<7, 7..<10])
  }

  /// Every byte is part of a word or of the space around it, and places point at the words.
  private func expectWhole(_ text: String, _ language: String) throws {
    var options = TokenizerOptions()
    options.language = language
    var tokenizer = try Tokenizer(options)
    let bytes = Array(text.utf8)
    let cut = tokenizer.tokenize(bytes)
    var end = 0
    for token in cut.sentences.flatMap(\.tokens) {
      let place = try #require(token.place)
      #expect(place.utf8.lowerBound >= end)
      let gap = String(decoding: bytes[end..<place.utf8.lowerBound], as: UTF8.self)
      #expect(
        gap.unicodeScalars.allSatisfy { $0.properties.isWhitespace || $0 == "\u{feff}" },
        "\(text.debugDescription)")
      #expect(String(decoding: bytes[place.utf8], as: UTF8.self) == token.form)
      end = place.utf8.upperBound
    }
    #expect(
      String(decoding: bytes[end...], as: UTF8.self).unicodeScalars.allSatisfy {
        $0.properties.isWhitespace || $0 == "\u{feff}"
      })
  }

  @Test("random scalars of all planes: nothing is lost")
  func random() throws {
    var state: UInt64 = 11
    func below(_ n: UInt32) -> UInt32 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt32(state >> 33) % n
    }
    for _ in 0..<1000 {
      var text = ""
      for _ in 0..<below(30) {
        let limit: UInt32 = [0x80, 0x80, 0x500, 0x3000, 0x11_0000][Int(below(5))]
        if let scalar = Unicode.Scalar(below(limit)) { text.unicodeScalars.append(scalar) }
      }
      try expectWhole(text, "en")
    }
  }

  @Test("naughty strings: nothing is lost")
  func naughty() throws {
    guard let path = TestData.corpus("suites/naughty-strings/blns.txt") else { return }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for line in text.split(separator: "\n") { try expectWhole(String(line), "en") }
    try expectWhole(text, "de")
  }
}

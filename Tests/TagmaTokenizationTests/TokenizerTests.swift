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

  @Test(
    "no guess cuts a word: emoticons, addresses",
    arguments: [
      (
        "Destination:Paris Speaker:Doctor note:Please x=Pro",
        "Destination : Paris Speaker : Doctor note : Please x = Pro"
      ),
      (
        "range:(4) f(x)=(a) x:( a ) C:\\Data key:[1] a=P if x<3:",
        "range : ( 4 ) f ( x ) = ( a ) x : ( a ) C : \\ Data key : [ 1 ] a = P if x < 3 :"
      ),
      (
        "Good :) really :D hey!:):D thanks:) sad :-( :DDD <3 =)",
        "Good :) really :D hey ! :) :D thanks :) sad :-( :DDD <3 =)"
      ),
      ("(see note:) (thanks :)", "( see note : ) ( thanks :)"),
      ("site:Pinterest.com :Paris.", "site : Pinterest.com : Paris ."),
      (
        "config.default obj.decode() node.network end.Next",
        "config . default obj . decode ( ) node . network end . Next"
      ),
      ("He didn't.Then left.definitely", "He did n't . Then left . definitely"),
      (
        "example.com uni.example.org www.a.b shop.com.au",
        "example.com uni.example.org www.a.b shop.com.au"
      ),
      (
        "https://de.example.org/wiki/Müller_(Bach), (http://a.b/c)",
        "https://de.example.org/wiki/Müller_(Bach) , ( http://a.b/c )"
      ),
      ("müller@web.de x@y.cö", "müller@web.de x@y.cö"),
      ("1'000'000.50 5'10 2.5 3:0", "1'000'000.50 5 ' 10 2.5 3:0"),
      (
        "He has a Ph.D. and an M.Sc. of J.-P. Dupont", "He has a Ph.D. and an M.Sc. of J.-P. Dupont"
      ),
      ("See p. 12, No. 5.", "See p. 12 , No. 5 ."), ("I said no.", "I said no ."),
    ])
  func guesses(text: String, expected: String) throws {
    #expect(try words(text).flatMap(\.self).joined(separator: " ") == expected)
  }

  @Test(
    "marks within words, elisions, abbreviations of languages",
    arguments: [
      ("he", "ארה\"ב צה״ל צ׳יפס צ'יפס", "ארה\"ב צה״ל צ׳יפס צ'יפס"),
      (
        "ca", "El col·legi d'en Joan, l'home s'ha mort.",
        "El col·legi d' en Joan , l' home s' ha mort ."
      ),
      (
        "sv", "EU:s regler och S:t Erik, c:a 20:e obs:viktigt",
        "EU:s regler och S:t Erik , c:a 20:e obs : viktigt"
      ),
      ("fi", "EU:n TV:ssä 20:n k:lo note:please", "EU:n TV:ssä 20:n k:lo note : please"),
      ("ar", "السعر ٣٫١٤ دينار", "السعر ٣٫١٤ دينار"),
      ("ar", "سورة ۝١٢ ۝ ثم", "سورة ۝١٢ ثم"),
      (
        "fr", "L'amitié d'aujourd'hui, c'est l’école qu’il aime.",
        "L' amitié d' aujourd'hui , c' est l’ école qu’ il aime ."
      ),
      (
        "fr", "Quelqu'un jusqu'à l'«eau» d' or. M. X, p. ex. ici.",
        "Quelqu'un jusqu' à l' « eau » d' or . M. X , p. ex. ici ."
      ),
      (
        "it", "L'acqua dell'Italia, un'altra volta D'Annunzio, un po' di c'è.",
        "L' acqua dell' Italia , un' altra volta D'Annunzio , un po' di c' è ."
      ),
      ("it", "Il sig. Rossi, il dott. Bianchi, ecc.", "Il sig. Rossi , il dott. Bianchi , ecc."),
      (
        "de", "Dr. Weber, z. B. am 3. Mai, z.B. ca. 5 Mio. Euro.",
        "Dr. Weber , z. B. am 3 . Mai , z.B. ca. 5 Mio. Euro ."
      ),
      ("es", "El Sr. Gómez y EE. UU. en la pág. 5.", "El Sr. Gómez y EE. UU. en la pág. 5 ."),
      (
        "pt", "A Dra. Costa viu, p.ex., o Sr. Silva etc.",
        "A Dra. Costa viu , p.ex. , o Sr. Silva etc."
      ),
      ("nl", "'s avonds is 't zo'n foto's.", "'s avonds is 't zo'n foto's ."),
    ])
  func languages(language: String, text: String, expected: String) throws {
    #expect(try words(text, language: language).flatMap(\.self).joined(separator: " ") == expected)
  }

  @Test(
    "what nobody sees is no word, and stays only in the middle of one",
    arguments: [
      ("\u{feff}They co\u{ad}operate\u{ad}.\n\u{feff}The end", "They co\u{ad}operate . The end"),
      ("un\u{200b}broken line\u{200b} ends\u{200b}.", "un broken line ends ."),
      ("\u{200f}שלום\u{200e} said Ana\u{200e}. \u{202a}in\u{202c} out", "שלום said Ana . in out"),
      ("Word\u{2060}joiner \u{2060} a\u{7}b \u{0}", "Word\u{2060}joiner a b"),
      ("a \u{301}b \u{fe0f} c \u{64b}d \u{6dd} \u{600} e", "a b c d e"),
      (
        "\u{301}a e\u{301} \u{2764}\u{fe0f} x\u{2028}y\u{2029}z",
        "a e\u{301} \u{2764}\u{fe0f} x y z"
      ),
      ("می\u{200c}خواهم کتاب\u{200c} را", "می\u{200c}خواهم کتاب را"),
    ])
  func invisible(text: String, expected: String) throws {
    #expect(try words(text).flatMap(\.self).joined(separator: " ") == expected)
    try expectWhole(text, "en")
  }

  @Test("scalars that are no words are those of the rules")
  func invisibleScalars() throws {
    var tokenizer = try Tokenizer()
    for value in UInt32(0)...0xe0fff {
      guard let scalar = Unicode.Scalar(value), scalar.mayBeInvisible else { continue }
      let isWord = !tokenizer.tokenize(Array(String(scalar).utf8)).sentences.isEmpty
      let isNone =
        scalar.isBlank || scalar.isHidden || scalar.isPrependedSign || scalar.isMark
      #expect(isWord != isNone, "U+\(String(value, radix: 16))")
    }
  }

  @Test(
    "what could be an address or an emoticon all along takes no longer than other text",
    arguments: ["a.dea.de", "ab.", "ab+", "x@", ":Pa", "ж.", "a\u{ad}.b", "http", "<3a", "(:"])
  func manyGuesses(part: String) throws {
    let text = "a.de" + String(repeating: part, count: 160_000 / part.utf8.count) + "x"
    var tokenizer = try Tokenizer()
    let cut = tokenizer.tokenize(Array(text.utf8))
    #expect(cut.sentences.flatMap(\.tokens).count > 2)
  }

  @Test("an address stays whole beside scripts without spaces, and in long stretches")
  func addressesInStretches() throws {
    let long = "https://example.org/" + String(repeating: "ab.", count: 1000) + "x"
    #expect(try words("(\(long)) x").flatMap(\.self) == ["(", long, ")", "x"])
    let chinese = "看a@b.example.org是" + String(repeating: "我们，", count: 500) + "看example.com吧"
    let found = try words(chinese, language: "zh").flatMap(\.self)
    #expect(found.contains("a@b.example.org") && found.contains("example.com"))
    #expect(try words("example.com에서", language: "ko").flatMap(\.self).first == "example.com")
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

  /// Every byte is part of a word or of what lies between words, and places point at the words.
  private func expectWhole(_ text: String, _ language: String) throws {
    var options = TokenizerOptions()
    options.language = language
    var tokenizer = try Tokenizer(options)
    let bytes = Array(text.utf8)
    let cut = tokenizer.tokenize(bytes)
    var end = 0
    func expectGap(before next: Int) {
      let gap = String(decoding: bytes[end..<next], as: UTF8.self)
      #expect(
        gap.unicodeScalars.allSatisfy {
          $0.isBlank || $0.isHidden || $0.isMark || $0.isPrependedSign
        }, "\(text.debugDescription)")
    }
    for token in cut.sentences.flatMap(\.tokens) {
      let place = try #require(token.place)
      #expect(place.utf8.lowerBound >= end)
      expectGap(before: place.utf8.lowerBound)
      #expect(String(decoding: bytes[place.utf8], as: UTF8.self) == token.form)
      for scalar in [token.form.unicodeScalars.first, token.form.unicodeScalars.last] {
        #expect(scalar.map { $0.isBlank || $0.isHidden } == false, "\(token.form.debugDescription)")
      }
      end = place.utf8.upperBound
    }
    expectGap(before: bytes.count)
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

extension Unicode.Scalar {
  /// Whether its category lets one think that nobody sees it.
  fileprivate var mayBeInvisible: Bool {
    // Swift may know newer characters than ICU does.
    guard let age = properties.age, age.major < 15 || age.major == 15 && age.minor == 0 else {
      return false
    }
    return switch properties.generalCategory {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: true
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: properties.isDefaultIgnorableCodePoint && properties.isAlphabetic
    }
  }
}

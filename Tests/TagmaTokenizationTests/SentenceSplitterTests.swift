import Foundation
import TagmaTokenization
import TestSupport
import Testing

@Suite("SentenceSplitter")
struct SentenceSplitterTests {
  /// Puts sentences, which bars part, together and expects them back.
  private func expectCut(_ barred: String, _ language: String, space: String = " ") {
    let sentences = barred.split(separator: "|").map(String.init)
    let text = sentences.joined(separator: space)
    let found = SentenceSplitter(language: language).sentences(of: text).map(String.init)
    #expect(found == sentences, "\(language)")
  }

  @Test(
    "English",
    arguments: [
      "The train was late.|We waited.|Is it here?|No!|It cost 3.50 euros.",
      "Mr. Smith met Dr. J. R. R. Tolkien and John F. Kennedy at 5 p.m. on Jan. 5.|They left.",
      "See Fig. 3 and p. 12 of Vol. II.|It is No. 5 of 10.|No.|I will not go.",
      "Use plain words, e.g. Latin ones, i.e. none.|Smith et al. proposed it.",
      "Apples, pears, etc. are cheap.|Buy apples, pears, etc.|Dogs are not.",
      "She lives at the U.S. Army base.|He lives in the U.S.|They left at 6 a.m.|Bob slept.",
      "He has Ph.D.-level training.|She has M.Sc. students.|I chose plan B.|It failed.",
      "So do I.|John left.|Lester B. Pearson won.|MR. SMITH SAT.|THEY WENT.",
      "\"It is late.\"|She left.|\"Why?\" he asked.|(It rained.)|“Go!”|They went.",
      "I wonder... yes, maybe… no.|He waited...|Then he left…|It was over.",
      "Run main.py first.|Version 2.0.1 is out.|See https://a.org/x?Id=3.|Open a.txt.|Close it.",
      "Press {0}.|{name} has %d files.|%s is gone.|Ask @bob.|#tag is new.",
      "Is it?!|Really??|Yes!!!|... And then he left.|Thanks!|:-) See you.",
      "1. Open the door.|2. Close it.|IV. The end of it.",
      "It works with Yahoo! in the office.|I bought it.|iPhones are dear.",
      "We met.|i left because it rained.|then it was approx. the same.",
      "**Note.**|It is <b>bold.</b>|<i>So</i> it is.[12]|End.",
      "Yes. — no, wait.|“Are you?” — Mary asked.|Go.|– Why?",
      "He is 25.|Mary is 30.|It was 1990.|5 men came.|It costs $5.|€6 is more.",
      "Inc. is short.|Apple Inc. Chairman Bob left Apple Inc.|He slept.",
    ])
  func english(barred: String) { expectCut(barred, "en") }

  @Test(
    "other languages",
    arguments: [
      ("de", "Am 3. Mai kam Dr. Weber, z. B. mit Hr. Meier.|Er ging.|Es war der 2. Weltkrieg."),
      (
        "de",
        "Das sind ca. 5 Mio. Euro bzw. Dollar.|Siehe S. 5 und Abb. 3.|Heinrich VIII. regierte."
      ),
      ("de", "Er ist 25.|Sie ist 30.|Es gibt Äpfel usw.|Der Rest fehlt.|„Komm!“|Sie kam."),
      (
        "de",
        "„Wann?“, fragte er.|Im 19. Jahrhundert war das d.h. anders.|Das war 1990.|Danach kam er."
      ),
      ("fr", "M. Dupont et Mme Durand, p. ex. au 5 av. Foch.|Il part.|« Oui ! »|Elle vient."),
      (
        "fr",
        "« Tu viens ? » dit-il.|Quoi ?|Rien !|Voir p. 12, fig. 3.|Des pommes, etc.|C'est tout."
      ),
      ("fr", "J.-C. Dupont est né av. J.-C. à Rome.|L'été est là.|Vois l'art. 5 du code."),
      (
        "es", "El Sr. Gómez y la Dra. Ruiz viven en EE. UU. desde 1990.|¿Qué?|¡No!|Véase la pág. 5."
      ),
      ("es", "Llegó a las 5 p. m. a casa.|Hola.|¿qué tal?|Frutas, p. ej. peras, etc.|Son caras."),
      ("pt", "O Sr. Silva e a Dra. Costa moram na Av. Brasil.|Eles vêm.|Veja a pág. 3, art. 5º."),
      (
        "it",
        "Il sig. Rossi e il dott. Bianchi della Fiat S.p.A. Torino.|Vengono.|L'art. 3 dice di no."
      ),
      (
        "nl",
        "Dhr. Jansen en mw. De Vries, d.w.z. bijv. zij.|Ze komen.|Zie blz. 5 en nr. 3, enz.|Klaar."
      ),
      ("ca", "El Sr. Puig viu a l'av. Diagonal.|Ve.|Vegeu la pàg. 3."),
      ("sv", "Den 3. maj kom dr. Berg, t.ex. med bl.a. Ulf.|Han gick.|Se s. 5."),
      ("fi", "Hän tuli 3. toukokuuta, esim. junalla.|Se oli hyvä.|EU:n 2. Laki jäi."),
      ("da", "Den 3. Maj kom hr. Berg, f.eks. med bl.a. Ulf.|Han gik."),
      ("nb", "Den 17. Mai kom dr. Berg, f.eks. med ca. 5 folk.|Han gikk."),
      ("pl", "Prof. Nowak mieszka przy ul. Długiej 5, tzn. obok.|To jest 3. Maja.|On śpi."),
      ("cs", "Např. dr. Novák přišel 3. Května.|Byl tu.|Viz str. 5."),
      ("ru", "А. С. Пушкин жил на ул. Садовой, т. е. в г. Москве.|Он писал.|См. с. 5 и т. д.|Всё."),
      ("uk", "Проф. Іван Франко жив у м. Львів.|Він писав."),
      ("el", "Ποιος είναι;|Ο κ. Παπάς.|Ήρθε, π.χ. χθες."),
      ("tr", "Dr. Ali geldi.|Bu iyi.|Atatürk 10. Kasım'da öldü."),
      ("hu", "Dr. Nagy pl. Budapesten él.|Ő jó."),
      ("ro", "Dl. Pop stă pe str. Lungă, nr. 5.|El vine."),
      ("zzz", "J. Xyz qua.|Abc def!"),
    ])
  func languages(language: String, barred: String) { expectCut(barred, language) }

  @Test(
    "scripts without capitals or spaces",
    arguments: [
      ("zh", "我们走吧。|好！|“是吗？”|他问：“行。”|圆周率是３．１４。|是吗?|对.", ""),
      ("ja", "「行きます。」と彼は言った。|本当？|はい！", ""),
      ("ar", "ذهب د. محمد إلى البيت.|هل هذا صحيح؟|نعم، السعر ٣٫١٤ دينار.", " "),
      ("hi", "राम घर गया।|सीता आई।|क्या?", " "),
      ("hy", "Սա գիրք է։|Դա տուն է։", " "),
      ("th", "ภาษาไทยง่ายมาก เราชอบ", " "),
      ("ur", "یہ کتاب ہے۔|وہ گھر ہے۔", " "),
      ("he", "הוא הלך.|היא באה?|כן!", " "),
      ("am", "ይህ መጽሐፍ ነው።|ያ ቤት ነው።", " "),
    ])
  func scripts(language: String, barred: String, space: String) {
    expectCut(barred, language, space: space)
  }

  @Test("every file of rules is used")
  func files() throws {
    let folder = TestData.root.appendingPathComponent("Sources/TagmaTokenization/Rules")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    for file in files where file.lastPathComponent != "words.txt" {
      let language = file.deletingPathExtension().lastPathComponent
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      let never = try #require(lines.first { $0.hasPrefix("never: ") }, "\(language)")
      for word in never.split(separator: " ").dropFirst() {
        let text = "Xa \(word). Yyy."
        #expect(
          SentenceSplitter(language: language).sentences(of: text).count == 1, "\(language) \(text)"
        )
      }
    }
    #expect(files.count > 15)
  }

  @Test("lines, separators, and what is white space between sentences")
  func lines() {
    func cut(_ text: String, lines: Bool = false) -> [String] {
      SentenceSplitter(language: "en-US", lineEndsSentence: lines).sentences(of: text)
        .map(String.init)
    }
    #expect(cut("One\ntwo. Three\r\n\r\nFour") == ["One\ntwo.", "Three", "Four"])
    #expect(cut("One\r\ntwo. Three\n", lines: true) == ["One", "two.", "Three"])
    #expect(
      cut("\u{feff} One.\u{200b} Two\u{2028}three\u{2029}four\u{a0}") == [
        "One.", "Two", "three", "four",
      ])
    #expect(cut("") == [] && cut(" \n ") == [])
    #expect(cut("...") == ["..."] && cut("? ! ?") == ["? ! ?"])
    // Really?Yes has no space; a query of an address is none either.
    #expect(cut("Really?Yes, x.org/a?B=c d") == ["Really?", "Yes, x.org/a?B=c d"])
    #expect(cut("He left.Then end.Next") == ["He left.Then end.Next"])
  }

  @Test("bytes of any kind: ranges are in order, and only white space lies between them")
  func anyBytes() {
    var state: UInt64 = 7
    func below(_ n: UInt32) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(UInt32(state >> 33) % n)
    }
    let parts = [
      ".", "!", "…", "。", " ", "\n", "\"", "»", "Dr", "a", "A", "3", "<b>", "-", "\u{200b}",
    ]
    let splitters = ["en", "de", "ja"].map { SentenceSplitter(language: $0) }
    for round in 0..<600 {
      var text: [UInt8] = []
      for _ in 0..<below(30) {
        if below(8) == 0 { text.append(UInt8(below(256))) }
        text += Array(parts[below(UInt32(parts.count))].utf8)
      }
      let ranges = splitters[round % 3].ranges(in: text)
      var end = 0
      for range in ranges {
        #expect(range.lowerBound >= end && !range.isEmpty)
        expectSpace(text[end..<range.lowerBound])
        end = range.upperBound
      }
      expectSpace(text[end...])
    }
  }

  private func expectSpace(_ bytes: ArraySlice<UInt8>) {
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(
      text.unicodeScalars.allSatisfy {
        $0.properties.isWhitespace || $0.properties.generalCategory == .control
          || $0 == "\u{200b}" || $0 == "\u{feff}"
      }, "\(text.debugDescription)")
  }
}

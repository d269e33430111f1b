import TagmaLexicon
import Testing

@Suite("Scripts that make lemmas")
struct LemmaScriptTests {
  @Test(
    "a script makes the lemma that it was learned from",
    arguments: [
      ("Houses", "house"), ("house", "house"), ("went", "go"), ("IS", "be"), ("NASA", "NASA"),
      ("McDonald's", "McDonald"), ("geht", "gehen"), ("gegangen", "gehen"), ("Häuser", "Haus"),
      ("ÉTAIT", "être"), ("İstanbul", "istanbul"), ("a|b+c", "c|+"), ("x", "x|"), ("ßE", "SS"),
      ("better", "good"), ("東京", "東京"), ("e\u{301}", "e"), ("=-+", "-="),
    ])
  func roundTrip(form: String, lemma: String) {
    let script = LemmaScript(form: form, lemma: lemma)
    #expect(script.lemma(of: form) == lemma, "\(script.text)")
    #expect(LemmaScript(text: script.text).lemma(of: form) == lemma)
  }

  @Test("words of one pattern share a script")
  func sharing() {
    #expect(LemmaScript(form: "Cars", lemma: "car").text == "↓0;|-")
    #expect(LemmaScript(form: "houses", lemma: "house").text == "↓0;|-")
    #expect(LemmaScript(form: "Boston", lemma: "Boston").text == "↑0↓1;|")
    #expect(LemmaScript(text: "↓0;|---+y").lemma(of: "Cities") == "city")
    #expect(LemmaScript(form: "cities", lemma: "city").text == "↓0;|---+y")
  }

  @Test(
    "what does not fit makes nothing",
    arguments: ["", ";", "↓0;", "↓0;|---", "x;|", "↓;|", "↓0;--|"])
  func misfits(script: String) {
    #expect(LemmaScript(text: script).lemma(of: "ab").map { $0.isEmpty } ?? true)
  }
}

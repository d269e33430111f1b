import TagmaLexicon
import TestSupport
import Testing

@Suite("Subword units")
struct SubwordsTests {
  static let texts = [
    "the lower the better", "she is the newest one", "lowest and newest",
    "the widest, lowest river!",
    "Straße, Süßes und Öl: 1984", "the new and the low",
  ]

  @Test("decoding gives back the text, whatever it is made of", arguments: UnitKind.allCases)
  func roundTrip(kind: UnitKind) {
    let subwords = Subwords(training: Self.texts, size: 330, kind: kind)
    for text in Self.texts + [
      "", "a", "never seen: 東京 and 😀", "▁ the ▁low ▁", "a▁b", "e\u{301}", "x\u{0}y", "1.5%",
    ] {
      #expect(subwords.decode(subwords.encode(text)) == text)
      var state: UInt64 = 1
      let skipping = subwords.encode(text) {
        state = state &* 6_364_136_223_846_793_005 &+ 1
        return state >> 63 == 0
      }
      #expect(subwords.decode(skipping) == text)
    }
    #expect(subwords.decode(subwords.encode("  a \t b\n")) == "a b")
  }

  @Test("the most frequent pairs become units, ties by age")
  func merges() {
    let subwords = Subwords(training: ["aab aab aab cab"], size: 1000, minimumCount: 2)
    let merged = subwords.merges.map {
      subwords.units.entries[$0.left] + subwords.units.entries[$0.right]
    }
    // a b stands four times; c, which stands once, is no unit.
    #expect(merged == ["ab", "▁a", "▁aab"])
    #expect(subwords.encode("aab").map { subwords.units.entries[$0] } == ["▁aab"])
    #expect(subwords.encode("cab").map { subwords.units.entries[$0] } == ["▁", "<0x63>", "ab"])
  }

  @Test("no unit crosses white space, or joins letters with digits or marks of punctuation")
  func boundaries() {
    let subwords = Subwords(
      training: Array(repeating: "ab12, ab12, (x) don't", count: 50), size: 1000)
    for unit in subwords.units.entries.dropFirst(259) {
      let kinds = Set(
        unit.unicodeScalars.filter { $0 != "▁" }.map {
          $0.properties.isAlphabetic ? "a" : $0.properties.numericType != nil ? "1" : String($0)
        })
      #expect(kinds.count <= 1, "\(unit)")
    }
  }

  @Test("units with scores: the best cut, as many units as were asked for, the same again")
  func unigram() throws {
    let texts = Array(repeating: "unbroken broken breaking unbreaking unkind kind kinder", count: 9)
    let subwords = Subwords(training: texts, size: 290, kind: .unigram)
    #expect(subwords.units.count <= 290 && subwords.merges.isEmpty)
    #expect(subwords.encode("unbreaking kinder").count < subwords.encode("xylophone").count)
    let again = try #require(Subwords(units: subwords.units, scores: subwords.scores))
    #expect(again == subwords)
    #expect(subwords == Subwords(training: texts, size: 290, kind: .unigram))
    #expect(Subwords(units: subwords.units, scores: [0]) == nil)
    // The best of all cuts of a word, one by one.
    let word = Array("▁unkinder".unicodeScalars)
    func best(_ start: Int) -> Float {
      guard start < word.count else { return 0 }
      return (start + 1...word.count).compactMap { end -> Float? in
        var text = String.UnicodeScalarView()
        text.append(contentsOf: word[start..<end])
        return subwords.units[String(text)].map { subwords.scores[$0] + best(end) }
      }.max() ?? -.infinity
    }
    let found = subwords.encode("unkinder").reduce(Float(0)) { $0 + subwords.scores[$1] }
    #expect(abs(found - best(0)) < 1e-4)
  }

  @Test("words stay whole where they are frequent; characters are cut into each")
  func wordsAndCharacters() {
    let texts = ["the cat saw the dog", "the dog saw a cat"]
    let words = Subwords(training: texts, size: 1000, kind: .words)
    #expect(words.encode("the dog").map { words.units.entries[$0] } == ["▁the", "▁dog"])
    #expect(words.encode("a hog").count > 3)
    let characters = Subwords(training: texts, size: 1000, kind: .characters)
    #expect(
      characters.encode("the dog").map { characters.units.entries[$0] }
        == ["▁", "t", "h", "e", "▁", "d", "o", "g"])
  }

  @Test("the same texts give the same units; units and merges read back are the same")
  func determinism() throws {
    let a = Subwords(training: Self.texts, size: 320)
    #expect(a == Subwords(training: Self.texts, size: 320))
    #expect(a.units.count <= 320)
    let again = try #require(Subwords(units: a.units, merges: a.merges))
    #expect(again == a && again.encode(Self.texts[0]) == a.encode(Self.texts[0]))
    #expect(Subwords(units: a.units, merges: [(0, 1)]) == nil)
    #expect(Subwords(units: Vocabulary(["x"]), merges: []) == nil)
  }
}

@Suite("Placeholders among units")
struct PlaceholderTests {
  @Test("a placeholder is one unit, comes back, and stands for what it is told to")
  func roundTrip() throws {
    let subwords = Subwords(training: SubwordsTests.texts, size: 340, placeholders: 2)
    #expect(subwords.placeholders.count == 2)
    let text = "the ｟0｠, new｟1｠ ｟0｠ ｟2｠ ｟ ｟1 ｟x｠ ｟99999999999999999999｠"
    let units = subwords.encode(text)
    #expect(subwords.decode(units) == text)
    #expect(units.filter(subwords.placeholders.contains).count == 3)
    #expect(subwords.decode(subwords.encode("a ｟1｠!"), placeholders: ["x", "b c"]) == "a b c!")
    let again = try #require(Subwords(units: subwords.units, merges: subwords.merges))
    #expect(again.placeholders == subwords.placeholders)
    #expect(Subwords(training: SubwordsTests.texts, size: 340).encode("｟0｠").count > 2)
  }
}

import TagmaCorpora
import TagmaLexicon
import TagmaTranslation
import Testing

@Suite("Capitals and names")
struct CaseReadingTests {
  /// Knows *buy*, *milk*, *Berlin* and *NATO* as units, and *Milk* not.
  private static let units = Subwords(
    training: Array(repeating: "buy milk in Berlin with NATO and me", count: 30)
      + ["B M I W N A buy Ä ß"],
    size: 400, placeholders: 4)

  @Test(
    "words are read in the case that units know",
    arguments: [
      ("Buy milk.", "buy milk.", false), ("Berlin buy", "Berlin buy", false),
      ("me! Buy Milk", "me! buy Milk", false), ("BUY MILK IN BERLIN", "buy milk in Berlin", true),
      ("BUY NATO", "buy NATO", true), ("BUY!", "buy!", true), ("OK", "OK", false),
      ("I BUY milk", "I BUY milk", false),
      ("A B", "a B", false), ("", "", false),
      ("BUY BUY@MILK.DE NOW2", "buy BUY@MILK.DE NOW2", true),
      ("MILK IN ｟A｠", "milk in ｟A｠", true),
    ])
  func reading(text: String, expected: String, isShouted: Bool) {
    let read = CaseReading(Self.units)(text)
    #expect(read.text == expected)
    #expect(read.isShouted == isShouted)
    let other = CaseReading(Self.units, readsFirstWords: false)(text)
    #expect(other.text == (isShouted ? expected : text))
  }

  @Test("a translation of capitals is in capitals, and as long; what is carried is no word stays")
  func shouted() {
    let reading = CaseReading(Self.units)
    let text = "buy ｟0｠ in ｟1｠ ß ｟2｠ ä"
    let units = Self.units.encode(text)
    #expect(
      reading.shouted(
        units, carried: ["a@b.de", "Berlin", "iPhone"], originals: ["a@b.de", "Berlin", "phone"])
        == "BUY a@b.de IN BERLIN SS iPhone Ä")
  }

  private static let pairs = (0..<60).flatMap { i in
    [
      TextPair(
        source: "We saw Anna\(i % 2 == 0 ? "lisa" : "bella") there",
        target: "\(i % 2 == 0 ? "Annalisa" : "Annabella") war da"),
      TextPair(source: "He left Norway on Monday", target: "Er hat Norwegen am Montag verlassen"),
      TextPair(source: "Milk is here", target: "Milch ist da"),
    ]
  }

  @Test("names are words that both languages write alike, and that units do not know")
  func names() throws {
    let table = NameTable(counting: Self.pairs + newNames(alike: true))
    func isName(_ word: String, isFirst: Bool = false) -> Bool {
      table.isName(word[...], isFirst: isFirst, Self.units)
    }
    #expect(table.takesNewWords)
    #expect(isName("Annalisa") && isName("Annalisa", isFirst: true))
    #expect(!isName("Norway") && !isName("Monday"), "they are translated")
    #expect(
      isName("Zoë") && !isName("Zoë", isFirst: true),
      "a new word, whose capital may be the sentence's")
    #expect(!isName("Berlin"), "a unit")
    #expect(!isName("Milk"), "milk is better known")
    #expect(!isName("NATO") && !isName("buy") && !isName("Jo") && !isName(""))
    #expect(!NameTable(counting: Self.pairs + newNames(alike: false)).takesNewWords)
    #expect(NameTable(fileText: table.fileText) == table)
    #expect(table.fileText.contains("Annalisa\t30\t30\n"))
    let first = "\t9\t1\n"
    #expect(NameTable(fileText: first + "Anna\t1\t1\n") != nil)
    #expect(NameTable(fileText: "Anna\t1\t1\n") == nil && NameTable(fileText: "") == nil)
    for damage in ["a\tb\tc\n", "Anna\t1\n", "Anna\t1\t2\n", "Anna\t0\t0\n", "Anna\t-1\t-2\n"] {
      #expect(NameTable(fileText: first + damage) == nil)
    }
  }

  private func newNames(alike: Bool) -> [TextPair] {
    (0..<60).map { i in
      let name =
        "X" + String(UnicodeScalar(UInt8(97 + i % 26))) + String(repeating: "y", count: i / 26 + 1)
      return TextPair(source: "I saw \(name)", target: alike ? "Ich sah \(name)" : "Ich sah ihn")
    }
  }

  @Test("a name is carried without what belongs to its word")
  func carried() {
    var rules = CarriedText.Rules()
    rules.isName = { word, isFirst in word == "Anna" && !isFirst }
    for (text, expected) in [
      ("to Anna's house", "to ｟0｠'s house"), ("Anna saw Anna-Anna.", "Anna saw ｟0｠-｟0｠."),
      ("to (Anna) Annas", "to (｟0｠) Annas"),
    ] {
      #expect(CarriedText(text, limit: 4, rules: rules).text == expected)
    }
  }
}

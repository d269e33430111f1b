import TagmaLexicon
import Testing

@Suite("Lemmas")
struct LemmatizerTests {
  private static let lemmatizer: Lemmatizer = {
    var examples: [Lemmatizer.Example] = []
    func add(_ form: String, _ upos: String, _ feats: String, _ lemma: String) {
      examples.append(.init(form: form, upos: upos, feats: feats, lemma: lemma))
    }
    for stem in ["walk", "talk", "jump", "look", "open"] {
      add("\(stem)s", "VERB", "Tense=Pres", stem)
      add("\(stem)ed", "VERB", "Tense=Past", stem)
      add("\(stem)s", "NOUN", "Number=Plur", stem)
    }
    for stem in ["city", "party", "duty"] {
      add("\(stem.dropLast())ies", "NOUN", "Number=Plur", stem)
    }
    add("went", "VERB", "Tense=Past", "go")
    add("left", "VERB", "Tense=Past", "leave")
    add("left", "ADJ", "Degree=Pos", "left")
    add("London", "PROPN", "Number=Sing", "London")
    add("House", "NOUN", "Number=Sing", "house")
    add("unknown", "NOUN", "Number=Sing", "_")
    return Lemmatizer(learning: examples)
  }()

  @Test("known words, and new ones by how they end and how they use capitals")
  func lemmas() {
    func lemma(_ form: String, _ upos: String, _ feats: String) -> String {
      Self.lemmatizer.lemma(of: form, upos: upos, feats: feats)
    }
    #expect(lemma("went", "VERB", "Tense=Past") == "go")
    #expect(lemma("left", "VERB", "Tense=Past") == "leave")
    #expect(lemma("left", "ADJ", "Degree=Pos") == "left")
    #expect(lemma("parked", "VERB", "Tense=Past") == "park")
    #expect(lemma("berries", "NOUN", "Number=Plur") == "berry")
    #expect(lemma("Paris", "PROPN", "Number=Sing") == "Paris")
    #expect(lemma("Table", "NOUN", "Number=Sing") == "table")
    #expect(lemma("Xyz", "INTJ", "_") == "xyz")
    #expect(lemma("", "NOUN", "Number=Plur") == "")
  }

  @Test("the file holds all, and only the file's lines are read")
  func file() throws {
    let again = try #require(Lemmatizer(fileText: Self.lemmatizer.fileText))
    #expect(again == Self.lemmatizer)
    #expect(again.fileText == Self.lemmatizer.fileText)
    for bad in ["x", "=\ta", "?\ta\tb", "\t"] {
      #expect(Lemmatizer(fileText: bad) == nil, "\(bad)")
    }
  }
}

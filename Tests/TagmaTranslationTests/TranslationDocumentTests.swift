import Foundation
import TagmaCorpora
import TagmaModels
import TagmaTranslation
import TestSupport
import Testing

@Suite("Documents with translations")
struct TranslationDocumentTests {
  private func translate(
    _ text: String, _ format: TranslationDocumentFormat, replaces: Bool = false,
    as encoding: String.Encoding = .utf8
  ) throws -> String {
    let path = "\(TestData.temporaryFolder())/document"
    try #require(text.data(using: encoding)).write(to: URL(fileURLWithPath: path))
    let document = try TranslationDocument(
      path, format, try TranslatorTests.trained.get(), replaces: replaces)
    var out = Data()
    try document.translate { out.append(contentsOf: $0) }
    return try #require(String(data: out, encoding: encoding))
  }

  private func xliff(_ unit: String, _ languages: String = "source-language='en'") -> String {
    """
    <?xml version="1.0"?>\r
    <xliff version='1.2'><file original="x" \(languages)><body >
    \(unit)
    </body></file></xliff>

    """
  }

  @Test(
    "codes go where their words go, and none is lost",
    arguments: [
      ("one two", "dos uno"),
      ("  one\n two ", "  dos uno "),
      ("<g id=\"1\">one</g> two", "dos <g id=\"1\">uno</g>"),
      ("<g id=\"1\">one two</g>", "<g id=\"1\">dos uno</g>"),
      (
        "one <g id=\"1\">two <g id=\"2\">three</g></g>",
        "<g id=\"1\"><g id=\"2\">tres</g> dos</g> uno"
      ),
      ("<bx id=\"1\"/>one<ex id=\"1\"/> two", "dos <bx id=\"1\"/>uno<ex id=\"1\"/>"),
      (
        "<bpt id=\"1\">&lt;b></bpt>one<ept id=\"1\">&lt;/b></ept> two",
        "dos <bpt id=\"1\">&lt;b></bpt>uno<ept id=\"1\">&lt;/b></ept>"
      ),
      ("<x id=\"1\"/>one two", "dos <x id=\"1\"/>uno"),
      ("one two<x id=\"9\"/>", "dos uno<x id=\"9\"/>"),
      ("<!-- c -->one two", "dos <!-- c -->uno"),
      ("<g id=\"1\"></g>one two", "dos <g id=\"1\"></g>uno"),
      ("<![CDATA[one two]]>", "dos uno"),
    ])
  func codes(source: String, target: String) throws {
    let unit = "<trans-unit id='1'><source>\(source)</source></trans-unit>"
    let found = try translate(xliff(unit), .xliff)
    #expect(
      found
        == xliff(unit).replacing("</source>", with: "</source><target>\(target)</target>"))
  }

  @Test("what is translated, or must not be, stays; so does every byte beside the targets")
  func kept() throws {
    let kept = """
      <trans-unit id="1" translate="no"><source>one</source></trans-unit>
      <trans-unit id="2"><source>one two</source><target>x</target></trans-unit>
      <group translate='no'><trans-unit id="3"><source>one</source></trans-unit></group>
      <trans-unit id="4"><source> </source></trans-unit><trans-unit id="5"><source/></trans-unit>
      """
    #expect(try translate(xliff(kept), .xliff) == xliff(kept))
    let other = "<trans-unit id='1'><source>one</source></trans-unit>"
    for languages in ["source-language='fr'", "source-language='en' target-language='de'"] {
      #expect(try translate(xliff(other, languages), .xliff) == xliff(other, languages))
    }
    #expect(try translate(xliff(kept), .xliff, replaces: true).contains("<target>dos uno</target>"))
    let empty = "<trans-unit id='1'><source>one two</source>\n<target state='new' /></trans-unit>"
    #expect(
      try translate(xliff(empty), .xliff)
        == xliff(empty).replacing(
          "<target state='new' />", with: "<target state='new'>dos uno</target>"))
  }

  @Test("segments that a tool has marked are translated one by one; those of version 2 too")
  func segments() throws {
    let unit = """
      <trans-unit id='1'><source>one two. six</source><seg-source><mrk mtype="seg" mid="1">one two</mrk> \
      <mrk mtype="seg" mid="2">six one</mrk></seg-source></trans-unit>
      """
    #expect(
      try translate(xliff(unit), .xliff).contains(
        """
        </seg-source><target><mrk mtype="seg" mid="1">dos uno</mrk> <mrk mtype="seg" mid="2">uno seis</mrk></target>
        """))
    let new = """
      <xliff version="2.0" srcLang="en" trgLang="es"><file id="f"><unit id="u" ><segment><source>one <pc \
      id="1">two</pc></source></segment><ignorable><source>one</source></ignorable></unit></file></xliff>
      """
    #expect(
      try translate(new, .xliff)
        == new.replacing(
          "</source></segment>",
          with: "</source><target><pc id=\"1\">dos</pc> uno</target></segment>"))
  }

  @Test("a translation memory gets a variant, a document of WMT a hypothesis")
  func others() throws {
    let memory = """
      <tmx version="1.4"><header srclang="en"/><body><tu><tuv xml:lang="en"><seg>one <ph x="1"/>two</seg></tuv></tu>
      <tu><tuv lang="EN-us"><seg>six</seg></tuv><tuv lang="es"><seg/></tuv></tu>
      <tu><tuv lang="en"><seg>six</seg></tuv><tuv lang="es"><seg>x</seg></tuv></tu></body></tmx>
      """
    for encoding in [String.Encoding.utf8, .utf16] {
      let found = try translate(memory, .tmx, as: encoding)
      let expected = memory.replacing(
        "two</seg></tuv>",
        with: "two</seg></tuv><tuv xml:lang=\"es\"><seg><ph x=\"1\"/>dos uno</seg></tuv>")
      #expect(found == expected)
    }
    let wmt = """
      <dataset id="d"><doc id="1"><src lang="en">
      <p><seg id="1">one two</seg></p>
      </src><ref lang="es"><p><seg id="1">x</seg></p></ref></doc></dataset>
      """
    #expect(
      try translate(wmt, .wmtXML)
        == wmt.replacing(
          "</ref>",
          with:
            "</ref><hyp system=\"tagma\" lang=\"es\">\n<p><seg id=\"1\">dos uno</seg></p>\n</hyp>"))
    for format in [TranslationDocumentFormat.tmx, .wmtXML] {
      #expect(throws: CorpusError.self) { try translate(xliff(""), format) }
    }
  }
}

@Suite("What a search is told")
struct SearchOptionsTests {
  @Test("prefixes, draws, several models, given translations")
  func options() throws {
    let translator = try TranslatorTests.trained.get()
    let path = TestData.temporaryFolder() + "/model"
    try translator.write(to: path)
    let twice = try Translator(contentsOf: [path, path])
    #expect(twice.translate("one two three") == translator.translate("one two three"))
    let begun = translator.translate(["one two"], prefixes: ["seis"])[0][0].text
    #expect(begun.hasPrefix("seis"))
    var options = SearchOptions()
    options.temperature = 5
    options.nbest = 20
    let drawn = translator.translate(["one two three"], options: options)
    #expect(drawn[0].count == 20 && Set(drawn[0].map(\.text)).count > 3)
    #expect(drawn == translator.translate(["one two three"], options: options, threads: 1))
    options.topK = 1
    #expect(Set(translator.translate(["one two"], options: options)[0].map(\.text)).count == 1)
    // Probabilities of given translations are among all units.
    var all = SearchOptions()
    all.usesShortlist = false
    let best = translator.translate(["one two"], options: all)[0][0]
    let given = translator.score([
      TextPair(source: "one two", target: best.text), TextPair(source: "one two", target: "seis"),
    ])
    #expect(abs(given[0].score - best.score) < 1e-4 && given[1].score < given[0].score)
    #expect(given[0].alignment == best.alignment)
  }

  @Test("no run of units stands twice where none may")
  func noRepeat() throws {
    let translator = try TranslatorTests.trained.get()
    var options = SearchOptions()
    options.noRepeat = 2
    let text = translator.translate([String(repeating: "one two ", count: 8)], options: options)
    let words = text[0][0].text.split(separator: " ")
    let runs = zip(words, words.dropFirst()).map { "\($0) \($1)" }
    #expect(Set(runs).count == runs.count)
  }

  @Test("terms are found in any case, the longest first")
  func terms() {
    let terms = Terminology([("Red car", "auto rojo"), ("car", "coche"), ("", "x")])
    let spans = ProtectedTextScanner(terms: terms).spans(in: "A car, a RED CAR; cars A1")
    #expect(
      spans.compactMap(\.value).map { String(decoding: $0, as: UTF8.self) }
        == ["coche", "auto rojo"])
  }
}

import Foundation
import TagmaAnnotations
import TagmaCorpora
import TestSupport
import Testing

@Suite("Pieces of XML documents")
struct MarkupTests {
  private static func file(_ data: Data, _ name: String = "document.xml") throws -> String {
    let path = "\(TestData.temporaryFolder())/\(name)"
    try data.write(to: URL(fileURLWithPath: path))
    return path
  }

  private static let document = """
    <?xml version="1.0"?><!-- a > b --><!DOCTYPE a [<!ELEMENT a ANY>]>\r
    <a x='1 > "0"' xml:y = "&lt;&#65;">t &amp; u<b/><n:c>ß<![CDATA[<&>]]></n:c ></a>

    """

  @Test("all pieces together are the document, whatever its encoding")
  func pieces() throws {
    for (encoding, mark) in [
      (String.Encoding.utf8, []), (.utf8, [0xef, 0xbb, 0xbf]), (.utf16LittleEndian, [0xff, 0xfe]),
      (.utf16BigEndian, [0xfe, 0xff]),
    ] as [(String.Encoding, [UInt8])] {
      let data = Data(mark) + (try #require(Self.document.data(using: encoding)))
      let scanner = try MarkupScanner(try Self.file(data))
      var pieces: [MarkupPiece] = []
      while let piece = try scanner.next() { pieces.append(piece) }
      #expect(Data(scanner.encoding.encode(pieces.flatMap(\.bytes))) == data)
      let names = pieces.filter { $0.kind != .text && $0.kind != .other }.map(\.name)
      #expect(names == ["a", "b", "c", "", "c", "a"])
      let root = try #require(pieces.first { $0.name == "a" })
      #expect(root.attributes == ["x": "1 > \"0\"", "xml:y": "<A"])
      #expect(pieces.map(\.characters).joined().contains("t & uß<&>"))
    }
  }

  @Test("what an encoding has not is written as a reference")
  func references() throws {
    for name in ["us-ascii", "ISO-8859-1", "windows-1252"] {
      let text = "<?xml version='1.0' encoding='\(name)'?><a>x</a>"
      let scanner = try MarkupScanner(try Self.file(Data(text.utf8)))
      while try scanner.next() != nil {}
      #expect(
        String(decoding: scanner.encoding.encode(Array("x→😀".utf8)), as: UTF8.self)
          == "x&#x2192;&#x1F600;")
    }
  }

  @Test("what is not well-formed, or declares entities, is refused")
  func hostile() throws {
    for text in [
      "", "x", "<a>", "<a></b>", "<a", "<!--", "<a><![CDATA[", "<a x='>", "<a>&x;</a>",
      "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a>\u{1}</a>",
      "<?xml version='1.0' encoding='nonsense'?><a/>", String(repeating: "<a>", count: 300),
    ] {
      #expect(throws: CorpusError.self, "\(text)") {
        let scanner = try MarkupScanner(try Self.file(Data(text.utf8)))
        while try scanner.next() != nil {}
      }
    }
  }
}

@Suite("Pairs of other programs")
struct PairTests {
  private func read(_ text: String, _ name: String) throws -> [[String]] {
    let path = "\(TestData.temporaryFolder())/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try openPairs(path, source: "en", target: "de").readAll().map { [$0.source, $0.target] }
  }

  @Test("units of XLIFF that have both sides, in either direction")
  func xliff() throws {
    let old = """
      <xliff version="1.2"><file source-language="en-US" target-language="de"><body>
      <trans-unit id="1"><source>a <g id="1">b</g><x id="2"/></source><target>c <ph>d</ph>e</target>
      <alt-trans><source>no</source><target>nein</target></alt-trans></trans-unit>
      <trans-unit id="2"><source>a</source><target/></trans-unit></body></file>
      <file source-language="de" target-language="en"><body><trans-unit id="1"><source>ja</source>
      <target>yes</target></trans-unit></body></file>
      <file source-language="fr" target-language="en"><body><trans-unit id="1"><source>oui</source>
      <target>yes</target></trans-unit></body></file></xliff>
      """
    #expect(try read(old, "x.xlf") == [["a b", "c e"], ["yes", "ja"]])
    let new = """
      <xliff version="2.1" srcLang="en" trgLang="de-AT"><file id="f"><unit id="1"><segment>
      <source>a <pc id="1">b</pc></source><target>c</target></segment></unit></file></xliff>
      """
    #expect(try read(new, "x.xliff") == [["a b", "c"]])
  }

  @Test("segments of WMT with each of their references")
  func wmt() throws {
    let text = """
      <dataset id="x"><doc id="d" origlang="en"><src lang="en"><p><seg id="1">a &amp; b</seg>
      <seg id="2">c</seg></p></src><ref lang="de" translator="A"><p><seg id="2">C</seg>
      <seg id="1">A</seg></p></ref><ref lang="de" translator="B"><p><seg id="1">B</seg></p></ref>
      <ref lang="cs"><p><seg id="1">X</seg></p></ref></doc></dataset>
      """
    #expect(try read(text, "x.xml") == [["a & b", "A"], ["c", "C"], ["a & b", "B"]])
  }

  @Test("two files, line by line; a line too many is an error with its place")
  func aligned() throws {
    let folder = TestData.temporaryFolder()
    try Data("a\n\nb\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/news.en"))
    try Data("A\nx\nB\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/news.de"))
    try Data("A\nx\nB\nC\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/long.de"))
    for name in ["\(folder)/news", "\(folder)/news.en,\(folder)/news.de"] {
      let pairs = try openPairs(name, source: "en", target: "de").readAll()
      #expect(pairs.map(\.target) == ["A", "B"])
    }
    let error = #expect(throws: CorpusError.self) {
      try openPairs("\(folder)/news.en,\(folder)/long.de", source: "en", target: "de").readAll()
    }
    #expect(error?.location.line == 4)
  }

  @Test("files of old evaluations, which are no XML")
  func segments() throws {
    let folder = TestData.temporaryFolder()
    func write(_ text: String, _ name: String) throws -> String {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      return "\(folder)/\(name)"
    }
    let a = try write(
      "<DOC>\n<SEG id=1> a & b &lt;\u{130}</SEG>\n<seg id=\"2\">two\nlines</seg>\n", "a.sgm")
    let b = try write(
      "<mteval><doc>\n<title>t</title>\n<seg id='1'>x</seg>\n<seg id='2'>y", "b.xml")
    let pairs = try openPairs("\(a),\(b)", source: "en", target: "de").readAll()
    #expect(pairs.map(\.source) == ["a & b <\u{130}", "two lines"])
    #expect(pairs.map(\.target) == ["x", "y"])
    let c = try write("<url>u</url>\none\n<doc>\ntwo\n", "train.tags.en-de.en")
    let d = try write("<url>u</url>\neins\n<doc>\nzwei\n", "train.tags.en-de.de")
    let tagged = try openPairs("\(c),\(d)", source: "en", target: "de").readAll()
    #expect(tagged.map(\.target) == ["eins", "zwei"])
  }

  @Test("what is wrong with a pair is found")
  func faults() {
    var inspector = PairInspector()
    inspector.addTraining(TextPair(source: "known", target: "bekannt"))
    func found(_ source: String, _ target: String) -> Set<PairFault> {
      Set(inspector.faults(of: TextPair(source: source, target: target)).map(\.fault))
    }
    #expect(found("a good pair of 7", "ein gutes Paar von 7").isEmpty)
    #expect(found("a good pair of 7", "ein gutes Paar von 7") == [.duplicate])
    #expect(found("", "x") == [.empty] && found("x", "\u{200b}\u{ad} \u{feff}") == [.empty])
    #expect(!found("x", "\u{6dd}").contains(.empty))
    #expect(found("Yes.", String(repeating: "x", count: 40)) == [.ratio])
    #expect(found("one two three four", "one two three four") == [.copy])
    #expect(found("from 3 to 5", "von 3 bis 6") == [.numbers])
    #expect(found("1,000 and 2.5", "1.000 und 2,5").isEmpty)
    #expect(found("<b>x", "y") == [.markup] && found("x", "&nbsp;y") == [.markup])
    #expect(found("a < b & c; d > e", "x").isEmpty)
    #expect(found("known", "neu") == [.leak] && found("new", "bekannt") == [.leak])
  }

  @Test(
    "a tab separates columns, whatever mark follows it; an empty side counts, a blank line does not"
  )
  func columns() throws {
    let text = "a\t\u{301}b\n\n \t \nc\t\u{600}\tnot read\n\td\n"
    #expect(try read(text, "x.tsv") == [["a", "\u{301}b"], ["c", "\u{600}"], ["", "d"]])
    let error = #expect(throws: CorpusError.self) { try read("a\tb\n\nc\n", "x.tsv") }
    #expect(error?.description.hasSuffix("x.tsv:3: 1 column, expected 2: \"c\"") == true)
  }

  @Test("a file without the languages that are asked for is refused, with those that it has")
  func otherLanguages() {
    let memory = """
      <tmx version="1.4"><header/><body><tu><tuv xml:lang="fr-FR"><seg>a</seg></tuv>
      <tuv xml:lang="de"><seg>b</seg></tuv></tu></body></tmx>
      """
    let xliff = """
      <xliff version="1.2"><file source-language="en" target-language="fr-FR"><body>
      <trans-unit id="1"><source>a</source><target>b</target></trans-unit></body></file></xliff>
      """
    let wmt = """
      <dataset><doc id="d"><src lang="en"><seg id="1">a</seg></src><ref lang="fr-FR"><seg id="1">b</seg>
      </ref></doc></dataset>
      """
    for (text, name, languages) in [
      (memory, "x.tmx", ["fr-FR", "de"]), (xliff, "x.xlf", ["en", "fr-FR"]),
      (wmt, "x.xml", ["en", "fr-FR"]), (memory, "x.txt", ["fr-FR", "de"]),
    ] {
      let error = #expect(throws: CorpusError.self) { try read(text, name) }
      #expect(error?.kind == .noPairs(source: "en", target: "de", languages: languages), "\(name)")
    }
  }

  @Test("other kinds of files are not read as lines of pairs")
  func otherKinds() {
    for (text, name) in [
      ("{\"a\": \"b\\tc\"}\n", "x.txt"), ("<html><body>a\tb</body></html>", "x.tsv"),
      ("msgid \"a\"\nmsgstr \"b\"\n", "x.po"), ("a\tb\n", "x.docx"),
    ] {
      let error = #expect(throws: CorpusError.self) { try read(text, name) }
      let said = String(describing: error)
      #expect(said.contains("expected lines of two columns"), "\(said)")
    }
  }

  @Test("several segments in a line are several; one that is not closed is refused")
  func segmentsInLines() throws {
    let folder = TestData.temporaryFolder()
    func pairs(_ text: String) throws -> [String] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/a.sgm"))
      try Data("<seg>1</seg><seg>2</seg>\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/b.sgm"))
      return try openPairs("\(folder)/a.sgm,\(folder)/b.sgm", source: "en", target: "de").readAll()
        .map(\.source)
    }
    #expect(
      try pairs("<p><seg>one</seg> <seg id=2>two\nthree</seg></p>\n") == ["one", "two three"])
    let error = #expect(throws: CorpusError.self) { try pairs("\n<seg>one\n<seg>two</seg>\n") }
    #expect(error?.location.line == 2)
    let missing = #expect(throws: CorpusError.self) {
      try openPairs("\(folder)/a.sgm,\(folder)/c.sgm", source: "en", target: "de").readAll()
    }
    #expect(missing?.kind == .notFound && missing?.location.file.hasSuffix("c.sgm") == true)
  }

  @Test(
    "numbers are the same, however languages write them",
    arguments: [
      ("2,000", "2000"), ("10:00-13:30", "10.00-13.30 Uhr"), ("May 06, 2009", "6. Mai 2009"),
      ("10,000 and 3", "10\u{202f}000 und 3"), ("10,000 and 3", "10'000 und 3"),
      ("10,000 and 3", "10 000 und 3"), ("2011/2012", "2011-2012"),
      ("32.7 by 22.5", "32,7 mal 22,5"),
      ("1,234,567.89", "1.234.567,89"), ("12,34,567", "1.234.567"), (".5 and 7", "0,5 und 7"),
      ("05/12/2024", "12.05.2024"), ("10:30", "10h30"), ("10:30", "10 h 30"),
      ("3:30 p.m. and 20", "15:30 und 20"), ("5.00 and 8", "5 und 8"), ("3 and 1.5", "٣ و ١٫٥"),
      ("２０２４ and 7", "2024 und 7"), ("192.168.0.1", "192.168.0.1"), ("two of 3", "2 von 3"),
      ("May 12 200 men", "Am 12. Mai 200 Mann"), ("at 10:30", "10時30分"), ("in 1984", "damals"),
      ("May 5, 2009", "2009年5月5日"),
    ])
  func sameNumbers(source: String, target: String) {
    var inspector = PairInspector()
    let found = inspector.faults(of: TextPair(source: source, target: target))
    #expect(!found.contains { $0.fault == .numbers }, "\(found)")
  }

  @Test(
    "other numbers are found",
    arguments: [
      ("1.5 euros", "15 Euro"), ("2.0 of 3", "20 von 3"), ("1998", "1989"),
      ("1.5 and 5", "5.1 und 5"),
      ("1,000,000", "100,000"), ("10:30", "10:31"), ("25 and 30", "25"), ("3.14", "314"),
      ("1.234,56", "123.456"), ("٣ and 4", "5 und 4"),
    ])
  func otherNumbers(source: String, target: String) {
    var inspector = PairInspector()
    let found = inspector.faults(of: TextPair(source: source, target: target))
    #expect(found.contains { $0.fault == .numbers }, "\(found)")
  }

  @Test("a side in the other language stands out")
  func languages() {
    var sides = LanguageSides()
    for i in 0..<200 {
      sides.add(
        TextPair(
          source: "this is the house number \(i) that they have been looking for all the time",
          target: "das ist das Haus Nummer \(i), nach dem sie die ganze Zeit gesucht haben"))
    }
    var inspector = PairInspector(languages: sides)
    func found(_ source: String, _ target: String) -> [PairFault] {
      inspector.faults(of: TextPair(source: source, target: target)).map(\.fault)
    }
    #expect(found("they have been looking for this", "sie haben danach gesucht die Zeit").isEmpty)
    #expect(found("sie haben nach dem Haus gesucht", "sie haben danach gesucht") == [.language])
    #expect(found("they have been looking", "they have been looking for this") == [.language])
  }
}

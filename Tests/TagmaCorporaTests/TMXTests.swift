import Foundation
import TagmaAnnotations
import TagmaCorpora
import TestSupport
import Testing

@Suite("Translation memories")
struct TMXTests {
  private static func document(_ units: String, doctype: String = "") -> String {
    """
    <?xml version="1.0"?>
    \(doctype)
    <tmx version="1.4"><header srclang="en" segtype="sentence"/><body>
    \(units)
    </body></tmx>
    """
  }

  private func read(
    _ text: String, _ source: String = "en", _ target: String = "de",
    as encoding: String.Encoding = .utf8, mark: [UInt8] = []
  ) throws -> [TextPair] {
    let path = TestData.temporaryFolder() + "/memory.tmx"
    let data = try #require(text.data(using: encoding))
    try (Data(mark) + data).write(to: URL(fileURLWithPath: path))
    return try openPairs(path, source: source, target: target).readAll()
  }

  private static let plain = document(
    """
    <tu><tuv xml:lang="en-US"><seg>Hello &lt;b&gt; &amp; &#x2014; you</seg></tuv>
        <tuv xml:lang="de"><seg>Hallo
          du</seg></tuv></tu>
    <tu><tuv lang="EN"><seg>one</seg></tuv><tuv lang="de-AT"><seg>eins</seg></tuv></tu>
    <tu><tuv xml:lang="en"><seg>no German</seg></tuv><tuv xml:lang="fr"><seg>rien</seg></tuv></tu>
    <tu><tuv xml:lang="en"><seg> </seg></tuv><tuv xml:lang="de"><seg>leer</seg></tuv></tu>
    """)

  @Test("units with both languages, in any of the encodings that exporters write")
  func pairs() throws {
    let expected = [("Hello <b> & — you", "Hallo du"), ("one", "eins")]
    for pairs in [
      try read(Self.plain), try read(Self.plain, mark: [0xef, 0xbb, 0xbf]),
      try read(Self.plain, as: .utf16LittleEndian, mark: [0xff, 0xfe]),
      try read(Self.plain, as: .utf16BigEndian, mark: [0xfe, 0xff]),
    ] {
      #expect(pairs.map(\.source) == expected.map(\.0))
      #expect(pairs.map(\.target) == expected.map(\.1))
    }
    #expect(try read(Self.plain, "de", "en").map(\.source) == ["Hallo du", "eins"])
  }

  @Test("of several variants of a language the one that was asked for is read")
  func variants() throws {
    let document = Self.document(
      """
      <tu><tuv xml:lang="en-GB"><seg>colour</seg></tuv><tuv xml:lang="en-US"><seg>color</seg></tuv>
      <tuv xml:lang="pt-BR"><seg>cor</seg></tuv></tu>
      """)
    #expect(try read(document, "en-us", "pt").map(\.source) == ["color"])
    #expect(try read(document, "en-GB", "pt-BR").map(\.source) == ["colour"])
    let error = #expect(throws: CorpusError.self) { try read(document, "en-GB", "fr") }
    #expect(
      error?.kind
        == .noPairs(source: "en-GB", target: "fr", languages: ["en-GB", "en-US", "pt-BR"]))
  }

  @Test("codes are no text, marked words are, whatever lies in what")
  func codes() throws {
    let document = Self.document(
      """
      <tu><tuv xml:lang="en"><seg><bpt i="1">&lt;b&gt;<sub>alt</sub></bpt>bold<ept i="1">&lt;/b&gt;</ept>
      and <hi type="term">marked</hi><ph x="2"/>.</seg></tuv>
      <tuv xml:lang="de"><seg><it pos="begin">[</it>fett</seg></tuv></tu>
      """)
    #expect(try read(document).map(\.source) == ["bold and marked."])
    #expect(try read(document).map(\.target) == ["fett"])
  }

  @Test("a document type is accepted and not loaded; entities are refused")
  func entities() throws {
    let unit =
      #"<tu><tuv xml:lang="en"><seg>&x;</seg></tuv><tuv xml:lang="de"><seg>y</seg></tuv></tu>"#
    let type = #"<!DOCTYPE tmx SYSTEM "/dev/zero">"#
    let good = unit.replacingOccurrences(of: "&x;", with: "x")
    #expect(try read(Self.document(good, doctype: type)).count == 1)
    for declaration in [
      #"<!DOCTYPE tmx [<!ENTITY x SYSTEM "file:///etc/passwd">]>"#,
      #"<!DOCTYPE tmx [<!ENTITY a "aaaa"><!ENTITY x "&a;&a;&a;">]>"#,
      #"<!DOCTYPE tmx [<!ENTITY % p SYSTEM "http://127.0.0.1/x">%p;]>"#, type, "",
    ] {
      #expect(throws: CorpusError.self, "\(declaration)") {
        _ = try read(Self.document(unit, doctype: declaration))
      }
    }
  }

  @Test("what is not well-formed is refused with its place")
  func malformed() throws {
    let whole = Self.plain
    for cut in [10, 60, whole.utf8.count / 2, whole.utf8.count - 3] {
      let error = #expect(throws: CorpusError.self) {
        _ = try read(String(decoding: whole.utf8.prefix(cut), as: UTF8.self))
      }
      #expect((error?.location.line ?? 0) >= 1)
    }
    let error = #expect(throws: CorpusError.self) {
      _ = try read("<tmx>\n<body>\n<tu></body></tmx>")
    }
    #expect(error?.location.line == 3)
    let deep = String(repeating: "<a>", count: 5000) + String(repeating: "</a>", count: 5000)
    #expect(throws: CorpusError.self) { _ = try read(deep) }
  }

  /// None where a file lacks one of the languages.
  private func pairs(_ path: String, _ source: String, _ target: String) throws -> [TextPair] {
    do {
      return try openPairs(path, source: source, target: target).readAll()
    } catch {
      if case .noPairs = error.kind { return [] }
      throw error
    }
  }

  @Test("the files of other programs' tests are read", .enabled(if: suite != nil))
  func others() throws {
    let folder = try #require(Self.suite)
    let table = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Goldens/suite-pairs.tsv")
    let lines = try String(contentsOf: table, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 27)
    for line in lines {
      let fields = line.split(separator: "\t").map(String.init)
      let path = "\(folder)/\(fields[0])"
      let texts =
        fields[1] == "-"
        ? try sources(path)
        : try pairs(path, fields[1], fields[2]).map { "\($0.source)\t\($0.target)\n" }
      #expect("\(texts.count)" == fields[3], "\(fields[0])")
      #expect(hash(texts) == fields[4], "\(fields[0])")
    }
  }

  /// The segments of a document that has no translations: each is paired with itself.
  private func sources(_ path: String) throws -> [String] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let copy = TestData.temporaryFolder() + "/copy.xml"
    // The same paragraphs once more, as a reference in another language.
    let doubled = text.replacing(/<src lang="en">(?<inner>(?s:.*?))<\/src>/) { match in
      "\(match.output.0)<ref lang=\"de\">\(match.output.inner)</ref>"
    }
    try doubled.write(toFile: copy, atomically: true, encoding: .utf8)
    let pairs = try openPairs(copy, source: "en", target: "de").readAll()
    #expect(pairs.allSatisfy { $0.source == $0.target })
    return pairs.map { "\($0.source)\n" }
  }

  /// FNV-1a, 64 bits.
  private func hash(_ texts: [String]) -> String {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in texts.joined().utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return String(format: "%016lx", value)
  }

  private static let suite = TestData.corpus("suites")
}

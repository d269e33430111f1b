import Foundation
import TagmaAnnotations
import TagmaCorpora
import TagmaTagging
import TestSupport
import Testing

@Suite("What check says of a corpus")
struct CorpusInspectorTests {
  private func findings(_ text: String, _ name: String = "x.conllu") throws -> [CorpusFinding] {
    let path = "\(TestData.temporaryFolder())/\(name)"
    _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
    var inspector = CorpusInspector()
    return try inspector.inspect(path, columns: ColumnFormat(), encoding: nil)
      .filter { $0.kind != "rare" }
  }

  /// A sentence of CoNLL-U: a form with `+` after it has no white space after it.
  private func sentence(_ text: String, _ words: String) -> String {
    var out = "# sent_id = 1\n# text = \(text)\n"
    for (i, word) in words.split(separator: " ").enumerated() {
      let isJoined = word.last == "+"
      let form = (isJoined ? word.dropLast() : word).replacing("~", with: " ")
      out += "\(i + 1)\t\(form)\t_\t_\t_\t_\t_\t_\t_\t\(isJoined ? "SpaceAfter=No" : "_")\n"
    }
    return out + "\n"
  }

  @Test("a text that its words give is no finding")
  func rightText() throws {
    for (text, words) in [
      ("He left.", "He left+ ."), ("a b c", "a~b c"), ("日本。", "日本+ 。+"),
      ("e\u{301}té", "e\u{301}té"),
    ] {
      #expect(try findings(sentence(text, words)).isEmpty, "\(text)")
    }
    let spaces =
      "# text = a b\n1\ta\t_\t_\t_\t_\t_\t_\t_\tSpacesAfter=\\n\\t\n2\tb\t_\t_\t_\t_\t_\t_\t_\tSpacesAfter=\\n\n\n"
    #expect(try findings(spaces).isEmpty)
    let multiword =
      "# text = don't\n1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_\n1\tdo\t_\t_\t_\t_\t_\t_\t_\t_\n2\tnot\t_\t_\t_\t_\t_\t_\t_\t_\n\n"
    #expect(try findings(multiword).isEmpty)
  }

  @Test(
    "a text that its words do not give is one, with line and column",
    arguments: [
      ("An entrée, please.", "An entree+ , please+ .", 17, "entrée"),
      ("He left.", "He left .", 17, "left ."), ("He left .", "He left+ .", 17, "left."),
      ("He has left.", "He left+ .", 13, "has"), ("He", "He left", 12, "left"),
      ("e\u{301}té", "été", 10, "été"),
    ])
  func otherText(text: String, words: String, column: Int, excerpt: String) throws {
    let found = try findings(sentence(text, words))
    #expect(found.map(\.kind) == ["text"] && found[0].severity == .error)
    #expect(found[0].location.line == 2 && found[0].location.column == column, "\(found)")
    #expect(found[0].message.contains(excerpt), "\(found)")
  }

  @Test("white space of another kind is a remark")
  func otherSpace() throws {
    for text in ["Have been\u{a0}there", "Have  been there", "Have been there "] {
      let found = try findings(sentence(text, "Have been there"))
      #expect(found.map(\.kind) == ["text"] && found[0].severity == .warning)
    }
  }

  @Test("white space after words within a token is a remark at their lines")
  func innerSpace() throws {
    let text =
      "1-2\tdo\t_\t_\t_\t_\t_\t_\t_\t_\n1\tde\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n2\to\t_\t_\t_\t_\t_\t_\t_\tSpacesAfter=\\s\n\n"
    let found = try findings(text)
    #expect(found.map(\.kind) == ["space", "space"] && found.map(\.location.line) == [2, 3])
    #expect(found.allSatisfy { $0.severity == .warning })
  }

  @Test("findings about words stand at their lines, whatever stands before them")
  func lines() throws {
    let text = """
      # sent_id = 1
      0.1\te\t_\t_\t_\t_\t_\t_\t_\t_
      1-2\tab\t_\t_\t_\t_\t_\t_\t_\t_
      1\ta\t_\t_\t_\t_\t_\t_\t_\t_
      1.1\te\t_\t_\t_\t_\t_\t_\t_\t_
      2\tb\t_\t_\t_\t_\t_\t_\t_\tNER=B_X


      """
    let found = try findings(text)
    #expect(found.map(\.kind) == ["scheme"] && found[0].location.line == 6)
    let columns = try findings("# a\nx O\ny B_X\n\n", "x.conll")
    #expect(columns.map(\.location.line) == [3])
  }

  @Test("a line that cannot be read is an error of the corpus, after what was found before")
  func unreadable() throws {
    let found = try findings("a\tB_X\n\nb\tO\tO\n", "x.conll")
    #expect(found.map(\.kind) == ["scheme", "format"] && found[1].location.line == 3)
  }
}

import Foundation
import Tagma
import TagmaTagging
import Testing

/// What is written shows the text as it is, and its places are those of what is shown.
@Suite("Formats of output")
struct FormatterTests {
  /// Words with white space after each, and a label for each.
  private func sentence(
    _ words: [(form: String, misc: String, label: String)], comments: [String] = [],
    number: Int = 1, multiwords: [MultiwordToken] = []
  ) -> DocumentSentence {
    var sentence = Sentence(tokens: words.map { Token(form: $0.form) }, comments: comments)
    for i in words.indices { sentence.tokens[i].misc = words[i].misc }
    sentence.multiwordTokens = multiwords
    let tagged = TaggedSentence([.ner: words.map(\.label)])
    return DocumentSentence(sentence, tagged: tagged, number: number)
  }

  private func options(_ tasks: [TaggingTask] = [.ner]) -> OutputOptions {
    var options = OutputOptions()
    options.tasks = tasks
    return options
  }

  private func written(_ format: OutputFormat, _ item: DocumentSentence) -> String {
    var out = ""
    formatter(for: format, options()).write(item, to: &out)
    return out
  }

  /// *Vou pelo Porto.*, where *pelo* is two words and the second of them begins an entity.
  private var contracted: DocumentSentence {
    sentence(
      [
        ("Vou", "_", "O"), ("por", "_", "O"), ("o", "_", "B-LOC"),
        ("Porto", "SpaceAfter=No", "I-LOC"),
        (".", "SpaceAfter=No", "O"),
      ], multiwords: [MultiwordToken(words: 1...2, form: "pelo")])
  }

  @Test("brat: every annotation fits the text, over sentences, documents and multiword tokens")
  func brat() throws {
    let plain = [
      ("Ann", "_", "B-PER"), ("😀", "_", "O"), ("Bob", "_", "B-PER"), ("Lee", "_", "I-PER"),
    ]
    let items = [
      sentence(plain), contracted,
      sentence(plain.map { ($0.0, "SpacesAfter=\\s\\n", $0.2) }, comments: ["# newdoc id = x"]),
      sentence([("New\tYork", "SpacesBefore=\\s\\s", "B-LOC x")], comments: ["# newpar"]),
    ]
    var document = BratDocument(options())
    var (text, lines) = ("", "")
    for item in items {
      let added = document.add(item)
      text += added.text
      lines += added.annotations
    }
    let scalars = Array(text.unicodeScalars)
    let annotations = lines.split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(annotations.map { String($0[0]) } == (1...6).map { "T\($0)" })
    for fields in annotations {
      let place = fields[1].split(separator: " ")
      #expect(place.count == 3, "\(fields)")
      let (start, end) = (try #require(Int(place[1])), try #require(Int(place[2])))
      var cut = String.UnicodeScalarView()
      cut.append(contentsOf: scalars[start..<end])
      let shown = String(cut).map { $0.isWhitespace ? " " : $0 }
      #expect(String(shown) == String(fields[2]), "\(fields) in \(text)")
    }
    #expect(annotations.map { String($0[2]) }.contains("pelo Porto"))
    #expect(text.hasPrefix("Ann 😀 Bob Lee\nVou pelo Porto.\n\nAnn \n😀"), "\(text)")
  }

  @Test("a page shows the text, not the words of multiword tokens, in its own direction")
  func page() throws {
    let page = written(.html, contracted)
    let text = page.replacing(
      /<small[^>]*>[^<]*<\/small>|<span class="n"[^>]*>\d+<\/span>|<[^>]*>/, with: "")
    #expect(text == "Vou pelo Porto.\n", "\(page)")
    #expect(page.contains("<p dir=\"auto\">"))
    #expect(
      page.contains(
        "<mark style=\"background:#bfe3b4\"><span class=\"w\" title=\"por\no\nner: B-LOC\">pelo"))
    let white = written(.html, sentence([("a", "SpacesAfter=\\n\\t", "O"), ("<b>&", "_", "O")]))
    #expect(white.contains(">a</span>\n\t<span") && white.contains("&lt;b&gt;&amp;"), "\(white)")
    var named = options()
    (named.title, named.language) = ("a<b", "ar")
    let head = formatter(for: .html, named).header
    #expect(head.contains("<html lang=\"ar\">") && head.contains("<title>a&lt;b</title>"))
  }

  @Test("spans that share a token of the text are shown once")
  func sharedToken() {
    let page = written(
      .html,
      sentence(
        [("por", "_", "B-X"), ("o", "_", "B-Y"), ("z", "_", "O")],
        multiwords: [MultiwordToken(words: 0...1, form: "pelo")]))
    #expect(page.components(separatedBy: "<mark").count == 2)
    #expect(page.components(separatedBy: "</mark>").count == 2)
  }

  @Test("JSON: the text of an entity is that of its place; an object is a line for every program")
  func json() throws {
    let line = written(.jsonl, contracted)
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    let entity = try #require((object["entities"] as? [[String: Any]])?.first)
    #expect(entity["text"] as? String == "pelo Porto")
    let (start, end) = (
      try #require(entity["start"] as? Int), try #require(entity["end"] as? Int)
    )
    let text = try #require(object["text"] as? String)
    #expect(String(Array(text)[start..<end]) == "pelo Porto")
    let breaks = written(.jsonl, sentence([("a\u{2028}b\u{85}\u{2029}", "_", "O")]))
    #expect(breaks.unicodeScalars.filter { Character($0).isNewline } == ["\n"], "\(breaks)")
    let back = try #require(
      JSONSerialization.jsonObject(with: Data(breaks.utf8)) as? [String: Any])
    #expect(
      (back["tokens"] as? [[String: Any]])?[0]["form"] as? String == "a\u{2028}b\u{85}\u{2029}")
  }

  @Test(
    "white space within words breaks no line and no column",
    arguments: [OutputFormat.conllu, .columns, .tsv, .vertical, .lines])
  func columns(format: OutputFormat) {
    let item = sentence([("a\tb\nc\rd", "_", "O"), ("", "_", "O"), ("x", "_", "B-A\tB")])
    let lines = written(format, item).split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(lines.count == (format == .lines ? 1 : 3), "\(lines)")
    let counts = Set(
      lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).count })
    #expect(counts.count == 1, "\(lines)")
    #expect(!lines.contains { $0.contains("\r") || $0.contains("\t\t") || $0.hasPrefix("\t") })
  }

  @Test("words of a table are bare, or quoted as CSV has them; labels are quoted always")
  func table() {
    let item = sentence([("\"", "_", "\""), ("5\"", "_", "O"), ("it's", "_", "O")])
    func column(_ place: Int, _ options: OutputOptions) -> [String] {
      var out = ""
      formatter(for: .tsv, options).write(item, to: &out)
      return out.split(separator: "\n").map { String($0.split(separator: "\t")[place]) }
    }
    var options = OutputOptions()
    options.tasks = [.ner]
    #expect(column(4, options) == ["\"", "5\"", "it's"])
    #expect(column(5, options).first == "\"\"\"\"")
    options.quotesForms = true
    #expect(column(4, options) == ["\"\"\"\"", "\"5\"\"\"", "it's"])
    #expect(formatter(for: .tsv, options).header.contains("\"form\""))
  }

  @Test("words that hold blanks stay words where blanks part them")
  func blanks() {
    let item = sentence([("New York", "_", "O"), ("10 000", "_", "O")])
    #expect(written(.lines, item) == "New\u{a0}York 10\u{a0}000\n")
    var alone = ""
    formatter(for: .vertical, OutputOptions()).write(item, to: &alone)
    #expect(alone == "New\u{a0}York\n10\u{a0}000\n\n")
    #expect(written(.columns, item) == "New York\tO\n10 000\tO\n\n")
  }
}

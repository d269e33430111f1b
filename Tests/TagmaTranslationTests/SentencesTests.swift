import TagmaTranslation
import TestSupport
import Testing

/// By a translator that has learned next to nothing: what must hold holds whatever it makes of the words.
@Suite("Texts of several sentences, and what stands in them")
struct SentencesTests {
  private func translate(_ text: String, _ terms: Terminology = Terminology()) throws -> String {
    let translator = try CarriedTextTests.translator.get()
    return translator.translate([text], terms: terms)[0][0].text
  }

  @Test(
    "white space at the ends and between sentences stays as it is",
    arguments: [
      "One two.  Three four!", "  One two.", "One two. \t", "One.\nTwo three.\n\nFour.",
      "One\r\ntwo.",
      "One.\u{2028}Two.", " \t ", "", "\n",
    ])
  func whiteSpace(text: String) throws {
    func blanks(_ text: String) -> [String] {
      text.unicodeScalars.split(omittingEmptySubsequences: false) {
        !$0.properties.isWhitespace
      }.map { String($0) }.filter { !$0.isEmpty && $0 != " " }
    }
    let found = try translate(text)
    #expect(blanks(found) == blanks(text), "\(found.debugDescription)")
  }

  @Test(
    "what is no prose comes out as often as it stands, in any number",
    arguments: [
      ["%s", "%1$d", "{name}", "{{ x }}", "${y}", "$HOME"],
      ["foo_bar()", "a.txt", "1.2.3", "--force"],
      ["5 kg", "$3.50", "+49 30 123456"], ["@ann", "#x1", "https://a.org/b"],
    ])
  func survival(parts: [String]) throws {
    for part in parts {
      let found = try translate("one two \(part) three, four \(part) five.")
      #expect(found.components(part) == 2, "\(found)")
    }
    let many = (0..<40).map { "\(parts[0]) and word\($0)" }.joined(separator: ", one ")
    #expect(try translate(many).components(parts[0]) == 40)
  }

  @Test(
    "marks around words and texts are all there, in order",
    arguments: [
      ("<b>one two</b>", ["<b>", "</b>"]), ("**one two** three.", ["**", "**"]),
      ("[one two](https://a.org)", ["[", "](https://a.org)"]), ("[one two.]", ["[", "]"]),
      ("*one two.*", ["*", "*"]),
      ("<p>One two.</p>\n<p>Three.</p>", ["<p>", "</p>", "\n", "<p>", "</p>"]),
      ("> one two", ["> "]), ("one | two | three", [" | ", " | "]), ("♪ one two ♪", ["♪ ", " ♪"]),
      ("one&nbsp;two", ["&nbsp;"]), ("- one two", ["- "]),
      ("One:\\n\\nTwo three.\\n", ["\\n\\n", "\\n"]),
    ])
  func marks(text: String, marks: [String]) throws {
    let found = try translate(text)
    var rest = found[...]
    for mark in marks {
      let range = try #require(rest.firstRange(of: mark), "\(mark) in \(found)")
      rest = rest[range.upperBound...]
    }
    if text.hasPrefix(marks[0]) { #expect(found.hasPrefix(marks[0]), "\(found)") }
    let last = marks[marks.count - 1]
    if text.hasSuffix(last) { #expect(found.hasSuffix(last), "\(found)") }
  }

  @Test("words are numbered, and places are told, in the text as it was given")
  func places() throws {
    let translator = try CarriedTextTests.translator.get()
    let text = "  <b>One two</b> %s  three.\nFour {x y} five, 10 km. 😀"
    let found = translator.translate([text])[0][0]
    let words = found.text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).count
    let sourceWords = text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).count
    #expect(found.confidences.count == words)
    #expect(found.alignment.allSatisfy { $0.source < sourceWords && $0.target < words })
    for aligned in found.ranges {
      #expect(aligned.source.upperBound <= text.utf8.count)
      #expect(aligned.target.upperBound <= found.text.utf8.count)
    }
    #expect(found.alignment(with: text).count == found.ranges.count)
    #expect(found.sentences.count == 2)
  }

  @Test("of several sentences there are as many translations as are asked for, best first")
  func alternatives() throws {
    let translator = try TranslatorTests.trained.get()
    var options = SearchOptions()
    options.nbest = 3
    options.beam = 4
    let found = translator.translate(["one two", "one"], options: options)
    #expect(found.allSatisfy { $0.count == 3 })
    let carrying = try CarriedTextTests.translator.get()
    let many = carrying.translate(["One two. Three four."], options: options)[0]
    #expect(many.count == 3 && Set(many.map(\.text)).count > 1)
    #expect(many.map(\.score) == many.map(\.score).sorted(by: >))
  }

  @Test(
    "a translation begins with what was given, over several sentences too",
    arguments: ["uno", "uno d", "Uno dos. Tr", "1. uno", "„uno”  dos"])
  func prefixes(prefix: String) throws {
    let translator = try CarriedTextTests.translator.get()
    var options = SearchOptions()
    options.nbest = 2
    let text = (prefix.hasPrefix("1. ") ? "1. " : "") + "One two. Three four."
    for found in translator.translate([text], prefixes: [prefix], options: options)[0] {
      #expect(found.text.hasPrefix(prefix), "\(found.text)")
    }
  }

  @Test("a text without a mark at its end gets none")
  func finalMarks() throws {
    for text in ["one two three", "One two", "one"] {
      #expect(try translate(text).last.map { ".!".contains($0) } != true)
    }
  }

  @Test("terms become what they must, and the marks around them stay")
  func terms() throws {
    let terms = Terminology([("C++", "Cpp"), ("one two", "uno dos"), ("net", "Netz")])
    #expect(try translate("three (C++) four", terms).contains("(Cpp)"))
    #expect(try translate("say one two, three", terms).contains("uno dos"))
    #expect(try translate("one. Two", terms).contains("uno dos") == false)
    #expect(try translate("C++", terms) == "Cpp")
  }
}

extension String {
  /// How often a part stands in the text.
  fileprivate func components(_ part: String) -> Int { ranges(of: part).count }
}

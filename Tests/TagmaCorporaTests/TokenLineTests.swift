import Foundation
import TagmaAnnotations
import TagmaCorpora
import TestSupport
import Testing

@Suite("Sentences whose words are known, a line each")
struct TokenLineTests {
  private func file(_ text: String) throws -> String {
    let path = "\(TestData.temporaryFolder())/x"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test("words separated by white space; an empty line is an empty sentence")
  func plain() throws {
    let forms = try TokenLineReader(LineReader(file("a  b\tc\n\nd"))).readAll().map(\.forms)
    #expect(forms == [["a", "b", "c"], [], ["d"]])
  }

  @Test("marks after a blank are of the word that they begin")
  func marks() throws {
    let line = "e \u{301}o \u{fe0f}fine \u{200d}gone \u{600} \u{6dd} x\u{301} y"
    let forms = try TokenLineReader(LineReader(file("\u{feff}\(line)\r\n"))).readAll().map(\.forms)
    #expect(forms.first?.map { Array($0.utf8) } == line.utf8.split(separator: 0x20).map(Array.init))
  }

  @Test("blanks that do not break are within words, and none by themselves")
  func noBreak() throws {
    let forms = try TokenLineReader(
      LineReader(file("10\u{a0}000\u{2003}x \u{a0} y\u{202f}z\u{3000}!"))
    )
    .readAll().map(\.forms)
    #expect(forms == [["10\u{a0}000", "x", "y\u{202f}z", "!"]])
  }

  @Test("blank lines between objects are passed over")
  func blankLines() throws {
    let reader = try JSONLineReader(
      LineReader(file("\u{feff}\n{\"text\":\"a\"}\n\n \t\r\n{\"text\":\"b\"}\n\n")))
    var texts: [String] = []
    while case .text(let text, _) = try reader.next() { texts.append(text) }
    #expect(texts == ["a", "b"])
  }

  @Test("objects with words, or with objects of which each has a form")
  func objects() throws {
    let text = #"""
      {"tokens":["a","b c"]}
      {"tokens":[],"sentence":2}
      {"text":"x y","tokens":[{"form":"x","start":0,"upos":"X"},{"form":"y"}]}
      """#
    let reader = try JSONLineReader(LineReader(file(text)))
    var forms: [[String]] = []
    while case .sentence(let sentence) = try reader.next() { forms.append(sentence.forms) }
    #expect(forms == [["a", "b c"], [], ["x", "y"]])
  }

  @Test("objects with a text, with or without a name")
  func texts() throws {
    let reader = try JSONLineReader(
      LineReader(
        file("{\"text\":\"a\\n\\nb\"}\n{\"id\":\"x\",\"text\":\"\"}\n{\"id\":3,\"text\":\"é\"}\n")))
    var texts: [String] = []
    while case .text(let text, let id) = try reader.next() { texts.append("\(id ?? "-"):\(text)") }
    #expect(texts == ["-:a\n\nb", "x:", "3:é"])
  }

  @Test(
    "what is no such object is named by its line",
    arguments: [
      "[]", "{}", #"{"tokens":"a"}"#, #"{"text":1}"#, #"{"text":null}"#,
      #"{"tokens":"a","text":"a"}"#,
      #"{"tokens":[1]}"#, #"{"tokens":[{"word":"a"}]}"#,
      #"{"tokens":[{"form":1}]}"#, #"{"tokens":[null]}"#, #"{"tokens":["a",{"form":"b"}]}"#,
      #"{"tokens":[""]}"#,
      #"{"tokens":[" "]}"#, #"{"tokens":["\u00a0"]}"#, #"{"tokens":["a\rb"]}"#,
      #"{"tokens":["a\tb"]}"#, #"{"tokens":[{"form":"a\nb"}]}"#,
      String(repeating: #"{"tokens":["#, count: 100_000),
    ])
  func damaged(line: String) throws {
    let reader = try JSONLineReader(LineReader(file("{\"tokens\":[\"a\"]}\n\(line)\n")))
    #expect(try reader.next() != nil)
    let error = #expect(throws: CorpusError.self) { try reader.next() }
    #expect(error?.location.line == 2)
    guard case .json = error?.kind else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}

import Foundation
import TagmaAnnotations
import TagmaCorpora
import TestSupport
import Testing

@Suite("Sentences whose words are known, a line each")
struct TokenLineTests {
  private func reader(_ text: String, isJSON: Bool) throws -> TokenLineReader {
    let path = "\(TestData.temporaryFolder())/x"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try TokenLineReader(path, isJSON: isJSON)
  }

  @Test("words parted by white space; an empty line is an empty sentence")
  func plain() throws {
    let forms = try reader("a  b\tc\n\nd", isJSON: false).readAll().map(\.forms)
    #expect(forms == [["a", "b", "c"], [], ["d"]])
  }

  @Test("objects with words, or with objects of which each has a form")
  func objects() throws {
    let text = #"""
      {"tokens":["a","b c"]}
      {"tokens":[],"sentence":2}
      {"text":"x y","tokens":[{"form":"x","start":0,"upos":"X"},{"form":"y"}]}
      """#
    #expect(
      try reader(text, isJSON: true).readAll().map(\.forms) == [["a", "b c"], [], ["x", "y"]])
  }

  @Test(
    "what is no such object is named by its line",
    arguments: [
      "", "[]", "{}", #"{"tokens":"a"}"#, #"{"tokens":[1]}"#, #"{"tokens":[{"word":"a"}]}"#,
      #"{"tokens":[{"form":1}]}"#, #"{"tokens":[null]}"#, #"{"tokens":[""]}"#,
      #"{"tokens":["a\tb"]}"#, #"{"tokens":[{"form":"a\nb"}]}"#,
      String(repeating: #"{"tokens":["#, count: 100_000),
    ])
  func damaged(line: String) throws {
    let reader = try reader("{\"tokens\":[\"a\"]}\n\(line)\n", isJSON: true)
    #expect(try reader.next()?.forms == ["a"])
    let error = #expect(throws: CorpusError.self) { try reader.next() }
    #expect(error?.location.line == 2)
    guard case .json = error?.kind else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}

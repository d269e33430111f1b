import Foundation
import TagmaAnnotations
import TagmaCorpora
import TestSupport
import Testing

/// Tables and JSON lines are read as they are written.
@Suite("Tables and JSON lines with labels")
struct TableReaderTests {
  private func table(_ text: String) -> TableReader {
    TableReader(LineReader(ByteSource(bytes: Array(text.utf8), name: "t")))
  }

  private func json(_ text: String) -> LabelledJSONReader {
    LabelledJSONReader(LineReader(ByteSource(bytes: Array(text.utf8), name: "t")))
  }

  @Test("sentences, labels and quotes of a table; tables that were put together")
  func tables() throws {
    let one = """
      sentence\ttoken\tstart\tend\t"form"\tupos\tner\tner_confidence
      1\t1\t0\t1\t\"\"\"\"\tPUNCT\tO\t0.9000
      1\t2\t1\t3\t\"5\"\"\"\tNUM\tB-X\t0.9000
      2\t1\t_\t_\ta b\tX\tO\t0.9000

      """
    let sentences = try table(one + one).readAll()
    #expect(sentences.map(\.forms) == [["\"", "5\""], ["a b"], ["\"", "5\""], ["a b"]])
    #expect(sentences[0].labels(of: .upos) == ["PUNCT", "NUM"])
    #expect(sentences[0].labels(of: .ner) == ["O", "B-X"])
    #expect(sentences[0].layers.count == 1)
    #expect(sentences[1].location?.line == 4)
    #expect(try table("").readAll().isEmpty)
  }

  @Test("words of a table are bare unless their column is quoted; labels may be quoted always")
  func bareForms() throws {
    let text =
      "sentence\ttoken\tform\tlemma\n1\t1\t\"\t\"\"\"\"\n1\t2\t\"a\"b\tx\n1\t3\t\"\"\t\"\"\"\"\n"
    let sentences = try table(text).readAll()
    #expect(sentences.map(\.forms) == [["\"", "\"a\"b", "\"\""]])
    #expect(sentences[0].labels(of: .lemma) == ["\"", "x", "\""])
  }

  @Test(
    "what is no such table is named with its line",
    arguments: [
      ("word\tlabel\n", "t:1"), ("sentence\ttoken\tform\n1\t1\n", "t:2"),
      ("sentence\ttoken\t\"form\"\n1\t1\t\"a\"b\n", "t:2"),
      ("sentence\ttoken\tform\n1\t1\t\n", "t:2"),
    ])
  func faults(text: String, place: String) {
    #expect {
      try table(text).readAll()
    } throws: {
      "\($0)".hasPrefix(place)
    }
  }

  @Test("labels of JSON lines are those that every word has as a text")
  func objects() throws {
    let sentences = try json(
      """
      {"sentence":1,"document":"a b","tokens":[{"form":"x","start":0,"end":1,"upos":"X","ner":"O","ner_confidence":0.5}]}

      {"sentence":2,"document":"a b","tokens":[{"form":"y","upos":"Y"},{"form":"z"}]}
      {"sentence":3,"document":"c","tokens":[{"form":"y","mine":"Y"}]}
      """
    ).readAll()
    #expect(sentences.map(\.forms) == [["x"], ["y", "z"], ["y"]])
    #expect(sentences[0].labels(of: .upos) == ["X"] && sentences[0].labels(of: .ner) == ["O"])
    #expect(sentences[1].labels(of: .upos) == ["_", "_"])
    #expect(sentences[2].labels(of: TaggingTask("mine")) == ["Y"])
    #expect(sentences.map(\.comments) == [["# newdoc id = a\\sb"], [], ["# newdoc id = c"]])
    for text in ["{\"text\":\"raw\"}", "{\"tokens\":[{\"upos\":\"X\"}]}", "no", "{\"tokens\":[1]}"]
    {
      #expect(throws: CorpusError.self) { try json(text).readAll() }
    }
  }

  @Test("names of tasks that are known are read in capitals, too; others may be spans")
  func tasks() throws {
    #expect(TaggingTask("NER") == .ner && TaggingTask("NER").isSpans)
    #expect(TaggingTask("UPOS") == .upos && TaggingTask("Mine").name == "Mine")
    let spans = TaggingTask("mine", isSpans: true)
    #expect(spans == TaggingTask("mine") && !TaggingTask("mine").isSpans)
    let data = try JSONEncoder().encode([spans, .ner, TaggingTask("x")])
    let back = try JSONDecoder().decode([TaggingTask].self, from: data)
    #expect(back == [spans, .ner, TaggingTask("x")])
    #expect(back.map(\.isSpans) == [true, true, false])
    #expect(areSpanTags([["B-A", "I-A", "O"], ["O", "S-B"]]))
    #expect(!areSpanTags([["O", "O"]]) && !areSpanTags([["B-A", "NOUN"]]))
    #expect(!areSpanTags([["B-"]]) && !areSpanTags([["B"]]) && !areSpanTags([] as [[String]]))
  }
}

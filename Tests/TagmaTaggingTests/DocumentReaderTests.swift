import Foundation
import TagmaAnnotations
import TagmaCorpora
import TagmaTagging
import TagmaTokenization
import TestSupport
import Testing

@Suite("Documents with faults, and very long ones")
struct DocumentReaderTests {
  static let word = "\t_\t_\t_\t_\t_\t_\t_\t_\n"

  @Test(
    "what comes before a fault is handed on, then the fault is told",
    arguments: [
      (
        InputFormat.jsonl, "{\"text\":\"Ann.\"}\n{\"text\":\"Bo.\"}\n{\"x\":1}\n{\"text\":\"c\"}\n",
        "Ann .\nBo .\n", 3
      ),
      (
        .jsonl, "{\"tokens\":[\"Ann\"]}\n{\"text\":\"Bo.\"}\n\n{\"tokens\":[\"\"]}\n",
        "Ann\nBo .\n", 4
      ),
      (.conllu, "1\tAnn\(word)\n1\tBo\(word)\nx\n", "Ann\nBo\n", 5),
      (.columns, "Ann O\n\nBo O\n\nx\n", "Ann\nBo\n", 5),
      (.lines, "Ann.\nBo.\nx\u{0}y\n", "Ann .\nBo .\n", 3),
      (.text, "Ann.\n\nBo.\n\nx\u{0}y\n", "Ann .\nBo .\n", 5),
      (.tokens, "Ann .\nBo .\nx\u{0}y\n", "Ann .\nBo .\n", 3),
    ] as [(InputFormat, String, String, Int)], [1, 3])
  func fault(input: (format: InputFormat, text: String, out: String, line: Int), threads: Int)
    throws
  {
    var pipeline = DocumentPipeline()
    (pipeline.format, pipeline.threads) = (input.format, threads)
    // A byte that is no UTF-8 stands for the zero.
    let bytes = input.text.utf8.map { $0 == 0 ? 0xff : $0 }
    let path = "\(TestData.temporaryFolder())/x"
    _ = FileManager.default.createFile(atPath: path, contents: Data(bytes))
    var out = ""
    let error = #expect(throws: CorpusError.self) {
      try pipeline.run(path, formatter: formatter(for: .lines, OutputOptions())) { out += $0 }
    }
    #expect(out == input.out && error?.location.line == input.line, "\(String(describing: error))")
  }

  @Test("a very long line, or text of an object, comes in small units that together are the text")
  func longTexts() throws {
    let long = String(repeating: "Ann can't sleep. Bo snores.  ", count: 4_000)
    let file = "Ann.\n\(long)\nBo.\n"
    let lines = try units(of: file, .lines)
    #expect(lines.count > 3)
    var tokenizer = try Tokenizer(TokenizerOptions())
    let sentences = lines.map { $0.sentences(using: &tokenizer) }
    #expect(sentences.first?.count == 1 && sentences.last?.count == 1)
    #expect(sentences.allSatisfy { $0.count < 4_000 })
    let words = sentences.joined().flatMap(\.tokens)
    #expect(words.count == 2 + 4_000 * 8 + 2)
    // Places are those of the file.
    let last = try #require(words.dropLast().last?.place)
    #expect(last.utf8 == file.utf8.count - 4..<file.utf8.count - 2)

    let objects = try units(
      of: "{\"text\":\"\(long)\",\"id\":\"a\"}\n{\"text\":\"Ann.\"}\n", .jsonl)
    #expect(objects.count > 3)
    let found = objects.flatMap { $0.sentences(using: &tokenizer) }
    #expect(found.count == 2 * 4_000 + 1)
    let begins = found.indices.filter { i in
      found[i].comments.contains { $0.hasPrefix("# newdoc") }
    }
    #expect(begins == [0, found.count - 1] && found[0].comments.contains("# newdoc id = a"))
    #expect(found[7_999].tokens.last?.place?.utf8.upperBound == long.utf8.count - 2)
  }

  private func units(of text: String, _ format: InputFormat) throws -> [DocumentUnit] {
    let reader = DocumentReader(ByteSource(bytes: Array(text.utf8), name: "x"), format: format)
    var units: [DocumentUnit] = []
    while let unit = try reader.next() { units.append(unit) }
    return units
  }
}

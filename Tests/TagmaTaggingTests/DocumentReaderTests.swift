import Foundation
import TagmaAnnotations
import TagmaCorpora
import TagmaTagging
import TestSupport
import Testing

@Suite("Documents with faults")
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
}

import Foundation
import TagmaAnnotations
import TagmaCorpora
import TagmaEvaluation
import TestSupport
import Testing

@Suite("Metrics of raw text")
struct RawTextEvaluationTests {
  private struct Golden: Decodable {
    let gold: String
    let predicted: String
    /// Gold, predicted and right of each metric.
    let scores: [String: [Int]]
  }

  private func sentences(_ text: String) throws -> [Sentence] {
    let path = TestData.temporaryFolder() + "/x.conllu"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try CoNLLUReader(path).readAll()
  }

  @Test("they equal those of the shared task's evaluator on generated disagreements")
  func goldens() throws {
    let url = TestData.root.appendingPathComponent(
      "Tests/TagmaEvaluationTests/Goldens/raw-text.json")
    let cases = try JSONDecoder().decode([Golden].self, from: Data(contentsOf: url))
    #expect(cases.count == 12)
    for (i, one) in cases.enumerated() {
      let evaluation = try #require(
        RawTextEvaluation(gold: try sentences(one.gold), predicted: try sentences(one.predicted)))
      #expect(evaluation.metrics.count == one.scores.count)
      for metric in evaluation.metrics {
        let counts = [metric.counts.gold, metric.counts.predicted, metric.counts.correct]
        #expect(counts == one.scores[metric.name], "case \(i), \(metric.name)")
      }
    }
  }

  @Test("another text cannot be compared")
  func otherText() throws {
    let (a, b) = (Sentence(tokens: [Token(form: "a")]), Sentence(tokens: [Token(form: "b")]))
    #expect(RawTextEvaluation(gold: [a], predicted: [b]) == nil)
    #expect(RawTextEvaluation(gold: [], predicted: [])?.metrics.first?.counts.f1 == 0)
  }
}

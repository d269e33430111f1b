import Foundation
import TagmaAnnotations
import TagmaEvaluation
import TestSupport
import Testing

@Suite("Evaluation")
struct TagEvaluationTests {
  struct Golden: Decodable {
    struct Case: Decodable {
      let gold, predicted: [String]
      /// Gold, predicted and right spans.
      let plain, strict: [Int]
    }
    let cases: [Case]
  }

  @Test("counts equal seqeval's on random tags, in both readings")
  func seqeval() throws {
    let url = TestData.root.appendingPathComponent(
      "Tests/TagmaEvaluationTests/Goldens/seqeval.json")
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
    #expect(golden.cases.count > 500)
    for item in golden.cases {
      for (reading, expected) in [(SpanReading.conlleval, item.plain), (.strict, item.strict)] {
        var evaluation = TagEvaluation(task: .ner, reading: reading)
        evaluation.add(gold: item.gold, predicted: item.predicted)
        let total = evaluation.total
        #expect(
          [total.gold, total.predicted, total.correct] == expected,
          "\(reading) \(item.gold) \(item.predicted)")
      }
    }
  }

  @Test("accuracy, lemma wildcard, calibration and interval")
  func words() {
    var evaluation = TagEvaluation(task: .lemma)
    evaluation.add(
      gold: ["a", "_", "c", "d"], predicted: ["a", "x", "y", "d"], confidences: [1, 1, 1, 1])
    #expect(evaluation.accuracy == 0.75)
    #expect(evaluation.expectedCalibrationError == 0.25)
    #expect(evaluation.confidenceInterval().contains(0.75))
  }

  @Test("nothing predicted and nothing gold gives zero, not a fault")
  func empty() {
    var evaluation = TagEvaluation(task: .ner)
    #expect(evaluation.score == 0)
    evaluation.add(gold: [], predicted: [])
    evaluation.add(gold: ["O"], predicted: ["O"])
    #expect(evaluation.score == 0 && evaluation.total.precision == 0)
  }
}

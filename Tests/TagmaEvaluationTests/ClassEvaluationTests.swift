internal import TagmaEvaluation
internal import Testing

@Suite("Scores of classes")
struct ClassEvaluationTests {
  /// Values of scikit-learn 1.4: `accuracy_score`, `f1_score(average="macro")`, `statsmodels.proportion_confint(method="wilson")`.
  @Test("accuracy, F1 and interval")
  func scores() {
    var evaluation = ClassEvaluation()
    for (gold, mine) in zip("aaabbbccca", "aabbbccccb") {
      evaluation.add(gold: [String(gold)], predicted: [String(mine)])
    }
    #expect(evaluation.accuracy == 0.7 && abs(evaluation.microF1 - 0.7) < 1e-12)
    #expect(abs(evaluation.macroF1 - 0.698412698) < 1e-8)
    #expect(abs(evaluation.accuracyInterval.lowerBound - 0.396778) < 1e-5)
    #expect(abs(evaluation.accuracyInterval.upperBound - 0.892209) < 1e-5)
    #expect(evaluation.confusions[.init(gold: "a", predicted: "b")] == 2)
  }

  @Test("several labels, and none")
  func several() {
    var evaluation = ClassEvaluation()
    evaluation.add(gold: ["a", "b"], predicted: ["b", "a"])
    evaluation.add(gold: ["a"], predicted: ["a", "c"])
    evaluation.add(gold: [], predicted: [])
    #expect(abs(evaluation.accuracy - 2 / 3) < 1e-12)
    #expect(abs(evaluation.microF1 - 6.0 / 7) < 1e-12)
    #expect(evaluation.confusions.isEmpty && evaluation.macroF1 == 1)
  }
}

import Foundation
import TagmaEvaluation
import TestSupport
import Testing

@Suite("Scores of translations")
struct TranslationMetricTests {
  struct Golden: Decodable {
    struct Result: Decodable {
      let metric: String
      let references: Int
      let settings: [String: String]
      let score: Double
      let signature: String
      let segments: [Double]
    }
    let hypotheses: [String]
    let references: [[String]]
    let results: [Result]
  }

  private func metric(_ result: Golden.Result, single: Bool) throws -> any TranslationMetric {
    let settings = result.settings
    switch result.metric {
    case "bleu":
      var bleu = BLEU(try #require(MetricTokenizer(rawValue: settings["tokenize"] ?? "")))
      bleu.isLowercase = settings["lowercase"] == "True"
      bleu.hasEffectiveOrder = single
      let value = Double(settings["smooth_value"] ?? "") ?? 0
      switch settings["smooth_method"] {
      case "floor": bleu.smoothing = .floor(value)
      case "add-k": bleu.smoothing = .addK(value)
      case "none": bleu.smoothing = .none
      default: bleu.smoothing = .exponential
      }
      return bleu
    case "chrf":
      var score = CharacterFScore(wordOrder: Int(settings["word_order"] ?? "") ?? 0)
      score.isLowercase = settings["lowercase"] == "True"
      return score
    default:
      var rate = TranslationEditRate()
      rate.isCaseSensitive = settings["case_sensitive"] == "True"
      return rate
    }
  }

  @Test("corpora, segments and signatures equal sacreBLEU's to 1e-9")
  func sacrebleu() throws {
    let url = TestData.root.appendingPathComponent(
      "Tests/TagmaEvaluationTests/Goldens/sacrebleu.json")
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
    #expect(golden.results.count > 40 && golden.hypotheses.count > 200)
    for result in golden.results {
      var evaluation = TranslationEvaluation(try metric(result, single: false))
      let single = try metric(result, single: true)
      for (i, hypothesis) in golden.hypotheses.enumerated() {
        let references = golden.references.prefix(result.references).map { $0[i] }
        evaluation.add(hypothesis, references: references)
        let score = single.score(evaluation.segments[i])
        #expect(
          abs(score - result.segments[i]) < 1e-9,
          "\(result.signature), segment \(i): \(score), expected \(result.segments[i])")
      }
      #expect(abs(evaluation.score - result.score) < 1e-9, "\(result.signature)")
      #expect(evaluation.signature == result.signature)
    }
  }

  @Test("rates of edits count what differs from the nearest reference")
  func edits() {
    var words = TranslationEvaluation(EditRate(.words))
    words.add("a b c", references: ["a x c d", "q"])  // 2 of 4
    words.add("", references: ["a"])  // 1 of 1
    #expect(words.score == 100 * 3 / 5.0)
    var characters = TranslationEvaluation(EditRate(.characters))
    characters.add("kitten", references: ["sitting"])
    #expect(abs(characters.score - 100 * 3 / 7.0) < 1e-12)
    var exact = TranslationEvaluation(ExactMatch())
    exact.add("a  b", references: ["x", "a b"])
    exact.add("a", references: ["b"])
    #expect(exact.score == 50)
    #expect(exact.signature == "nrefs:var|unit:segments")
  }

  @Test("a system that says nothing has an edit rate of 100, however many references there are")
  func silence() throws {
    for references in [["a b c"], ["a b c", "a b c d e"], ["x", "a b"]] {
      var evaluation = TranslationEvaluation(TranslationEditRate())
      evaluation.add("", references: references)
      evaluation.add(" ", references: ["a b", "c"])
      #expect(evaluation.score == 100, "\(references)")
      #expect(try #require(evaluation.interval()) == 100...100)
      // Beside others it counts as sacreBLEU counts it.
      evaluation.add("a b", references: ["a b", "a b"])
      #expect(evaluation.score < 100)
    }
    var empty = TranslationEvaluation(TranslationEditRate())
    empty.add("", references: ["", ""])
    #expect(empty.score == 0)
  }

  @Test("a system does not differ from itself, and does from one that is always worse")
  func significance() {
    var good = TranslationEvaluation(BLEU())
    var bad = TranslationEvaluation(BLEU())
    for i in 0..<60 {
      let reference = "this is sentence number \(i) of the test"
      good.add(i % 3 == 0 ? reference : "this is sentence \(i) of a test", references: [reference])
      bad.add("that was sentence \(i) of some test", references: [reference])
    }
    #expect(good.significance(against: good) == 1)
    #expect(good.significance(against: bad) < 0.01)
    #expect(good.interval()?.contains(good.score) == true)
    #expect(good.resampledScores(count: 5, seed: 3) == good.resampledScores(count: 5, seed: 3))
  }
}

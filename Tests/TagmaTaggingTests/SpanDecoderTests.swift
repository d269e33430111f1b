import Foundation
import TagmaAnnotations
import TagmaNeural
import TagmaTagging
import TestSupport
import Testing

@Suite("Spans chosen by probability, against all sets of spans")
struct SpanDecoderTests {
  static let tags =
    ["O"] + ["X", "Y"].flatMap { label in ["B", "I", "E", "S"].map { "\($0)-\(label)" } }

  @Test("no set of spans has a higher sum", arguments: 1...4, [0.05, 0.2, 0.5])
  func bruteForce(count: Int, threshold: Double) throws {
    let K = Self.tags.count
    var layout = ParameterLayout()
    let crf = LinearChainCRF(
      tagCount: K, constraints: TaskHead.constraints(Self.tags), name: "c", in: &layout)
    let p = Parameters(layout, elements: randomValues(layout.count, seed: UInt64(count)))
    let e = Matrix(
      rows: count, columns: K, elements: randomValues(count * K, seed: 7).map { 3 * $0 })
    let (scores, rows) = (crf.scores(p), Array(0..<count))
    let lattice = crf.lattice(emissions: e, rows: rows, scores)
    // The probability of a span is that of all sequences that have it.
    var probabilities: [LabeledSpan: Double] = [:]
    var sequences: [[Int]] = [[]]
    for _ in 0..<count { sequences = sequences.flatMap { path in (0..<K).map { path + [$0] } } }
    for path in sequences {
      let score = crf.score(path, emissions: e, rows: rows, scores)
      guard score > -.infinity else { continue }
      for span in spans(of: path.map { Self.tags[$0] }) {
        probabilities[span, default: 0] += exp(score - lattice.logPartition)
      }
    }
    func gain(_ spans: [LabeledSpan]) -> Double {
      spans.reduce(0) { $0 + (probabilities[$1] ?? 0) - threshold }
    }
    func best(from start: Int) -> Double {
      guard start < count else { return 0 }
      return probabilities.filter { $0.key.words.lowerBound == start }.reduce(best(from: start + 1))
      {
        max($0, $1.value - threshold + best(from: $1.key.words.upperBound))
      }
    }
    let candidates = SpanDecoder(crf, tags: Self.tags).candidates(
      count: count, in: lattice, scores, above: 0.01)
    for candidate in candidates {
      #expect(abs(candidate.probability - (probabilities[candidate.span] ?? 0)) < 1e-9)
    }
    let probable = probabilities.filter { $0.value > 0.01 }
    #expect(candidates.count == probable.count)
    let found = SpanDecoder.chosen(from: candidates, count: count, threshold: threshold)
      .map(\.span)
    #expect(abs(gain(found) - best(from: 0)) < 1e-9)
    for (a, b) in zip(found, found.dropFirst()) {
      #expect(a.words.upperBound <= b.words.lowerBound)
    }
    #expect(threshold > 0.05 || !found.isEmpty)
    #expect(found.allSatisfy { (probabilities[$0] ?? 0) > threshold })
  }
}

internal import Foundation
internal import Tagma

/// The scores of `evaluate translations`, computed and laid out.
struct TranslationScores {
  private struct System {
    let path: String
    /// One for each metric.
    var evaluations: [TranslationEvaluation]
  }

  private let keys: [String]
  private var systems: [System]
  private let samples: Int
  private let seed: UInt64

  init(
    _ options: EvaluateTranslationsCommand,
    _ metrics: [(key: String, metric: any TranslationMetric)]
  ) throws {
    keys = metrics.map(\.key)
    (samples, seed) = (options.samples, options.seed)
    systems = options.hypotheses.map {
      System(path: $0, evaluations: metrics.map { TranslationEvaluation($0.metric) })
    }
    let references = try options.references.map { try LineReader($0, encoding: options.encoding) }
    let hypotheses = try options.hypotheses.map { try LineReader($0, encoding: options.encoding) }
    var isFirst = true
    while let lines = try Self.nextLines(references + hypotheses) {
      if isFirst { try Self.checkColumns(lines, references + hypotheses) }
      isFirst = false
      let gold = Array(lines.prefix(references.count))
      for (s, line) in lines.dropFirst(references.count).enumerated() {
        for m in metrics.indices { systems[s].evaluations[m].add(line, references: gold) }
      }
    }
    guard references[0].lineNumber > 0 else {
      throw CorpusError(
        .schemeViolation("an empty file: there is nothing to compare"),
        at: SourceLocation(file: references[0].name, line: 1))
    }
  }

  /// The next line of each file; nil at the end of all.
  private static func nextLines(_ readers: [LineReader]) throws -> [String]? {
    let lines = try readers.map { try $0.next() }
    if lines.allSatisfy({ $0 == nil }) { return nil }
    if let short = lines.firstIndex(where: { $0 == nil }),
      let long = lines.firstIndex(where: { $0 != nil })
    {
      throw CorpusError(
        .schemeViolation(
          "the file ends after \(readers[short].lineNumber) line\(readers[short].lineNumber == 1 ? "" : "s"), but \(readers[long].name) goes on"
        ),
        at: readers[short].location())
    }
    return lines.compactMap { $0 }
  }

  /// Refuses files that hold columns by their name and have a tab in their first line; warns of a tab in others, where not all
  /// have one.
  private static func checkColumns(_ lines: [String], _ readers: [LineReader]) throws {
    let columns = lines.map { $0.utf8.count { $0 == UInt8(ascii: "\t") } + 1 }
    for (reader, (columns, line)) in zip(readers, zip(columns, lines)) where columns > 1 {
      let name = reader.name.lowercased()
      guard !name.hasSuffix(".tsv"), !name.hasSuffix(".tsv.gz") else {
        throw CorpusError(
          .schemeViolation(
            "\(columns) columns, expected one text a line: choose a column, as `cut -f 2` does"),
          at: reader.location(), excerpt: line)
      }
      note("\(reader.location()): warning: the line has tabs, which are read as part of the text")
    }
  }

  /// Whether the first metric of some system misses a bound; what a sum of rounded numbers adds or takes is no miss.
  func isBelow(_ bound: Double) -> Bool {
    systems.contains { system in
      let first = system.evaluations[0]
      return first.metric.isError
        ? first.score > bound + 1e-9 : first.score < bound - 1e-9
    }
  }

  func table() -> String {
    var out = ""
    for system in systems {
      if systems.count > 1 { out += "\(system.path)\n" }
      for (m, evaluation) in system.evaluations.enumerated() {
        out += "\(evaluation.metric.name) \(decimal(evaluation.score, 2))"
        if let interval = interval(evaluation) {
          out +=
            ", 95 % interval \(decimal(interval.lowerBound, 2))–\(decimal(interval.upperBound, 2))"
        }
        if let bleu = evaluation.metric as? BLEU { out += "; " + details(bleu, evaluation.total) }
        if let p = significance(of: system, m) {
          out += "; p \(decimal(p, 4)) against the first"
        }
        out += "\n  signature \(evaluation.signature)\n"
      }
    }
    return out
  }

  private func details(_ bleu: BLEU, _ total: [Double]) -> String {
    let precisions = bleu.precisions(total).map { decimal($0, 1) }.joined(separator: "/")
    let ratio = total[1] > 0 ? decimal(total[0] / total[1], 3) : "-"
    return "n-grams \(precisions), brevity penalty \(decimal(bleu.brevityPenalty(total), 3)), "
      + "length \(Int(total[0])) of \(Int(total[1])) (\(ratio))"
  }

  private func interval(_ evaluation: TranslationEvaluation) -> ClosedRange<Double>? {
    samples > 0 ? evaluation.interval(count: samples, seed: seed) : nil
  }

  private func significance(of system: System, _ metric: Int) -> Double? {
    guard samples > 0, system.path != systems[0].path else { return nil }
    return system.evaluations[metric].significance(
      against: systems[0].evaluations[metric], count: samples, seed: seed)
  }

  /// One line a segment: its number, then the scores of all systems.
  func segmentTable() -> String {
    var out = "segment"
    for system in systems {
      for key in keys { out += "\t\(systems.count > 1 ? "\(system.path):" : "")\(key)" }
    }
    out += "\n"
    for i in systems[0].evaluations[0].segments.indices {
      out += "\(i + 1)"
      for system in systems {
        for evaluation in system.evaluations {
          out += "\t\(decimal(Self.single(evaluation.metric).score(evaluation.segments[i]), 2))"
        }
      }
      out += "\n"
    }
    return out
  }

  /// A segment may be shorter than BLEU's longest n-grams.
  private static func single(_ metric: any TranslationMetric) -> any TranslationMetric {
    guard var bleu = metric as? BLEU else { return metric }
    bleu.hasEffectiveOrder = true
    return bleu
  }

  func json() throws -> String {
    struct Score: Encodable {
      let name: String
      let score: Double
      let signature: String
      let interval: [Double]?
      let p: Double?
      let precisions: [Double]?
      let brevityPenalty: Double?
      let hypothesisLength, referenceLength: Double?
      let segments: [Double]
    }
    struct Result: Encodable {
      let hypotheses: String
      let metrics: [String: Score]
    }
    let results = systems.map { system in
      Result(
        hypotheses: system.path,
        metrics: Dictionary(
          zip(keys, system.evaluations.indices).map { key, m in
            let evaluation = system.evaluations[m]
            let bleu = evaluation.metric as? BLEU
            let single = Self.single(evaluation.metric)
            return (
              key,
              Score(
                name: evaluation.metric.name, score: evaluation.score,
                signature: evaluation.signature,
                interval: interval(evaluation).map { [$0.lowerBound, $0.upperBound] },
                p: significance(of: system, m), precisions: bleu?.precisions(evaluation.total),
                brevityPenalty: bleu?.brevityPenalty(evaluation.total),
                hypothesisLength: bleu.map { _ in evaluation.total[0] },
                referenceLength: bleu.map { _ in evaluation.total[1] },
                segments: evaluation.segments.map { single.score($0) })
            )
          }, uniquingKeysWith: { first, _ in first }))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(results), as: UTF8.self) + "\n"
  }
}

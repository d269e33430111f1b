internal import Foundation
internal import Tagma

/// Gold and predicted sentences whose words differ, compared as the CoNLL 2018 shared task did.
struct RawComparison {
  let evaluation: RawTextEvaluation

  /// A model cuts and labels the raw text of the gold file, or a file holds what somebody else made of it.
  init(_ options: EvaluateTagsCommand, model: String?) throws {
    var (gold, predicted): ([Sentence], [Sentence]) = ([], [])
    let tagger = try model.map { try Tagger(contentsOf: try ModelPath.find($0)) }
    for (i, path) in options.gold.enumerated() {
      let sentences = try openCorpus(
        path, format: .conllu, encoding: options.columns.encoding
      ).readAll()
      gold += sentences
      if let tagger {
        predicted += try Self.predict(
          rawText(of: sentences), named: path, tagger, threads: options.jobs)
      } else {
        predicted += try openCorpus(
          options.predicted[i], format: .conllu, encoding: options.columns.encoding
        ).readAll()
      }
    }
    guard let evaluation = RawTextEvaluation(gold: gold, predicted: predicted) else {
      throw CorpusError(
        .schemeViolation("this is not the text of the gold file: more than white space differs"),
        at: SourceLocation(file: options.predicted.first ?? options.gold[0], line: 1))
    }
    self.evaluation = evaluation
  }

  /// The sentences that a model makes of raw text.
  private static func predict(
    _ text: String, named name: String, _ tagger: Tagger, threads: Int
  ) throws -> [Sentence] {
    var pipeline = DocumentPipeline()
    pipeline.tagger = tagger
    pipeline.segmenter = tagger.segmenter
    pipeline.threads = threads
    pipeline.tokenizer.language = tagger.description.language ?? "en"
    var options = OutputOptions()
    options.tasks = inCanonicalOrder(tagger.tasks)
    let run = DocumentRun(
      pipeline, ByteSource(bytes: Array(text.utf8), name: name), formatter(for: .conllu, options))
    var tagged: [UInt8] = []
    while let texts = try run.next() { for text in texts { tagged += text.utf8 } }
    return try CoNLLUReader(LineReader(ByteSource(bytes: tagged, name: name))).readAll()
  }

  func table() -> String {
    func cell(_ value: Double?) -> String {
      let text = value.map { decimal(100 * $0, 2) } ?? ""
      return String(repeating: " ", count: max(10 - text.count, 0)) + text
    }
    var out = "metric     precision    recall        F1   aligned\n"
    for metric in evaluation.metrics {
      let c = metric.counts
      out +=
        metric.name + String(repeating: " ", count: 10 - metric.name.count) + cell(c.precision)
        + cell(c.recall) + cell(c.f1) + cell(metric.alignedAccuracy) + "\n"
    }
    return out + "signature tagma:\(tagmaVersion)|words:predicted|metrics:conll18\n"
  }

  /// - Parameter model: Its name, where there are several.
  func json(model: String? = nil) throws -> String {
    struct Metric: Encodable {
      let name: String
      let precision, recall, f1: Double
      let alignedAccuracy: Double?
      let gold, predicted, correct: Int
    }
    struct Whole: Encodable {
      let model: String?
      let signature: String
      let metrics: [Metric]
    }
    let metrics = evaluation.metrics.map {
      Metric(
        name: $0.name, precision: $0.counts.precision, recall: $0.counts.recall, f1: $0.counts.f1,
        alignedAccuracy: $0.alignedAccuracy, gold: $0.counts.gold,
        predicted: $0.counts.predicted, correct: $0.counts.correct)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let whole = Whole(
      model: model, signature: "tagma:\(tagmaVersion)|words:predicted|metrics:conll18",
      metrics: metrics)
    return String(decoding: try encoder.encode(whole), as: UTF8.self) + "\n"
  }
}

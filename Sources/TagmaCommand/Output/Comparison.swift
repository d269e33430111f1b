internal import ArgumentParser
internal import Foundation
internal import Tagma

/// Gold and predicted labels of `evaluate tags`, compared and laid out.
struct Comparison {
  private(set) var evaluations: [TagEvaluation] = []
  private var wrong:
    [(place: String, forms: [String], gold: [String], predicted: [String], task: TaggingTask)] = []
  private let signature: String

  /// - Parameter model: Labels the gold words; without one, files hold what was predicted.
  init(_ options: EvaluateTagsCommand, model: String?) throws {
    let wanted = options.task.map(TrainingFiles.tasks)
    let tagger = try model.map { try Tagger(contentsOf: try ModelPath.find($0)) }
    signature =
      "tagma:\(tagmaVersion)|reading:\(options.reading.rawValue)|words:gold"
      + "|model:\(tagger?.description.folder.weightsCRC32 ?? "none")"
    var byTask: [TaggingTask: TagEvaluation] = [:]
    for (i, path) in options.gold.enumerated() {
      var format = try options.columns.format(task: wanted?.first ?? .ner)
      if let tagger { format.numbers = tagger.description.configuration.numbers }
      let gold = try openCorpus(path, columns: format, encoding: options.columns.encoding).readAll()
      let other =
        try tagger == nil
        ? openCorpus(
          options.predicted[i], columns: format, encoding: options.columns.encoding
        ).readAll() : []
      if tagger == nil { try Self.check(gold, other, options.predicted[i]) }
      let predictions: [TaggedSentence]
      if let tagger {
        var tagging = TaggingOptions()
        tagging.confidence = true
        if let missing = tagger.missingInput(in: gold) {
          throw ModelError(.missingInput(task: missing.name), path: path)
        }
        predictions = tagger.tag(gold, options: tagging, threads: options.jobs)
      } else {
        predictions = []
      }
      var goldTasks = TrainingFiles.tasks(in: gold, format)
      let theirs = tagger?.tasks ?? TrainingFiles.tasks(in: other, format)
      // Lemmas are learned only where they are named, but compared wherever both sides have them.
      if theirs.contains(.lemma), gold.contains(where: { $0.tokens.contains { $0.lemma != "_" } }) {
        goldTasks.append(.lemma)
      }
      let tasks = wanted ?? goldTasks.filter(theirs.contains)
      for name in tasks {
        let task = tagger?.tasks.first { $0 == name } ?? TrainingFiles.recognized(name, in: gold)
        guard gold.contains(where: { $0.labels(of: task) != nil }) else {
          throw ModelError(.noLabels(task: task.name), path: path)
        }
        var evaluation = byTask[task] ?? TagEvaluation(task: task, reading: options.reading)
        for (k, sentence) in gold.enumerated() where !sentence.tokens.isEmpty {
          guard let labels = sentence.labels(of: task) else { continue }
          try sentence.checkSpanTags(of: task)
          if tagger == nil { try other[k].checkSpanTags(of: task) }
          let mine = tagger == nil ? other[k].labels(of: task) : predictions[k].labels[task]
          guard let mine else {
            throw ModelError(
              .noLabels(task: task.name),
              path: tagger == nil ? options.predicted[i] : model ?? "")
          }
          evaluation.add(
            gold: labels, predicted: mine,
            confidences: tagger == nil ? nil : predictions[k].confidences[task])
          if options.errors, labels != mine {
            wrong.append(
              (sentence.location?.description ?? path, sentence.forms, labels, mine, task))
          }
        }
        byTask[task] = evaluation
      }
    }
    evaluations = inCanonicalOrder(Array(byTask.keys)).compactMap { byTask[$0] }
    if evaluations.isEmpty {
      throw UsageError("gold and predicted have no task in common; --task names one")
    }
  }

  /// Both sides must have the same words.
  private static func check(_ gold: [Sentence], _ other: [Sentence], _ path: String) throws {
    for (a, b) in zip(gold, other) where a.forms != b.forms {
      throw CorpusError(
        .schemeViolation(
          "these are not the words of the gold file's sentence at \(a.location?.description ?? "?"); --raw compares texts that are cut otherwise"
        ),
        at: b.location ?? SourceLocation(file: path, line: 1),
        excerpt: b.forms.joined(separator: " "))
    }
    guard gold.count == other.count else {
      throw CorpusError(
        .schemeViolation("\(other.count) sentences, the gold file has \(gold.count)"),
        at: SourceLocation(file: path, line: 1))
    }
  }

  func table() -> String {
    var out = ""
    for e in evaluations {
      let interval = e.confidenceInterval()
      let bounds = "95 % interval \(percent(interval.lowerBound))–\(percent(interval.upperBound))"
      if e.task.isSpans {
        out += "\(e.task): F1 \(percent(e.total.f1)) (precision \(percent(e.total.precision)), "
        out += "recall \(percent(e.total.recall))), \(bounds); \(e.total.gold) gold spans, "
        out += "\(e.total.predicted) found, \(e.total.correct) right; "
        out += "accuracy of words \(percent(e.accuracy))"
      } else {
        out += "\(e.task): accuracy \(percent(e.accuracy)), \(bounds); "
        out += "\(e.correctTokens) of \(e.tokens) words, "
        out += "\(e.correctSentences) of \(e.sentences) sentences wholly right"
      }
      if let error = e.expectedCalibrationError { out += "; calibration error \(percent(error))" }
      out += "\n" + labelTable(e) + "\n"
    }
    return out + "signature \(signature)\n"
  }

  private func labelTable(_ e: TagEvaluation) -> String {
    let rows = e.labels.sorted {
      $0.value.gold != $1.value.gold ? $0.value.gold > $1.value.gold : $0.key < $1.key
    }
    let width = max(rows.prefix(40).map { $0.key.count }.max() ?? 5, 5)
    var out = "  " + pad("label", width) + "  precision  recall      F1    gold   found   right\n"
    for (label, counts) in rows.prefix(40) {
      out += "  " + pad(label, width)
      out += lead(percent(counts.precision), 11) + lead(percent(counts.recall), 8)
      out += lead(percent(counts.f1), 8) + lead("\(counts.gold)", 8)
      out += lead("\(counts.predicted)", 8) + lead("\(counts.correct)", 8) + "\n"
    }
    if rows.count > 40 { out += "  … and \(rows.count - 40) more (--json has all)\n" }
    return out
  }

  func confusionTable() -> String {
    var out = ""
    for e in evaluations {
      out += "\(e.task): gold → predicted\n"
      let pairs = e.confusion.flatMap { gold, row in
        row.filter { $0.key != gold }.map { (gold, $0.key, $0.value) }
      }.sorted { $0.2 != $1.2 ? $0.2 > $1.2 : ($0.0, $0.1) < ($1.0, $1.1) }
      for (gold, predicted, count) in pairs.prefix(30) {
        out += lead("\(count)", 8) + "  \(gold) → \(predicted)\n"
      }
    }
    return out
  }

  func errorList() -> String {
    var out = ""
    for item in wrong {
      out += "\(item.place)\t\(item.task)\n"
      for (form, pair) in zip(item.forms, zip(item.gold, item.predicted)) {
        out += "\(pair.0 == pair.1 ? " " : "✗") \(form)\t\(pair.0)\t\(pair.1)\n"
      }
      out += "\n"
    }
    return out
  }

  /// - Parameter model: Its name, where there are several.
  func json(model: String? = nil) throws -> String {
    struct TaggingTask: Encodable {
      let task: String
      let score, accuracy, precision, recall, f1: Double
      let gold, predicted, correct, tokens, correctTokens, sentences, correctSentences: Int
      let interval: [Double]
      let calibrationError: Double?
      let labels: [String: Label]
      let confusion: [String: [String: Int]]
    }
    struct Label: Encodable {
      let precision, recall, f1: Double
      let gold, predicted, correct: Int
    }
    struct Whole: Encodable {
      let model: String?
      let signature: String
      let tasks: [TaggingTask]
    }
    let tasks = evaluations.map { e in
      let interval = e.confidenceInterval()
      return TaggingTask(
        task: e.task.name, score: e.score, accuracy: e.accuracy, precision: e.total.precision,
        recall: e.total.recall, f1: e.total.f1, gold: e.total.gold, predicted: e.total.predicted,
        correct: e.total.correct, tokens: e.tokens, correctTokens: e.correctTokens,
        sentences: e.sentences, correctSentences: e.correctSentences,
        interval: [interval.lowerBound, interval.upperBound],
        calibrationError: e.expectedCalibrationError,
        labels: e.labels.mapValues {
          Label(
            precision: $0.precision, recall: $0.recall, f1: $0.f1, gold: $0.gold,
            predicted: $0.predicted, correct: $0.correct)
        }, confusion: e.confusion)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(
      decoding: try encoder.encode(Whole(model: model, signature: signature, tasks: tasks)),
      as: UTF8.self) + "\n"
  }

  private func percent(_ value: Double) -> String { decimal(100 * value, 2) }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }

  private func lead(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }
}

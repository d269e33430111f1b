internal import ArgumentParser
internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// `tagma evaluate classes` — how well texts are classified.
struct EvaluateClassesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classes",
    abstract: "Compare labels of whole texts with gold ones.",
    discussion: """
      Gold files have a text a line: its label, a tab, the text. Either a model labels the texts, or files hold what \
      somebody predicted, in the same lines.

        tagma evaluate classes test.tsv -m my-model
        tagma evaluate classes test.tsv --predicted mine.tsv --confusion
      """)

  @Argument(help: "Gold files.", completion: .file())
  var gold: [String]

  @Option(name: .shortAndLong, help: "A model: a folder, or the name of one.")
  var model: String?

  @Option(
    parsing: .upToNextOption, help: "Files with predictions, one for each gold file.",
    completion: .file())
  var predicted: [String] = []

  @Option(help: "The files' encoding; UTF-8 unless given.")
  var encoding: String?

  @Flag(help: "Show which labels are taken for which.")
  var confusion = false

  @Flag(help: "List the texts that are wrong, gold beside predicted.")
  var errors = false

  @Flag(help: "Write JSON.")
  var json = false

  @Option(name: .shortAndLong, help: "Threads; the result does not depend on it.")
  var jobs = 2

  @Option(help: "Exit with 1 where the accuracy, in percent, is lower.")
  var failUnder: Double?

  func validate() throws {
    if (model == nil) == predicted.isEmpty {
      throw ValidationError("give either -m MODEL or --predicted FILES")
    }
    if model == nil, predicted.count != gold.count {
      throw ValidationError("\(gold.count) gold files, but \(predicted.count) predicted ones")
    }
    if json, errors || confusion {
      throw ValidationError("--errors and --confusion are not written with --json")
    }
  }

  func run() async throws {
    try InputFiles(gold + predicted).checkOpen()
    let classifier = try model.map { try Classifier(contentsOf: try ModelPath.find($0)) }
    var evaluation = ClassEvaluation()
    var wrong = ""
    for (i, path) in gold.enumerated() {
      let texts = try LabelledTextReader(path, encoding: encoding).readAll()
      let mine: [[String]]
      if let classifier {
        mine = classifier.classify(texts.map(\.text), threads: jobs).map(\.labels)
      } else {
        mine = try LabelledTextReader(predicted[i], encoding: encoding).readAll().map(\.labels)
      }
      guard !texts.isEmpty else {
        throw CorpusError(
          .columnCount(found: 0, expected: 2), at: SourceLocation(file: path, line: 1))
      }
      guard mine.count == texts.count else {
        let (longer, shorter) =
          mine.count < texts.count ? (path, predicted[i]) : (predicted[i], path)
        let lines = min(mine.count, texts.count)
        throw CorpusError(
          .unalignedLines(other: shorter, lines: lines),
          at: SourceLocation(file: longer, line: lines + 1))
      }
      for (text, labels) in zip(texts, mine) {
        evaluation.add(gold: text.labels, predicted: labels)
        guard errors, Set(text.labels) != Set(labels) else { continue }
        wrong +=
          "\(text.labels.joined(separator: "|"))\t\(labels.joined(separator: "|"))\t\(text.text)\n"
      }
    }
    let out = try OutputFile("-")
    try out.write(
      json ? evaluation.json : evaluation.table + (confusion ? evaluation.confused : ""))
    try out.write(wrong)
    try out.commit()
    if let failUnder, 100 * evaluation.accuracy < failUnder {
      throw ExitCode(ExitStatus.belowThreshold)
    }
  }
}

extension ClassEvaluation {
  fileprivate var table: String {
    let interval = accuracyInterval
    var text = """
      texts     \(texts)
      accuracy  \(decimal(100 * accuracy, 2)) (\(decimal(100 * interval.lowerBound, 2)) to \(decimal(100 * interval.upperBound, 2)) in 95 of 100 cases)
      micro F1  \(decimal(100 * microF1, 2))
      macro F1  \(decimal(100 * macroF1, 2))

      label\tprecision\trecall\tF1\tgold

      """
    for (label, counts) in labels.sorted(by: { $0.key < $1.key }) {
      text +=
        "\(label)\t\(decimal(100 * counts.precision, 2))\t\(decimal(100 * counts.recall, 2))\t"
        + "\(decimal(100 * counts.f1, 2))\t\(counts.gold)\n"
    }
    return text
  }

  /// Which labels are taken for which, the most frequent first.
  fileprivate var confused: String {
    let rows = confusions.sorted {
      $0.value != $1.value
        ? $0.value > $1.value : ($0.key.gold, $0.key.predicted) < ($1.key.gold, $1.key.predicted)
    }
    return "\ngold\tpredicted\ttexts\n"
      + rows.map { "\($0.key.gold)\t\($0.key.predicted)\t\($0.value)\n" }.joined()
  }

  fileprivate var json: String {
    let interval = accuracyInterval
    let rows = labels.sorted { $0.key < $1.key }.map { label, counts in
      "\(jsonQuoted(label)):{\"precision\":\(counts.precision),\"recall\":\(counts.recall),\"f1\":\(counts.f1),\"gold\":\(counts.gold)}"
    }
    return
      "{\"texts\":\(texts),\"accuracy\":\(accuracy),\"interval\":[\(interval.lowerBound),\(interval.upperBound)],\"micro_f1\":\(microF1),\"macro_f1\":\(macroF1),\"labels\":{\(rows.joined(separator: ","))}}\n"
  }
}

public import ArgumentParser
internal import Foundation
public import Tagma

/// `tagma evaluate …` — compares with a gold standard.
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Compare results with a gold standard.",
    subcommands: [
      EvaluateTagsCommand.self, EvaluateTranslationsCommand.self, EvaluateClassesCommand.self,
    ])
}

extension SpanReading: ExpressibleByArgument {}

/// `tagma evaluate tags` — accuracy of words, precision and recall of spans.
struct EvaluateTagsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tags",
    abstract: "Compare labels with gold ones.",
    discussion: """
      Either a model labels the gold words, or files hold what somebody predicted. Several models are compared one after \
      the other.

        tagma evaluate tags test.conllu -m my-model
        tagma evaluate tags test.iob2 --predicted mine.iob2 --task ner --map OTH=O
        tagma evaluate tags test.conllu -m my-model --raw
        tagma evaluate tags test.conllu -m mine -m yours
      """)

  @Argument(help: "Gold files.", completion: .file())
  var gold: [String]

  @Option(name: .shortAndLong, help: "A model: a folder, or the name of one; or several.")
  var model: [String] = []

  @Option(parsing: .upToNextOption, help: "Files with predictions, one for each gold file.")
  var predicted: [String] = []

  @Option(help: "The tasks to compare; by default all that both sides have.")
  var task: String?

  @OptionGroup var columns: ColumnOptions

  @Option(help: "How spans are read: conlleval or strict (seqeval's strict mode).")
  var reading = SpanReading.conlleval

  @Option(name: .shortAndLong, help: "Threads.")
  var jobs = 2

  @Flag(
    help:
      "Compare words that may differ, as the CoNLL 2018 shared task did; a model reads the raw text of the gold file."
  )
  var raw = false

  @Flag(help: "Write JSON.")
  var json = false

  @Flag(help: "List wrong sentences, gold beside predicted.")
  var errors = false

  @Flag(help: "Show which labels are taken for which.")
  var confusion = false

  @Option(help: "Exit with 1 where a score, in percent, is lower.")
  var failUnder: Double?

  func validate() throws {
    if model.isEmpty == predicted.isEmpty {
      throw ValidationError("give either -m MODEL or --predicted FILES")
    }
    if model.isEmpty, predicted.count != gold.count {
      throw ValidationError("\(gold.count) gold files, but \(predicted.count) predicted ones")
    }
    if json, errors { throw ValidationError("--errors is not written with --json") }
    if raw, task != nil || errors || confusion || columns.describesColumns {
      throw ValidationError(
        "--task, --errors, --confusion and what describes columns are not for --raw")
    }
  }

  func run() async throws {
    try InputFiles(gold + predicted).checkOpen()
    let out = try OutputFile("-")
    // What somebody predicted is a model without a name.
    let models: [String?] = model.isEmpty ? [nil] : model
    var lowest = Double.infinity
    var objects: [String] = []
    for name in models {
      if models.count > 1, !json { try out.write("== \(name ?? "") ==\n") }
      let (text, score) = try raw ? rawResult(of: name) : result(of: name)
      lowest = min(lowest, score)
      if json, models.count > 1 {
        objects.append(text)
      } else {
        try out.write(text)
      }
    }
    if !objects.isEmpty {
      try out.write("[" + objects.map { $0.dropLast() }.joined(separator: ",\n") + "]\n")
    }
    try out.commit()
    if let failUnder, lowest < failUnder { throw ExitCode(ExitStatus.belowThreshold) }
  }

  /// What is written of a model, and its lowest score in percent.
  private func result(of model: String?) throws -> (text: String, score: Double) {
    let comparison = try Comparison(self, model: model)
    var text =
      json ? try comparison.json(model: self.model.count > 1 ? model : nil) : comparison.table()
    if confusion, !json { text += comparison.confusionTable() }
    if errors, !json { text += comparison.errorList() }
    return (text, comparison.evaluations.map { 100 * $0.score }.min() ?? 0)
  }

  private func rawResult(of model: String?) throws -> (text: String, score: Double) {
    let comparison = try RawComparison(self, model: model)
    return (
      json ? try comparison.json(model: self.model.count > 1 ? model : nil) : comparison.table(),
      comparison.evaluation.metrics.map { 100 * $0.counts.f1 }.min() ?? 0
    )
  }
}

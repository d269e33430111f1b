public import ArgumentParser
internal import Foundation
public import Tagma

/// `tagma evaluate …` — compares with a gold standard.
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Compare results with a gold standard.",
    subcommands: [EvaluateTagsCommand.self, EvaluateTranslationsCommand.self])
}

extension SpanReading: ExpressibleByArgument {}

/// `tagma evaluate tags` — accuracy of words, precision and recall of spans.
struct EvaluateTagsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tags",
    abstract: "Compare labels with gold ones.",
    discussion: """
      Either a model labels the gold words, or files hold what somebody predicted.

        tagma evaluate tags test.conllu -m my-model
        tagma evaluate tags test.iob2 --predicted mine.iob2 --task ner --map OTH=O
        tagma evaluate tags test.conllu -m my-model --raw
      """)

  @Argument(help: "Gold files.", completion: .file())
  var gold: [String]

  @Option(name: .shortAndLong, help: "A model: a folder, or the name of one.")
  var model: String?

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
    if (model == nil) == predicted.isEmpty {
      throw ValidationError("give either -m MODEL or --predicted FILES")
    }
    if model == nil, predicted.count != gold.count {
      throw ValidationError("\(gold.count) gold files, but \(predicted.count) predicted ones")
    }
  }

  func run() async throws {
    if raw { return try runRaw() }
    let comparison = try Comparison(self)
    let out = try OutputFile("-")
    try out.write(json ? try comparison.json() : comparison.table())
    if confusion, !json { try out.write(comparison.confusionTable()) }
    if errors, !json { try out.write(comparison.errorList()) }
    try out.commit()
    if let failUnder, comparison.evaluations.contains(where: { 100 * $0.score < failUnder }) {
      throw ExitCode(ExitStatus.belowThreshold)
    }
  }

  private func runRaw() throws {
    let comparison = try RawComparison(self)
    let out = try OutputFile("-")
    try out.write(json ? try comparison.json() : comparison.table())
    try out.commit()
    if let failUnder,
      comparison.evaluation.metrics.contains(where: { 100 * $0.counts.f1 < failUnder })
    {
      throw ExitCode(ExitStatus.belowThreshold)
    }
  }
}

internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma train language-model` — learns how a text goes on.
struct TrainLanguageModelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "language-model",
    abstract: "Train a language model on raw text.",
    discussion: """
      Text is read a line at a time, character by character, or in subword units (language-model.subwords):

        tagma train language-model --train text.txt -o my-model
        tagma train language-model --train news.txt.gz --dev more.txt -o my-model \\
          --set language-model.subwords=8000 --set language-model.hiddenSizes=512,512

      Without --dev the last fiftieth of the text is kept for it. Scores are bits per character and the perplexity of a \
      unit.

      A training that was stopped goes on with --resume. Two signals stop at once.
      """)

  @Option(parsing: .upToNextOption, help: "Training files.", completion: .file())
  var train: [String]

  @Option(
    parsing: .upToNextOption, help: "Files to choose the best epoch by.", completion: .file())
  var dev: [String] = []

  @Option(name: .shortAndLong, help: "The folder of the new model.", completion: .directory)
  var output: String

  @Option(help: "A TOML file of settings, [language-model] and [training].", completion: .file())
  var config: String?

  @Option(name: .customLong("set"), help: "A setting, such as training.epochs=20.")
  var settings: [String] = []

  @Option(help: "The seed of everything random.")
  var seed: UInt64?

  @Option(help: "The files' encoding; UTF-8 unless given.")
  var encoding: String?

  @Option(name: .shortAndLong, help: "Threads; the result does not depend on it.")
  var jobs = 2

  @Option(help: "The licence of the model, for its card, such as CC-BY-4.0.")
  var licence: String?

  @Flag(help: "Go on from the last checkpoint.")
  var resume = false

  @Flag(help: "Resume though settings or data have changed.")
  var allowChanged = false

  @Flag(help: "Show what would be trained, and stop.")
  var dryRun = false

  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    if train.isEmpty { throw ValidationError("--train needs a file") }
    if jobs < 1 { throw ValidationError("--jobs must be at least 1") }
  }

  func run() async throws {
    let settings = try LanguageModelSettings(config: config, overrides: settings, seed: seed)
    var corpora = try train.map(read)
    var devLines = try dev.flatMap { try read($0).lines }
    if dev.isEmpty, let last = corpora.indices.last {
      let count = corpora[last].lines.count / 50
      devLines = Array(corpora[last].lines.suffix(count))
      corpora[last].lines.removeLast(count)
    }
    let trainer = try LanguageModelTrainer(
      corpora: corpora, dev: devLines, configuration: settings.model, training: settings.training)
    trainer.threads = jobs
    trainer.licence = licence
    trainer.command = reproducingCommand(CommandLine.arguments)
    trainer.allowsChangedData = allowChanged
    if dryRun {
      let out = try OutputFile("-")
      try out.write(Self.text(of: trainer))
      try out.commit()
      return
    }
    try TrainingRun(output: output, resumes: resume, progress: progress).run(trainer) { folder in
      let model = trainer.bestModel()
      try model.write(to: output)
      try TrainingReport(trainer, model).write(to: folder)
    }
  }

  private func read(_ path: String) throws -> TextCorpus {
    let reader = try LineReader(path, encoding: encoding)
    var lines: [String] = []
    while let line = try reader.next() {
      if !line.allSatisfy(\.isWhitespace) { lines.append(line) }
    }
    return TextCorpus(
      name: (path as NSString).lastPathComponent, sha256: path == "-" ? "" : try fileSHA256(path),
      lines: lines)
  }

  private static func text(of trainer: LanguageModelTrainer) throws -> String {
    let summary = trainer.summary
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return """
      lines\t\(summary.lines)
      units of text\t\(summary.units)
      units\t\(summary.vocabulary)
      parameters\t\(summary.parameters)
      \(String(decoding: try encoder.encode(trainer.configuration), as: UTF8.self))
      \(String(decoding: try encoder.encode(trainer.training), as: UTF8.self))

      """
  }
}

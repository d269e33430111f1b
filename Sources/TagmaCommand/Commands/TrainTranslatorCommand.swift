internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma train translator` — learns to translate from pairs.
struct TrainTranslatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "translator",
    abstract: "Train a translator on pairs of sentences.",
    discussion: """
      Files hold a pair a line, source and target parted by a tab, or are translation memories (.tmx), XLIFF (.xlf) or \
      WMT's XML (.xml); two files are named with a comma (news.en,news.de) or by what they share (news):

        tagma train translator --train train.en-de.tsv.gz --dev dev.en-de.tsv.gz \\
          --source en --target de -o my-model

      Where a file's name says that its columns stand the other way round (train.en-de.tsv for --source de --target en), \
      they are read so. The same command learns any pair task: transliteration, pronunciation, dates.

      Sizes of the network and of batches follow the size of the data unless they are set; --dry-run shows them.

      A training that was stopped goes on with --resume. Two signals stop at once.
      """)

  @Option(parsing: .upToNextOption, help: "Training files.", completion: .file())
  var train: [String]

  @Option(
    parsing: .upToNextOption, help: "Files to choose the best epoch by.", completion: .file())
  var dev: [String] = []

  @Option(name: .shortAndLong, help: "The folder of the new model.", completion: .directory)
  var output: String

  @Option(help: "The language that is translated from, such as en.")
  var source: String

  @Option(help: "The language that is translated into, such as de.")
  var target: String

  @Flag(help: "The target stands in the first column, the source in the second.")
  var swap = false

  @Option(help: "A TOML file of settings, [translator] and [training].", completion: .file())
  var config: String?

  @Option(name: .customLong("set"), help: "A setting, such as training.epochs=20.")
  var settings: [String] = []

  @Option(help: "The seed of everything random.")
  var seed: UInt64?

  @Option(help: "The files' encoding; UTF-8 unless given.")
  var encoding: String?

  @Option(name: .shortAndLong, help: "Threads; the result does not depend on it.")
  var jobs = 2

  @Option(help: "The licence of the model, for its card, such as CC-BY-2.0.")
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
    let corpora = try train.map(read)
    let settings = try TranslatorSettings(
      config: config, overrides: settings, seed: seed,
      pairs: corpora.reduce(0) { $0 + $1.pairs.count })
    let devCorpora = try dev.map(read)
    let trainer = try TranslatorTrainer(
      corpora: corpora, dev: devCorpora, source: source, target: target,
      configuration: settings.model, training: settings.training)
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
      let translator = trainer.bestTranslator()
      try translator.write(to: output)
      try TrainingReport(trainer, translator, dev: devCorpora.flatMap(\.pairs)).write(to: folder)
    }
  }

  private func read(_ path: String) throws -> PairCorpus {
    let isSwapped = swap || (path as NSString).lastPathComponent.contains(".\(target)-\(source).")
    // Two files count as one corpus.
    let parts = alignedFiles(path, source: source, target: target).map { [$0, $1] } ?? [path]
    return PairCorpus(
      name: parts.map { ($0 as NSString).lastPathComponent }.joined(separator: ","),
      sha256: try parts.map { try fileSHA256($0) }.joined(separator: ","),
      pairs: try openPairs(
        path, source: source, target: target, isSwapped: isSwapped, encoding: encoding
      ).readAll())
  }

  private static func text(of trainer: TranslatorTrainer) throws -> String {
    let summary = trainer.summary
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return """
      pairs\t\(summary.pairs)
      source units\t\(summary.sourceUnits)
      target units\t\(summary.targetUnits)
      units\t\(summary.units)
      parameters\t\(summary.parameters)
      rare names are carried\t\(trainer.hasAlikeNames)
      \(String(decoding: try encoder.encode(trainer.configuration), as: UTF8.self))
      \(String(decoding: try encoder.encode(trainer.training), as: UTF8.self))

      """
  }
}

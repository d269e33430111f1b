internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma train translator` — learns to translate from pairs.
struct TrainTranslatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "translator",
    abstract: "Train a translator on pairs of sentences.",
    discussion: """
      Files hold a pair a line, source and target separated by a tab, or are translation memories (.tmx), XLIFF (.xlf) or \
      WMT's XML (.xml); two files are named with a comma (news.en,news.de) or by what they share (news):

        tagma train translator --train train.en-de.tsv.gz --dev dev.en-de.tsv.gz \\
          --source en --target de -o my-model

      Where a file's name says that its columns stand the other way round (train.en-de.tsv for --source de --target en), \
      they are read so. The same command learns any pair task: transliteration, pronunciation, dates.

      Units, sizes of the network and of batches follow the data unless they are set; --dry-run shows them.

      A training that was stopped goes on with --resume. Two signals stop at once.
      """)

  @OptionGroup var pairs: TrainingPairs

  @Option(
    parsing: .upToNextOption,
    help: "Files to choose the best epoch by, or a share of the training data such as 10%.",
    completion: .file())
  var dev: [String] = []

  @Option(help: "The language that is translated from, such as en.")
  var source: String

  @Option(help: "The language that is translated into, such as de.")
  var target: String

  @OptionGroup var training: TrainingOptions

  func validate() throws {
    try validateLanguage(source)
    try validateLanguage(target)
    if source == target { throw ValidationError("--source and --target are the same language") }
  }

  func run() async throws {
    try training.check(
      reading: (pairs.train + dev).flatMap { pairs.files(of: $0, source: source, target: target) })
    var corpora = try pairs.train.map { try pairs.read($0, source: source, target: target) }
    let devCorpora: [PairCorpus]
    if let share = try HeldOutShare(dev) {
      let seed = try settings(for: corpora).training.seed
      devCorpora = corpora.indices.map { i in
        var part = corpora[i]
        part.items = share.cut(&corpora[i].items, seed: seed)
        return part
      }
    } else {
      devCorpora = try dev.map { try pairs.read($0, source: source, target: target) }
      let names = devCorpora.filter { dev in corpora.contains { $0.sha256 == dev.sha256 } }
      if let same = names.first?.name {
        warn("\(same) is learned from, too: its scores say nothing of other texts")
      }
    }
    let settings = try settings(for: corpora)
    let trainer = try TranslatorTrainer(
      corpora: corpora, dev: devCorpora, source: source, target: target,
      configuration: settings.model, training: settings.training)
    try training.run(trainer, facts: facts(of: trainer)) {
      let translator = trainer.bestTranslator()
      return (
        .translator(translator),
        TrainingReport(trainer, translator, dev: devCorpora.flatMap(\.items))
      )
    }
  }

  /// The defaults depend on the size of the data.
  private func settings(for corpora: [PairCorpus]) throws -> GivenSettings<TranslatorKind> {
    let pairs = corpora.flatMap(\.items)
    return try GivenSettings<TranslatorKind>(
      TranslatorConfiguration(for: pairs), TranslatorTrainingSettings(for: pairs),
      config: training.config, overrides: training.settings, seed: training.seed)
  }

  /// What else `--dry-run` shows.
  private func facts(of trainer: TranslatorTrainer) -> [(name: String, value: String)] {
    [
      ("new names are carried", "\(trainer.takesNewNames)"),
      ("numbers are carried", "\(trainer.hasAlikeNumbers)"),
      (
        "target units for each of the source",
        trainer.lengthBounds.map { "\(decimal($0.least, 3)) to \(decimal($0.most, 3))" } ?? "any"
      ),
    ]
  }
}

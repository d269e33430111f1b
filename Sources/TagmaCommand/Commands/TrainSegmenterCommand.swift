internal import ArgumentParser
internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// `tagma train segmenter` — learns to cut text as a treebank does.
struct TrainSegmenterCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "segmenter",
    abstract: "Train a segmenter: sentences, tokens and multiword tokens of raw text.",
    discussion: """
      Learns from CoNLL-U what its raw text is cut into. In the folder of a tagger, under the name `segmenter`, it is what \
      `tagma tag` cuts text with:

        tagma train segmenter --train train.conllu --dev dev.conllu --language pt -o my-model/segmenter
        tagma tokenize -m my-model letter.txt
      """)

  @Option(parsing: .upToNextOption, help: "Training files, CoNLL-U.", completion: .file())
  var train: [String]

  @Option(
    parsing: .upToNextOption,
    help:
      "Files to choose the best epoch by, or a share of the end of the training files, such as 10%.",
    completion: .file())
  var dev: [String] = []

  @Option(help: "The language, as a code such as en, pt-BR or zh-Hant.")
  var language: String

  @OptionGroup var training: TrainingOptions

  func validate() throws {
    try validateLanguage(language)
    if train.isEmpty { throw ValidationError("--train needs a file") }
  }

  func run() async throws {
    try training.check(reading: train + dev)
    try Self.train(train, dev: dev, language: language, options: training)
  }

  /// Trains a segmenter, also beside a tagger.
  static func train(
    _ files: [String], dev: [String], language: String, options: TrainingOptions
  ) throws {
    let settings = try GivenSettings<SegmenterKind>(
      config: options.config, overrides: options.settings, seed: options.seed)
    var corpora = try files.map(read)
    let devCorpora: [SegmentedCorpus]
    if let share = try HeldOutShare(dev) {
      devCorpora = corpora.indices.map { i in
        var part = corpora[i]
        part.items = share.cutEnd(&corpora[i].items)
        return part
      }
    } else {
      devCorpora = try dev.map(read)
    }
    let trainer = try SegmenterTrainer(
      corpora: corpora, dev: devCorpora, language: language,
      configuration: settings.model, training: settings.training)
    try options.run(trainer) {
      let segmenter = trainer.bestSegmenter()
      let description = segmenter.description
      let report = TrainingReport(
        title: "Training of a segmenter", reports: trainer.reports, epoch: description.epoch,
        parameters: segmenter.parameterCount, seed: description.training.seed,
        devScores: description.devScores, unit: "character", details: "")
      return (.segmenter(segmenter), report)
    }
  }

  private static func read(_ path: String) throws -> SegmentedCorpus {
    SegmentedCorpus(
      name: FilePath.name(of: path), sha256: try fileSHA256(path),
      items: try openCorpus(path, format: .conllu).readAll())
  }
}

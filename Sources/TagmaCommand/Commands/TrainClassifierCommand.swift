internal import ArgumentParser
internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// `tagma train classifier` — learns what whole texts are.
struct TrainClassifierCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classifier",
    abstract: "Train a classifier: labels of whole texts, such as topics, tones or languages.",
    discussion: """
      A line is a text: its label, a tab, the text. Several labels are separated by `|`; then a text may have none, too.

        tagma train classifier --train train.tsv --dev dev.tsv -o my-model
        tagma train classifier --train train.tsv --dev 10% -o my-model --set classifier.encoder=bag
        tagma classify -m my-model letters.txt
      """)

  @Option(parsing: .upToNextOption, help: "Training files.", completion: .file())
  var train: [String]

  @Option(
    parsing: .upToNextOption,
    help: "Files to choose the best epoch by, or a share of the training files, such as 10%.",
    completion: .file())
  var dev: [String] = []

  @Option(help: "The files' encoding; UTF-8 unless given.")
  var encoding: String?

  @OptionGroup var training: TrainingOptions

  func validate() throws {
    if train.isEmpty { throw ValidationError("--train needs a file") }
  }

  func run() async throws {
    try training.check(reading: train + dev)
    let settings = try GivenSettings<ClassifierKind>(
      config: training.config, overrides: training.settings, seed: training.seed)
    var corpora = try train.map(read)
    var devCorpora: [ClassifierCorpus] = []
    if let share = try HeldOutShare(dev) {
      devCorpora = corpora.indices.map { i in
        var part = corpora[i]
        part.items = share.cut(&corpora[i].items, seed: settings.training.seed)
        return part
      }
    } else {
      devCorpora = try dev.map(read)
    }
    let trainer = try ClassifierTrainer(
      corpora: corpora, dev: devCorpora, configuration: settings.model,
      training: settings.training)
    try training.run(trainer) {
      let classifier = trainer.bestClassifier()
      let description = classifier.description
      let report = TrainingReport(
        title: "Training of a classifier", reports: trainer.reports, epoch: description.epoch,
        parameters: classifier.parameterCount, seed: description.training.seed,
        devScores: description.devScores, unit: "text", details: "")
      return (.classifier(classifier), report)
    }
  }

  private func read(_ path: String) throws -> ClassifierCorpus {
    ClassifierCorpus(
      name: FilePath.name(of: path), sha256: try fileSHA256(path),
      items: try LabelledTextReader(path, encoding: encoding).readAll())
  }
}

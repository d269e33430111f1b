internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma train tagger` — learns to label words from CoNLL data.
struct TrainTaggerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tagger",
    abstract: "Train a tagger on CoNLL-U or column files.",
    discussion: """
      Several corpora with other labels can train one model: name the tasks before the file.

        tagma train tagger --train train.conllu --dev dev.conllu -o my-model
        tagma train tagger --train upos,xpos,feats=train.conllu --train ner=train.iob2 \\
          --dev upos,xpos,feats=dev.conllu --dev ner=dev.iob2 --map OTH=O -o my-model

      A training that was stopped goes on with --resume. Two signals stop at once.
      """)

  @Option(parsing: .upToNextOption, help: "Training files, as FILE or TASKS=FILE.")
  var train: [String]

  @Option(
    parsing: .upToNextOption,
    help: "Files to choose the best epoch by, as FILE or TASKS=FILE; or a share such as 10%.")
  var dev: [String] = []

  @Option(name: .shortAndLong, help: "The folder of the new model.", completion: .directory)
  var output: String

  @Option(help: "Tasks to learn, such as upos,xpos,feats,ner,chunk.")
  var task: String?

  @OptionGroup var columns: ColumnOptions

  @Option(help: "A TOML file of settings, [tagger] and [training].", completion: .file())
  var config: String?

  @Option(name: .customLong("set"), help: "A setting, such as training.epochs=20.")
  var settings: [String] = []

  @Option(help: "Word vectors: GloVe, word2vec (text, binary) or fastText.", completion: .file())
  var embeddings: String?

  @Option(help: "Read at most this many vectors.")
  var embeddingsLimit: Int?

  @Option(name: .customLong("from"), help: "A model to start from.")
  var initial: String?

  @Option(help: "The seed of everything random.")
  var seed: UInt64?

  @Option(name: .shortAndLong, help: "Threads; the result does not depend on it.")
  var jobs = 2

  @Option(help: "The language of the data, for the model's card and its tokenizer.")
  var language: String?

  @Option(help: "The licence of the model, for its card, such as CC-BY-SA-4.0.")
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
    let settings = try TaggerSettings(config: config, overrides: settings, seed: seed)
    let given = try columns.givenColumns().map(\.0)
    let (corpora, devCorpora) = try TrainingFiles(
      train: train, dev: dev, task: task, columns: columns, seed: settings.training.seed
    ).read()
    let tasks =
      Task.canonicalOrder.filter { task in corpora.contains { $0.tasks.contains(task) } }
      + Set(corpora.flatMap(\.tasks)).subtracting(Task.canonicalOrder).sorted { $0.name < $1.name }
    var configuration = settings.model
    configuration.inputTasks += given
    let vectors = try embeddings.map {
      try WordVectors(
        contentsOf: $0, needed: WordVectors.words(of: corpora + devCorpora),
        limit: embeddingsLimit ?? .max)
    }
    if let vectors { configuration.wordSize = vectors.size }
    let trainer = try TaggerTrainer(
      corpora: corpora, dev: devCorpora, tasks: tasks, configuration: configuration,
      training: settings.training, vectors: vectors,
      initial: try initial.map { try Tagger(contentsOf: try ModelPath.find($0)) })
    trainer.threads = jobs
    trainer.language = language
    trainer.licence = licence
    trainer.command = reproducingCommand(CommandLine.arguments)
    trainer.allowsChangedData = allowChanged
    if dryRun {
      try TrainingSummary(trainer, corpora, devCorpora).print()
      return
    }
    try TrainingRun(output: output, resumes: resume, progress: progress).run(trainer) { folder in
      let tagger = trainer.bestTagger()
      try tagger.write(to: output)
      try TrainingReport(trainer, tagger, dev: devCorpora).write(to: folder)
    }
  }
}

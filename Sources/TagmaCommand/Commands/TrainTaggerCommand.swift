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

  @Option(help: "Tasks to learn, such as upos,xpos,feats,ner,chunk.")
  var task: String?

  @OptionGroup var columns: ColumnOptions

  @Option(help: "Word vectors: GloVe, word2vec (text, binary) or fastText.", completion: .file())
  var embeddings: String?

  @Option(help: "Read at most this many vectors.")
  var embeddingsLimit: Int?

  @Option(name: .customLong("from"), help: "A model to start from.")
  var initial: String?

  @Option(help: "The language of the data, for the model's card and its tokenizer.")
  var language: String?

  @OptionGroup var training: TrainingOptions

  func validate() throws {
    if train.isEmpty { throw ValidationError("--train needs a file") }
  }

  func run() async throws {
    let settings = try TaggerSettings(
      config: training.config, overrides: training.settings, seed: training.seed)
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
    trainer.language = language
    try training.run(trainer) {
      try TrainingSummary(trainer, corpora, devCorpora).text
    } write: { folder in
      let tagger = trainer.bestTagger()
      try tagger.write(to: training.output)
      try TrainingReport(trainer, tagger, dev: devCorpora).write(to: folder)
    }
  }
}

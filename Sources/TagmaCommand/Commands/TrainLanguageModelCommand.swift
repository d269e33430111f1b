internal import ArgumentParser
internal import Foundation
internal import Tagma
internal import TagmaCorpora

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

      A tagger that reads it (--embeddings lm:my-model) shows it words apart, so such a model learns from text that was cut \
      before: tagma tokenize -O lines text.txt -o cut.txt.

      A model of much text learns on from text of the kind that is wanted:

        tagma train language-model --train mine.txt --from my-model -o mine --set training.learningRate=0.0005

      A training that was stopped goes on with --resume. Two signals stop at once.
      """)

  @Option(parsing: .upToNextOption, help: "Training files.", completion: .file())
  var train: [String]

  @Option(
    parsing: .upToNextOption,
    help:
      "Files to choose the best epoch by, or a share of the end of the training files, such as 10%.",
    completion: .file())
  var dev: [String] = []

  @Option(help: "The files' encoding; UTF-8 unless given.")
  var encoding: String?

  @Option(
    name: .customLong("from"), help: "A model whose units, layers and weights to start from.")
  var initial: String?

  @OptionGroup var training: TrainingOptions

  func validate() throws {
    if train.isEmpty { throw ValidationError("--train needs a file") }
  }

  func run() async throws {
    try training.check(reading: train + dev)
    let initial = try initial.map { try LanguageModel(contentsOf: try ModelPath.find($0)) }
    let settings = try GivenSettings<LanguageModelKind>(
      initial?.description.configuration ?? LanguageModelConfiguration(), config: training.config,
      overrides: training.settings, seed: training.seed, isGiven: initial != nil)
    var corpora = try train.map(read)
    var devLines: [String] = []
    if let share = try HeldOutShare(dev) {
      for i in corpora.indices { devLines += share.cutEnd(&corpora[i].items) }
    } else {
      devLines = try dev.flatMap { try read($0).items }
    }
    if dev.isEmpty, let last = corpora.indices.last {
      let count = corpora[last].items.count / 50
      devLines = Array(corpora[last].items.suffix(count))
      corpora[last].items.removeLast(count)
    }
    let trainer = try LanguageModelTrainer(
      corpora: corpora, dev: devLines, configuration: settings.model, training: settings.training,
      initial: initial)
    try training.run(trainer) {
      let model = trainer.bestModel()
      return (.languageModel(model), TrainingReport(trainer, model))
    }
  }

  private func read(_ path: String) throws -> TextCorpus {
    try InputFiles([path]).checkText()
    let reader = try LineReader(path, encoding: encoding)
    var lines: [String] = []
    while let line = try reader.next() {
      if !line.unicodeScalars.allSatisfy(\.properties.isWhitespace) { lines.append(line) }
    }
    return TextCorpus(
      name: FilePath.name(of: path), sha256: try fileSHA256(path),
      items: lines)
  }
}

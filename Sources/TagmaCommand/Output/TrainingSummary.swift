internal import Foundation
internal import Tagma

/// What `--dry-run` prints.
struct TrainingSummary {
  private let trainer: TaggerTrainer
  private let corpora: [TrainingCorpus]
  private let dev: [TrainingCorpus]

  init(_ trainer: TaggerTrainer, _ corpora: [TrainingCorpus], _ dev: [TrainingCorpus]) {
    self.trainer = trainer
    self.corpora = corpora
    self.dev = dev
  }

  var text: String {
    get throws {
      var rows: [(name: String, value: String)] = []
      for (kind, list) in [("train", corpora), ("dev", dev)] {
        for corpus in list {
          let tokens = corpus.sentences.reduce(0) { $0 + $1.tokens.count }
          rows.append(
            (
              kind,
              "\(corpus.name)\t\(corpus.tasks.map(\.name).joined(separator: ","))\t"
                + "\(corpus.sentences.count) sentences\t\(tokens) tokens"
            ))
        }
      }
      let summary = trainer.summary
      rows += [("words", "\(summary.words)"), ("characters", "\(summary.characters)")]
      rows += summary.labels.map { ("\($0) labels", "\($1)") }
      rows.append(("parameters", "\(summary.parameters)"))
      return try TrainingOptions.text(rows, trainer.configuration, trainer.training)
    }
  }
}

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

  func print() throws {
    let out = try OutputFile("-")
    for (kind, list) in [("train", corpora), ("dev", dev)] {
      for corpus in list {
        let tokens = corpus.sentences.reduce(0) { $0 + $1.tokens.count }
        try out.write(
          "\(kind)\t\(corpus.name)\t\(corpus.tasks.map(\.name).joined(separator: ","))\t"
            + "\(corpus.sentences.count) sentences\t\(tokens) tokens\n")
      }
    }
    let summary = trainer.summary
    try out.write("words\t\(summary.words)\ncharacters\t\(summary.characters)\n")
    for (task, count) in summary.labels { try out.write("\(task) labels\t\(count)\n") }
    try out.write("parameters\t\(summary.parameters)\n")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try out.write(String(decoding: encoder.encode(trainer.configuration), as: UTF8.self) + "\n")
    try out.write(String(decoding: encoder.encode(trainer.training), as: UTF8.self) + "\n")
    try out.commit()
  }
}

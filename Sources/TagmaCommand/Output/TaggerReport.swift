internal import Foundation
internal import Tagma
internal import TagmaTagging

extension TrainingReport {
  /// The report of a tagger's training: what is taken for what on dev.
  init(_ trainer: TaggerTrainer, _ tagger: Tagger, dev: [TrainingCorpus]) {
    let evaluations = tagger.tasks.compactMap { task in
      var evaluation = TagEvaluation(task: task)
      for corpus in dev where corpus.tasks.contains(task) {
        let sentences = corpus.sentences.filter { !$0.tokens.isEmpty }
        for (gold, mine) in zip(sentences, tagger.tag(sentences, threads: trainer.threads)) {
          guard let labels = gold.labels(of: task), let own = mine.labels[task] else { continue }
          evaluation.add(gold: labels, predicted: own)
        }
      }
      return evaluation.tokens > 0 ? evaluation : nil
    }
    let description = tagger.description
    self.init(
      title: "Training of a tagger", reports: trainer.reports, epoch: description.epoch,
      parameters: tagger.parameterCount, seed: description.training.seed,
      devScores: description.devScores, unit: "word", details: evaluations.map(confusion).joined())
  }
}

/// The most frequent labels against each other; deeper is more.
private func confusion(_ evaluation: TagEvaluation) -> String {
  let totals = evaluation.confusion.mapValues { $0.values.reduce(0, +) }
  let labels = totals.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
    .prefix(18).map(\.key)
  var out = "<h2>\(htmlEscaped(evaluation.task.name)): gold (rows) and predicted</h2>"
  out += "<table class=\"m\"><tr><th></th>"
  out += labels.map { "<th>\(htmlEscaped($0))</th>" }.joined() + "</tr>"
  for gold in labels {
    out += "<tr><td>\(htmlEscaped(gold))</td>"
    for predicted in labels {
      let count = evaluation.confusion[gold]?[predicted] ?? 0
      let share = Double(count) / Double(max(totals[gold] ?? 1, 1))
      let color = gold == predicted ? "31,119,180" : "214,39,40"
      out += "<td style=\"background:rgba(\(color),\(decimal(share.squareRoot(), 2)))\">"
      out += count > 0 ? "\(count)</td>" : "</td>"
    }
    out += "</tr>"
  }
  return out + "</table>"
}

internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// A language model in words.
struct LanguageModelSummary: ModelSummary {
  private let model: LanguageModel
  let path: String

  init(_ model: LanguageModel, _ path: String) {
    self.model = model
    self.path = path
  }

  var json: any Encodable { model.description }

  private var network: String {
    let c = model.description.configuration
    return "\(model.unitCount) \(c.subwords == 0 ? "characters" : "units") of \(c.embeddingSize), "
      + "\(c.cell.rawValue) \(c.hiddenSizes.map(String.init).joined(separator: ", "))"
      + (c.readsBackward ? ", backward" : "")
  }

  var text: String {
    let d = model.description
    var lines = [
      "model      \(path) (\(size(of: path)))", "network    \(network)",
      "parameters \(model.parameterCount)", "licence    \(d.licence ?? "not named")",
      "trained    by tagma \(d.toolVersion), seed \(d.training.seed), epoch \(d.epoch) of \(d.training.epochs)",
    ]
    for (name, score) in d.devScores.sorted(by: { $0.key < $1.key }) {
      lines.append("dev score  \(name) \(decimal(score, 3))")
    }
    for file in d.trainingData {
      lines.append("data       \(file.name): \(file.lines) lines, SHA-256 \(file.sha256)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  func card(filesIn folder: String) -> String {
    let d = model.description
    var out = """
      ---
      license: \(d.licence ?? "unknown")
      library_name: tagma
      tags: [text-generation]
      ---

      # \(ModelPath.title(of: path))

      A language model. \(network); \(model.parameterCount) parameters, \(size(of: folder)).

      ## Data

      """
    for file in d.trainingData {
      out += "\n* `\(file.name)`: \(file.lines) lines, SHA-256 `\(file.sha256)`"
    }
    out += "\n\n## Scores\n\n| score | dev |\n|---|---|\n"
    for (name, score) in d.devScores.sorted(by: { $0.key < $1.key }) {
      out += "| \(name) | \(decimal(score, 3)) |\n"
    }
    if let command = d.command { out += "\n## Reproduce\n\n\(wrapped(command))" }
    return out
  }
}

extension TrainingReport {
  /// The report of a language model's training: what it makes up.
  init(_ trainer: LanguageModelTrainer, _ model: LanguageModel) {
    var samples = ""
    for seed in 1...3 {
      var options = GenerationOptions()
      options.seed = UInt64(seed)
      var text = ""
      model.generate(options: options) { text += $0 }
      samples += "<p style=\"white-space: pre-wrap\">\(htmlEscaped(text))</p><hr>"
    }
    let description = model.description
    self.init(
      title: "Training of a language model", reports: trainer.reports, epoch: description.epoch,
      parameters: model.parameterCount, seed: description.training.seed,
      devScores: description.devScores, unit: "unit", details: "<h2>Made up</h2>\(samples)")
  }
}

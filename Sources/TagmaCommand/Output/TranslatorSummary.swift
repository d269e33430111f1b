internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// A translator in words.
struct TranslatorSummary: ModelSummary {
  private let translator: Translator
  let path: String

  init(_ translator: Translator, _ path: String) {
    self.translator = translator
    self.path = path
  }

  var json: any Encodable { translator.description }

  var text: String {
    let d = translator.description
    var lines = [
      "model      \(path) (\(size(of: path)))",
      "languages  from \(d.source) into \(d.target)",
      "network    \(network)",
      "parameters \(translator.parameterCount)",
      "licence    \(d.licence ?? "not named")",
      "trained    by tagma \(d.toolVersion), seed \(d.training.seed), epoch \(d.epoch) of \(d.training.epochs)",
    ]
    for (name, score) in d.devScores.sorted(by: { $0.key < $1.key }) {
      lines.append("dev score  \(name) \(decimal(score, 2))")
    }
    for file in d.trainingData {
      lines.append("data       \(file.name): \(file.pairs) pairs, SHA-256 \(file.sha256)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var network: String {
    let c = translator.description.configuration
    return "\(translator.unitCount) units of \(c.embeddingSize), encoder "
      + c.encoderSizes.map { "2×\($0)" }.joined(separator: ", ")
      + ", decoder \(c.decoderSize) with attention of \(c.heads) head\(c.heads == 1 ? "" : "s")"
  }

  func card(filesIn folder: String) -> String {
    let d = translator.description
    var out = """
      ---
      language: [\(d.source), \(d.target)]
      license: \(d.licence ?? "unknown")
      library_name: tagma
      tags: [translation]
      ---

      # \(ModelPath.title(of: path))

      Translates from \(d.source) into \(d.target). \(network); \(translator.parameterCount) parameters, \(size(of: folder)).

      ## Data

      """
    for file in d.trainingData {
      out += "\n* `\(file.name)`: \(file.pairs) pairs, SHA-256 `\(file.sha256)`"
    }
    out += "\n\n## Scores\n\n| score | dev |\n|---|---|\n"
    for (name, score) in d.devScores.sorted(by: { $0.key < $1.key }) {
      out += "| \(name) | \(decimal(score, 2)) |\n"
    }
    out += "\nScores are of epoch \(d.epoch), of greedy translations.\n"
    if let command = d.command { out += "\n## Reproduce\n\n\(wrapped(command))" }
    return out
  }
}

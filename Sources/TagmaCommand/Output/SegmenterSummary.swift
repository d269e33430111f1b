internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// A segmenter in words.
struct SegmenterSummary: ModelSummary {
  private let segmenter: Segmenter
  let path: String

  init(_ segmenter: Segmenter, _ path: String) {
    self.segmenter = segmenter
    self.path = path
  }

  var json: any Encodable { segmenter.description }

  private var network: String {
    let c = segmenter.description.configuration
    return "characters \(c.characterSize), "
      + "\(c.cell.rawValue) \(c.hiddenSizes.map(String.init).joined(separator: ", "))"
  }

  var text: String {
    let d = segmenter.description
    var lines = [
      "model      \(path) (\(size(of: path)))", "language   \(d.language)", "network    \(network)",
      "parameters \(segmenter.parameterCount)", "licence    \(d.licence ?? "not named")",
      "trained    by tagma \(d.toolVersion), seed \(d.training.seed), epoch \(d.epoch) of \(d.training.epochs)",
    ]
    for (name, score) in d.devScores.sorted(by: { $0.key < $1.key }) {
      lines.append("dev score  \(name) \(decimal(score, 2))")
    }
    for file in d.trainingData {
      lines.append("data       \(file.name): \(file.sentences) sentences, SHA-256 \(file.sha256)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  func card(filesIn folder: String) -> String {
    let d = segmenter.description
    var out = """
      ---
      license: \(d.licence ?? "unknown")
      language: \(d.language)
      library_name: tagma
      tags: [token-classification]
      ---

      # \(ModelPath.title(of: path))

      Cuts text into sentences, tokens and words as its treebank does. \(network); \(segmenter.parameterCount) parameters, \(size(of: folder)).

      ## Data

      """
    for file in d.trainingData {
      out += "\n* `\(file.name)`: \(file.sentences) sentences, SHA-256 `\(file.sha256)`"
    }
    out += "\n\n## Scores\n\n| F₁ | dev |\n|---|---|\n"
    for (name, score) in d.devScores.sorted(by: { $0.key < $1.key }) {
      out += "| \(name) | \(decimal(score, 2)) |\n"
    }
    if let command = d.command { out += "\n## Reproduce\n\n\(wrapped(command))" }
    return out
  }
}

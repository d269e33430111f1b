internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// A regressor in words.
struct RegressorSummary: ModelSummary {
  private let regressor: Regressor
  let path: String

  init(_ regressor: Regressor, _ path: String) {
    self.regressor = regressor
    self.path = path
  }

  var json: any Encodable { regressor.description }

  private var network: String {
    let c = regressor.description.configuration
    return "windows of \(c.window) rows, "
      + (c.denseSize > 0 ? "dense \(c.denseSize), " : "")
      + "\(c.cell.rawValue) \(c.hiddenSizes.map(String.init).joined(separator: ", ")), horizon \(c.horizon)"
  }

  private func names(_ scales: [RegressorKind.Scale]) -> String {
    scales.map(\.name).joined(separator: ", ")
  }

  var text: String {
    let d = regressor.description
    var lines = [
      "model      \(path) (\(size(of: path)))", "network    \(network)",
      "inputs     \(names(d.inputs))", "targets    \(names(d.targets))",
      "parameters \(regressor.parameterCount)", "licence    \(d.licence ?? "not named")",
      "trained    by tagma \(d.toolVersion), seed \(d.training.seed), epoch \(d.epoch) of \(d.training.epochs)",
    ]
    for (name, score) in d.devScores.sorted(by: { $0.key < $1.key }) {
      lines.append("dev score  \(name) \(decimal(score, 5))")
    }
    for file in d.trainingData {
      lines.append("data       \(file.name): \(file.rows) rows, SHA-256 \(file.sha256)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  func card(filesIn folder: String) -> String {
    let d = regressor.description
    var out = """
      ---
      license: \(d.licence ?? "unknown")
      library_name: tagma
      tags: [time-series-forecasting]
      ---

      # \(ModelPath.title(of: path))

      Predicts \(names(d.targets)) from \(names(d.inputs)). \(network); \(regressor.parameterCount) parameters, \(size(of: folder)).

      ## Data

      """
    for file in d.trainingData {
      out += "\n* `\(file.name)`: \(file.rows) rows, SHA-256 `\(file.sha256)`"
    }
    out += "\n\n## Scores\n\n| score | dev |\n|---|---|\n"
    for (name, score) in d.devScores.sorted(by: { $0.key < $1.key }) {
      out += "| \(name) | \(decimal(score, 5)) |\n"
    }
    if let command = d.command { out += "\n## Reproduce\n\n\(wrapped(command))" }
    return out
  }
}

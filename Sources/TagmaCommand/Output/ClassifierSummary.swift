internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// A classifier in words.
struct ClassifierSummary: ModelSummary {
  private let classifier: Classifier
  let path: String

  init(_ classifier: Classifier, _ path: String) {
    self.classifier = classifier
    self.path = path
  }

  var json: any Encodable { classifier.description }

  private var network: String {
    let c = classifier.description.configuration
    let table = "\(c.buckets) rows of \(c.embeddingSize)"
    guard c.encoder == .recurrent else { return "bag of words and runs of letters, \(table)" }
    return "\(table), \(c.cell.rawValue) 2×"
      + c.hiddenSizes.map(String.init).joined(separator: ", 2×") + ", \(c.pooling.rawValue) pooling"
  }

  /// All labels, or some where they are many.
  private var labels: String {
    let all = classifier.labels.sorted()
    return "\(all.count): " + all.prefix(100).joined(separator: ", ")
      + (all.count > 100 ? ", …" : "")
  }

  var text: String {
    let d = classifier.description
    var lines = [
      "model      \(path) (\(size(of: path)))", "labels     \(labels)", "network    \(network)",
      "parameters \(classifier.parameterCount)", "licence    \(d.licence ?? "not named")",
      "trained    by tagma \(d.toolVersion), seed \(d.training.seed), epoch \(d.epoch) of \(d.training.epochs)",
    ]
    for (name, score) in d.devScores.sorted(by: { $0.key < $1.key }) {
      lines.append("dev score  \(name) \(decimal(score, 2))")
    }
    for file in d.trainingData {
      lines.append("data       \(file.name): \(file.texts) texts, SHA-256 \(file.sha256)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  func card(filesIn folder: String) -> String {
    let d = classifier.description
    var out = """
      ---
      license: \(d.licence ?? "unknown")
      library_name: tagma
      tags: [text-classification]
      ---

      # \(ModelPath.title(of: path))

      Says what a text is\(d.allowsSeveral ? "; a text may have several labels" : ""). \(network); \(classifier.parameterCount) parameters, \(size(of: folder)).

      Labels, \(labels).

      ## Data

      """
    for file in d.trainingData {
      out += "\n* `\(file.name)`: \(file.texts) texts, SHA-256 `\(file.sha256)`"
    }
    out += "\n\n## Scores\n\n| score | dev |\n|---|---|\n"
    for (name, score) in d.devScores.sorted(by: { $0.key < $1.key }) {
      out += "| \(name) | \(decimal(score, 2)) |\n"
    }
    if let command = d.command { out += "\n## Reproduce\n\n\(wrapped(command))" }
    return out
  }
}

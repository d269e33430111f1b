internal import Foundation
internal import Tagma

/// A model in words: for `model info` and for its card.
struct ModelSummary {
  private let tagger: Tagger
  private let path: String

  init(_ tagger: Tagger, _ path: String) {
    self.tagger = tagger
    self.path = path
  }

  private var size: String {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let bytes = files.reduce(0) {
      $0
        + ((try? FileManager.default.attributesOfItem(atPath: "\(path)/\($1)")[.size] as? Int) ?? 0)
    }
    return decimal(Double(bytes) / 1e6, 1) + " MB"
  }

  var text: String {
    let d = tagger.description
    var lines = [
      "model      \(path) (\(size))",
      "tasks      \(d.tasks.map(\.name).joined(separator: ", "))",
      "network    \(network)",
      "parameters \(tagger.parameterCount)",
      "language   \(d.language ?? "not named")",
      "licence    \(d.licence ?? "not named")",
      "trained    by tagma \(d.toolVersion), seed \(d.training.seed), epoch \(d.epoch) of \(d.training.epochs)",
    ]
    for (task, score) in d.devScores.sorted(by: { $0.key < $1.key }) {
      lines.append("dev score  \(task) \(decimal(score, 2))")
    }
    for (task, threshold) in d.spanThresholds.sorted(by: { $0.key < $1.key }) {
      lines.append("spans      \(task) believed above \(decimal(threshold, 2))")
    }
    for file in d.trainingData {
      lines.append(
        "data       \(file.name) (\(file.tasks.map(\.name).joined(separator: ","))): "
          + "\(file.sentences) sentences, \(file.tokens) tokens, SHA-256 \(file.sha256)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var network: String {
    let c = tagger.description.configuration
    let members = c.members == 1 ? "" : "\(c.members) members, each: "
    return members + "words \(c.wordSize), characters \(c.characterModel.rawValue) "
      + "\(c.characterSize)→2×\(c.characterHiddenSize), affixes \(c.affixSize), "
      + c.hiddenSizes.map { "bidirectional \(c.cell.rawValue) 2×\($0)" }.joined(separator: ", ")
  }

  /// A command on lines of at most about 110 characters.
  private func wrapped(_ command: [String]) -> String {
    var lines = ["    tagma"]
    for word in command {
      let isPlain = word.utf8.allSatisfy {
        ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a || (0x2b...0x3a).contains($0) || $0 == 0x3d
          || $0 == 0x5f || $0 >= 0x80
      }
      let shown = isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
      if lines[lines.count - 1].count + shown.count > 108 {
        lines[lines.count - 1] += " \\"
        lines.append("     ")
      }
      lines[lines.count - 1] += " " + shown
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var card: String {
    let d = tagger.description
    var out = """
      ---
      language: \(d.language ?? "und")
      license: \(d.licence ?? "unknown")
      library_name: tagma
      tags: [token-classification]
      ---

      # \((path as NSString).lastPathComponent)

      Labels words with \(d.tasks.map { "`\($0)`" }.joined(separator: ", ")). \(network); \
      \(tagger.parameterCount) parameters, \(size).

      ## Data

      """
    for file in d.trainingData {
      out +=
        "\n* `\(file.name)` for \(file.tasks.map(\.name).joined(separator: ", ")): "
        + "\(file.sentences) sentences, \(file.tokens) tokens, SHA-256 `\(file.sha256)`"
    }
    out += "\n\n## Scores\n\n| task | dev |\n|---|---|\n"
    for (task, score) in d.devScores.sorted(by: { $0.key < $1.key }) {
      out += "| \(task) | \(decimal(score, 2)) |\n"
    }
    out += "\nScores are of epoch \(d.epoch), on gold words; spans as F₁, all else as accuracy.\n"
    for (task, threshold) in d.spanThresholds.sorted(by: { $0.key < $1.key }) {
      out +=
        "Spans of \(task) are believed above a probability of \(decimal(threshold, 2)), chosen on dev.\n"
    }
    if let command = d.command { out += "\n## Reproduce\n\n\(wrapped(command))" }
    return out
  }
}

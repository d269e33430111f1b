internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// A tagger in words.
struct TaggerSummary: ModelSummary {
  private let tagger: Tagger
  let path: String

  init(_ tagger: Tagger, _ path: String) {
    self.tagger = tagger
    self.path = path
  }

  var json: any Encodable { tagger.description }

  var text: String {
    let d = tagger.description
    var lines = [
      "model      \(path) (\(size(of: path)))",
      "tasks      \(inCanonicalOrder(tagger.tasks).map(\.name).joined(separator: ", "))",
      "raw text   \(segmentation)",
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
      let documents = d.documentShares[task].map { ", document weight \(decimal($0, 2))" } ?? ""
      let parts =
        d.documentParts[task].map { ", partial names: \($0.joined(separator: ", "))" } ?? ""
      lines.append("spans      \(task): threshold \(decimal(threshold, 2))\(documents)\(parts)")
    }
    for file in d.trainingData {
      lines.append(
        "data       \(file.name) (\(file.tasks.map(\.name).joined(separator: ","))): "
          + "\(file.sentences) sentences, \(file.tokens) tokens, SHA-256 \(file.sha256)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What cuts raw text, in a few words.
  private var segmentation: String {
    guard let segmenter = tagger.segmenter else { return "cut by the rules for the language" }
    let scores = segmenter.description.devScores.sorted { $0.key < $1.key }
    return "cut by a trained segmenter"
      + (scores.isEmpty ? "" : "; dev F₁ ")
      + scores.map { "\($0.key) \(decimal($0.value, 2))" }.joined(separator: ", ")
  }

  private var network: String {
    let c = tagger.description.configuration
    let members = c.members == 1 ? "" : "\(c.members) members, each: "
    return members + "words \(c.wordSize), characters \(c.characterModel.rawValue) "
      + "\(c.characterSize)→2×\(c.characterHiddenSize), affixes \(c.affixSize), "
      + c.hiddenSizes.map { "bidirectional \(c.cell.rawValue) 2×\($0)" }.joined(separator: ", ")
      + attention + context
  }

  private var attention: String {
    let c = tagger.description.configuration
    guard c.attentionHeads > 0 else { return "" }
    return ", self-attention of \(c.attentionHeads) heads"
      + (c.attention == .each ? " after each layer" : "")
  }

  /// What is known of words beside their forms, in a few words.
  private var context: String {
    let c = tagger.description.configuration
    guard c.contextInputSize > 0 else { return "" }
    var parts: [String] = []
    if let given = tagger.embeddings {
      if given.modelCount > 0 {
        parts.append("\(given.modelCount) language models of \(given.parameterCount) parameters")
      }
      if given.vectorCount > 0 { parts.append("\(given.vectorCount) word vectors") }
    }
    if !c.numbers.isEmpty { parts.append("\(c.numbers.count) columns of numbers") }
    let readers =
      c.contextMembers > 0 && c.contextMembers < c.members
      ? "\(c.contextMembers) of them read " : ""
    return "; " + readers + parts.joined(separator: ", ")
      + ": \(c.contextInputSize)→\(c.contextSize)"
  }

  func card(filesIn folder: String) -> String {
    let d = tagger.description
    var out = """
      ---
      \(d.language.map { "language: \($0)\n" } ?? "")license: \(d.licence ?? "unknown")
      library_name: tagma
      tags: [token-classification]
      ---

      # \(ModelPath.title(of: path))

      Labels words with \(inCanonicalOrder(tagger.tasks).map { "`\($0)`" }.joined(separator: ", ")). \(network); \
      \(tagger.parameterCount) parameters, \(size(of: folder)). Raw text is \(segmentation).

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
        "Spans of \(task) are given where their probability is above \(decimal(threshold, 2)).\n"
      if let share = d.documentShares[task] {
        out +=
          "The rest of a document, where it has the same words, has a weight of \(decimal(share, 2)).\n"
      }
      if let parts = d.documentParts[task] {
        out +=
          "There the first or last word of a name stands for the whole in \(parts.joined(separator: ", ")).\n"
      }
    }
    if let command = d.command { out += "\n## Reproduce\n\n\(wrapped(command))" }
    return out
  }
}

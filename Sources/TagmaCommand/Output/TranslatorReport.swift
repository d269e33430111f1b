internal import Foundation
internal import Tagma

extension TrainingReport {
  /// The report of a translator's training: dev sentences with their translations, and what some of them looked at.
  init(_ trainer: TranslatorTrainer, _ translator: Translator, dev: [TextPair]) {
    let count = 30
    // From everywhere in the file: neighbours are often alike.
    let step = max(dev.count / count, 1)
    let pairs = stride(from: 0, to: dev.count, by: step).prefix(count).map { dev[$0] }
    let translations = translator.translate(pairs.map(\.source), threads: trainer.threads)
    let rows = zip(pairs, translations).map { pair, found in
      "<tr>"
        + [pair.source, found.first?.text ?? "", pair.target]
        .map { "<td>\(htmlEscaped($0))</td>" }.joined() + "</tr>"
    }
    let pictures = pairs.sorted { $0.source.count < $1.source.count }
      .dropFirst(pairs.count / 2).prefix(4).map { attention(translator.attention($0.source)) }
    let description = translator.description
    self.init(
      title: "Training of a translator", reports: trainer.reports, epoch: description.epoch,
      parameters: translator.parameterCount, seed: description.training.seed,
      devScores: description.devScores, unit: "target unit",
      details: pairs.isEmpty
        ? ""
        : """
        <h2>Dev sentences</h2>
        <table class="t"><tr><th>source</th><th>translation</th><th>reference</th></tr>\(rows.joined())</table>
        <h2>What each unit looked at</h2>
        \(pictures.joined(separator: "\n"))
        """)
  }
}

/// A grid: a row for each unit of the translation, darker where it looked more.
private func attention(_ map: AttentionMap) -> String {
  let (side, left, top) = (16, 110, 90)
  let (width, height) = (left + side * map.source.count + 20, top + side * map.target.count + 10)
  var out = "<svg viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" font-size=\"12\">"
  for (j, unit) in map.source.enumerated() {
    let (x, y) = (left + side * j + 12, top - 6)
    out +=
      "<text x=\"\(x)\" y=\"\(y)\" transform=\"rotate(-60 \(x) \(y))\">\(htmlEscaped(unit))</text>"
  }
  for (i, unit) in map.target.enumerated() {
    let y = top + side * i
    out += "<text x=\"\(left - 6)\" y=\"\(y + 12)\" text-anchor=\"end\">\(htmlEscaped(unit))</text>"
    for (j, weight) in map.weights[i].enumerated() where weight > 0.005 {
      out += "<rect x=\"\(left + side * j)\" y=\"\(y)\" width=\"\(side)\" height=\"\(side)\" "
      out += "fill=\"#1f77b4\" fill-opacity=\"\(decimal(Double(weight), 2))\"/>"
    }
  }
  return out + "</svg>"
}

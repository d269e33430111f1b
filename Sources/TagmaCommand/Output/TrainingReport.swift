internal import Foundation
internal import Tagma
internal import TagmaTagging

/// The page that a training leaves behind: curves, scores and what is taken for what.
///
/// No script, no file from elsewhere: inline SVG and a table.
struct TrainingReport {
  private let reports: [EpochReport]
  private let evaluations: [TagEvaluation]
  private let tagger: Tagger

  init(_ trainer: TaggerTrainer, _ tagger: Tagger, dev: [TrainingCorpus]) {
    self.tagger = tagger
    reports = trainer.reports
    evaluations = tagger.tasks.compactMap { task in
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
  }

  func write(to folder: TrainingFolder) throws {
    try writeAtomically(Array(html.utf8), to: "\(folder.path)/report.html")
  }

  private var html: String {
    let d = tagger.description
    let scores = d.devScores.sorted { $0.key < $1.key }
      .map { "<tr><td>\(htmlEscaped($0.key))</td><td>\(decimal($0.value, 2))</td></tr>" }.joined()
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>Training of a tagger</title>
      <style>
      body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 60em; margin: 2em auto;
        padding: 0 1em; }
      table { border-collapse: collapse; margin: 1em 0; font-variant-numeric: tabular-nums; }
      td, th { padding: .2em .7em; text-align: right; border-bottom: 1px solid #eee; }
      td:first-child, th:first-child { text-align: left; }
      svg { background: #fafafa; border: 1px solid #eee; }
      .m td { text-align: center; min-width: 2.2em; }
      </style>
      </head>
      <body>
      <h1>Training of a tagger</h1>
      <p>\(reports.count) epochs, best after epoch \(d.epoch); \(tagger.parameterCount) parameters;
      seed \(d.training.seed).</p>
      <table><tr><th>task</th><th>dev score</th></tr>\(scores)</table>
      <h2>Loss per word</h2>
      \(curve([("loss", reports.map(\.lossPerToken))]))
      <h2>Dev scores in percent</h2>
      \(curve(devCurves))
      \(evaluations.map(confusion).joined())
      </body>
      </html>

      """
  }

  private var devCurves: [(String, [Double])] {
    let names = Set(reports.flatMap { $0.devScores.keys }).sorted()
    return names.map { name in (name, reports.map { $0.devScores[name] ?? 0 }) }
  }

  private static let colors = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf"]

  /// Lines over epochs, with the lowest and highest value at the side.
  private func curve(_ series: [(name: String, values: [Double])]) -> String {
    let all = series.flatMap(\.values).filter(\.isFinite)
    guard let low = all.min(), let high = all.max(), reports.count > 1 else {
      return "<p>One epoch: no curve.</p>"
    }
    let (width, height, margin) = (640.0, 220.0, 56.0)
    let span = max(high - low, 1e-9)
    func point(_ i: Int, _ value: Double) -> String {
      let x = margin + Double(i) / Double(reports.count - 1) * (width - margin - 110)
      let y = 16 + (high - value) / span * (height - 44)
      return "\(decimal(x, 1)),\(decimal(y, 1))"
    }
    var out = "<svg viewBox=\"0 0 \(Int(width)) \(Int(height))\" width=\"\(Int(width))\">"
    out += "<text x=\"6\" y=\"20\" font-size=\"12\">\(decimal(high, 2))</text>"
    out += "<text x=\"6\" y=\"\(Int(height - 26))\" font-size=\"12\">\(decimal(low, 2))</text>"
    for (k, line) in series.enumerated() {
      let color = Self.colors[k % Self.colors.count]
      let points = line.values.enumerated().map { point($0, $1) }.joined(separator: " ")
      out += "<polyline fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\" points=\"\(points)\"/>"
      out +=
        "<text x=\"\(Int(width - 100))\" y=\"\(20 + 16 * k)\" fill=\"\(color)\" font-size=\"13\">"
      out += "\(htmlEscaped(line.name))</text>"
    }
    let first = reports.first?.epoch ?? 1
    out +=
      "<text x=\"\(Int(margin))\" y=\"\(Int(height - 6))\" font-size=\"12\">epoch \(first)</text>"
    out += "<text x=\"\(Int(width - 160))\" y=\"\(Int(height - 6))\" font-size=\"12\">"
    return out + "\(reports.last?.epoch ?? 1)</text></svg>"
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
}

internal import Foundation
internal import Tagma

/// The page that a training leaves behind: curves, scores, and what is particular to a kind of model.
///
/// No script, no file from elsewhere: inline SVG and tables.
struct TrainingReport {
  let title: String
  let reports: [EpochReport]
  let epoch: Int
  let parameters: Int
  let seed: UInt64
  let devScores: [String: Double]
  /// Loss is told for each of these.
  let unit: String
  /// HTML.
  let details: String

  var html: String {
    let scores = devScores.sorted { $0.key < $1.key }
      .map { "<tr><td>\(htmlEscaped($0.key))</td><td>\(decimal($0.value, 2))</td></tr>" }.joined()
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>\(title)</title>
      <style>
      body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 60em; margin: 2em auto;
        padding: 0 1em; }
      table { border-collapse: collapse; margin: 1em 0; font-variant-numeric: tabular-nums; }
      td, th { padding: .2em .7em; text-align: right; border-bottom: 1px solid #eee; }
      td:first-child, th:first-child { text-align: left; }
      svg { background: #fafafa; border: 1px solid #eee; }
      .m td { text-align: center; min-width: 2.2em; }
      .t td { text-align: left; vertical-align: top; }
      </style>
      </head>
      <body>
      <h1>\(title)</h1>
      <p>\(reports.count) epochs, best after epoch \(epoch); \(parameters) parameters; seed \(seed).</p>
      <table><tr><th></th><th>dev score</th></tr>\(scores)</table>
      \(changeNote)
      <h2>Loss per \(unit)</h2>
      \(curve([("loss", reports.map(\.lossPerToken))]))
      <h2>Dev scores in percent</h2>
      \(curve(devCurves))
      \(details)
      </body>
      </html>

      """
  }

  /// Why the table has other scores than the curves.
  private var changeNote: String {
    let then = reports.first { $0.epoch == epoch }?.devScores ?? [:]
    let isChanged = devScores.contains { name, score in
      then[name].map { abs($0 - score) >= 0.005 } ?? false
    }
    return isChanged
      ? "<p>These are scores of the model as it was written: how probable a span must be was chosen on dev after the last epoch. The curves are of each epoch without that.</p>"
      : ""
  }

  private var devCurves: [(String, [Double])] {
    let names = Set(reports.flatMap { $0.devScores.keys }).sorted()
    return names.map { name in (name, reports.map { $0.devScores[name] ?? 0 }) }
  }

  /// Lines over epochs.
  private func curve(_ series: [(name: String, values: [Double])]) -> String {
    guard reports.count > 1 else { return "<p>One epoch: no curve.</p>" }
    return Chart(
      xTitle: "epoch",
      lines: series.map { name, values in
        Chart.Line(
          name: name, points: zip(reports, values).map { (Double($0.epoch), $1) })
      }
    ).svg
  }
}

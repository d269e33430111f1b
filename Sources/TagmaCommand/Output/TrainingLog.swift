internal import Foundation
internal import Tagma

/// Tells of a training: a bar and a line for each epoch on standard error, `train.jsonl` beside it.
final class TrainingLog {
  private let progress: ProgressOptions
  private let path: String
  private let start = Date()
  private var lines = ""
  private var starIsExplained = false
  /// All epochs, a line each.
  var text: String { lines }
  /// When the first batch of this run was told of, which may not be the training's first: the time left is reckoned from it.
  private var first: (position: Double, elapsed: Double)?

  /// - Parameter earlier: Epochs before a resumption.
  init(_ folder: TrainingFolder, progress: ProgressOptions, earlier: [EpochReport]) {
    self.progress = progress
    path = folder.log
    for report in earlier { append(report) }
  }

  func report(_ event: TrainingEvent) {
    switch event {
    case .began(let sizes):
      progress.note(sizes.map { "\($0.count) \($0.name)" }.joined(separator: ", "))
    case .progress(let p): showBar(p)
    case .epoch(let report): finish(report)
    case .checkpointFailed(let error):
      progress.note("warning: no checkpoint: \(error); the training goes on")
    }
  }

  private func showBar(_ p: TrainingProgress) {
    guard progress.showsBar else { return }
    let width = 24
    let done = width * p.batch / max(p.batches, 1)
    let bar = String(repeating: "█", count: done) + String(repeating: "░", count: width - done)
    let elapsed = Date().timeIntervalSince(start)
    let all = Double(p.epochs * p.batches)
    let position = Double((p.epoch - 1) * p.batches + p.batch)
    let left = first.map {
      (elapsed - $0.elapsed) / max(position - $0.position, 1) * (all - position)
    }
    if first == nil { first = (position, elapsed) }
    // The bar is of the epoch, the time of all that are left.
    TerminalLine.show(
      "epoch \(p.epoch) of \(p.epochs) \(bar) loss \(readable(p.lossPerToken)), "
        + "\(Int(p.tokensPerSecond)) tokens/s"
        + (left.map { ", at most \(duration($0)) of training left" } ?? ""))
  }

  private func finish(_ report: EpochReport) {
    if report.isBest, !report.devScores.isEmpty, !starIsExplained {
      progress.note("* marks the best epoch so far, by its scores on dev")
      starIsExplained = true
    }
    let scores = report.devScores.sorted { $0.key < $1.key }.map {
      "\($0.key) \(readable($0.value))"
    }
    writeError(
      "epoch \(report.epoch)  loss \(readable(report.lossPerToken))  "
        + (scores.isEmpty
          ? "" : "dev \(scores.joined(separator: "  "))\(report.isBest ? " *" : "")  ")
        + "\(Int(report.tokensPerSecond)) tokens/s  \(duration(Date().timeIntervalSince(start)))\n")
    append(report)
    // A log that cannot be written must not end a training; close() reports it.
    try? writeAtomically(Array(lines.utf8), to: path)
  }

  private func append(_ report: EpochReport) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    if let data = try? encoder.encode(report) {
      lines += String(decoding: data, as: UTF8.self) + "\n"
    }
  }

  func close() throws {
    try writeAtomically(Array(lines.utf8), to: path)
  }
}

/// A number with a fixed count of decimals, whatever the locale.
func decimal(_ value: Double, _ places: Int) -> String {
  String(format: "%.\(places)f", value)
}

/// A score or a loss with the decimals that say something: errors of series may be tiny.
func readable(_ value: Double) -> String {
  switch abs(value) {
  case ..<0.01: value == 0 ? "0" : String(format: "%.3g", value)
  case ..<10: decimal(value, 4)
  default: decimal(value, 2)
  }
}

func duration(_ seconds: Double) -> String {
  let s = Int(max(seconds, 0).rounded())
  return s >= 3600
    ? "\(s / 3600) h \(s / 60 % 60) min" : s >= 60 ? "\(s / 60) min \(s % 60) s" : "\(s) s"
}

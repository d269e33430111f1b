internal import Foundation
internal import Tagma

/// Tells of a training: a bar and a line for each epoch on standard error, `train.jsonl` beside it.
final class TrainingLog {
  private let progress: ProgressOptions
  private let path: String
  private let start = Date()
  private var lines = ""
  private var barIsShown = false

  /// - Parameter earlier: Epochs before a resumption.
  init(_ folder: TrainingFolder, progress: ProgressOptions, earlier: [EpochReport]) {
    self.progress = progress
    path = "\(folder.path)/train.jsonl"
    for report in earlier { append(report) }
  }

  func report(_ event: TrainingEvent) {
    switch event {
    case .began(let sentences, let tokens, let parameters, let words):
      progress.note(
        "\(sentences) sentences, \(tokens) tokens, \(words) words known, \(parameters) parameters")
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
    let left = elapsed / max(position, 1) * (all - position)
    put(
      "\r\u{1b}[Kepoch \(p.epoch)/\(p.epochs) \(bar) loss \(decimal(p.lossPerToken, 4)) "
        + "\(Int(p.tokensPerSecond)) tokens/s, at most \(duration(left)) left")
    barIsShown = true
  }

  private func finish(_ report: EpochReport) {
    if barIsShown { put("\r\u{1b}[K") }
    barIsShown = false
    let scores = report.devScores.sorted { $0.key < $1.key }.map {
      "\($0.key) \(decimal($0.value, abs($0.value) < 2 ? 4 : 2))"
    }
    put(
      "epoch \(report.epoch)  loss \(decimal(report.lossPerToken, 4))  "
        + "dev \(scores.joined(separator: "  "))\(report.isBest ? " *" : "")  "
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

  private func put(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}

/// A number with a fixed count of decimals, whatever the locale.
func decimal(_ value: Double, _ places: Int) -> String {
  String(format: "%.\(places)f", value)
}

func duration(_ seconds: Double) -> String {
  let s = Int(max(seconds, 0).rounded())
  return s >= 3600
    ? "\(s / 3600) h \(s / 60 % 60) min" : s >= 60 ? "\(s / 60) min \(s % 60) s" : "\(s) s"
}

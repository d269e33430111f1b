internal import Foundation
internal import Tagma
internal import TagmaCorpora
internal import TagmaModels

/// What is said at the end of a training: why it ended, which epoch was kept, where things are and what to do with them.
struct TrainingEnd {
  private let loop: TrainingLoop
  private let trainer: any ModelTrainer
  private let folder: String

  init(_ trainer: any ModelTrainer, folder: String) {
    (self.trainer, loop, self.folder) = (trainer, trainer.loop, folder)
  }

  var lines: [String] {
    [
      "\(reason)\(best)\(finalScores)",
      "model written to \(folder)\(reportNote)",
      "next: \(nextCommands.joined(separator: "; "))",
    ]
  }

  private var reason: String {
    let (done, plan) = (trainer.epochsDone, trainer.optimization)
    if done >= plan.epochs { return "all \(done) epochs done" }
    if plan.patience > 0, loop.state.epochsWithoutGain >= plan.patience {
      return "stopped after epoch \(done) of \(plan.epochs): no better on dev for "
        + "\(loop.state.epochsWithoutGain) epochs (training.patience)"
    }
    return "stopped after epoch \(done) of \(plan.epochs): it cannot be better on dev"
  }

  private var best: String {
    let scores = loop.state.bestScores.sorted { $0.key < $1.key }.map {
      "\($0.key) \(readable($0.value))"
    }
    return scores.isEmpty
      ? "; without dev data the last is kept"
      : "; kept is epoch \(loop.state.bestEpoch), dev \(scores.joined(separator: "  "))"
  }

  /// Scores of the model as it was written, where they are others than those of its epoch.
  private var finalScores: String {
    struct Description: Decodable { let devScores: [String: Double]? }
    guard let data = FileSystem.contents("\(folder)/model.json"),
      let scores = try? JSONDecoder().decode(Description.self, from: Data(data)).devScores
    else { return "" }
    let changed = scores.sorted { $0.key < $1.key }.filter { name, score in
      loop.state.bestScores[name].map { abs($0 - score) >= 0.005 } ?? false
    }
    guard !changed.isEmpty else { return "" }
    let list = changed.map { "\($0.key) \(readable($0.value))" }.joined(separator: "  ")
    return "; with what was chosen on dev afterwards \(list)"
  }

  private var reportNote: String {
    FileSystem.exists("\(folder)/report.html")
      ? ", curves to \(folder)/report.html" : ""
  }

  /// What the new model may be tried with.
  private var nextCommands: [String] {
    let name = shellQuoted(folder)
    switch trainer {
    case is TaggerTrainer:
      return ["tagma tag -m \(name) TEXT", "tagma evaluate tags GOLD -m \(name)"]
    case is TranslatorTrainer:
      return ["tagma translate -m \(name) TEXT", "tagma evaluate translations"]
    case is LanguageModelTrainer:
      return ["tagma generate -m \(name)", "tagma score -m \(name) TEXT"]
    case is ClassifierTrainer:
      return ["tagma classify -m \(name) TEXT", "tagma evaluate classes GOLD -m \(name)"]
    case is RegressorTrainer: return ["tagma predict -m \(name) SERIES"]
    default: return ["tagma tokenize -m \(name) TEXT"]
    }
  }
}

/// A word as a shell takes it whole.
func shellQuoted(_ word: String) -> String {
  let isPlain = word.utf8.allSatisfy {
    ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a || (0x2b...0x3a).contains($0) || $0 == 0x3d
      || $0 == 0x5f || $0 >= 0x80
  }
  return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
}

internal import ArgumentParser
internal import Foundation

/// `tagma train …` — learns from a corpus.
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model.",
    subcommands: [
      TrainTaggerCommand.self, TrainTranslatorCommand.self, TrainLanguageModelCommand.self,
      TrainVectorsCommand.self, TrainRegressorCommand.self, TrainSegmenterCommand.self,
      TrainLemmatizerCommand.self, TrainShortlistCommand.self,
    ])
}

/// The arguments without what does not change the model, files without their folders.
func reproducingCommand(_ arguments: [String]) -> [String] {
  var kept: [String] = []
  for word in arguments.dropFirst() where word != "--resume" {
    let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let path = sides.last ?? ""
    let isPath = path.contains("/") && !path.hasPrefix("-")
    kept.append(
      sides.dropLast().map { "\($0)=" }.joined()
        + (isPath ? (String(path) as NSString).lastPathComponent : String(path)))
  }
  return kept
}

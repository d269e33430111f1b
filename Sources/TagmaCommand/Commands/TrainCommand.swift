internal import ArgumentParser
internal import Foundation
internal import TagmaCorpora

/// `tagma train …` — learns from a corpus.
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model.",
    subcommands: [
      TrainTaggerCommand.self, TrainClassifierCommand.self, TrainTranslatorCommand.self,
      TrainLanguageModelCommand.self,
      TrainVectorsCommand.self, TrainRegressorCommand.self, TrainSegmenterCommand.self,
      TrainLemmatizerCommand.self, TrainShortlistCommand.self,
    ])
}

/// The arguments without what does not change the model, files without their folders.
func reproducingCommand(_ arguments: [String]) -> [String] {
  var kept: [String] = []
  for word in arguments.dropFirst() where word != "--resume" {
    let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    kept.append(sides.dropLast().map { "\($0)=" }.joined() + withoutFolders(sides.last ?? ""))
  }
  return kept
}

/// A value whose paths have lost their folders, of which there may be several: `fixed:a/b.vec,lm:a/c`.
private func withoutFolders(_ value: Substring) -> String {
  guard value.contains("/"), !value.hasPrefix("-") else { return String(value) }
  return value.split(separator: ",", omittingEmptySubsequences: false).map { part in
    let kind = part.prefix { $0 != "/" && $0 != ":" }
    guard part.dropFirst(kind.count).first == ":" else {
      return FilePath.name(of: String(part))
    }
    return "\(kind):" + FilePath.name(of: String(part.dropFirst(kind.count + 1)))
  }.joined(separator: ",")
}

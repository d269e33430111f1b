internal import ArgumentParser
internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// Files of pairs to learn from.
struct TrainingPairs: ParsableArguments {
  @Option(parsing: .upToNextOption, help: "Training files.", completion: .file())
  var train: [String]

  @Flag(help: "The target stands in the first column, the source in the second.")
  var swap = false

  @Option(help: "The files' encoding; UTF-8 unless given.")
  var encoding: String?

  func validate() throws {
    if train.isEmpty { throw ValidationError("--train needs a file") }
  }

  /// The files that a name stands for: two count as one corpus.
  func files(of path: String, source: String, target: String) -> [String] {
    alignedFiles(path, source: source, target: target).map { [$0, $1] } ?? [path]
  }

  func read(_ path: String, source: String, target: String) throws -> PairCorpus {
    let isSwapped = swap || FilePath.name(of: path).contains(".\(target)-\(source).")
    let parts = files(of: path, source: source, target: target)
    return PairCorpus(
      name: parts.map { FilePath.name(of: $0) }.joined(separator: ","),
      sha256: try parts.map { try fileSHA256($0) }.joined(separator: ","),
      items: try openPairs(
        path, source: source, target: target, isSwapped: isSwapped, encoding: encoding
      ).readAll())
  }
}

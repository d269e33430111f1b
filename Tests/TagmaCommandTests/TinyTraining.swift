import Foundation
import TestSupport

/// A training of each kind of model that is over in a moment.
enum TinyTraining: String, CaseIterable {
  case tagger, segmenter, translator, regressor, classifier
  case languageModel = "language-model"

  /// What `tagma` is called with.
  func arguments(_ folder: String, epochs: Int = 2) -> [String] {
    let tiny = TestData.root.appendingPathComponent("corpora/tiny.en.conllu").path
    let text = TestData.root.appendingPathComponent("corpora/letter.en.txt").path
    let (arguments, settings): ([String], [String]) =
      switch self {
      case .tagger:
        (
          ["--train", tiny, "--dev", tiny],
          [
            "tagger.hiddenSizes=4", "tagger.wordSize=4", "tagger.affixSize=0",
            "tagger.characterHiddenSize=4", "training.tunesSpans=false",
          ]
        )
      case .segmenter:
        (
          ["--train", tiny, "--dev", tiny, "--language", "en"],
          ["segmenter.hiddenSizes=4", "segmenter.characterSize=4", "segmenter.minimumCount=1"]
        )
      case .translator:
        (
          ["--train", Self.pairs, "--dev", Self.pairs, "--source", "en", "--target", "de"],
          [
            "translator.subwords=300", "translator.embeddingSize=4", "translator.encoderSizes=4",
            "translator.decoderSize=4", "training.devPairs=4",
          ]
        )
      case .classifier:
        (
          ["--train", Self.topics, "--dev", Self.topics],
          ["classifier.embeddingSize=4", "classifier.hiddenSizes=4", "classifier.buckets=500"]
        )
      case .regressor:
        (
          ["--train", Self.series, "--dev", "10%"],
          ["regressor.hiddenSizes=4", "regressor.window=8"]
        )
      case .languageModel:
        (
          ["--train", text, "--dev", text],
          ["language-model.embeddingSize=4", "language-model.hiddenSizes=4", "training.steps=50"]
        )
      }
    return ["train", rawValue] + arguments + ["-o", folder]
      + (settings + ["training.epochs=\(epochs)"]).flatMap { ["--set", $0] }
  }

  private static let pairs = file(
    "pairs.en-de.tsv", "red tree\troter Baum\nblue house\tblaues Haus\n")
  static let topics = file(
    "topics.tsv",
    (0..<20).map {
      "\($0 % 2 == 0 ? "sea\tThe ship" : "wood\tThe deer") number \($0) is here.\n"
    }.joined())
  private static let series = file(
    "wave.csv", (0..<200).map { "\(sin(Double($0) * 0.3))\n" }.joined())

  private static func file(_ name: String, _ text: String) -> String {
    let path = TestData.temporaryFolder() + "/" + name
    try? text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }
}

import Foundation
import TestSupport
import Testing

/// Help pages are part of the interface: a change of one shows in a review.
///
/// `TAGMA_RECORD=1` writes them anew.
@Suite("Help pages")
struct HelpTests {
  static let commands: [[String]] = [
    [], ["tokenize"], ["tag"], ["train"], ["train", "tagger"], ["train", "translator"],
    ["train", "segmenter"], ["train", "lemmatizer"], ["train", "shortlist"],
    ["train", "language-model"],
    ["train", "vectors"], ["train", "regressor"], ["train", "classifier"], ["classify"],
    ["evaluate", "classes"], ["predict"], ["dtw"], ["study"],
    ["study", "memory"],
    ["generate"], ["score"], ["vectors"],
    ["translate"],
    ["evaluate"], ["evaluate", "tags"], ["evaluate", "translations"],
    ["check"], ["convert"], ["model"], ["model", "info"], ["model", "verify"], ["model", "card"],
    ["model", "quantize"], ["model", "average"], ["model", "tune"],
    ["model", "seal"], ["benchmark"],
    ["serve"],
  ]

  @Test("they are as recorded", arguments: commands)
  func recorded(command: [String]) throws {
    let result = try CommandLineTests.run(["help"] + command)
    #expect(result.code == 0 && result.out.contains("OVERVIEW"))
    let name = (["tagma"] + command).joined(separator: "-")
    let path = TestData.root.appendingPathComponent(
      "Tests/TagmaCommandTests/Goldens/help/\(name).txt")
    if ProcessInfo.processInfo.environment["TAGMA_RECORD"] == "1" {
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try result.out.write(to: path, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: path, encoding: .utf8) == result.out)
  }

  @Test("no colours in a pipe")
  func plain() throws {
    let result = try CommandLineTests.run(["--help"])
    #expect(!result.out.contains("\u{1b}"))
  }
}

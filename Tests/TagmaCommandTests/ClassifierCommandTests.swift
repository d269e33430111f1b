import Foundation
import TestSupport
import Testing

@Suite("Classifiers from the command line", .serialized)
struct ClassifierCommandTests {
  private static let model: String = {
    let folder = TestData.temporaryFolder() + "/m"
    _ = try? CommandLineTests.run(
      TinyTraining.classifier.arguments(folder, epochs: 30) + [
        "--set", "training.learningRate=0.05",
      ])
    return folder
  }()

  @Test("a text a line, in each format")
  func classify() throws {
    let input = "A ship.\nthe deer\twith a tab\n\n"
    func run(_ options: String...) throws -> String {
      let result = try CommandLineTests.run(["classify", "-m", Self.model] + options, input: input)
      #expect(result.code == 0, "\(result.err)")
      return result.out
    }
    #expect(try run("-O", "labels").hasPrefix("sea\nwood\n"))
    let rows = try run().split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(rows.count == 3 && rows[0].count == 3 && rows[1][2] == "the deer with a tab")
    let objects = try run("-O", "jsonl", "--best", "2").split(separator: "\n")
    let first = try #require(
      try JSONSerialization.jsonObject(with: Data(objects[0].utf8)) as? [String: Any])
    #expect(first["labels"] as? [String] == ["sea"] && first["text"] as? String == "A ship.")
    #expect((first["probabilities"] as? [Any])?.count == 2)
    #expect(try run("--whole", "-O", "labels").split(separator: "\n").count == 1)
    #expect(try run("-O", "labels") == run("-O", "labels", "-j", "1"))
  }

  @Test("scores, with a model and with what somebody predicted")
  func evaluate() throws {
    let folder = TestData.temporaryFolder()
    let (gold, mine) = ("\(folder)/gold.tsv", "\(folder)/mine.tsv")
    try "label\ttext\nsea\tA ship.\nwood\tA deer.\n".write(
      toFile: gold, atomically: true, encoding: .utf8)
    try "sea\tA ship.\nsea\tA deer.\n".write(toFile: mine, atomically: true, encoding: .utf8)
    let own = try CommandLineTests.run(["evaluate", "classes", gold, "-m", Self.model])
    #expect(own.code == 0 && own.out.contains("accuracy  100.00"), "\(own.out)")
    let other = try CommandLineTests.run(
      ["evaluate", "classes", gold, "--predicted", mine, "--confusion", "--errors"])
    #expect(other.out.contains("accuracy  50.00") && other.out.contains("wood\tsea\t1\n"))
    #expect(other.out.hasSuffix("wood\tsea\tA deer.\n"))
    let low = try CommandLineTests.run(
      ["evaluate", "classes", gold, "--predicted", mine, "--fail-under", "60"])
    #expect(low.code == 1)
  }

  @Test("what is no text with a label is told with its line")
  func faults() throws {
    let path = "\(TestData.temporaryFolder())/x.tsv"
    try "a\tb\nno tab\n".write(toFile: path, atomically: true, encoding: .utf8)
    let result = try CommandLineTests.run(
      ["train", "classifier", "--train", path, "-o", TestData.temporaryFolder() + "/m"])
    #expect(result.code == 65 && result.err.contains("x.tsv:2: 1 column"), "\(result.err)")
    let other = try CommandLineTests.run(["classify", "-m", CommandLineTests.model])
    #expect(other.code == 65 && other.err.contains("expected a classifier"))
  }

  @Test("languages are told apart by the model that ships")
  func languages() throws {
    let texts = [
      ("en", "The children are playing in the garden today."),
      ("de", "Wo ist der nächste Bahnhof, bitte?"),
      ("fr", "Je voudrais une tasse de café, s'il vous plaît."), ("el", "Πού είναι η βιβλιοθήκη;"),
      ("ja", "駅はどこですか。"), ("pl", "Dziękuję bardzo za wszystko."),
      ("fi", "Missä on lähin apteekki?"),
      ("zh-Hans", "请问图书馆在哪里？"), ("ar", "أين أقرب محطة قطار؟"), ("tr", "En yakın eczane nerede?"),
      ("ru", "Где находится ближайшая аптека?"), ("vi", "Xin chào, bạn khỏe không?"),
    ]
    let model = TestData.root.appendingPathComponent("models/languages").path
    let result = try CommandLineTests.run(
      ["classify", "-m", model, "-O", "labels"], input: texts.map { $0.1 + "\n" }.joined())
    #expect(result.out.split(separator: "\n").map(String.init) == texts.map(\.0), "\(result.out)")
  }

  @Test(
    "a text in another language than the model's is told of, and of its own or too short a one nothing is said"
  )
  func otherLanguage() throws {
    let models = TestData.root.appendingPathComponent("models").path
    let german =
      "Die Kinder spielen heute im Garten, und ihre Mutter liest ein Buch über die Geschichte der Stadt.\n"
    let english =
      "The children are playing in the garden today, and their mother is reading a book.\n"
    for (model, text, message) in [
      ("en", german, "seems to be German, but the model knows English"), ("en", english, ""),
      ("en", "Guten Morgen.\n", ""),
      ("pt", english, "seems to be English, but the model knows Portuguese"),
    ] {
      let result = try CommandLineTests.run(
        ["tag", "-m", "\(models)/\(model)", "-O", "tsv"], input: text,
        before: "TAGMA_MODELS='\(models)' ", shell: "")
      #expect(result.code == 0)
      #expect(message.isEmpty ? result.err.isEmpty : result.err.contains(message), "\(result.err)")
    }
    let translated = try CommandLineTests.run(
      ["translate", "-m", "\(models)/en-de"], input: german, before: "TAGMA_MODELS='\(models)' ",
      shell: "")
    #expect(translated.err.contains("seems to be German"))
  }
}

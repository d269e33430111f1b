import Foundation
import TestSupport
import Testing

@Suite("Settings of a training")
struct SettingsTests {
  private static let corpus = TestData.root.appendingPathComponent("corpora/tiny.en.conllu").path

  private func train(_ more: String...) throws -> CommandLineTests.Result {
    try CommandLineTests.run(
      [
        "train", "tagger", "--train", Self.corpus, "--dry-run", "-o", TestData.temporaryFolder(),
      ] + more)
  }

  private func file(_ text: String) throws -> String {
    let path = TestData.temporaryFolder() + "/settings.toml"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test("a value of the wrong type is named with what is expected")
  func types() throws {
    for (setting, expected) in [
      ("training.epochs=three", "expected a whole number, found 'three'"),
      ("training.epochs=1.5", "expected a whole number, found '1.5'"),
      ("training.dropout=nan", "expected a number, found 'nan'"),
      ("training.tunesSpans=1", "expected true or false, found '1'"),
      ("training.optimizer=5", "expected one of sgd, adam, nadam, found '5'"),
      ("training.seed=-1", "expected a whole number from 0, found '-1'"),
      ("tagger.hiddenSizes=[nan]", "expected a list of whole numbers, found '[nan]'"),
      ("tagger.cell=tree", "expected one of lstm, gru, elman-tanh"),
      ("training.taskWeights.upos=x", "expected a number, found 'x'"),
      ("training.auxiliaryTasks=deprel", "expected a task that is learned: upos, ner"),
    ] {
      let result = try train("--set", setting)
      #expect(result.code == 78 && result.err.contains(expected), "\(setting): \(result.err)")
    }
  }

  @Test("an unknown name is told the setting that is near it")
  func names() throws {
    for (setting, expected) in [
      ("epochs=3", "did you mean training.epochs?"),
      ("training.epoks=3", "did you mean training.epochs?"),
      ("training.learning-rate=1", "did you mean training.learningRate?"),
      ("tagger.batchSize=1", "did you mean training.batchSize?"),
      ("tager.cell=gru", "known are tagger, training"), ("training..=3", "unknown setting"),
      ("training.epochs.x=3", "unknown setting"), ("=3", "expected section.name=value"),
    ] {
      let result = try train("--set", setting)
      #expect(result.code == 78 && result.err.contains(expected), "\(setting): \(result.err)")
    }
    let option = try train("--epochs", "3")
    #expect(
      option.code == 64 && option.err.contains("--set training.epochs="), "\(option.err)")
  }

  @Test("lists, tables and texts may be written as in a file")
  func written() throws {
    let result = try train(
      "--set", "tagger.hiddenSizes=[16, 8]", "--set", "training.taskWeights={ner=3}", "--set",
      "training.optimizer='sgd'", "--set", "training.dropout=.25")
    #expect(result.code == 0, "\(result.err)")
    for line in ["16,\n    8", "\"ner\" : 3", "\"sgd\"", "\"dropout\" : 0.25"] {
      #expect(result.out.contains(line), "\(result.out)")
    }
  }

  @Test("what is wrong in a file is told with its line")
  func places() throws {
    for (text, expected) in [
      ("[", "settings.toml:1:2: found the end of the file, expected a name"),
      ("[training]\n\nepochs = \"three\"\n", "settings.toml:3: setting 'training.epochs'"),
      (
        "[tager]\ncell = \"gru\"\n",
        "settings.toml:2: unknown setting 'tager.cell'; did you mean tagger.cell? known are tagger, training"
      ),
      ("epochs = 3\n", "settings.toml:1: unknown setting 'epochs'; did you mean training.epochs?"),
      ("[tagger]\nhiddenSizes = [nan]\n", "settings.toml:2: setting 'tagger.hiddenSizes'"),
    ] {
      let result = try train("--config", file(text))
      #expect(result.code == 78 && result.err.contains(expected), "\(text): \(result.err)")
    }
    let bytes = TestData.temporaryFolder() + "/bytes.toml"
    try Data([0x61, 0x0a, 0xff]).write(to: URL(fileURLWithPath: bytes))
    let result = try train("--config", bytes)
    #expect(result.code == 78 && result.err.contains("bytes.toml:2: found byte 0xff"))
    #expect(try train("--config", "/").code == 66)
    #expect(try train("--config", "/nowhere").code == 66)
  }

  @Test("the example in the documentation is valid as it stands")
  func example() throws {
    let page = try String(
      contentsOf: TestData.root.appendingPathComponent("Docs/cli.md"), encoding: .utf8)
    let start = try #require(page.range(of: "    [tagger]\n"))
    let lines = page[start.lowerBound...].split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { $0.isEmpty || $0.hasPrefix("    ") }
    let example = lines.map { $0.dropFirst(4) }.joined(separator: "\n")
    #expect(example.contains("[training]") && lines.count > 15)
    let result = try train("--config", file(example))
    #expect(result.code == 0, "\(result.err)")
    #expect(result.out.contains("\"caseNoise\" : 0.1"), "\(result.out)")
  }
}

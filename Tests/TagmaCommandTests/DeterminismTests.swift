import Foundation
import TestSupport
import Testing

@Suite("The same answer every time", .serialized)
struct DeterminismTests {
  /// All files of a model but those that tell of its own folder and time.
  private func model(_ folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try #require(FileManager.default.subpaths(atPath: folder)) {
      guard ["safetensors", "vocab", "tsv"].contains((name as NSString).pathExtension) else {
        continue
      }
      files[name] = FileManager.default.contents(atPath: "\(folder)/\(name)")
    }
    return files
  }

  @Test(
    "whatever is trained is the same in another process and at another number of threads",
    arguments: TinyTraining.allCases)
  func trainings(training: TinyTraining) throws {
    var first: [String: Data] = [:]
    for jobs in ["1", "1", "2", "2"] {
      let folder = TestData.temporaryFolder()
      let result = try CommandLineTests.run(
        training.arguments(folder, epochs: 3) + ["-j", jobs])
      #expect(result.code == 0, "\(result.err)")
      let found = try model(folder)
      #expect(found["weights.safetensors"] != nil)
      if first.isEmpty { first = found }
      #expect(found == first, "-j \(jobs)")
    }
  }

  @Test("a segmenter's best epoch does not depend on the order of a dictionary")
  func segmenter() throws {
    var first: [String: Data] = [:]
    // Of three scores of raw text many sums are the same but for their last digit.
    for _ in 0..<6 {
      let folder = TestData.temporaryFolder()
      let result = try CommandLineTests.run(
        TinyTraining.segmenter.arguments(folder, epochs: 20) + ["-j", "1"])
      #expect(result.code == 0, "\(result.err)")
      let found = try model(folder)
      if first.isEmpty { first = found }
      #expect(found == first)
    }
  }

  @Test("vectors are the same unless several threads are asked for, and so are lemmas")
  func others() throws {
    let folder = TestData.temporaryFolder()
    let text = TestData.root.appendingPathComponent("corpora/letter.en.txt").path
    for (name, options) in [("a", []), ("b", ["--deterministic", "-j", "2"])] {
      let result = try CommandLineTests.run(
        [
          "train", "vectors", "--train", text, "--size", "8", "--buckets", "100", "--min-count",
          "1",
          "--epochs", "2", "-o", "\(folder)/\(name)",
        ] + options)
      #expect(result.code == 0, "\(result.err)")
    }
    #expect(
      FileManager.default.contents(atPath: "\(folder)/a")
        == FileManager.default.contents(atPath: "\(folder)/b"))
    // Forms that are canonically equal, in both spellings.
    var treebank = ""
    for (i, form) in ["caf\u{e9}", "cafe\u{301}", "\u{212b}", "\u{c5}", "cats", "dogs"].enumerated()
    {
      treebank += "1\t\(form)\tl\(i % 3)\tNOUN\t_\t_\t_\t_\t_\t_\n\n"
    }
    let corpus = "\(folder)/c.conllu"
    try treebank.write(toFile: corpus, atomically: true, encoding: .utf8)
    let model = "\(folder)/m"
    #expect(try CommandLineTests.run(TinyTraining.tagger.arguments(model)).code == 0)
    var tables: Set<Data> = []
    for _ in 0..<6 {
      let result = try CommandLineTests.run(["train", "lemmatizer", "--train", corpus, "-o", model])
      #expect(result.code == 0, "\(result.err)")
      tables.insert(try #require(FileManager.default.contents(atPath: "\(model)/lemmas.tsv")))
    }
    #expect(tables.count == 1)
  }
}

#if os(Linux)
  @Suite("Too little memory", .serialized)
  struct MemoryTests {
    @Test(
      "the program ends with 71 and a message, never with a trap or not at all",
      arguments: [["tag", "-m", "en"], ["translate", "-m", "en-de"], ["tokenize"], ["train"]])
    func limited(words: [String]) throws {
      let models = TestData.root.appendingPathComponent("models").path
      let text = TestData.root.appendingPathComponent("corpora/phrases.en.txt").path
      for megabytes in stride(from: 180, through: 300, by: 60) {
        let command =
          words == ["train"]
          ? TinyTraining.tagger.arguments(TestData.temporaryFolder())
          : words.map { $0.hasPrefix("en") ? "\(models)/\($0)" : $0 } + [text]
        let result = try CommandLineTests.run(
          command, before: "ulimit -v \(megabytes * 1024); timeout 60 ", shell: "")
        // With less than its libraries need, the system's loader ends it.
        #expect([0, 71, 74, 127].contains(result.code), "\(megabytes) MB: \(result.code)")
        if result.code == 71 { #expect(result.err.contains("out of memory"), "\(result.err)") }
      }
    }
  }
#endif

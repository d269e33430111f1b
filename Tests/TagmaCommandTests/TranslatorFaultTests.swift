import Foundation
import Tagma
import TestSupport
import Testing

/// What can go wrong while a translator is trained, stored and loaded.
@Suite("A translator and its faults", .serialized)
struct TranslatorFaultTests {
  private static let pairs: String = {
    let folder = TestData.temporaryFolder()
    let lines = (0..<300).map { i in
      let words = [["red", "rot"], ["blue", "blau"], ["house", "Haus"], ["tree", "Baum"]]
      let (a, b) = (words[i % 2], words[2 + i / 2 % 2])
      return "\(a[0]) \(b[0]) \(i % 7)\t\(a[1]) \(b[1]) \(i % 7)"
    }
    let file = "\(folder)/train.en-de.tsv"
    try? (lines.joined(separator: "\n") + "\n").write(
      toFile: file, atomically: true, encoding: .utf8)
    return file
  }()

  private static func arguments(_ folder: String) -> [String] {
    [
      "train", "translator", "--train", pairs, "--dev", pairs, "--source", "en", "--target", "de",
      "-o", folder,
    ]
      + [
        "translator.embeddingSize=16", "translator.encoderSizes=16", "translator.decoderSize=16",
        "training.epochs=40", "training.batchTokens=60", "training.patience=0",
        "training.devPairs=10", "training.subwordDropout=0.1", "training.wordDropout=0.1",
      ].flatMap { ["--set", $0] }
  }

  private static let whole = TestData.temporaryFolder() + "/model"

  private static let trained: Data? = {
    guard (try? CommandLineTests.run(arguments(whole)))?.code == 0 else { return nil }
    return FileManager.default.contents(atPath: "\(whole)/weights.safetensors")
  }()

  @Test("a training that is killed or stopped goes on where it was, byte for byte")
  func killed() throws {
    let expected = try #require(Self.trained)
    for delay in ["0.05", "0.2", "0.35", "0.6", "0.9"] {
      let folder = TestData.temporaryFolder()
      _ = try CommandLineTests.run(
        Self.arguments(folder),
        shell: "& p=$!; sleep \(delay); kill -9 $p; wait $p 2>/dev/null; true")
      let resumed = try CommandLineTests.run(Self.arguments(folder) + ["--resume"])
      #expect(resumed.code == 0, "\(delay): \(resumed.err)")
      #expect(FileManager.default.contents(atPath: "\(folder)/weights.safetensors") == expected)
    }
    // Asked to stop once an epoch is done, and to write a checkpoint and go on.
    for (signal, code) in [("TERM", 143), ("INT", 130), ("USR1", 0)] as [(String, Int32)] {
      let folder = TestData.temporaryFolder()
      let stopped = try CommandLineTests.run(
        Self.arguments(folder), before: "set -m; ",
        shell:
          "& p=$!; until [ -s '\(folder)/train.jsonl' ]; do sleep 0.01; done; kill -\(signal) $p; wait $p"
      )
      #expect(stopped.code == code, "\(signal): \(stopped.err)")
      #expect(try CommandLineTests.run(Self.arguments(folder) + ["--resume"]).code == 0)
      #expect(FileManager.default.contents(atPath: "\(folder)/weights.safetensors") == expected)
    }
  }

  @Test("the weights do not depend on the number of threads")
  func threads() throws {
    let expected = try #require(Self.trained)
    let folder = TestData.temporaryFolder()
    #expect(try CommandLineTests.run(Self.arguments(folder) + ["-j", "1"]).code == 0)
    #expect(FileManager.default.contents(atPath: "\(folder)/weights.safetensors") == expected)
  }

  /// A copy of the model in which one file holds other bytes.
  private func changed(_ name: String, _ bytes: Data) throws -> String {
    let folder = TestData.temporaryFolder() + "/changed"
    try FileManager.default.copyItem(atPath: Self.whole, toPath: folder)
    try bytes.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    return folder
  }

  @Test("a model that is cut anywhere in its header, or elsewhere, is refused")
  func truncated() throws {
    let weights = try #require(Self.trained)
    let header = 8 + Int(weights.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    let folder = try changed("weights.safetensors", weights)
    let file = URL(fileURLWithPath: "\(folder)/weights.safetensors")
    var state: UInt64 = 1
    for cut in Array(stride(from: 0, to: header, by: 3))
      + (0..<200).map({ _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % weights.count
      })
    {
      try weights.prefix(cut).write(to: file)
      #expect(throws: ModelError.self, "cut at \(cut)") { try Translator(contentsOf: folder) }
    }
    try weights.prefix(header + 9).write(to: file)
    let result = try CommandLineTests.run(["translate", "-m", folder], input: "red tree\n")
    #expect(result.code == 65 && result.out.isEmpty && result.err.contains("weights.safetensors"))
  }

  @Test("a flipped bit is found, in the header and in the weights")
  func flipped() throws {
    let weights = try #require(Self.trained)
    let header = 8 + Int(weights.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    let folder = try changed("weights.safetensors", weights)
    let file = URL(fileURLWithPath: "\(folder)/weights.safetensors")
    var state: UInt64 = 7
    for i in 0..<400 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let place = Int(state >> 33) % (i < 200 ? header : weights.count)
      var bytes = weights
      bytes[place] ^= 1 << UInt8(i % 8)
      try bytes.write(to: file)
      #expect(throws: ModelError.self, "byte \(place)") { try Translator(contentsOf: folder) }
    }
  }

  @Test("other files of a model are checked too")
  func otherFiles() throws {
    _ = try #require(Self.trained)
    for (name, text) in [
      ("units.vocab", "a\n"), ("merges.txt", "1 99999999\n"), ("merges.txt", "x\n"),
      ("scores.txt", "1\n"), ("model.json", "{}"), ("model.json", "["),
    ] {
      let folder = try changed(name, Data(text.utf8))
      #expect(throws: ModelError.self, "\(name)") { try Translator(contentsOf: folder) }
      let result = try CommandLineTests.run(["translate", "-m", folder], input: "red\n")
      #expect(result.code == 65 && result.out.isEmpty, "\(name): \(result.err)")
    }
  }

  @Test("lengths that are impossible are refused")
  func lengths() throws {
    _ = try #require(Self.trained)
    let file = URL(fileURLWithPath: "\(Self.whole)/model.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    for (least, most) in [("1e300", "1e301"), ("-1", "2"), ("2", "1"), ("0", "1e9")] {
      let bounds = "{\"lengthBounds\": {\"least\": \(least), \"most\": \(most)}, "
      let folder = try changed("model.json", Data((bounds + text.dropFirst()).utf8))
      let result = try CommandLineTests.run(["translate", "-m", folder], input: "red\n")
      #expect(result.code == 65 && result.err.contains("model.json"), "\(result.err)")
    }
  }

  @Test("a training that diverges ends with 70 and writes no model")
  func diverging() throws {
    let folder = TestData.temporaryFolder() + "/m"
    let result = try CommandLineTests.run(
      Self.arguments(folder) + ["--set", "training.learningRate=1e30"])
    #expect(result.code == 70, "\(result.err)")
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/weights.safetensors"))
  }
}

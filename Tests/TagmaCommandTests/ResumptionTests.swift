import Foundation
import TestSupport
import Testing

@Suite("Trainings that are stopped", .serialized)
struct ResumptionTests {
  @Test(
    "whatever is trained goes on where it was killed or asked to stop, byte for byte",
    arguments: TinyTraining.allCases)
  func stopped(training: TinyTraining) throws {
    let epochs = 12
    let whole = TestData.temporaryFolder()
    let done = try CommandLineTests.run(training.arguments(whole, epochs: epochs))
    #expect(done.code == 0, "\(done.err)")
    let expected = try #require(
      FileManager.default.contents(atPath: "\(whole)/weights.safetensors"))
    for (signal, codes) in [
      ("KILL", [0, 137]), ("TERM", [0, 143]), ("INT", [0, 130]), ("USR1", [0]),
    ] as [(String, [Int32])] {
      let folder = TestData.temporaryFolder()
      let stopped = try CommandLineTests.run(
        training.arguments(folder, epochs: epochs), before: "set -m; ",
        shell:
          "& p=$!; until [ -s '\(folder)/train.jsonl' ]; do sleep 0.005; done; kill -\(signal) $p; wait $p"
      )
      #expect(codes.contains(stopped.code), "\(signal): \(stopped.code) \(stopped.err)")
      let resumed = try CommandLineTests.run(
        training.arguments(folder, epochs: epochs) + ["--resume"])
      #expect(resumed.code == 0, "\(signal): \(resumed.err)")
      #expect(
        FileManager.default.contents(atPath: "\(folder)/weights.safetensors") == expected,
        "\(signal)")
    }
  }

  /// A training that was stopped after an epoch or two.
  private func stopped() throws -> String {
    let folder = TestData.temporaryFolder()
    let result = try CommandLineTests.run(
      TinyTraining.tagger.arguments(folder, epochs: 1000),
      shell:
        "& p=$!; until [ -s '\(folder)/checkpoint.safetensors.previous' ]; do sleep 0.005; done; kill -TERM $p; wait $p"
    )
    #expect(result.code == 143, "\(result.code) \(result.err)")
    return folder
  }

  @Test("a training that was stopped is neither passed over nor begun anew by chance")
  func notResumed() throws {
    let folder = try stopped()
    let checkpoint = FileManager.default.contents(atPath: "\(folder)/checkpoint.safetensors")
    let refused = try CommandLineTests.run(TinyTraining.tagger.arguments(folder, epochs: 1000))
    #expect(refused.code == 64 && refused.err.contains("--resume"), "\(refused.err)")
    #expect(
      FileManager.default.contents(atPath: "\(folder)/checkpoint.safetensors") == checkpoint)
    let forced = try CommandLineTests.run(TinyTraining.tagger.arguments(folder) + ["--force"])
    #expect(forced.code == 0, "\(forced.err)")
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/checkpoint.safetensors"))
  }

  @Test("what has changed since is named")
  func changed() throws {
    let folder = try stopped()
    let resume = TinyTraining.tagger.arguments(folder, epochs: 1000) + ["--resume"]
    let settings = try CommandLineTests.run(
      resume + ["--set", "training.dropout=0.1", "--set", "tagger.wordSize=8"])
    #expect(settings.code == 78 && settings.err.contains("tagger.wordSize (4 then, 8 now)"))
    #expect(settings.err.contains("training.dropout ("), "\(settings.err)")
    #expect(!settings.err.contains("training.epochs"), "\(settings.err)")
    let other = TestData.temporaryFolder() + "/other.conllu"
    try "1\tHi\t_\tINTJ\t_\t_\t_\t_\t_\t_\n\n".write(
      toFile: other, atomically: true, encoding: .utf8)
    let data = try CommandLineTests.run(resume + ["--train", other])
    #expect(data.code == 78 && data.err.contains("other.conllu"), "\(data.err)")
  }

  @Test("a damaged checkpoint is told of, and the one before it taken; two are an error")
  func damaged() throws {
    let folder = try stopped()
    let resume =
      TinyTraining.tagger.arguments(folder, epochs: 1000) + [
        "--resume", "--allow-changed", "--set", "training.epochs=2",
      ]
    let path = "\(folder)/checkpoint.safetensors"
    let whole = try #require(FileManager.default.contents(atPath: path))
    var flipped = whole
    flipped[flipped.count / 2] ^= 1
    for damaged in [Data(), Data("garbage".utf8), whole.dropLast(), flipped] {
      let copy = TestData.temporaryFolder() + "/copy"
      try FileManager.default.copyItem(atPath: folder, toPath: copy)
      let words = resume.map { $0 == folder ? copy : $0 }
      try damaged.write(to: URL(fileURLWithPath: "\(copy)/checkpoint.safetensors.previous"))
      try damaged.write(to: URL(fileURLWithPath: "\(copy)/checkpoint.safetensors"))
      let both = try CommandLineTests.run(words)
      #expect(both.code == 65 && both.err.contains("damaged"), "\(both.err)")
      try FileManager.default.removeItem(atPath: "\(copy)/checkpoint.safetensors.previous")
      #expect(try CommandLineTests.run(words).code == 65)
      try FileManager.default.copyItem(
        atPath: "\(path).previous", toPath: "\(copy)/checkpoint.safetensors.previous")
      let before = try CommandLineTests.run(words)
      #expect(before.code == 0 && before.err.contains("warning"), "\(before.err)")
    }
  }
}

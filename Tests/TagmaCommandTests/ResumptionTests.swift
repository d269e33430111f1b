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
}

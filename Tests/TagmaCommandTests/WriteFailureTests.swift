import Foundation
import TestSupport
import Testing

#if os(Linux)
  /// Every call that changes a file fails once, and from there on always: a training is never lost by it.
  @Suite("Failing writes", .serialized)
  struct WriteFailureTests {
    static let library: String? = {
      let path = TestData.temporaryFolder() + "/faults.so"
      let source = TestData.root
        .appendingPathComponent("Tests/TagmaCommandTests/Faults/faults.c").path
      let compiler = Process()
      compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      compiler.arguments = ["clang", "-shared", "-fPIC", source, "-o", path, "-ldl"]
      do { try compiler.run() } catch { return nil }
      compiler.waitUntilExit()
      return compiler.terminationStatus == 0 ? path : nil
    }()

    @Test(
      "a training whose n-th write fails ends with the same weights, at once or resumed",
      .enabled(if: library != nil),
      arguments: [
        (TinyTraining.tagger, false), (.tagger, true), (.translator, false), (.languageModel, true),
        (.regressor, false),
      ])
    func everyCall(training: TinyTraining, always: Bool) throws {
      let library = try #require(Self.library)
      func train(into folder: String, failAt: Int) throws -> (CommandLineTests.Result, calls: Int) {
        let count = TestData.temporaryFolder() + "/count"
        let before =
          "FAIL_AT=\(failAt) FAIL_COUNT='\(count)' \(always ? "FAIL_ALWAYS=1 " : "")"
          + "LD_PRELOAD='\(library)' "
        let result = try CommandLineTests.run(
          training.arguments(folder), before: before, shell: "")
        let calls = FileManager.default.contents(atPath: count)
        return (result, Int(String(decoding: calls ?? Data(), as: UTF8.self)) ?? 0)
      }
      func weights(_ folder: String) -> Data? {
        FileManager.default.contents(atPath: "\(folder)/weights.safetensors")
      }
      let whole = TestData.temporaryFolder()
      let (done, calls) = try train(into: whole, failAt: 0)
      #expect(done.code == 0 && calls > 20, "\(done.err)")
      let expected = try #require(weights(whole))
      for n in 1...calls {
        let folder = TestData.temporaryFolder()
        let (failed, _) = try train(into: folder, failAt: n)
        #expect([0, 73, 74].contains(failed.code), "call \(n): \(failed.code) \(failed.err)")
        if failed.code != 0 {
          #expect(failed.err.contains("No space left"), "call \(n): \(failed.err)")
          let resumed = try CommandLineTests.run(training.arguments(folder) + ["--resume"])
          #expect(resumed.code == 0, "call \(n): \(resumed.err)")
        }
        #expect(weights(folder) == expected, "call \(n): \(failed.err)")
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy {
            !$0.contains(".tmp-")
          })
      }
    }
  }
#endif

import Foundation
import TestSupport
import Testing

/// What is read, or was made before, is not lost to a slip of the hand.
@Suite("Nothing is written over", .serialized)
struct OverwritingTests {
  private let folder = TestData.temporaryFolder()

  private func file(_ name: String, _ text: String) throws -> String {
    let path = "\(folder)/\(name)"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private static let pairs = "one\teins\ntwo\tzwei\n"

  @Test(
    "no command writes over what it reads",
    arguments: [
      ["tokenize", "IN", "-o", "IN"], ["tokenize", "IN", "-o", "./SOFT"],
      ["tokenize", "IN", "-O", "lines", "--output-dir", "."], ["tokenize", "-o", "IN", "<"],
      ["tag", "-m", "MODEL", "IN", "-o", "IN"],
      ["tag", "-m", "MODEL", "IN", "-o", "MODEL/words.vocab"],
      ["tag", "-m", "MODEL", "IN", "-O", "brat", "--output-dir", "."],
      ["convert", "--source", "en", "--target", "de", "IN", "-o", "IN"],
      ["train", "vectors", "--train", "IN", "--min-count", "1", "-o", "IN"],
      ["translate", "-m", "EN-DE", "IN", "-o", "IN"],
      ["translate", "-m", "EN-DE", "--terms", "IN", "-o", "IN"],
    ])
  func inputs(arguments: [String]) throws {
    let path = try file("in.txt", Self.pairs)
    symlink(path, "\(folder)/link")
    let names = [
      "IN": "in.txt", "SOFT": "link", "MODEL": CommandLineTests.model,
      "EN-DE": TestData.root.appendingPathComponent("models/en-de").path,
    ]
    let words = arguments.filter { $0 != "<" }.map { word in
      names.reduce(word) { $0.replacing($1.key, with: $1.value) }
    }
    let vocabulary = try text("\(CommandLineTests.model)/words.vocab")
    let shell = arguments.contains("<") ? "< in.txt" : "< /dev/null"
    let refused = try CommandLineTests.run(words, before: "cd '\(folder)'; ", shell: shell)
    #expect(refused.code == 64 && refused.err.contains("--force"), "\(refused.err)")
    #expect(try text(path) == Self.pairs)
    #expect(try text("\(CommandLineTests.model)/words.vocab") == vocabulary)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["in.txt", "link"])
    guard !arguments.contains("MODEL/words.vocab") else { return }
    let forced = try CommandLineTests.run(
      words + ["--force"], before: "cd '\(folder)'; ", shell: shell)
    #expect(forced.code == 0, "\(forced.err)")
  }

  @Test("no command writes over a file of a model that it does not read")
  func models() throws {
    let input = try file("in.txt", "Ann.\n")
    for path in ["\(CommandLineTests.model)/words.vocab", "\(CommandLineTests.model)/model.json"] {
      let before = try text(path)
      let refused = try CommandLineTests.run(["tokenize", input, "-o", path])
      #expect(refused.code == 64 && refused.err.contains("finished model"), "\(refused.err)")
      #expect(try text(path) == before)
    }
    // What stands beside a model is not of it.
    for _ in 0..<2 {
      let beside = try CommandLineTests.run(
        ["tokenize", input, "-o", "\(CommandLineTests.model)/my notes"])
      #expect(beside.code == 0, "\(beside.err)")
    }
  }

  @Test("standard output onto the file that is read is refused")
  func standardOutput() throws {
    let path = try file("in.txt", "One two.\n")
    let result = try CommandLineTests.run(["tokenize", path], shell: ">> '\(path)'")
    #expect(result.code == 64, "\(result.err)")
    #expect(try text(path) == "One two.\n")
  }

  @Test("a name of one letter, of other bytes, and what is no file")
  func outputs() throws {
    _ = try file("in.txt", "Hi.\n")
    for name in ["h", "é", "-h", "a b", "$(printf '\\377')"] {
      let result = try CommandLineTests.run(
        ["tokenize", "-O", "lines", "in.txt", "-o"], before: "cd '\(folder)'; ",
        shell: "\"./\(name)\" && cat \"./\(name)\" > last")
      #expect(result.code == 0, "\(name): \(result.err)")
      #expect(try text("\(folder)/last") == "Hi .\n")
    }
    let stream = try CommandLineTests.run(
      ["tokenize", "-O", "lines", "\(folder)/in.txt", "-o", "/dev/stdout"])
    #expect(stream.code == 0 && stream.out == "Hi .\n", "\(stream.err)")
    let none = try CommandLineTests.run(
      ["tokenize", "-O", "lines", "\(folder)/in.txt", "-o", "/dev/null"])
    #expect(none.code == 0, "\(none.err)")
    let pipe = try CommandLineTests.run(
      ["tokenize", "-O", "lines", "in.txt", "-o", "pipe"],
      before: "cd '\(folder)'; mkfifo pipe; cat pipe & ", shell: "; wait")
    #expect(pipe.out == "Hi .\n", "\(pipe.err)")
    let missing = try CommandLineTests.run(
      ["tokenize"], shell: "\"$(printf '/none\\377')\"")
    #expect(missing.code == 66, "\(missing.err)")
  }

  @Test(
    "signals leave no half-written file", arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE])
  func signals(number: Int32) throws {
    for words in [["tokenize"], ["tag", "-m", CommandLineTests.model]] {
      // Nothing comes, so that it waits.
      let result = try CommandLineTests.run(
        words + ["-o", "\(folder)/out"], before: "sleep 1.2 | timeout -s \(number) 0.8 ", shell: "")
      #expect(result.code == 124, "\(words): \(result.code) \(result.err)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
  }

  @Test("help and version on a full disk")
  func help() throws {
    for words in [["--help"], ["--version"], ["tag", "--help"], ["help", "train"]] {
      let result = try CommandLineTests.run(words, shell: "> /dev/full")
      #expect(result.code == 74, "\(words): \(result.code)")
    }
  }
}

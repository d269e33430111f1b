import Foundation
import TestSupport
import Testing

/// What users give that is not as it should be.
@Suite("Files that are not as they should be", .serialized)
struct ReaderFaultTests {
  @Test(
    "broken JSON is told apart from an object of another kind",
    arguments: [
      (#"{"text":"b""#, "expected a whole object"),
      (#"{"text":"\ud83d"}"#, "expected a whole object"),
      (#"{"txt":"b"}"#, "expected an object with \"text\""),
    ])
  func json(line: String, message: String) throws {
    let result = try CommandLineTests.run(["tokenize", "-I", "jsonl"], input: line + "\n")
    #expect(result.code == 65 && result.err.contains("<stdin>:1: ") && result.err.contains(message))
  }

  @Test("a message is one line, whatever stands in a file or its name")
  func oneLine() throws {
    let path = "\(TestData.temporaryFolder())/a\nb"
    try "1\ta\n".write(toFile: path, atomically: true, encoding: .utf8)
    let result = try CommandLineTests.run(["check", path])
    let lines = result.out.split(separator: "\n")
    #expect(lines.count > 1 && lines.allSatisfy { $0.contains("a\\nb:") }, "\(lines)")
  }

  private func file(_ text: String, _ name: String = "x") -> String {
    let path = TestData.temporaryFolder() + "/" + name
    _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
    return path
  }

  @Test("a folder in the place of a file is told before anything is written")
  func folder() throws {
    let (folder, good) = (TestData.temporaryFolder(), file("Ann is here.\n"))
    for format in ["tsv", "jsonl", "conllu"] {
      let result = try CommandLineTests.run(["tokenize", "-O", format, good, folder])
      #expect(result.code == 66 && result.out.isEmpty && result.err.contains("it is a directory"))
    }
  }

  @Test("what was good before a bad record is written")
  func goodBeforeBad() throws {
    let columns = "Ann\tB-PER\n\nBo\tB-PER\nx\n"
    let converted = try CommandLineTests.run(["convert", "-O", "columns"], input: columns)
    #expect(converted.code == 65 && converted.out == "Ann\tB-PER\n\n")
    #expect(converted.err.contains("<stdin>:4: 1 column, expected 2"))
    let scheme = try CommandLineTests.run(
      ["convert", "-O", "columns", "--to-scheme", "bioes"], input: columns)
    #expect(scheme.code == 65 && scheme.out == "Ann\tS-PER\n\n")
    let objects = try CommandLineTests.run(
      ["tokenize", "-I", "jsonl", "-O", "lines"], input: "{\"text\":\"a\"}\n\n{\"txt\":\"b\"}\n")
    #expect(objects.code == 65 && objects.out == "a\n" && objects.err.contains("<stdin>:3"))
    let checked = try CommandLineTests.run(["check", file("a\tB_X\n"), "/nowhere"])
    #expect(checked.code == 66 && checked.out.contains("'B_X' is no bio tag"))
  }

  @Test("the scheme of a pipe is recognised as that of a file")
  func schemeOfPipe() throws {
    let text = "Ann\tI-PER\nBo\tB-PER\nis\tO\n\n"
    for input in [text, ""] {
      let arguments = ["convert", "-O", "columns", "--to-scheme", "bio"]
      let result = try CommandLineTests.run(
        input.isEmpty ? arguments + [file(text)] : arguments, input: input)
      #expect(result.code == 0 && result.out == "Ann\tB-PER\nBo\tB-PER\nis\tO\n\n")
    }
  }

  @Test("labels that are no tags are refused by whatever reads spans, and named")
  func noTags() throws {
    for tag in ["B_PER", "PERSON", "B-", "_"] {
      let path = file("a\tO\n\nAnn\t\(tag)\nis\tO\n\n", "x.conll")
      for arguments in [
        ["evaluate", "tags", path, "--predicted", path],
        [
          "train", "tagger", "--train", path, "--dev", path, "-o",
          TestData.temporaryFolder() + "/m",
        ],
        ["convert", "--to-scheme", "io", "--repair", path], ["check", path],
      ] {
        let result = try CommandLineTests.run(arguments)
        #expect(result.code == 65, "\(arguments): \(result.err)")
        #expect((result.out + result.err).contains("x.conll:3"), "\(result.err)")
        #expect((result.out + result.err).contains("'\(tag)'"), "\(result.err)")
      }
    }
  }

  @Test("an empty separator is an error of usage")
  func separator() throws {
    let result = try CommandLineTests.run(["convert", "--separator", "", file("a O\n")])
    #expect(result.code == 64 && result.err.contains("--separator must not be empty"))
  }

  @Test("a training of spans that has none, or nothing but spans, ends")
  func labels() throws {
    for text in ["a\tO\nb\tO\n\n", "a\tB-X\n\n", "a\tB-X\nb\tI-X\n\nc\tB-Y\n\n"] {
      let (path, model) = (file(text + text), TestData.temporaryFolder() + "/m")
      let settings = ["tagger.hiddenSizes=4", "tagger.wordSize=4", "training.epochs=1"]
      let trained = try CommandLineTests.run(
        ["train", "tagger", "--train", path, "--dev", path, "-o", model]
          + settings.flatMap { ["--set", $0] })
      #expect(trained.code == 0, "\(trained.err)")
      #expect(trained.err.contains("has no span") == text.hasPrefix("a\tO"))
      let scored = try CommandLineTests.run(["evaluate", "tags", path, "-m", model, "--json"])
      #expect(scored.code == 0 && !scored.out.lowercased().contains("nan"), "\(scored.err)")
    }
  }

  @Test("a name that is not UTF-8 is found")
  func names() throws {
    let folder = TestData.temporaryFolder()
    let result = try CommandLineTests.run(
      ["tokenize", "-I", "tokens", "-O", "lines"],
      before: "cd \(folder); printf 'a b' > \"$(printf 'x\\377y')\"; ",
      shell: "\"$(printf 'x\\377y')\" \"$(printf 'x\\377z')\"; echo $?")
    #expect(result.out.hasSuffix("66\n") && result.err.contains("z: no such file"))
    let found = try CommandLineTests.run(
      ["tokenize", "-I", "tokens", "-O", "lines"], before: "cd \(folder); ",
      shell: "\"$(printf 'x\\377y')\"")
    #expect(found.code == 0 && found.out == "a b\n")
  }
}

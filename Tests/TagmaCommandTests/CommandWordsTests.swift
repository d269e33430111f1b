import Foundation
import TestSupport
import Testing

/// What is wrong with a command line is said before anything is read or written.
@Suite("Words of a command line", .serialized)
struct CommandWordsTests {
  private func run(_ arguments: String..., input: String = "") throws -> CommandLineTests.Result {
    try CommandLineTests.run(arguments, input: input)
  }

  private func file(_ text: String, _ name: String) throws -> String {
    let path = TestData.temporaryFolder() + "/" + name
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    return path
  }

  @Test("values that are attached to letters")
  func attached() throws {
    let model = CommandLineTests.model
    let text = try file("One two.\n", "x.txt")
    let whole = try run("tag", "-m", model, "-j", "1", "-O", "tsv", text)
    #expect(whole.code == 0 && whole.out.hasPrefix("sentence\t"), "\(whole.err)")
    #expect(try run("tag", "-m\(model)", "-j1", "-Otsv", text).out == whole.out)
    #expect(try run("tag", "-m=\(model)", "-j=1", "-O=tsv", text).out == whole.out)
    #expect(try run("tokenize", "-Olines", "-len", "-Ilines", text).out == "One two .\n")
    #expect(try run("tokenize", "-Olines", "--", "-j1").code == 66)
    #expect(try run("tokenize", "-xy", text).code == 64)
    let long = try run(
      "tag", "--model", model, "--input-format", "lines", "--output-format", "tsv", text)
    #expect(long.out.hasPrefix("sentence\t"))
    let output = TestData.temporaryFolder() + "/out"
    #expect(try run("tag", "-m", model, text, "--output", output).code == 0)
    #expect(FileManager.default.fileExists(atPath: output))
  }

  @Test(
    "what takes one value is given once",
    arguments: [
      ["tag", "-m", "a", "-m", "b"], ["tag", "-m", "a", "--model", "b"], ["tag", "-ma", "-mb"],
      ["tokenize", "-O", "tsv", "-Olines"], ["tokenize", "-j", "1", "--jobs=2"],
      ["model", "quantize", "a", "-o", "b", "-o", "c"],
    ])
  func once(arguments: [String]) throws {
    let result = try CommandLineTests.run(arguments)
    #expect(result.code == 64 && result.err.contains("is given twice"), "\(result.err)")
  }

  @Test("what takes several may be given several times")
  func several() throws {
    let corpus = TestData.root.appendingPathComponent("corpora/tiny.en.conllu").path
    let result = try run(
      "evaluate", "tags", corpus, "-m", CommandLineTests.model, "-m", CommandLineTests.model,
      "--json")
    #expect(result.code == 0, "\(result.err)")
    let models = try #require(
      JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [[String: Any]])
    #expect(
      models.map { $0["model"] as? String } == [CommandLineTests.model, CommandLineTests.model])
    let table = try run(
      "evaluate", "tags", corpus, "-m", CommandLineTests.model, "-m", CommandLineTests.model)
    #expect(table.out.components(separatedBy: "== ").count == 3, "\(table.out)")
  }

  @Test(
    "a command that is none is named with the nearest",
    arguments: [
      (["tokenise", "-l", "en", "x"], "did you mean 'tokenize'?"), (["help", "tags"], "'tag'?"),
      (["train", "taggr"], "did you mean 'tagger'?"), (["frobnicate"], "there are tokenize, tag,"),
      (["model", "xyzzy", "y"], "there are info,"), (["help", "train", "tager"], "'tagger'?"),
      (["help", "tag", "x"], "has no command 'x'"),
    ])
  func commands(arguments: [String], message: String) throws {
    let result = try CommandLineTests.run(arguments)
    #expect(result.code == 64 && result.err.contains(message), "\(result.err)")
    #expect(result.out.isEmpty)
  }

  @Test("a model that is not there: where it was looked for, and which there are")
  func noModel() throws {
    let result = try run("tag", "-m", "xx-none", input: "a")
    #expect(result.code == 66 && result.err.contains("no model 'xx-none' in "), "\(result.err)")
    for known in ["en (tagger, en)", "en-de (translator, en to de)"] {
      #expect(result.err.contains(known), "\(result.err)")
    }
    let folder = TestData.temporaryFolder()
    let elsewhere = try CommandLineTests.run(
      ["tag", "-m", "en", "-O", "lines"], input: "Well.",
      before: "cd '\(folder)' && printf 'So.' | ", shell: "")
    #expect(elsewhere.code == 0 && elsewhere.out == "So .\n", "\(elsewhere.err)")
  }

  @Test("options without effect are refused")
  func effect() throws {
    let model = CommandLineTests.model
    for arguments in [
      ["tag", "-m", model, "-O", "lines", "--task", "upos"],
      ["tag", "-m", model, "-O", "conllu", "--offsets", "utf16"],
      ["tag", "-m", model, "-O", "tsv", "--nbest", "2"],
      ["tag", "-m", model, "-O", "lines", "--confidence"],
      ["tag", "-m", model, "-I", "conllu", "-l", "de"],
      ["tag", "-m", model, "-I", "conllu", "--newline", "sentence"],
      ["tag", "-m", model, "--separator", ","],
      ["tag", "-m", model, "-O", "brat", "--task", "upos", "--output-dir", "/tmp/x", "/dev/null"],
      ["evaluate", "tags", "x", "-m", model, "--json", "--errors"],
      ["evaluate", "tags", "x", "-m", model, "--raw", "--task", "upos"],
    ] {
      #expect(try CommandLineTests.run(arguments, input: "a").code == 64, "\(arguments)")
    }
    let lines = try run("tag", "-m", model, "-O", "lines", input: "a b")
    #expect(lines.code == 0 && lines.out == "a b\n" && lines.err.contains("warning"))
  }

  @Test("a file of another kind is refused, and nothing is written")
  func otherKinds() throws {
    let model = CommandLineTests.model
    let html = try file("<html><p>a</p></html>", "page.txt")
    let conllu = try file("1\ta" + String(repeating: "\t_", count: 8) + "\n\n", "x.txt")
    for (arguments, hint) in [
      (["tag", "-m", model, html], "HTML"), (["tokenize", html], "HTML"),
      (["tag", "-m", model, "-O", "tsv", conllu], "-I conllu"),
      (["tag", "-m", model, "-O", "tsv", try file("x", "a.po")], "po2xliff"),
      (["tokenize", try file("{\"text\":\"a\"}", "a")], "-I jsonl"),
      (["tokenize", try file("%PDF-1.7", "a")], "pdftotext"),
      (["tokenize", try file("<xliff version='1.2'/>", "a")], "XLIFF"),
    ] {
      let result = try CommandLineTests.run(arguments)
      #expect(result.code == 65 && result.err.contains(hint), "\(arguments) \(result.err)")
      #expect(result.out.isEmpty)
    }
    #expect(try run("tokenize", "-I", "text", html).code == 0)
    #expect(try run("tokenize", try file("1\n00:00:01,000 --> 00:00:02,000\nHi\n", "a")).code == 0)
    let stdin = try CommandLineTests.run(["tokenize"], input: "<!DOCTYPE html><p>")
    #expect(stdin.code == 65 && stdin.err.contains("<stdin>: this is HTML"), "\(stdin.err)")
    // A pipe is seen as it is read, also where it gives one byte at first.
    for arguments in [["tokenize"], ["tag", "-m", model, "-O", "jsonl"]] {
      let piped = try CommandLineTests.run(
        arguments, before: "(printf '{'; sleep 0.2; echo '\"text\": \"a\"}') | ", shell: "")
      #expect(piped.code == 65 && piped.err.contains("-I jsonl") && piped.out.isEmpty)
    }
  }

  @Test("a folder among the files is an error before any output")
  func folder() throws {
    let text = try file("One.\n", "x.txt")
    let result = try run("tokenize", "-O", "tsv", text, TestData.temporaryFolder())
    #expect(result.code == 66 && result.out.isEmpty && result.err.contains("directory"))
    #expect(try run("tokenize", "-O", "tsv", text, "/nowhere").out.isEmpty)
  }
}

import Foundation
import TestSupport
import Testing

/// What the program writes it reads again, and so do others.
@Suite("What is written is read again", .serialized)
struct ReadingBackTests {
  /// Quotation marks, multiword tokens, tabs, signs of several units, and what some take for the end of a line.
  static let text =
    "\"Don't\" cost 5\" or €3\u{a0}000 — \u{1F600}\u{1F600}!\tA tab\u{2028}here.\n\n# Ann's 'x' _ | \\ <b>\r\n  it\n"

  private func file(_ text: String, _ name: String) throws -> String {
    let path = TestData.temporaryFolder() + "/" + name
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    return path
  }

  private func tag(_ arguments: String...) throws -> String {
    let result = try CommandLineTests.run(["tag", "-m", CommandLineTests.model] + arguments)
    #expect(result.code == 0, "\(arguments): \(result.err)")
    return result.out
  }

  private func forms(_ columns: String) -> [String] {
    columns.split(separator: "\n", omittingEmptySubsequences: false).map {
      String($0.split(separator: "\t", omittingEmptySubsequences: false).first ?? "")
    }
  }

  @Test(
    "words come back, sentence by sentence",
    arguments: [
      ("conllu", "conllu"), ("columns", "columns"), ("tsv", "tsv"), ("jsonl", "jsonl"),
      ("vertical", "columns"), ("lines", "tokens"),
    ])
  func words(written: String, read: String) throws {
    let path = try file(Self.text, "x.txt")
    let expected = forms(try tag("-O", "columns", path))
    let output = try tag("-O", written, path)
    let back = forms(try tag("-I", read, "-O", "columns", try file(output, "y")))
    #expect(back == expected, "\(written)")
  }

  @Test("of tokenize, too", arguments: [("vertical", "columns"), ("lines", "tokens")])
  func tokenized(written: String, read: String) throws {
    let path = try file(Self.text, "x.txt")
    let expected = try CommandLineTests.run(["tokenize", "-O", "columns", path]).out
    let output = try CommandLineTests.run(["tokenize", "-O", written, path]).out
    let back = try CommandLineTests.run(
      ["tokenize", "-I", read, "-O", "columns", try file(output, "y")])
    #expect(back.out == expected, "\(back.err)")
  }

  @Test("labels come back", arguments: ["tsv", "jsonl"])
  func labels(format: String) throws {
    let path = try file(Self.text, "x.txt")
    let gold = try file(try tag("-O", "conllu", path), "gold.conllu")
    let other = try file(try tag("-O", format, "--confidence", path), "other")
    let result = try CommandLineTests.run([
      "evaluate", "tags", gold, "--predicted", other, "--json",
    ])
    #expect(result.code == 0, "\(result.err)")
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
    let tasks = try #require(object["tasks"] as? [[String: Any]])
    #expect(tasks.count >= 2 && tasks.allSatisfy { $0["accuracy"] as? Double == 1 }, "\(tasks)")
    let converted = try CommandLineTests.run(["convert", "-O", "conllu", other])
    #expect(converted.code == 0, "\(converted.err)")
    let again = try CommandLineTests.run([
      "evaluate", "tags", gold, "--predicted", try file(converted.out, "c.conllu"),
    ])
    #expect(again.code == 0, "\(again.err)")
    #expect(try CommandLineTests.run(["check", other]).code == 0)
  }

  @Test("brat's text is the input, and its places are the same when it is read again")
  func brat() throws {
    let model = TestData.root.appendingPathComponent("models/en").path
    let text = "Ann lives in Paris.\r\n\r\n\u{1F600} Angela Merkel left New\nYork City.\n"
    let inputs = [
      try file(text, "text.txt"), try file(text, "lines.txt"),
      try file(
        "{\"text\":\"Paris is big.\"}\n{\"text\":\"So is Berlin.\",\"id\":\"b\"}\n", "json.jsonl"),
    ]
    let folder = TestData.temporaryFolder()
    for (path, format) in zip(inputs, ["text", "lines", "jsonl"]) {
      let result = try CommandLineTests.run([
        "tag", "-m", model, "-I", format, "-O", "brat", "--output-dir", folder, path,
      ])
      #expect(result.code == 0, "\(result.err)")
    }
    func read(_ name: String) throws -> String {
      try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }
    #expect(try Array(read("text.txt").utf8) == Array(text.utf8))
    #expect(try Array(read("lines.txt").utf8) == Array(text.utf8))
    #expect(try read("json.txt") == "Paris is big.\nSo is Berlin.")
    for stem in ["text", "lines", "json"] {
      let scalars = Array(try read("\(stem).txt").unicodeScalars)
      let lines = try read("\(stem).ann").split(separator: "\n")
      #expect(lines.count >= 2, "\(stem)")
      for line in lines {
        let fields = line.split(separator: "\t")
        let place = fields[1].split(separator: " ").compactMap { Int($0) }
        var cut = String.UnicodeScalarView()
        cut.append(contentsOf: scalars[place[0]..<place[1]])
        #expect(String(cut).replacing("\n", with: " ") == String(fields[2]), "\(stem)")
      }
    }
    let annotations = try read("text.ann")
    let again = TestData.temporaryFolder()
    _ = try CommandLineTests.run([
      "tag", "-m", model, "-O", "brat", "--output-dir", again, "\(folder)/text.txt",
    ])
    #expect(try String(contentsOfFile: "\(again)/text.ann", encoding: .utf8) == annotations)
  }

  @Test("places of lines are those of the file, whatever ends a line; a last line may have no end")
  func lines() throws {
    let text = "One two.\r\nThree\n\r\nFour"
    let result = try CommandLineTests.run(
      ["tokenize", "-I", "lines", "-O", "tsv", "--offsets", "bytes"], input: text)
    let bytes = Array(text.utf8)
    let rows = result.out.split(separator: "\n").dropFirst().map { $0.split(separator: "\t") }
    #expect(rows.map { String($0[4]) } == ["One", "two", ".", "Three", "Four"], "\(result.out)")
    for row in rows {
      let (start, end) = (try #require(Int(row[2])), try #require(Int(row[3])))
      #expect(String(decoding: bytes[start..<end], as: UTF8.self) == String(row[4]))
    }
    let conllu = try CommandLineTests.run(["tokenize", "-I", "lines"], input: text)
    let back = try CommandLineTests.run(["convert", "-O", "text"], input: conllu.out)
    #expect(Array(back.out.utf8) == bytes, "\(back.err)")
  }

  @Test(
    "CoNLL-U: spans of chunks and of words whose names hold blanks come back", arguments: ["chunk"])
  func chunks(task: String) throws {
    let gold = try file("New York\tB-NP\nis\tO\nbig\tB-AP|x\n\n", "x.conll")
    let converted = try CommandLineTests.run(
      ["convert", "--separator", "tab", "--columns", "form=0,\(task)=1", "-O", "conllu", gold])
    #expect(converted.code == 0, "\(converted.err)")
    let back = try CommandLineTests.run(
      ["convert", "-O", "columns", try file(converted.out, "y.conllu")])
    #expect(back.out == "New York\tB-NP\nis\tO\nbig\tB-AP|x\n\n", "\(converted.out)")
  }
}

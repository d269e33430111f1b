import Foundation
import Tagma
import TestSupport
import Testing

/// What the README shows is what the program does.
@Suite("Demonstrations", .serialized)
struct DemonstrationTests {
  private struct Example {
    var command: String
    var output = ""
  }

  /// Commands of a page that need nothing but what ships, each with the lines that the page shows under it.
  private static func examples(in page: String) throws -> [Example] {
    let path = TestData.root.appendingPathComponent(page)
    var examples: [Example] = []
    var isOpen = false
    for line in try String(contentsOf: path, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      guard line.hasPrefix("    ") else {
        isOpen = false
        continue
      }
      let text = String(line.dropFirst(4))
      if text.hasPrefix("$ ") {
        let command = String(text.dropFirst(2))
        isOpen =
          command.hasPrefix("echo ") && command.contains("-m en") || command.contains(" corpora/")
        if isOpen { examples.append(Example(command: command)) }
      } else if isOpen {
        examples[examples.count - 1].output += text + "\n"
      }
    }
    return examples
  }

  @Test("the README's examples give what it shows")
  func readme() throws {
    let examples = try Self.examples(in: "README.md")
    #expect(examples.count >= 2)
    for example in examples {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", example.command]
      process.currentDirectoryURL = TestData.root
      let folder = URL(fileURLWithPath: CommandLineTests.program).deletingLastPathComponent().path
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["PATH": "\(folder):/usr/bin:/bin", "TAGMA_MODELS": "\(TestData.root.path)/models"]) { $1 }
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = FileHandle.nullDevice
      try process.run()
      let found = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      #expect(
        found.trimmingCharacters(in: .newlines) == example.output.trimmingCharacters(in: .newlines),
        "\(example.command)")
    }
  }
}

@Suite("Translating as a user does", .serialized)
struct TranslateCommandTests {
  private static let model = TestData.root.appendingPathComponent("models/en-de").path

  private func translate(_ text: String, _ arguments: String...) throws -> CommandLineTests.Result {
    try CommandLineTests.run(["translate", "-m", Self.model] + arguments, input: text)
  }

  @Test("a line of several sentences has a line of as many")
  func sentences() throws {
    let found = try translate("The house is old. The dog sleeps.\n\n  Good night!  \n")
    let lines = found.out.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(found.code == 0 && lines.count == 4 && lines[1] == "" && lines[3] == "")
    #expect(lines[0].contains("Haus") && lines[0].contains("Hund"), "\(lines[0])")
    #expect(lines[2].hasPrefix("  ") && lines[2].hasSuffix("  "))
  }

  @Test("lines end as they did")
  func lineEnds() throws {
    #expect(try translate("One.\r\nTwo.\r\n").out.filter { $0 == "\r\n" }.count == 2)
    #expect(try translate("One.\nTwo.\r\nThree.\n").out.unicodeScalars.contains("\r") == false)
    #expect(try translate("One.\r\nTwo.\n").out.hasSuffix(".\n"))
    #expect(try translate("One.\r\nTwo.").out.hasSuffix("."))
    #expect(try translate("One.\nTwo.").out.hasSuffix(".\n"))
  }

  @Test("patterns and marks protect, terms are put in, a bad pattern is named")
  func protection() throws {
    let text = "The ACME-17 is ｟the best｠ (cloud).\n"
    let terms = TestData.temporaryFolder() + "/terms.tsv"
    try "cloud\tWolke\n".write(toFile: terms, atomically: true, encoding: .utf8)
    let found = try translate(text, "--protect", "ACME-[0-9]+", "--terms", terms).out
    #expect(found.contains("ACME-17") && found.contains("the best") && found.contains("(Wolke)"))
    #expect(!found.contains("｟") && !found.contains("｠"))
    #expect(try translate(text, "--keep-marks").out.contains("｟the best｠"))
    let bad = try translate(text, "--protect", "(")
    #expect(bad.code == 64 && bad.err.contains("'('") && bad.out.isEmpty)
  }

  @Test("a table has as many columns as it should, whatever a text holds")
  func tables() throws {
    let found = try translate("One\ttwo.\nThree.\n", "-O", "tsv").out.split(separator: "\n")
    #expect(found.allSatisfy { $0.split(separator: "\t").count == 3 }, "\(found)")
  }
}

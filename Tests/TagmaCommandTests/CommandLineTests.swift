import Foundation
import Tagma
import TestSupport
import Testing

/// Runs the built program as a user would.
@Suite("The command line", .serialized)
struct CommandLineTests {
  struct Result {
    let code: Int32
    let out: String
    let err: String
  }

  static let program: String = {
    var folder = Bundle.main.bundleURL
    #if os(Linux)
      folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()
    #endif
    while folder.path != "/", !FileManager.default.isExecutableFile(atPath: "\(folder.path)/tagma")
    {
      folder.deleteLastPathComponent()
    }
    return "\(folder.path)/tagma"
  }()

  static let model: String = {
    let folder = TestData.temporaryFolder() + "/model"
    let corpus = TestData.root.appendingPathComponent("corpora/tiny.en.conllu").path
    let arguments =
      ["train", "tagger", "--train", corpus, "--dev", corpus, "-o", folder, "--language", "en"]
      + ["training.epochs=3", "tagger.hiddenSizes=16", "tagger.wordSize=8"].flatMap {
        ["--set", $0]
      }
    _ = try? run(arguments)
    return folder
  }()

  /// The time that a command may take, on the slowest machine.
  private static let secondsLimit = 300.0

  /// - Parameters:
  ///   - shell: What follows the command, such as a redirection; then `sh` runs it.
  ///   - before: What `sh` does before.
  static func run(
    _ arguments: [String], input: String = "", before: String = "", shell: String? = nil
  ) throws -> Result {
    let process = Process()
    if let shell {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      let words = ([program] + arguments).map { "'\($0)'" }.joined(separator: " ")
      process.arguments = ["-c", "\(before)\(words) \(shell)"]
    } else {
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = arguments
    }
    let folder = TestData.temporaryFolder()
    let (inPath, outPath, errPath) = ("\(folder)/in", "\(folder)/out", "\(folder)/err")
    try input.write(toFile: inPath, atomically: false, encoding: .utf8)
    for path in [outPath, errPath] {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: inPath))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: outPath))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errPath))
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SWIFT_BACKTRACE": "enable=no", "COLUMNS": "80"]) { $1 }
    try process.run()
    let pid = process.processIdentifier
    // A command that hangs is a test that fails. The process leads a group of its own.
    let limit = DispatchWorkItem { kill(-pid, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.secondsLimit, execute: limit)
    process.waitUntilExit()
    limit.cancel()
    func text(_ path: String) -> String {
      String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
    let code =
      process.terminationReason == .uncaughtSignal
      ? 128 + process.terminationStatus : process.terminationStatus
    return Result(code: code, out: text(outPath), err: text(errPath))
  }

  private func file(_ text: String, _ name: String = "x") -> String {
    let path = TestData.temporaryFolder() + "/" + name
    _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
    return path
  }

  @Test(
    "exit codes",
    arguments: [
      (["tag"], 64), (["tag", "-m", "/nowhere"], 66), (["frobnicate"], 64), (["--help"], 0),
      (["--version"], 0), (["tokenize", "/nowhere"], 66), (["tokenize", "-O", "brat"], 64),
      (["evaluate", "tags", "/nowhere", "--predicted", "/nowhere"], 66),
      (["train", "tagger", "--train", "/nowhere", "-o", "/tmp/x"], 66),
      (["model", "info", "/nowhere"], 66), (["check", "/nowhere"], 66), (["tokenize", "/"], 66),
    ] as [([String], Int32)])
  func exitCodes(arguments: [String], code: Int32) throws {
    let result = try Self.run(arguments)
    #expect(result.code == code, "\(arguments): \(result.err)")
    #expect(!result.err.contains("Fatal error"))
  }

  @Test("wrong settings are named with the known ones, exit 78")
  func settings() throws {
    let corpus = TestData.root.appendingPathComponent("corpora/tiny.en.conllu").path
    for setting in [
      "training.epoks=3", "training.epochs=many", "nonsense", "tagger.cell=tree",
      "training.dropout=1.5", "tagger.hiddenSizes=0", "tagger.affixBuckets=0",
      "training.optimizer=magic", "training.schedule=never", "training.learningRate=-1",
      "training.taskWeights.nre=2", "training.auxiliaryTasks=upso",
    ] {
      let result = try Self.run(
        ["train", "tagger", "--train", corpus, "-o", TestData.temporaryFolder(), "--set", setting])
      #expect(result.code == 78, "\(setting): \(result.err)")
    }
    let toml = file("[training]\nepoks = 3\n")
    let result = try Self.run(
      ["train", "tagger", "--train", corpus, "-o", TestData.temporaryFolder(), "--config", toml])
    #expect(result.code == 78 && result.err.contains("epoks") && result.err.contains("epochs"))
  }

  @Test(
    "models that ship are whole and within 40 MB",
    arguments: ["en", "en-large", "pt", "en-de", "de-en"])
  func shippedModels(name: String) throws {
    let path = TestData.root.appendingPathComponent("models/\(name)").path
    let result = try Self.run(["model", "verify", path])
    #expect(result.code == 0, "\(result.err)")
    let files = try #require(FileManager.default.subpaths(atPath: path))
    #expect(files.contains("README.md") && files.contains("LICENSE.txt"))
    let bytes = try files.reduce(0) { sum, file in
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")
      return sum + (attributes[.size] as? Int ?? 0)
    }
    #expect(bytes <= 40_000_000)
  }

  @Test("a small tagger and a large one, which also knows names without capitals")
  func largeModel() throws {
    let text = "angela merkel never lived in paris .\n"
    func entities(_ model: String) throws -> String {
      let path = TestData.root.appendingPathComponent("models/\(model)").path
      return try Self.run(
        ["tag", "-m", path, "-I", "tokens", "-O", "columns", "--task", "ner"], input: text
      ).out
    }
    let large = try entities("en-large")
    #expect(large.hasPrefix("angela\tB-PER\nmerkel\tI-PER\nnever\tO\n"), "\(large)")
    #expect(large.contains("paris\tB-LOC\n"))
    #expect(try entities("en") != large)
  }

  @Test("what is said of a document does not depend on when its sentences come")
  func documents() throws {
    func words(_ text: String) -> String {
      text.split(separator: " ").enumerated().map {
        "\($0.offset + 1)\t\($0.element)" + String(repeating: "\t_", count: 8) + "\n"
      }.joined() + "\n"
    }
    let text = words("I work for Enron .") + words("ENRON fell .")
    let model = TestData.root.appendingPathComponent("models/en").path
    let arguments = [
      "tag", "-m", model, "-I", "conllu", "-O", "jsonl", "--task", "ner", "--confidence",
    ]
    let path = file("# newdoc\n" + text)
    let whole = try Self.run(arguments + [path])
    #expect(whole.code == 0 && whole.out.contains("ENRON"))
    let slow = try Self.run(
      arguments,
      before: "(head -n 7 '\(path)'; sleep 0.5; tail -n +8 '\(path)') | ", shell: "")
    #expect(slow.out == whole.out)
    // Without the comment each sentence is by itself.
    #expect(try Self.run(arguments, input: text).out != whole.out)

    let labelled = try Self.run([
      "tag", "-m", model, "-I", "conllu", "-O", "columns", "--task", "ner", path,
    ])
    let output = TestData.temporaryFolder() + "/tuned"
    let tuned = try Self.run(
      ["model", "tune", model, "--dev", "ner=" + file(labelled.out), "-o", output])
    #expect(tuned.code == 0 && tuned.err.contains("F1 100.00"), "\(tuned.err)")
    #expect(try Self.run(["model", "info", output]).out.contains("spans      ner: threshold"))
    let other = try Self.run(["model", "tune", model, "--dev", "upos=" + path, "-o", output + "2"])
    #expect(other.code == 64 && other.err.contains("spans"), "\(other.err)")

    // What dev chose may be given instead.
    let given = TestData.temporaryFolder() + "/given"
    let set = try Self.run([
      "model", "tune", model, "--threshold", "0.35", "--documents", "0.7", "--parts", "PER,LOC",
      "-o", given,
    ])
    #expect(set.code == 0, "\(set.err)")
    #expect(
      try Self.run(["model", "info", given]).out.contains(
        "ner: threshold 0.35, document weight 0.70, partial names: PER, LOC"))
    for wrong in [
      [], ["--threshold", "1.5"], ["--documents", "0.5"], ["--threshold", "0.5", "--dev", path],
      ["--threshold", "0.5", "--parts", "PER"],
      ["--threshold", "0.5", "--documents", "0.5", "--parts", "NAME"],
    ] {
      #expect(try Self.run(["model", "tune", model, "-o", given] + wrong).code == 64, "\(wrong)")
    }
  }

  @Test("tag: text in, every format out, the same at every number of threads")
  func tag() throws {
    let text = file("Angela Merkel didn't visit Paris. 😀 She can't!\n\nNo.\n")
    for format in ["conllu", "columns", "tsv", "jsonl", "html"] {
      let one = try Self.run([
        "tag", "-m", Self.model, "-O", format, "-j", "1", "--confidence", text,
      ])
      let two = try Self.run([
        "tag", "-m", Self.model, "-O", format, "-j", "8", "--confidence", text,
      ])
      #expect(one.code == 0 && one.out == two.out && !one.out.isEmpty, "\(format) \(one.err)")
    }
    let jsonl = try Self.run(["tag", "-m", Self.model, "-O", "jsonl", text])
    for line in jsonl.out.split(separator: "\n") {
      #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
    }
    let words = try Self.run(
      ["tag", "-m", Self.model, "-I", "jsonl", "-O", "lines"], input: jsonl.out)
    let expected = try Self.run(["tag", "-m", Self.model, "-O", "lines", text])
    #expect(words.code == 0 && words.out == expected.out, "\(words.err)")
    let texts = try Self.run(
      ["tag", "-m", Self.model, "-I", "jsonl", "-j", "3"],
      input:
        "{\"text\":\"No. Yes.\",\"id\":\"a\"}\n{\"tokens\":[\"x\"]}\n{\"text\":\"\"}\n{\"text\":\"Well.\"}\n"
    )
    #expect(texts.code == 0 && texts.out.hasPrefix("# newdoc id = a\n# newpar\n# sent_id = 1\n"))
    #expect(texts.out.components(separatedBy: "# newdoc").count == 3, "\(texts.out)")
    #expect(texts.out.contains("1\tx\t") && texts.out.contains("# text = Well.\n1\tWell\t"))
    let named = try Self.run(
      ["tag", "-m", Self.model, "-I", "jsonl", "-O", "jsonl"],
      input:
        "{\"text\":\"No. Yes.\",\"id\":\"a b\"}\n{\"tokens\":[\"x\"]}\n{\"text\":\"Hm.\"}\n{\"text\":\"So.\",\"id\":7}\n"
    )
    let names = try named.out.split(separator: "\n").map {
      try #require(
        JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])["document"] as? String
    }
    #expect(names == ["a b", "a b", nil, nil, "7"], "\(named.out)")
    let folder = TestData.temporaryFolder()
    let brat = try Self.run(["tag", "-m", Self.model, "-O", "brat", "--output-dir", folder, text])
    #expect(brat.code == 0)
    #expect(
      FileManager.default.contents(atPath: "\(folder)/x.txt")
        == FileManager.default.contents(atPath: text))
  }

  @Test("tag: columns keep what they had, an empty file gives nothing")
  func tagColumns() throws {
    let input = file("1\tAngela\tX\n2\tsleeps\tY\n\n")
    let result = try Self.run([
      "tag", "-m", Self.model, "-I", "columns", "-O", "columns", "--task", "upos", input,
    ])
    let lines = result.out.split(separator: "\n")
    #expect(result.code == 0 && lines.count == 2 && lines[0].hasPrefix("1\tAngela\tX\t"))
    let empty = try Self.run(["tag", "-m", Self.model], input: "")
    #expect(empty.code == 0 && empty.out.isEmpty)
  }

  @Test(
    "a text comes back from tokenize and convert",
    arguments: [
      "a b\n", "\n\n  \n", "x", "é\r\n\tb  c\n\n\nd", "\u{feff}x\n", "\u{2028}a\u{85}b\u{0}c", "",
    ])
  func wholeText(text: String) throws {
    let conllu = try Self.run(["tokenize", file(text)])
    #expect(conllu.code == 0, "\(conllu.err)")
    let back = try Self.run(["convert", "-I", "conllu", "-O", "text", file(conllu.out)])
    #expect(Array(back.out.utf8) == Array(text.utf8), "\(back.err)")
  }

  @Test("a full disk gives 74, a closed pipe ends quietly")
  func writeFailures() throws {
    let text = file(String(repeating: "A b c. ", count: 30_000))
    for arguments in [
      ["tokenize", text], ["tag", "-m", Self.model, text], ["model", "info", Self.model],
      ["model", "card", Self.model], ["tokenize", "--output-dir", "/dev/full/x", text],
    ] {
      let result = try Self.run(arguments, shell: "> /dev/full")
      let expected: Int32 = arguments.contains("--output-dir") ? 73 : 74
      #expect(result.code == expected, "\(arguments): \(result.code) \(result.err)")
    }
    let piped = try Self.run(["tokenize", text], shell: "| head -n 1")
    #expect(piped.code == 0 && !piped.err.contains("Fatal"))
  }

  @Test("invalid UTF-8 is placed, exit 65; what came before is written")
  func invalidUTF8() throws {
    let path = TestData.temporaryFolder() + "/bad"
    _ = FileManager.default.createFile(
      atPath: path, contents: Data(Array("One two.\nthree ".utf8) + [0xff, 0x0a]))
    let result = try Self.run(["tokenize", path])
    #expect(result.code == 65 && result.err.contains("bad:2:7"), "\(result.err)")
  }

  @Test("evaluate: perfect agreement, a threshold, JSON")
  func evaluate() throws {
    let gold = file("a\tB-X\nb\tO\n\nc\tB-Y\n\n")
    let same = try Self.run(["evaluate", "tags", gold, "--predicted", gold, "--json"])
    #expect(same.code == 0)
    #expect(try JSONSerialization.jsonObject(with: Data(same.out.utf8)) is [String: Any])
    let other = file("a\tO\nb\tO\n\nc\tB-Y\n\n")
    let low = try Self.run(["evaluate", "tags", gold, "--predicted", other, "--fail-under", "90"])
    #expect(low.code == 1 && low.out.contains("66.67"))
    let foreign = file("z\tO\nb\tO\n\nc\tB-Y\n\n")
    #expect(try Self.run(["evaluate", "tags", gold, "--predicted", foreign]).code == 65)
  }

  @Test("check names faults by line; convert refuses or repairs them")
  func checkAndConvert() throws {
    let broken = file("a\tO\nb\tI-X\n\nc\tB-X\n\n")
    let check = try Self.run(["check", "--scheme", "bio", broken])
    #expect(check.code == 65 && check.out.contains(":2: error"), "\(check.out)")
    let refused = try Self.run([
      "convert", "--scheme", "bio", "--to-scheme", "bioes", "-O", "columns", broken,
    ])
    #expect(refused.code == 65 && refused.err.contains(":2:"))
    let repaired = try Self.run(
      ["convert", "--scheme", "bio", "--to-scheme", "bioes", "--repair", "-O", "columns", broken])
    #expect(repaired.out == "a\tO\nb\tS-X\n\nc\tS-X\n\n")
  }

  @Test("a training that is killed goes on where it was, byte for byte")
  func killed() throws {
    let corpus = TestData.root.appendingPathComponent("corpora/tiny.en.conllu").path
    func arguments(_ folder: String) -> [String] {
      [
        "train", "tagger", "--train", corpus, "--dev", corpus, "-o", folder, "--set",
        "training.epochs=30",
        "--set", "tagger.hiddenSizes=16", "--set", "training.patience=0",
      ]
    }
    let whole = TestData.temporaryFolder()
    #expect(try Self.run(arguments(whole)).code == 0)
    let expected = FileManager.default.contents(atPath: "\(whole)/weights.safetensors")
    for (i, delay) in ["0.02", "0.15", "0.3", "0.5"].enumerated() {
      let folder = TestData.temporaryFolder()
      _ = try Self.run(
        arguments(folder), shell: "& p=$!; sleep \(delay); kill -9 $p; wait $p 2>/dev/null; true")
      let resumed = try Self.run(arguments(folder) + ["--resume"])
      #expect(resumed.code == 0, "\(i): \(resumed.err)")
      #expect(FileManager.default.contents(atPath: "\(folder)/weights.safetensors") == expected)
    }
    // Asked to stop in the middle of an epoch, or to write a checkpoint and go on.
    for (signal, code) in [("TERM", 143), ("INT", 130), ("USR1", 0)] as [(String, Int32)] {
      let folder = TestData.temporaryFolder()
      let stopped = try Self.run(
        arguments(folder), before: "set -m; ",
        shell: "& p=$!; sleep 0.2; kill -\(signal) $p; wait $p")
      #expect(stopped.code == code, "\(signal): \(stopped.err)")
      #expect(try Self.run(arguments(folder) + ["--resume"]).code == 0)
      #expect(FileManager.default.contents(atPath: "\(folder)/weights.safetensors") == expected)
    }
    let again = try Self.run(arguments(whole) + ["--resume"])
    #expect(again.code == 0 && again.err.contains("finished"), "\(again.err)")
    #expect(FileManager.default.contents(atPath: "\(whole)/weights.safetensors") == expected)
  }

  @Test("wherever writing fails, the training can be resumed and ends with the same weights")
  func writingFails() throws {
    let corpus = TestData.root.appendingPathComponent("corpora/tiny.en.conllu").path
    func arguments(_ folder: String) -> [String] {
      [
        "train", "tagger", "--train", corpus, "--dev", corpus, "-o", folder, "--set",
        "training.epochs=4", "--set", "tagger.hiddenSizes=16", "--set", "training.patience=0",
      ]
    }
    let whole = TestData.temporaryFolder()
    #expect(try Self.run(arguments(whole)).code == 0)
    let expected = FileManager.default.contents(atPath: "\(whole)/weights.safetensors")
    // Blocks of 512 bytes that a file may have: nothing can be written, then more and more.
    for blocks in [0, 1, 16, 500, 3000, 5000] {
      let folder = TestData.temporaryFolder()
      let failed = try Self.run(
        arguments(folder), before: "(ulimit -f \(blocks); ", shell: ") 2>&1 | cat")
      #expect(failed.out.contains("write failed"), "\(blocks): \(failed.out)")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy {
          !$0.contains(".tmp-")
        })
      let resumed = try Self.run(arguments(folder) + ["--resume"])
      #expect(resumed.code == 0, "\(blocks): \(resumed.err)")
      #expect(FileManager.default.contents(atPath: "\(folder)/weights.safetensors") == expected)
    }
  }

  @Test("a second training in the same folder is refused with 75")
  func locked() throws {
    let corpus = TestData.root.appendingPathComponent("corpora/tiny.en.conllu").path
    let folder = TestData.temporaryFolder()
    let result = try Self.run(
      ["train", "tagger", "--train", corpus, "-o", folder, "--set", "training.epochs=100000"],
      shell:
        "& p=$!; sleep 0.5; '\(Self.program)' train tagger --train '\(corpus)' -o '\(folder)'; c=$?; kill $p; wait $p; exit $c"
    )
    #expect(result.code == 75, "\(result.err)")
  }

  // MARK: Translation

  @Test("a translator is trained, and gives a line for each line")
  func translation() throws {
    let folder = TestData.temporaryFolder()
    let pairs = (0..<200).map { i in
      let words = [["red", "rot"], ["blue", "blau"], ["house", "Haus"], ["tree", "Baum"]]
      let (a, b) = (words[i % 2], words[2 + i / 2 % 2])
      return "\(a[0]) \(b[0])\t\(a[1]) \(b[1])\tmore"
    }
    let file = "\(folder)/train.en-de.tsv"
    try (pairs.joined(separator: "\n") + "\n\n").write(
      toFile: file, atomically: true, encoding: .utf8)
    let settings = [
      "translator.embeddingSize=16", "translator.encoderSizes=16", "translator.decoderSize=32",
      "training.epochs=12", "training.batchTokens=30", "training.learningRate=0.01",
    ].flatMap { ["--set", $0] }
    func train(_ source: String, _ target: String) throws -> String {
      let model = "\(folder)/\(source)-\(target)"
      let result = try Self.run(
        [
          "train", "translator", "--train", file, "--dev", file, "--source", source, "--target",
          target, "-o", model,
        ] + settings)
      #expect(result.code == 0, "\(result.err)")
      return model
    }
    let model = try train("en", "de")
    let input = "red tree\n\n  blue   house \n\u{1F600}\n"
    let result = try Self.run(["translate", "-m", model], input: input)
    #expect(result.code == 0)
    let lines = result.out.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 5 && lines[0] == "rot Baum" && lines[1] == "")
    #expect(lines[2] == "  blau Haus ")
    let aligned = try Self.run(["translate", "-m", model, "--alignments"], input: "red tree\n")
    #expect(aligned.out.hasPrefix("rot Baum\t"))
    let several = try Self.run(["translate", "-m", model, "--nbest", "3"], input: "red tree\n")
    #expect(several.out.split(separator: "\n").count == 3)
    #expect(several.out.hasPrefix("1\t"))
    let document =
      "<xliff version='1.2'><file source-language='en'><body><trans-unit id='1'><source>red tree"
      + "</source></trans-unit></body></file></xliff>"
    let filled = try Self.run(["translate", "-m", model, "-I", "xliff"], input: document)
    #expect(
      filled.out
        == document.replacing("</source>", with: "</source><target>rot Baum</target>"))
    #expect(try Self.run(["translate", "-m", model, "-I", "tmx"], input: document).code == 65)
    #expect(
      try Self.run(
        ["translate", "-m", model, "-I", "xliff", "-o", "/dev/full"], input: document
      ).code == 74)
    #expect(
      try Self.run(["translate", "-m", model, "-O", "tmx"], input: document).code == 64)
    let forced = try Self.run(
      ["translate", "-m", model, "-I", "tsv", "--force-target", "--alignments"],
      input: "red tree\trot Baum\n")
    #expect(forced.out.hasPrefix("red tree\trot Baum\t"))
    #expect(forced.out.split(separator: "\t").last?.split(separator: " ").count == 2)
    #expect(try Self.run(["score", "-m", model], input: "red tree\trot Baum\n").code == 0)
    #expect(try Self.run(["score", "-m", model], input: "red tree\n").code == 65)
    // The file's name says that its columns stand the other way round.
    let back = try train("de", "en")
    #expect(try Self.run(["translate", "-m", back], input: "rot Baum\n").out == "red tree\n")
    #expect(try Self.run(["model", "info", model]).out.contains("from en into de"))
    #expect(try Self.run(["tag", "-m", model], input: "x").code == 65)
  }

  @Test("pairs that are none, missing files and impossible settings have their exit status")
  func translationErrors() throws {
    let folder = TestData.temporaryFolder()
    let file = "\(folder)/bad.tsv"
    try "good\tgut\nno tab\n".write(toFile: file, atomically: true, encoding: .utf8)
    func code(_ arguments: String...) throws -> (Int32, String) {
      let result = try Self.run(
        ["train", "translator", "--source", "en", "--target", "de", "-o", "\(folder)/m"] + arguments
      )
      return (result.code, result.err)
    }
    let bad = try code("--train", file)
    #expect(bad.0 == 65 && bad.1.contains("bad.tsv:2"))
    #expect(try code("--train", "\(folder)/none.tsv").0 == 66)
    try "good\tgut\n".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(try code("--train", file, "--set", "translator.heads=7").0 == 78)
    #expect(try code("--train", file, "--set", "translator.nothing=7").0 == 78)
    #expect(try Self.run(["translate", "-m", "\(folder)/none"], input: "x").code == 66)
    let (a, b) = ("\(folder)/a", "\(folder)/b")
    try "one\ntwo\n".write(toFile: a, atomically: true, encoding: .utf8)
    try "one\n".write(toFile: b, atomically: true, encoding: .utf8)
    let scores = ["evaluate", "translations", "--references", a, "--hypotheses"]
    let short = try Self.run(scores + [b])
    #expect(short.code == 65 && short.err.contains("ends after 1 line,"))
    let same = try Self.run(scores + [a, "--metrics", "exact,ter", "--json"])
    #expect(same.code == 0 && same.out.contains("\"score\" : 100"))
    #expect(try Self.run(scores + [a, "--metrics", "meteor"]).code == 64)
    #expect(try Self.run(scores + [a, "--metrics", "ter", "--fail-under", "0"]).code == 0)
  }
}

import Foundation
import TestSupport
import Testing

/// A model's folder is whole, or it is refused.
@Suite("Models' folders", .serialized)
struct ModelFolderTests {
  @Test("a signal while a model is written leaves a whole model or none, and nothing else")
  func signals() throws {
    let folder = TestData.temporaryFolder()
    let model = TestData.root.appendingPathComponent("models/en").path
    for i in 0..<30 {
      let out = "\(folder)/q\(i)"
      let result = try CommandLineTests.run(
        ["model", "quantize", model, "-o", out],
        shell: "& P=$!; sleep 0.\(String(format: "%03d", 10 * i)); kill -TERM $P; wait $P")
      #expect([0, 143].contains(result.code), "\(result.code) \(result.err)")
      let left = (try? FileManager.default.contentsOfDirectory(atPath: out)) ?? []
      #expect(!left.contains { $0.hasPrefix(".tagma") }, "\(left)")
      let isThere = FileManager.default.fileExists(atPath: out)
      #expect(isThere == left.contains("model.json"), "\(left)")
      if isThere {
        #expect(try CommandLineTests.run(["model", "verify", out]).code == 0)
        try FileManager.default.removeItem(atPath: out)
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test("with too few files that may be open the program says so", arguments: [4, 5, 7])
  func descriptors(limit: Int) throws {
    let result = try CommandLineTests.run(
      ["tokenize"], input: "Ann.\n", before: "ulimit -n \(limit); ", shell: "")
    #expect(result.code == 71 && result.err.contains("ulimit -n"), "\(result.code) \(result.err)")
  }

  /// Sentences with lemmas and features.
  private static let corpus: String = {
    let path = TestData.root.appendingPathComponent("corpora/tiny.en.conllu").path
    let lines = ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(
      separator: "\n", omittingEmptySubsequences: false)
    let text = lines.map { line -> String in
      var columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard columns.count == 10, Int(columns[0]) != nil else { return String(line) }
      columns[2] = columns[1].lowercased()
      columns[5] = columns[3] == "NOUN" ? "Number=Sing" : "_"
      return columns.joined(separator: "\t")
    }.joined(separator: "\n")
    let copy = TestData.temporaryFolder() + "/tiny.en.conllu"
    try? text.write(toFile: copy, atomically: true, encoding: .utf8)
    return copy
  }()

  private static func arguments(_ folder: String, _ settings: [String] = []) -> [String] {
    [
      "train", "tagger", "--task", "segment,upos,feats,lemma", "--train", corpus, "--dev", corpus,
      "--language", "en", "-o", folder,
    ]
      + ([
        "training.epochs=2", "tagger.hiddenSizes=4", "tagger.wordSize=4", "tagger.affixSize=0",
        "tagger.characterHiddenSize=4",
      ] + settings).flatMap { ["--set", $0] }
  }

  /// A tagger with a segmenter and a table of lemmas.
  private static let model: String = {
    let folder = TestData.temporaryFolder() + "/model"
    _ = try? CommandLineTests.run(arguments(folder))
    return folder
  }()

  private func copy(_ model: String = Self.model) throws -> String {
    let folder = TestData.temporaryFolder() + "/copy"
    try FileManager.default.copyItem(atPath: model, toPath: folder)
    return folder
  }

  private func files(_ folder: String) throws -> [String] {
    try #require(FileManager.default.subpaths(atPath: folder)).filter {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(folder)/\($0)", isDirectory: &isFolder)
      return !isFolder.boolValue
    }.sorted()
  }

  private func content(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

  private func tag(_ folder: String) throws -> CommandLineTests.Result {
    try CommandLineTests.run(["tag", "-m", folder], input: "The cat sat. It slept.\n")
  }

  @Test("a folder that was just trained has a card, a licence and a report, of the segmenter too")
  func fresh() throws {
    #expect(
      try files(Self.model) == [
        "LICENSE.txt", "README.md", "characters.vocab", "feats.vocab", "lemmas.tsv", "model.json",
        "report.html", "segmenter/LICENSE.txt", "segmenter/README.md", "segmenter/characters.vocab",
        "segmenter/model.json", "segmenter/multiwords.tsv", "segmenter/report.html",
        "segmenter/train.jsonl", "segmenter/weights.safetensors", "train.jsonl", "upos.vocab",
        "weights.safetensors", "words.vocab",
      ])
    let card = String(decoding: content("\(Self.model)/README.md") ?? Data(), as: UTF8.self)
    #expect(card.contains("\n# model\n") && card.contains("tiny.en.conllu"), "\(card)")
    let licence = content("\(Self.model)/LICENSE.txt") ?? Data()
    #expect(String(decoding: licence, as: UTF8.self).hasPrefix("No licence was named"))
  }

  @Test("any file that is missing, cut, changed by a bit or emptied is refused and named")
  func damaged() throws {
    let folder = try copy()
    let all = try files(folder).filter {
      !["md", "txt", "html", "jsonl"].contains(($0 as NSString).pathExtension)
    }
    #expect(all.count == 11)
    for name in all {
      let path = "\(folder)/\(name)"
      let whole = try #require(content(path))
      var flipped = whole
      flipped[flipped.count / 2] ^= 1
      for damaged in [nil, Data(), whole.dropLast(), flipped, whole + Data([0x0a])] as [Data?] {
        try FileManager.default.removeItem(atPath: path)
        if let damaged { try damaged.write(to: URL(fileURLWithPath: path)) }
        let shown = try tag(folder)
        #expect(shown.code == 65 && shown.out.isEmpty, "\(name): \(shown.err)")
        let verified = try CommandLineTests.run(["model", "verify", folder])
        #expect(verified.code == 65 && verified.out.isEmpty, "\(name): \(verified.out)")
        #expect(verified.err.contains((name as NSString).lastPathComponent), "\(verified.err)")
        try whole.write(to: URL(fileURLWithPath: path))
      }
    }
    #expect(try CommandLineTests.run(["model", "verify", folder]).code == 0)
  }

  @Test("files of another model are refused, also where this one has none of that name")
  func otherModel() throws {
    let root = TestData.root.appendingPathComponent("models").path
    let folder = try copy("\(root)/en-de")
    try FileManager.default.removeItem(atPath: "\(folder)/shortlist.tsv")
    try FileManager.default.copyItem(
      atPath: "\(root)/de-en/shortlist.tsv", toPath: "\(folder)/shortlist.tsv")
    let translated = try CommandLineTests.run(["translate", "-m", folder], input: "Hello.\n")
    #expect(translated.code == 65 && translated.err.contains("shortlist.tsv"), "\(translated.err)")

    let tagger = CommandLineTests.model
    let extended = try copy(tagger)
    try FileManager.default.copyItem(
      atPath: "\(Self.model)/lemmas.tsv", toPath: "\(extended)/lemmas.tsv")
    let refused = try tag(extended)
    #expect(refused.code == 65 && refused.err.contains("model seal"), "\(refused.err)")
    #expect(try CommandLineTests.run(["model", "seal", extended]).code == 0)
    #expect(try tag(extended).code == 0)
    try FileManager.default.removeItem(atPath: "\(extended)/lemmas.tsv")
    try FileManager.default.copyItem(
      atPath: "\(Self.model)/segmenter", toPath: "\(extended)/segmenter")
    #expect(try tag(extended).code == 65)
  }

  @Test("line ends that git changed are named")
  func lineEnds() throws {
    for name in ["upos.vocab", "lemmas.tsv", "model.json", "segmenter/multiwords.tsv"] {
      let folder = try copy()
      let path = "\(folder)/\(name)"
      let data = try #require(content(path))
      let text = String(decoding: data, as: UTF8.self)
      try text.replacing("\n", with: "\r\n").write(
        toFile: path, atomically: true, encoding: .utf8)
      let shown = try tag(folder)
      #expect(shown.code == 65 && shown.err.contains("autocrlf"), "\(name): \(shown.err)")
    }
  }

  @Test("a card and a licence may be changed, links are followed")
  func allowed() throws {
    let expected = try tag(Self.model).out
    let folder = try copy()
    try "mine\n".write(toFile: "\(folder)/README.md", atomically: true, encoding: .utf8)
    try FileManager.default.removeItem(atPath: "\(folder)/LICENSE.txt")
    try "mine\n".write(toFile: "\(folder)/notes", atomically: true, encoding: .utf8)
    #expect(try tag(folder).out == expected)
    // As caches of models have them.
    let cache = TestData.temporaryFolder()
    for name in try files(Self.model) {
      let path = "\(cache)/\(name)"
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: path, withDestinationPath: "\(Self.model)/\(name)")
    }
    #expect(try tag(cache).out == expected)
    #expect(try CommandLineTests.run(["model", "verify", cache]).code == 0)
  }

  @Test("a model of format 1 is read with the checksum that it has, and gets the others")
  func formatOne() throws {
    let expected = try tag(Self.model).out
    let folder = try copy()
    for inner in ["", "/segmenter"] {
      let path = "\(folder)\(inner)/model.json"
      let data = try #require(content(path))
      var fields = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
      fields["filesCRC32"] = nil
      fields["descriptionCRC32"] = nil
      fields["formatVersion"] = 1
      try JSONSerialization.data(withJSONObject: fields).write(to: URL(fileURLWithPath: path))
    }
    #expect(try tag(folder).out == expected)
    let verified = try CommandLineTests.run(["model", "verify", folder])
    #expect(verified.code == 0 && verified.err.contains("model seal"), "\(verified.err)")
    #expect(try CommandLineTests.run(["model", "seal", folder]).code == 0)
    let sealed = try CommandLineTests.run(["model", "verify", folder])
    #expect(sealed.code == 0 && sealed.err.isEmpty, "\(sealed.err)")
    for name in try files(Self.model) {
      #expect(content("\(folder)/\(name)") == content("\(Self.model)/\(name)"), "\(name)")
    }
  }

  @Test("a finished model stays unless --force says so; then nothing of it is left")
  func overwriting() throws {
    let folder = try copy()
    try "mine\n".write(toFile: "\(folder)/notes.txt", atomically: true, encoding: .utf8)
    let before = content("\(folder)/weights.safetensors")
    let plain = [
      "train", "tagger", "--train", Self.corpus, "--dev", Self.corpus, "-o", folder, "--task",
      "upos", "--set", "training.epochs=1", "--set", "tagger.hiddenSizes=4", "--licence", "CC0-1.0",
    ]
    for words in [
      plain, Self.arguments(folder), ["model", "quantize", Self.model, "-o", folder],
      ["model", "average", Self.model, "-o", folder],
      [
        "train", "segmenter", "--train", Self.corpus, "--language", "en", "-o",
        "\(folder)/segmenter",
      ],
    ] {
      let refused = try CommandLineTests.run(words)
      #expect(refused.code == 64 && refused.err.contains("--force"), "\(refused.err)")
      #expect(!refused.err.contains("epoch"))
    }
    #expect(content("\(folder)/weights.safetensors") == before)
    let forced = try CommandLineTests.run(plain + ["--force"])
    #expect(forced.code == 0, "\(forced.err)")
    #expect(
      try files(folder) == [
        "LICENSE.txt", "README.md", "characters.vocab", "model.json", "notes.txt", "report.html",
        "train.jsonl", "upos.vocab", "weights.safetensors", "words.vocab",
      ])
    let licence = String(decoding: content("\(folder)/LICENSE.txt") ?? Data(), as: UTF8.self)
    #expect(licence.contains("CC0-1.0") && content("\(folder)/notes.txt") != nil)
    #expect(try CommandLineTests.run(["model", "verify", folder]).code == 0)
  }

  @Test("a card that was there before any model is somebody's own")
  func ownCard() throws {
    let folder = TestData.temporaryFolder()
    try "mine\n".write(toFile: "\(folder)/README.md", atomically: true, encoding: .utf8)
    #expect(try CommandLineTests.run(TinyTraining.tagger.arguments(folder)).code == 0)
    #expect(content("\(folder)/README.md") == Data("mine\n".utf8))
    #expect(content("\(folder)/LICENSE.txt") != nil)
  }

  @Test("a training in the current folder leaves it where it is")
  func currentFolder() throws {
    let folder = TestData.temporaryFolder()
    for force in [[], ["--force"]] {
      let result = try CommandLineTests.run(
        TinyTraining.tagger.arguments(".") + force, before: "cd '\(folder)' && ", shell: "&& ls")
      #expect(result.code == 0 && result.out.contains("model.json\n"), "\(result.err)")
    }
  }

  @Test("a segmenter that is trained into a tagger's folder, before or after it, is part of it")
  func segmenterAlone() throws {
    func segmenter(_ folder: String) -> [String] {
      [
        "train", "segmenter", "--train", Self.corpus, "--language", "en", "-o",
        "\(folder)/segmenter", "--set", "training.epochs=1",
      ]
    }
    let before = TestData.temporaryFolder()
    #expect(try CommandLineTests.run(segmenter(before)).code == 0)
    #expect(try CommandLineTests.run(TinyTraining.tagger.arguments(before)).code == 0)
    let after = TestData.temporaryFolder()
    #expect(try CommandLineTests.run(TinyTraining.tagger.arguments(after)).code == 0)
    #expect(try CommandLineTests.run(segmenter(after)).code == 0)
    for folder in [before, after] {
      #expect(
        try CommandLineTests.run(["model", "info", folder]).out.contains("trained segmenter"))
      try "x".write(
        toFile: "\(folder)/segmenter/multiwords.tsv", atomically: true, encoding: .utf8)
      #expect(try tag(folder).code == 65)
      #expect(try CommandLineTests.run(["tokenize", "-m", folder], input: "x").code == 65)
    }
  }

  #if os(Linux)
    @Test(
      "killed at any moment, what replaces a model leaves the old one or the new one whole",
      .enabled(if: WriteFailureTests.library != nil))
    func killed() throws {
      let library = try #require(WriteFailureTests.library)
      let other = TestData.temporaryFolder() + "/other"
      #expect(try CommandLineTests.run(TinyTraining.tagger.arguments(other)).code == 0)
      let weights = "weights.safetensors"
      func replace(_ folder: String, killAt n: Int) throws -> (Int32, calls: Int) {
        let count = TestData.temporaryFolder() + "/count"
        let result = try CommandLineTests.run(
          ["model", "quantize", other, "-o", folder, "--force"],
          before:
            "FAIL_AT=\(n) FAIL_COUNT='\(count)' FAIL_KILL=1 LD_PRELOAD='\(library)' ", shell: "")
        return (result.code, Int(String(decoding: content(count) ?? Data(), as: UTF8.self)) ?? 0)
      }
      let whole = try copy()
      let (code, calls) = try replace(whole, killAt: 0)
      #expect(code == 0 && calls > 30)
      let new = try #require(content("\(whole)/\(weights)"))
      let old = try #require(content("\(Self.model)/\(weights)"))
      var kinds: Set<Bool> = []
      for n in 1...calls {
        let folder = try copy()
        try "mine\n".write(toFile: "\(folder)/notes.txt", atomically: true, encoding: .utf8)
        _ = try replace(folder, killAt: n)
        let verified = try CommandLineTests.run(["model", "verify", folder])
        #expect(verified.code == 0, "call \(n): \(verified.err)")
        let found = content("\(folder)/\(weights)")
        #expect(found == old || found == new, "call \(n)")
        kinds.insert(found == new)
        #expect(content("\(folder)/notes.txt") != nil, "call \(n)")
        // What was left is gone after the next run.
        #expect(try replace(folder, killAt: 0).0 == 0)
        let around = try FileManager.default.contentsOfDirectory(
          atPath: (folder as NSString).deletingLastPathComponent)
        #expect(around == ["copy"], "call \(n): \(around)")
        #expect(try files(folder).allSatisfy { !$0.contains(".tmp-") })
      }
      #expect(kinds == [false, true])
    }
  #endif
}

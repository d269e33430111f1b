import Foundation
import TestSupport
import Testing

/// Raw text from the command line: a tagger that cuts it, lemmas, and how well that goes.
@Suite("Raw text on the command line", .serialized)
struct SegmentationCommandTests {
  private static let corpus: String = {
    var text = ""
    let words = [("dog", "dogs"), ("cat", "cats"), ("bird", "birds"), ("fox", "foxs")]
    for i in 0..<240 {
      let (one, many) = words[i % 4]
      if i % 4 == 0 { text += "# newpar\n" }
      text += "# sent_id = \(i)\n"
      if i % 3 == 0 {
        text +=
          "1\tthe\tthe\tDET\t_\t_\t_\t_\t_\t_\n2\t\(many)\t\(one)\tNOUN\t_\tNumber=Plur\t_\t_\t_\t_\n"
        text += "3-4\tdont\t_\t_\t_\t_\t_\t_\t_\t_\n3\tdo\tdo\tAUX\t_\t_\t_\t_\t_\t_\n"
        text +=
          "4\tnt\tnot\tPART\t_\t_\t_\t_\t_\t_\n5\trun\trun\tVERB\t_\t_\t_\t_\t_\tSpaceAfter=No\n"
        text += "6\t.\t.\tPUNCT\t_\t_\t_\t_\t_\t_\n\n"
      } else {
        text +=
          "1\ta\ta\tDET\t_\t_\t_\t_\t_\t_\n2\t\(one)\t\(one)\tNOUN\t_\tNumber=Sing\t_\t_\t_\t_\n"
        text +=
          "3\truns\trun\tVERB\t_\t_\t_\t_\t_\tSpaceAfter=No\n4\t.\t.\tPUNCT\t_\t_\t_\t_\t_\t_\n\n"
      }
    }
    let path = TestData.temporaryFolder() + "/c.conllu"
    try? text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }()

  private static let model: String = {
    let folder = TestData.temporaryFolder() + "/m"
    _ = try? CommandLineTests.run(
      [
        "train", "tagger", "--task", "segment,upos,feats,lemma", "--train", corpus, "--dev", corpus,
        "--language", "en", "-o", folder, "--set", "training.epochs=14", "--set",
        "tagger.hiddenSizes=16", "--set", "tagger.wordSize=16",
      ])
    return folder
  }()

  @Test("one command trains what tags raw text: words, features, lemmas")
  func tag() throws {
    let result = try CommandLineTests.run(
      ["tag", "-m", Self.model], input: "the cats dont run. a dog runs.\n")
    #expect(result.code == 0, "\(result.err)")
    let rows = result.out.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: "\t").prefix(4).joined(separator: " ") }
    #expect(
      rows == [
        "1 the the DET", "2 cats cat NOUN", "3-4 dont _ _", "3 do do AUX", "4 nt not PART",
        "5 run run VERB", "6 . . PUNCT", "1 a a DET", "2 dog dog NOUN", "3 runs run VERB",
        "4 . . PUNCT",
      ])
    let cut = try CommandLineTests.run(
      ["tokenize", "-m", Self.model, "-O", "lines"], input: "the cats dont run. a dog runs.\n")
    #expect(cut.out == "the cats do nt run .\na dog runs .\n")
    let both = try CommandLineTests.run(["tokenize", "-m", Self.model, "-l", "en"], input: "x")
    #expect(both.code == 64)
  }

  @Test("a language is known by its code, or named in the error")
  func languages() throws {
    for code in ["en", "pt-BR", "zh_Hant", "DE"] {
      let cut = try CommandLineTests.run(["tokenize", "-l", code, "-O", "lines"], input: "A b.\n")
      #expect(cut.code == 0 && cut.out == "A b .\n", "\(code): \(cut.err)")
    }
    for arguments in [
      ["tokenize", "-l", "zzz"], ["tag", "-m", Self.model, "--language", "english"],
    ] {
      let unknown = try CommandLineTests.run(arguments, input: "A b.\n")
      #expect(unknown.code == 64)
      #expect(unknown.err.contains("unknown language '\(arguments.last ?? "")'"), "\(unknown.err)")
    }
    // The same language in other letters is the model's own.
    let text = "the cats dont run.\n"
    let own = try CommandLineTests.run(["tag", "-m", Self.model, "-O", "lines"], input: text)
    let same = try CommandLineTests.run(
      ["tag", "-m", Self.model, "-O", "lines", "--language", "en-US"], input: text)
    #expect(own.code == 0 && same.out == own.out)
  }

  @Test("metrics of raw text, of a model and of a file; another text is refused")
  func evaluate() throws {
    let raw = try CommandLineTests.run(["evaluate", "tags", Self.corpus, "-m", Self.model, "--raw"])
    #expect(raw.code == 0, "\(raw.err)")
    for name in ["Tokens", "Sentences", "Words", "UPOS", "UFeats", "AllTags", "Lemmas"] {
      #expect(raw.out.contains(name))
    }
    let same = try CommandLineTests.run(
      ["evaluate", "tags", Self.corpus, "--predicted", Self.corpus, "--raw", "--fail-under", "100"])
    #expect(same.code == 0, "\(same.out)")
    let other = TestData.root.appendingPathComponent("corpora/tiny.en.conllu").path
    let refused = try CommandLineTests.run(
      ["evaluate", "tags", Self.corpus, "--predicted", other, "--raw"])
    #expect(refused.code == 65 && refused.err.contains("white space"), "\(refused.err)")
  }

  @Test("a table of lemmas that is damaged is named, and can be made anew")
  func lemmas() throws {
    let folder = TestData.temporaryFolder() + "/copy"
    try FileManager.default.copyItem(atPath: Self.model, toPath: folder)
    try "nonsense\n".write(toFile: "\(folder)/lemmas.tsv", atomically: true, encoding: .utf8)
    let damaged = try CommandLineTests.run(["tag", "-m", folder], input: "a dog runs.\n")
    #expect(damaged.code == 65 && damaged.err.contains("lemmas.tsv"))
    #expect(
      try CommandLineTests.run(["train", "lemmatizer", "--train", Self.corpus, "-o", folder]).code
        == 0)
    #expect(
      try CommandLineTests.run(["tag", "-m", folder], input: "a dog runs.\n").out.contains(
        "\trun\t"))
    #expect(
      try CommandLineTests.run([
        "train", "lemmatizer", "--train", Self.corpus, "-o", "\(folder)/segmenter",
      ]).code == 65)
  }
}

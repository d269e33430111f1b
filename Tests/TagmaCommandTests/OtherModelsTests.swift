import Foundation
import TestSupport
import Testing

@Suite("Language models, vectors, series and documents from the command line")
struct OtherModelsTests {
  private let folder = TestData.temporaryFolder()

  private func file(_ name: String, _ text: String) throws -> String {
    let path = "\(folder)/\(name)"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func run(_ arguments: String..., input: String = "", shell: String? = nil) throws
    -> CommandLineTests.Result
  {
    try CommandLineTests.run(arguments, input: input, shell: shell)
  }

  @Test("a language model is trained, scores lines and makes some up")
  func languageModel() throws {
    let text = try file("text.txt", String(repeating: "the cat sat on the mat\n\n", count: 200))
    let model = "\(folder)/lm"
    let settings = [
      "language-model.embeddingSize=16", "language-model.hiddenSizes=24", "training.streams=4",
      "training.steps=20", "training.learningRate=0.02", "training.epochs=3",
    ].flatMap { ["--set", $0] }
    let trained = try CommandLineTests.run(
      ["train", "language-model", "--train", text, "-o", model] + settings)
    #expect(trained.code == 0 && trained.err.contains("bits per character"), "\(trained.err)")
    let made = try run(
      "generate", "-m", model, "--temperature", "0", "--prefix", "the c", "--lines")
    #expect(made.out == "the cat sat on the mat\n", "\(made.out)")
    #expect(
      try run("generate", "-m", model, "--length", "100000", shell: "| head -c 5").out.utf8.count
        == 5)
    let scored = try run("score", "-m", model, input: "the cat sat on the mat\nxqz\n")
    let lines = scored.out.split(separator: "\n").map {
      $0.split(separator: "\t").compactMap { Double($0) }
    }
    #expect(lines.count == 2 && lines[0][1] < 1.5 && lines[1][1] > 5, "\(scored.out)")
    #expect(try run("score", "-m", model, "--units", input: "a\n").out.hasSuffix("\n\n"))
    #expect(try run("model", "info", model).out.contains("characters"))
    #expect(try run("translate", "-m", model, input: "x").code == 65)
    #expect(try run("generate", "-m", model, "--top-p", "2").code == 64)
    #expect(
      try run("train", "language-model", "--train", "\(folder)/none", "-o", "\(model)n").code == 66)
    #expect(
      try run(
        "train", "language-model", "--train", text, "-o", "\(folder)/x", "--set",
        "training.steps=0"
      ).code == 78)
    // A model that goes on keeps its layers: they may be named, but as they are.
    let further = ["train", "language-model", "--train", text, "--from", model, "--dry-run"]
    func goesOn(_ size: Int) throws -> CommandLineTests.Result {
      try CommandLineTests.run(
        further + ["-o", "\(folder)/f", "--set", "language-model.hiddenSizes=\(size)"])
    }
    #expect(try goesOn(24).code == 0)
    let refused = try goesOn(25)
    #expect(refused.code == 78 && refused.err.contains("--from"), "\(refused.err)")
  }

  @Test("vectors are learned, written, and looked at")
  func vectors() throws {
    let line = "the cat and the dog sat on a mat with a hat\n"
    let text = try file("text.txt", String(repeating: line, count: 100))
    let out = "\(folder)/text.vec"
    let arguments = [
      "train", "vectors", "--train", text, "--size", "8", "--buckets", "100", "--deterministic",
    ]
    #expect(try CommandLineTests.run(arguments + ["-o", out]).code == 0)
    #expect(try CommandLineTests.run(arguments + ["-o", out + "2"]).code == 0)
    let data = try #require(FileManager.default.contents(atPath: out))
    // Nobody reads what is said meanwhile.
    _ = try CommandLineTests.run(arguments + ["-o", out + "3"], shell: "2>&1 | true")
    #expect(data == FileManager.default.contents(atPath: out + "3"))
    #expect(data == FileManager.default.contents(atPath: out + "2"))
    #expect(String(decoding: data, as: UTF8.self).hasPrefix("10 8\n"))
    #expect(
      try run("vectors", "nearest", out, "cat", "--count", "3").out.split(separator: "\n").count
        == 3)
    let unknown = try run("vectors", "nearest", out, "none")
    #expect(unknown.code == 65 && unknown.err.hasSuffix("text.vec: no vector of 'none'\n"))
    let unknowns = try run("vectors", "analogy", out, "cat", "nobody", "nothing")
    #expect(unknowns.code == 65 && unknowns.err.contains("no vector of 'nobody', 'nothing'"))
    #expect(try run("vectors", "nearest", out, "cat", "--count", "0").code == 64)
    let questions = try file("q.txt", ": section\nthe cat a hat\nthe cat a none\n")
    let answers = try run("vectors", "analogy", out, "--questions", questions)
    #expect(answers.out.contains("of 1\t1 with unknown words"), "\(answers.out)")
    let pairs = try file("p.txt", ": a\nthe cat\na hat\nthe none\n: b\nthe cat a hat\n")
    let paired = try run("vectors", "analogy", out, "--questions", pairs)
    #expect(paired.out.contains("of 2\t4 with unknown") && paired.out.contains("of 3\t4 with"))
    // Tabs and several blanks separate words, CR LF ends lines, a section may be empty.
    let tabs = try file(
      "t.txt", "the\tcat\ta\that\r\n\r\n:  two  words \r\nthe  cat a hat \r\n: none\r\n")
    let rows = try run("vectors", "analogy", out, "--questions", tabs).out
    #expect(rows.contains("no section\t") && rows.contains("two words\t"), "\(rows)")
    #expect(rows.contains("none\t0.00 %\t0 of 0\t0 with") && rows.contains("of 2\t0 with"))
    let bad = try file("b.txt", "the cat a\n")
    #expect(try run("vectors", "analogy", out, "--questions", bad).code == 65)
    #expect(try CommandLineTests.run(arguments + ["-o", "/dev/full"]).code == 74)
    let rare = try file("rare.txt", "a b\n")
    let none = try run("train", "vectors", "--train", rare, "-o", "\(folder)/rare.vec")
    #expect(none.code == 65 && none.err.contains("2 different words"), "\(none.err)")
    #expect(none.err.contains("--min-count"))
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/rare.vec"))
    #expect(
      try run("train", "vectors", "--train", text, "-I", "tokens", "-o", out).code == 0)
    #expect(try run("train", "vectors", "--train", text, "-I", "words", "-o", out).code == 64)
  }

  @Test("vectors are of the words that taggers see")
  func wordsOfVectors() throws {
    let line = "The cat's hat isn't here... It's \"there\".\n"
    let text = try file("raw.txt", String(repeating: line, count: 20))
    let cut = try file("cut.txt", try run("tokenize", "-O", "lines", text).out)
    func vectors(_ arguments: [String], input: String = "") throws -> String {
      let out = "\(folder)/words.vec"
      let trained = try CommandLineTests.run(
        ["train", "vectors", "--size", "4", "--buckets", "10", "--deterministic", "-o", out]
          + arguments, input: input)
      #expect(trained.code == 0, "\(trained.err)")
      return try String(contentsOfFile: out, encoding: .utf8)
    }
    let raw = try vectors(["--train", text])
    for word in ["'s", "n't", "is", "...", "\""] {
      #expect(raw.contains("\n\(word) "), "\(word)")
    }
    #expect(try vectors(["--train", cut, "-I", "tokens"]) == raw)
    #expect(try vectors(["--train", "-"], input: String(repeating: line, count: 20)) == raw)
    // Without rules for the language words stay whole.
    #expect(try vectors(["--train", text, "-l", "pt"]).contains("\nisn't "))
    // A sentence ends with its line only where that is said.
    let verse = try file("verse.txt", String(repeating: "a b\nc d\n", count: 20))
    #expect(
      try vectors(["--train", verse])
        != vectors(["--train", verse, "--newline", "sentence"]))
  }

  @Test(
    "a tagger keeps the vectors it was given, in few bytes too, and says without folders which they were"
  )
  func vectorsInTagger() throws {
    let vectors = try file("v.vec", "2 3\nAngela 1 0.25 -0.7\nthe 0 0.1 3\n")
    let corpus = TestData.root.appendingPathComponent("corpora/tiny.en.conllu").path
    let model = "\(folder)/tagger"
    let trained = try run(
      "train", "tagger", "--train", corpus, "-o", model, "--embeddings",
      "fixed:\(vectors)", "--set", "training.epochs=1", "--set", "tagger.hiddenSizes=8")
    #expect(trained.code == 0, "\(trained.err)")
    let card = try run("model", "card", model).out
    #expect(card.contains("--embeddings fixed:v.vec") && !card.contains(folder), "\(card)")
    func goesOn(_ more: String...) throws -> Int32 {
      try CommandLineTests.run(
        ["train", "tagger", "--train", corpus, "--from", model, "-o", "\(folder)/f", "--dry-run"]
          + more
      ).code
    }
    #expect(try goesOn("--set", "tagger.hiddenSizes=8") == 0)
    #expect(try goesOn("--set", "tagger.hiddenSizes=9") == 78)
    #expect(try goesOn("--embeddings", "fixed:\(vectors)") == 64)
    for (from, to) in [("", "-c"), ("-c", "-d")] {
      #expect(
        try run("model", "quantize", model + from, "-o", model + to, "--compact").code == 0)
    }
    for file in ["", "/embeddings/0"] {
      let weights = try ["", "-c", "-d"].map {
        try #require(
          FileManager.default.contents(atPath: "\(model)\($0)\(file)/weights.safetensors"))
      }
      #expect(weights[1] != weights[0] && weights[1] == weights[2])
      // The few vectors take less than the header says of their scales.
      #expect(weights[1].count < weights[0].count || !file.isEmpty)
    }
    #expect(
      try run("tag", "-m", model + "-c", corpus, "-I", "conllu").out
        == run("tag", "-m", model + "-d", corpus, "-I", "conllu").out)
  }

  @Test("a series is learned and continued")
  func series() throws {
    let rows = (0..<200).map { "\(sin(Double($0) * 0.3))" }.joined(separator: "\n")
    let text = try file("wave.csv", "wave\n\(rows)\n")
    let model = "\(folder)/wave"
    let trained = try run(
      "train", "regressor", "--train", text, "-o", model, "--set", "training.epochs=15")
    #expect(trained.code == 0, "\(trained.err)")
    let next = try run("predict", "-m", model, "--steps", "3", text)
    let values = next.out.split(separator: "\n").dropFirst().compactMap { Double($0) }
    #expect(values.count == 3 && abs(values[0] - sin(200 * 0.3)) < 0.3, "\(next.out)")
    #expect(
      try run("predict", "-m", model, text).out.split(
        separator: "\n", omittingEmptySubsequences: false
      ).count == 202)
    #expect(try run("predict", "-m", model, input: "wave\n1\n").code == 65)
    #expect(try run("predict", "-m", model, input: "other\n1\n").code == 65)
    #expect(try run("dtw", text, text).out == "0\n")
    let bad = try file("bad.csv", "1\nx\n")
    let refused = try run("dtw", text, bad)
    #expect(refused.code == 65 && refused.err.contains("bad.csv:2:1"), "\(refused.err)")
    // Dates are left out, names come back that need quotation marks.
    let dated = try file(
      "dated.csv",
      "t;\"x;\"\"y\"\"\"\n" + (0..<60).map { "2024-01-\(10 + $0 % 20);\($0 % 3),5\n" }.joined())
    let learned = try run(
      "train", "regressor", "--train", dated, "-o", model + "d", "--set", "training.epochs=1",
      "--set", "regressor.window=4")
    #expect(learned.code == 0 && learned.err.contains("column 't' holds dates"), "\(learned.err)")
    let predicted = try file(
      "predicted.csv", try run("predict", "-m", model + "d", "--steps", "2", dated).out)
    #expect(try run("dtw", predicted, predicted).out == "0\n")
    #expect(try run("dtw", predicted, predicted, "--band", "\(Int.max)").out == "0\n")
    let short = try run("train", "regressor", "--train", bad, "-o", model + "s", "--dev", "0%")
    #expect(short.code == 65 && short.err.contains("bad.csv:2:1: 'x' in column '0'"))
    let tiny = try file("tiny.csv", "1\n2\n")
    let few = try run("train", "regressor", "--train", tiny, "-o", model + "s")
    #expect(few.code == 65 && few.err.contains("tiny.csv:3: 2 rows, expected at least 25"))
    #expect(
      try run("train", "regressor", "--train", text, "-o", model + "t", "--targets", "none").code
        == 65)
  }

  @Test("a service ends as it is told to, and says what it cannot serve")
  func serve() throws {
    let models = TestData.root.appendingPathComponent("models").path
    for (name, code) in [("TERM", 143), ("INT", 130)] {
      let ended = try run(
        "serve", "-m", "\(models)/en", "--port", "0",
        shell: "& P=$!; sleep 1; kill -\(name) $P; wait $P")
      #expect(ended.code == code && ended.err.contains("listening at http://127.0.0.1:"))
    }
    // Often, as what starts beside the server may be in any state when it fails.
    for _ in 0..<20 {
      #expect(try run("serve", "-m", "\(models)/en", "--host", "192.0.2.1").code == 69)
    }
    #expect(try run("serve", "-m", "\(models)/none").code == 66)
    #expect(try run("serve", "-m", "\(models)/en", "-m", "\(models)/en").code == 64)
    #expect(try run("serve", "-m", "\(models)/en", "--port", "65536").code == 64)
  }

  @Test("pairs are checked, cleaned and converted")
  func pairs() throws {
    let pairs = try file("p.tsv", "one two\teins zwei\none two\teins zwei\n<b>x\ty\n\tleer\n")
    let languages = ["--source", "en", "--target", "de"]
    let found = try CommandLineTests.run(["check", pairs] + languages)
    #expect(
      found.code == 0 && found.out.contains("p.tsv:2: warning") && found.out.contains("[markup]"))
    let clean = try CommandLineTests.run(
      ["convert", pairs, "-O", "tmx", "--deduplicate", "--filter", "markup,empty"] + languages)
    #expect(clean.err.contains("1 of 4 pairs kept"), "\(clean.err)")
    let memory = try file("p.tmx", clean.out)
    let back = try CommandLineTests.run(["convert", memory, "-O", "tsv"] + languages)
    #expect(back.out == "one two\teins zwei\n")
    #expect(try CommandLineTests.run(["convert", pairs, "--filter", "no"] + languages).code == 64)
    #expect(try run("convert", pairs, "-O", "tmx").code == 64)
    let bad = try file("bad.tsv", "a\tb\nno tab\n")
    #expect(try CommandLineTests.run(["check", bad] + languages).code == 65)
    // What was good before is there.
    let half = try CommandLineTests.run(["convert", bad, "-O", "tsv"] + languages)
    #expect(half.code == 65 && half.out == "a\tb\n" && half.err.contains("bad.tsv:2: 1 column"))
    for arguments in [
      ["convert", memory, "-O", "tsv", "--source", "zzz", "--target", "de"],
      ["train", "translator", "--train", memory, "--source", "fr", "--target", "de", "-o", folder],
    ] {
      let other = try CommandLineTests.run(arguments)
      #expect(other.code == 65 && other.err.contains("p.tmx: no pairs of"), "\(other.err)")
      #expect(other.err.hasSuffix("the file has en, de\n"), "\(other.err)")
    }
  }

  @Test("a share of the pairs is kept for dev")
  func heldOutPairs() throws {
    let pairs = try file("all.tsv", (0..<200).map { "a\($0)\tb\($0)\n" }.joined())
    func count(_ dev: String...) throws -> Int? {
      let summary = try CommandLineTests.run(
        [
          "train", "translator", "--train", pairs, "--source", "en", "--target", "de", "-o",
          "\(folder)/held", "--dry-run", "--dev",
        ] + dev)
      #expect(summary.code == 0, "\(summary.err)")
      return summary.out.split(separator: "\n").first.flatMap { Int($0.dropFirst("pairs\t".count)) }
    }
    let most = try #require(try count("20%"))
    #expect((140..<180).contains(most), "\(most)")
    #expect(try count("20%") == most && count(pairs) == 200)
  }

  @Test("what is scored stands beside its line; what cannot be scored is named by its file")
  func scoredPairs() throws {
    let model = TestData.root.appendingPathComponent("models/en-de").path
    let good = try file("good.tsv", "The house.\tDas Haus.\n\nThe dog.\tDer Hund.\n")
    let bad = try file("second.tsv", "The cat.\tDie Katze.\nno tab\n")
    let result = try run("score", "-m", model, good, bad)
    let lines = result.out.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(result.code == 65 && lines.count == 5 && lines[1].isEmpty, "\(result.out)")
    #expect([0, 2, 3].allSatisfy { (Double(lines[$0]) ?? 1) < 0 }, "\(result.out)")
    #expect(result.err.contains("second.tsv:2: 1 column, expected 2: \"no tab\""), "\(result.err)")
    let kinds = try run("score", "-m", model, file("x.jsonl", "{\"a\": 1}\n"))
    #expect(kinds.code == 65 && kinds.err.contains("this is JSON"), "\(kinds.err)")
  }

  @Test("translations are compared a line each, also from a pipe")
  func comparedTranslations() throws {
    let reference = try file("ref.de", "eins zwei drei vier\nf\u{fc}nf\n")
    let columns = try file("ref.tsv", "one\teins zwei drei vier\nfive\tf\u{fc}nf\n")
    let base = ["evaluate", "translations", "--samples", "0", "--references"]
    let piped = try CommandLineTests.run(
      base + [reference, "--fail-under", "100"], input: "eins zwei drei vier\nf\u{fc}nf\n")
    #expect(piped.code == 0 && piped.out.contains("BLEU 100.00"), "\(piped.err)")
    let refused = try CommandLineTests.run(base + [columns, "--hypotheses", reference])
    #expect(refused.code == 65 && refused.err.contains("ref.tsv:1: 2 columns, expected one text"))
    let warned = try CommandLineTests.run(
      base + [try file("tabs.txt", "a\tb\nc\n"), "--hypotheses", reference])
    #expect(warned.code == 0 && warned.err.contains("tabs.txt:1: warning"), "\(warned.err)")
    let memory = try file("m.tmx", "<tmx version=\"1.4\"></tmx>")
    let other = try CommandLineTests.run(base + [memory, "--hypotheses", reference])
    #expect(other.code == 65 && other.err.contains("this is TMX"), "\(other.err)")
    #expect(try CommandLineTests.run(base + ["-", "--hypotheses", "-"]).code == 64)
    #expect(
      try CommandLineTests.run(base + [reference, "--hypotheses", reference, "--metrics", ","]).code
        == 64)
  }

  @Test("a term has two sides; names of languages are none")
  func terms() throws {
    let model = TestData.root.appendingPathComponent("models/en-de").path
    let good = try file("terms.tsv", "en\tde\n\n house \tH\u{fc}tte\n")
    let found = try run("translate", "-m", model, "--terms", good, input: "The house is big.\n")
    #expect(found.code == 0 && found.out.contains("H\u{fc}tte"), "\(found.err)")
    for (text, message) in [
      ("a\tb\nC++\t \n", "terms.tsv:2: column 2 is empty"),
      ("\tb\n", "terms.tsv:1: column 1 is empty"),
      ("a\tb\nc\n", "terms.tsv:2: 1 column, expected 2"),
    ] {
      let refused = try run(
        "translate", "-m", model, "--terms", file("terms.tsv", text), input: "x\n")
      #expect(refused.code == 65 && refused.err.contains(message), "\(refused.err)")
    }
  }

  @Test("a lemmatizer needs lemmas")
  func lemmas() throws {
    let corpus = try file("none.conllu", "1\ta\t_\tNOUN\t_\t_\t0\troot\t_\t_\n\n")
    let model = "\(folder)/copy"
    try FileManager.default.copyItem(
      atPath: TestData.root.appendingPathComponent("models/en").path, toPath: model)
    let refused = try run("train", "lemmatizer", "--train", corpus, "-o", model)
    #expect(
      refused.code == 65 && refused.err.contains("none.conllu: the data has no labels"))
    #expect(try run("model", "verify", model).code == 0)
  }
}

import Foundation
import TagmaCorpora
import TagmaLanguageModels
import TagmaModels
import TestSupport
import Testing

@Suite("Word vectors")
struct VectorTests {
  /// Lines in which animals do one kind of thing and stones another.
  private static let lines: [String] = {
    var state: UInt64 = 5
    func pick(_ words: [String]) -> String {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return words[Int((state >> 33) % UInt64(words.count))]
    }
    return (0..<4000).map { i in
      i % 2 == 0
        ? "the \(pick(["cat", "dog", "cow"])) \(pick(["eats", "sleeps", "runs"])) \(pick(["happily", "slowly"])) , at home ."
        : "a \(pick(["rock", "pebble", "boulder"])) \(pick(["lies", "breaks", "falls"])) \(pick(["there", "here"])) in mud !"
    }
  }()

  private static func trained(
    threads: Int = 1, _ change: (inout VectorSettings) -> Void = { _ in }
  ) throws -> WordVectorTable {
    var settings = VectorSettings()
    (settings.size, settings.buckets, settings.epochs, settings.sample) = (20, 1000, 5, 1)
    change(&settings)
    var trainer = try VectorTrainer(settings) { body in lines.forEach(body) }
    trainer.train(threads: threads) { _ in true }
    return try trainer.vectors()
  }

  @Test(
    "words that stand alike are alike",
    arguments: [
      (VectorSettings.Method.skipgram, 6), (.cbow, 6), (.skipgram, 0), (.cbow, 0),
    ])
  func likeness(method: VectorSettings.Method, longest: Int) throws {
    let table = try Self.trained {
      $0.method = method
      $0.longestNGram = longest
      $0.shortestNGram = min(3, longest)
    }
    let search = VectorSearch(table)
    let near = try #require(search.nearest(to: "cat", count: 2)).map(\.word)
    #expect(Set(near) == ["dog", "cow"], "\(near)")
    #expect(table.words.contains(",") && table.words.contains("!"))
    #expect(search.analogy("cat", "dog", "nowhere", count: 1) == nil)
  }

  @Test("words have nothing in common")
  func centred() throws {
    let table = try Self.trained { $0.epochs = 1 }
    for i in 0..<table.size {
      let column = table.words.indices.map { table.vector($0)[$0 * table.size + i] }
      let sum = column.reduce(0, +)
      #expect(abs(sum) < 1e-4 * column.reduce(0) { $0 + abs($1) }, "\(i)")
    }
  }

  @Test("one thread gives the same vectors every time; two give good ones")
  func repeatable() throws {
    let once = try Self.trained()
    #expect(try Self.trained().values == once.values)
    #expect(try Self.trained { $0.seed = 2 }.values != once.values)
    let parallel = try Self.trained(threads: 2)
    let near = try #require(VectorSearch(parallel).nearest(to: "rock", count: 2))
    #expect(Set(near.map(\.word)) == ["pebble", "boulder"])
  }

  @Test("answers lie where the sum of the vectors points; those asked about are none")
  func analogies() throws {
    let table = WordVectorTable(
      words: ["king", "man", "woman", "queen", "none", "tree"], size: 3,
      values: [3, 0, 3, 2, 0, 0, 0, 4, 0, 0, 1, 1, 0, 0, 0, -1, -1, 0])
    let search = VectorSearch(table)
    let found = try #require(search.analogy("man", "king", "woman", count: 9))
    #expect(found.map(\.word) == ["queen", "none", "tree"])
    // (1, 0, 1)/√2 − (1, 0, 0) + (0, 1, 0) against (0, 1, 1)/√2.
    let (a, b): ([Float], [Float]) = ([0.70711 - 1, 1, 0.70711], [0, 0.70711, 0.70711])
    let dot = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    let length = a.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(found[0].likeness - dot / length) < 1e-4)
    let many = (0..<150).map { _ in (a: "man", b: "king", c: "woman") }
    #expect(search.answers(many + [("man", "x", "woman")]) == many.map { _ in "queen" } + [nil])
    #expect(search.nearest(to: "none", count: 2)?.isEmpty == true)
    #expect(search.nearest(to: "x", count: 2) == nil)
  }

  @Test("a file gives the same words and almost the same numbers; damaged ones are refused")
  func files() throws {
    let table = try Self.trained { $0.epochs = 1 }
    let path = TestData.temporaryFolder() + "/toy.vec"
    let file = try OutputFile(path)
    try table.write(to: file)
    try file.commit()
    let again = try WordVectorTable(contentsOf: path)
    #expect(again.words == table.words && again.size == table.size)
    #expect(zip(again.values, table.values).allSatisfy { abs($0 - $1) < 1e-4 * max(1, abs($1)) })
    for text in [
      "2 3\na 1 2\n", "a 1 x\n", "a 1 nan\n", "1 2\na 1 2\nb 1\n", "2 2\na 1 2\n",
    ] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: CorpusError.self, "\(text)") { try WordVectorTable(contentsOf: path) }
    }
  }

  private func read(_ bytes: [UInt8]) throws -> WordVectorTable {
    let path = TestData.temporaryFolder() + "/words.vec"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return try WordVectorTable(contentsOf: path)
  }

  @Test(
    "a word ends at a blank or a tab, whatever else stands in it",
    arguments: [
      "\u{6dd}", "\u{600}", "\u{301}", "a\u{2028}b", "c\u{85}d", "\u{3000}", "\u{a0}x", "1984",
      "0.5",
      "\u{feff}", "e\u{301}\u{d4e}", "👩‍👧", "\u{0}", "\"", "a b",
    ])
  func oddWords(word: String) throws {
    for head in ["", "3 2\n"] {
      for (blank, end) in [(" ", "\n"), ("\t", "\n"), (" ", " \r\n")] {
        let lines = ["king", word, "queen"].enumerated().map { "\($1)\(blank)\($0)\(blank)1\(end)" }
        let table = try read(Array((head + lines.joined()).utf8))
        #expect(table.words == ["king", word, "queen"] && table.values == [0, 1, 1, 1, 2, 1])
      }
    }
  }

  @Test("words that are not UTF-8 are read alike in both formats, and counted")
  func invalidWords() throws {
    let words: [[UInt8]] = [Array("king".utf8), [0xe6, 0x88], [0xff], Array("queen".utf8)]
    let expected = ["king", "\u{fffd}", "queen"]
    for head in ["", "4 2\n"] {
      var text = Array(head.utf8)
      for word in words { text += word + Array(" 1 0\n".utf8) }
      let table = try read(text)
      #expect(table.words == expected && table.repairedWords == 2)
    }
    var binary = Array("4 2\n".utf8)
    for word in words { binary += word + [0x20, 0, 0, 0x80, 0x3f, 0, 0, 0, 0] }
    let table = try read(binary)
    #expect(table.words == expected && table.repairedWords == 2 && table.values[0] == 1)
  }

  @Test("text of short numbers beside words of other scripts is no binary file")
  func shortNumbers() throws {
    let table = try read(Array("2 2\nking 1 0\n\u{6211} 0 1\n".utf8))
    #expect(table.words == ["king", "\u{6211}"] && table.values == [1, 0, 0, 1])
    // Numbers whose bytes can all be read as text.
    let word: [UInt8] = Array("ab ".utf8) + [0x66, 0x66, 0x66, 0x3f, 0x66, 0x66, 0xc6, 0x3f]
    #expect(try read(Array("1 2\n".utf8) + word).words == ["ab"])
  }

  @Test("what is wrong with a file is told with its line")
  func faults() {
    for (text, message) in [
      ("", "words.vec:1: damaged word vectors: an empty file"),
      ("king\n", "words.vec:1: 1 column, expected 2"),
      ("king 1 0\nqueen 1\n", "words.vec:2: 2 columns, expected 3"),
      ("2 2\nking 1 0 0\n", "words.vec:2: 4 columns, expected 3"),
      ("1 2\nking 1 x\n", "words.vec:2: damaged word vectors: 'x' is no finite number"),
      ("5 2\nking 1 0\n", "words.vec:2: damaged word vectors: the file ends after 1 of 5 words"),
      (
        "2 9223372036854775807\nking 1 0\n",
        "words.vec:1: damaged word vectors: vectors of 9223372036854775807 numbers"
      ),
    ] {
      let error = #expect(throws: CorpusError.self) { try read(Array(text.utf8)) }
      #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }
  }

  @Test("what is written can be read, whatever the words")
  func roundTrip() throws {
    var settings = VectorSettings()
    (settings.size, settings.buckets, settings.epochs, settings.minimumCount) = (4, 100, 1, 1)
    let odd = "\u{6dd} \u{600} a\u{2028}b \u{301}x \u{d4e} \u{85} \u{3000}y \u{feff} 1984 \u{ad}"
    var trainer = try VectorTrainer(settings) { body in body(odd + " king queen") }
    trainer.train(threads: 1) { _ in true }
    let path = TestData.temporaryFolder() + "/odd.vec"
    let file = try OutputFile(path)
    let table = try trainer.vectors()
    try table.write(to: file)
    try file.commit()
    #expect(try WordVectorTable(contentsOf: path).words == table.words && table.words.count == 12)
  }

  @Test("vectors that are no numbers are not written")
  func diverged() throws {
    let error = #expect(throws: ModelError.self) {
      try Self.trained {
        ($0.learningRate, $0.epochs, $0.buckets) = (10, 60, 10)
      }
    }
    #expect(error?.kind == .diverged(epoch: 60))
  }

  @Test("impossible settings and texts without words are refused")
  func refused() {
    for change: (inout VectorSettings) -> Void in [
      { $0.size = 0 }, { $0.size = 5000 }, { $0.window = 0 }, { $0.longestNGram = 2 },
      { $0.sample = 0 }, { $0.minimumCount = 1_000_000 },
    ] {
      #expect(throws: ModelError.self) { try Self.trained(change) }
    }
  }
}

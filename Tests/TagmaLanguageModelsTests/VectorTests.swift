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
    return trainer.vectors
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

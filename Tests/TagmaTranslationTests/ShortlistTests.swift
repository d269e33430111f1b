import Foundation
import TagmaCorpora
import TagmaLexicon
import TagmaModels
import TagmaTranslation
import TestSupport
import Testing

@Suite("What becomes what")
struct ShortlistTests {
  /// Word `w` becomes `30 + w`; the other language is read backwards.
  private static let pairs: [(source: [Int], target: [Int])] = {
    var state: UInt64 = 4
    func below(_ n: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(n))
    }
    return (0..<400).map { _ in
      let words = (0..<2 + below(5)).map { _ in below(30) }
      return (source: words, target: words.reversed().map { 30 + $0 })
    }
  }()

  @Test("a lexicon finds what each unit becomes, and where in a pair")
  func lexicon() {
    let lexicon = UnitLexicon(Self.pairs, unitCount: 60)
    let alignment = lexicon.alignment([0, 1, 2], [32, 31, 30])
    for i in 0..<3 {
      let row = alignment[3 * i..<3 * i + 3]
      #expect(row[row.startIndex + 2 - i] > 0.7, "unit \(i) comes from its own: \(Array(row))")
      #expect(row.reduce(0, +) <= 1.0001)
    }
    #expect(lexicon.alignment([], [36]).isEmpty)
    #expect(lexicon.alignment([0], []).isEmpty)
    #expect(lexicon.alignment([40], [36]) == [0], "what was never seen together")
  }

  @Test("a table is written and read; a damaged one is refused")
  func file() throws {
    let translator = try TranslatorTests.trained.get()
    let folder = TestData.temporaryFolder()
    try translator.write(to: folder)
    let path = "\(folder)/shortlist.tsv"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let shortlist = try #require(Shortlist(fileText: text, unitCount: translator.unitCount))
    #expect(shortlist.fileText == text)
    #expect(
      text.split(separator: "\n", omittingEmptySubsequences: false).count
        == translator.unitCount + 2)
    for damage in [
      "", "1\n", text + "1\n", String(text.dropLast()),
      text.replacing("\n", with: "\nx\n", maxReplacements: 1),
      text.replacing("\n", with: " 99999\n", maxReplacements: 1), "2" + text.dropFirst(),
    ] {
      try damage.write(toFile: path, atomically: true, encoding: .utf8)
      #expect(throws: ModelError.self) { try Translator(contentsOf: folder) }
    }
  }

  @Test("names that are damaged are refused")
  func names() throws {
    let folder = TestData.temporaryFolder()
    try TranslatorTests.trained.get().write(to: folder)
    #expect(NameTable(fileText: "\t9\t1\nAnna\t2\t1\n") != nil)
    #expect(NameTable(fileText: "\t9\t1\nAnna\t1\t2\n") == nil)
    try "\t9\t1\nAnna\t1\t2\n".write(
      toFile: "\(folder)/names.tsv", atomically: true, encoding: .utf8)
    #expect(throws: ModelError.self) { try Translator(contentsOf: folder) }
  }

  @Test("a table that a model was written with must be there")
  func stale() throws {
    let folder = TestData.temporaryFolder()
    try TranslatorTests.trained.get().write(to: folder)
    try FileManager.default.removeItem(atPath: "\(folder)/shortlist.tsv")
    #expect(throws: ModelError.self) { try Translator(contentsOf: folder) }
  }

  @Test("translations are the same with and without it where it knows the words")
  func search() throws {
    let translator = try TranslatorTests.trained.get()
    let sources = TranslatorTests.corpus(60, seed: 5).items.map(\.source) + ["", "one", "xyz"]
    func texts(_ change: (inout SearchOptions) -> Void = { _ in }) -> [String] {
      var options = SearchOptions()
      change(&options)
      return translator.translate(sources, options: options).map { $0[0].text }
    }
    let all = texts { $0.usesShortlist = false }
    #expect(zip(texts(), all).count { $0 == $1 } >= sources.count - 2)
    #expect(sources.map { translator.translate($0) } == texts(), "whatever else is translated")
    let folder = TestData.temporaryFolder()
    try translator.write(to: folder)
    try translator.writeTables(
      of: TranslatorTests.corpus(200, seed: 6).items, limit: 1, to: folder)
    let narrow = try Translator(contentsOf: folder)
    #expect(narrow.translate("one two three") == "tres dos uno")
  }
}

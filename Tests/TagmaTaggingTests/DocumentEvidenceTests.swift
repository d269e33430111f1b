import Foundation
import TagmaAnnotations
import TagmaCorpora
import TagmaTagging
import TestSupport
import Testing

@Suite("What documents say of words that they have several times")
struct DocumentEvidenceTests {
  private static func sentence(_ text: String, comment: String? = nil) -> Sentence {
    Sentence(
      tokens: text.split(separator: " ").map { Token(form: String($0)) },
      comments: comment.map { [$0] } ?? [])
  }

  private static func candidate(
    _ label: String, _ words: Range<Int>, _ probability: Double
  ) -> SpanCandidate {
    SpanCandidate(span: LabeledSpan(label: label, words: words), probability: probability)
  }

  private static func probability(_ label: String, _ words: Range<Int>, _ all: [SpanCandidate])
    -> Double
  {
    all.first { $0.span == LabeledSpan(label: label, words: words) }?.probability ?? 0
  }

  @Test("a doubtful name becomes what it is elsewhere, one that is alone stays as it is")
  func pooled() {
    let forms = [["Firefox", "rocks"], ["I", "like", "FIREFOX"], ["Geneva"]]
    let pooled = DocumentEvidence.pooled(
      [
        [Self.candidate("ORG", 0..<1, 0.8)], [Self.candidate("LOC", 2..<3, 0.3)],
        [Self.candidate("LOC", 0..<1, 0.4)],
      ], forms: forms, share: 0.5)
    // Weights 0.9 and 0.4, so means of 0.8 · 0.9 / 1.3 and 0.3 · 0.4 / 1.3, which count 0.5 · 1.3 of 0.5 · 1.3 + 0.5.
    let (organisation, place, trust) = (0.72 / 1.3, 0.12 / 1.3, 0.65 / 1.15)
    func mixed(_ own: Double, _ mean: Double) -> Double { (1 - trust) * own + trust * mean }
    #expect(abs(Self.probability("ORG", 0..<1, pooled[0]) - mixed(0.8, organisation)) < 1e-12)
    #expect(abs(Self.probability("ORG", 2..<3, pooled[1]) - mixed(0, organisation)) < 1e-12)
    #expect(abs(Self.probability("LOC", 2..<3, pooled[1]) - mixed(0.3, place)) < 1e-12)
    #expect(pooled[2] == [Self.candidate("LOC", 0..<1, 0.4)])
  }

  @Test("words in a longer name say nothing against the same words alone, nor these against it")
  func around() {
    let pooled = DocumentEvidence.pooled(
      [
        [Self.candidate("LOC", 1..<2, 0.9)],
        [Self.candidate("ORG", 1..<3, 0.7), Self.candidate("LOC", 1..<2, 0.2)],
        [Self.candidate("LOC", 0..<1, 0.8)],
      ],
      forms: [["the", "US"], ["The", "US", "Marines"], ["US", "forces"]], share: 0.8)
    #expect(Self.probability("ORG", 1..<3, pooled[1]) == 0.7)
    // Three tenths are left, and nearly all of them are a place's.
    let inside = Self.probability("LOC", 1..<2, pooled[1])
    #expect(inside > 0.2 && inside < 0.3)
    #expect(Self.probability("LOC", 0..<1, pooled[2]) > 0.8)
    for candidates in pooled {
      #expect(candidates.reduce(0) { $0 + $1.probability } <= 1)
    }
  }

  @Test("a word in small letters that is no candidate does not become what others in capitals are")
  func small() {
    let pooled = DocumentEvidence.pooled(
      [[Self.candidate("LOC", 1..<2, 0.9)], [], [Self.candidate("LOC", 0..<1, 0.1)]],
      forms: [["the", "US"], ["let", "us", "know"], ["us", "troops"]], share: 0.8)
    #expect(pooled[1].isEmpty)
    #expect(Self.probability("LOC", 0..<1, pooled[2]) > 0.5)
    // Scripts without capitals have no small letters.
    let chinese = DocumentEvidence.pooled(
      [[Self.candidate("LOC", 0..<1, 0.9)], []], forms: [["北京"], ["在", "北京"]], share: 0.8)
    #expect(Self.probability("LOC", 1..<2, chinese[1]) > 0.5)
  }

  @Test("a longer name tells of its first and last word, where its label's names are used so")
  func parts() {
    func pooled(_ parts: Set<String>) -> [SpanCandidate] {
      DocumentEvidence.pooled(
        [[Self.candidate("PER", 0..<2, 0.9)], [Self.candidate("LOC", 2..<3, 0.3)]],
        forms: [["Neil", "Bush", "spoke"], ["so", "did", "Bush"]], share: 0.8, parts: parts)[1]
    }
    #expect(Self.probability("PER", 2..<3, pooled(["PER"])) > 0.5)
    #expect(Self.probability("PER", 2..<3, pooled([])) == 0)
    #expect(abs(Self.probability("LOC", 2..<3, pooled([])) - 0.3) < 0.01)
    #expect(pooled([]) == pooled(["ORG"]))
  }

  @Test("a longer name tells of its initials")
  func abbreviations() {
    func pooled(_ name: String, _ abbreviation: String) -> Double {
      let forms = [name.split(separator: " ").map(String.init), ["(", abbreviation, ")"]]
      return Self.probability(
        "ORG", 1..<2,
        DocumentEvidence.pooled(
          [
            [Self.candidate("ORG", 0..<forms[0].count, 0.9)],
            [Self.candidate("ORG", 1..<2, 0.1), Self.candidate("LOC", 1..<2, 0.4)],
          ], forms: forms, share: 0.8)[1])
    }
    #expect(pooled("Housing Authority of New Orleans", "HANO") > 0.5)
    #expect(pooled("Federation of Light Athletics", "FOLA") > 0.5)
    #expect(pooled("Housing Authority of New Orleans", "HANA") == 0.1)
    #expect(pooled("Hot Apples", "HA") == 0.1)
    #expect(pooled("Thomas Henry Edwards", "The") == 0.1)
  }

  @Test("words that are no candidate where they stand become one, names of several words too")
  func added() {
    let pooled = DocumentEvidence.pooled(
      [[Self.candidate("ORG", 0..<2, 0.9)], []],
      forms: [["Taco", "Bell"], ["at", "taco", "bell", "now"]], share: 0.8)
    #expect(Self.probability("ORG", 1..<3, pooled[1]) > 0.5)
    let none = DocumentEvidence.pooled([[], []], forms: [["a"], ["a"]], share: 0.8)
    #expect(none == [[], []])
  }

  @Test("documents begin where comments say so and end after so many words")
  func documents() {
    let long = Self.sentence(
      [String](repeating: "w", count: DocumentEvidence.longestDocument).joined(separator: " "))
    let sentences = [
      Self.sentence("a"), Self.sentence("b", comment: "# newdoc id = x"), Self.sentence("c"),
      Self.sentence("d", comment: "# newdoc"), long, Self.sentence("e"), Self.sentence("f"),
    ]
    #expect(DocumentEvidence.documents(sentences) == [1..<3, 3..<5, 5..<7])
    #expect(
      DocumentEvidence.documents(sentences, startsInDocument: true)
        == [0..<1, 1..<3, 3..<5, 5..<7])
    #expect(DocumentEvidence.documents([]).isEmpty)
    #expect(DocumentEvidence.documents([Self.sentence("a")]).isEmpty)
  }

  @Test("a file is read in units that cut no document, except one that is too long")
  func units() throws {
    let path = TestData.temporaryFolder() + "/documents.conllu"
    var text = ""
    func add(_ words: Int, _ comment: String = "") {
      text += comment
      for i in 1...words { text += "\(i)\tw\t_\t_\t_\t_\t_\t_\t_\t_\n" }
      text += "\n"
    }
    add(3000)
    add(3000, "# newdoc\n")
    for _ in 0..<3 { add(2500) }
    add(10, "# newdoc\n")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    let reader = try DocumentReader(
      ByteSource(path), format: .conllu, keepsDocuments: true)
    var units: [(counts: [Int], startsInDocument: Bool)] = []
    while let unit = try reader.next() {
      guard case .sentences(let sentences, let startsInDocument) = unit else { continue }
      units.append((sentences.map(\.tokens.count), startsInDocument))
    }
    #expect(units.map(\.counts) == [[3000, 3000, 2500, 2500], [2500, 10]])
    #expect(units.map(\.startsInDocument) == [false, true])
  }
}

import TagmaAnnotations
import TagmaCorpora
import TestSupport
import Testing

@Suite("Column files")
struct ColumnTests {
  @Test("CoNLL-2003 with document marks, blanks and IOB1")
  func conll2003() throws {
    let text =
      "-DOCSTART- -X- -X- O\n\nEU NNP I-NP I-ORG\nrejects VBZ I-VP O\n\t\nBlackburn NNP I-NP I-PER\n"
    var format = ColumnFormat()
    format.tasks = [.xpos: 1, .chunk: 2, .ner: -1]
    let all = try ColumnReader(file(text), format: format).readAll()
    #expect(all.map(\.forms) == [["EU", "rejects"], ["Blackburn"]])
    #expect(all[0].labels(of: .xpos) == ["NNP", "VBZ"])
    #expect(all[0].labels(of: .ner) == ["I-ORG", "O"])
    #expect(all[0].comments == ["# newdoc"])
  }

  @Test("UNER: identifiers, missing remarks, stray B-O, mapped types")
  func uner() throws {
    let text = "# sent_id = 1\n1\tAl\tB-OTH\t-\ts\n2\ted\tB-O\n3\tX\tB-PER\t-\ts\n\n"
    var format = ColumnFormat()
    format.map = ["OTH": "O"]
    let all = try ColumnReader(file(text), format: format).readAll()
    #expect(all[0].forms == ["Al", "ed", "X"])
    #expect(all[0].labels(of: .ner) == ["O", "O", "B-PER"])
    #expect(all[0].columns[0] == ["1", "Al", "B-OTH", "-", "s"])
  }

  @Test("a line with another number of columns is an error")
  func columnCount() {
    let path = file("a\tO\nb\n\n")
    let error = #expect(throws: CorpusError.self) { try ColumnReader(path).readAll() }
    #expect(error?.kind == .columnCount(found: 1, expected: 2) && error?.location.line == 2)
  }

  @Test("a column that is not there is an error")
  func noColumn() {
    var format = ColumnFormat()
    format.tasks = [.ner: 5]
    let (path, chosen) = (file("a\tO\n\n"), format)
    #expect(throws: CorpusError.self) { try ColumnReader(path, format: chosen).readAll() }
  }
}

@Suite("Tagging schemes")
struct TaggingSchemeTests {
  private func randomSpans(_ random: inout SplitMix, count: Int) -> [LabeledSpan] {
    var (spans, at) = ([LabeledSpan](), 0)
    while at < count {
      let length = 1 + random.below(3)
      if random.below(2) == 0, at + length <= count {
        spans.append(LabeledSpan(label: ["PER", "LOC"][random.below(2)], words: at..<at + length))
      }
      at += length
    }
    return spans
  }

  @Test("spans survive every scheme that can hold them", arguments: TaggingScheme.allCases)
  func roundTrip(scheme: TaggingScheme) {
    var random = SplitMix(state: 9)
    for _ in 0..<500 {
      let spans = randomSpans(&random, count: 12)
      let tags = tags(for: spans, count: 12, scheme: scheme)
      if scheme != .io { #expect(TagmaAnnotations.spans(of: tags) == spans) }
      #expect(violations(of: scheme, in: tags).isEmpty, "\(tags)")
    }
  }

  @Test("schemes are recognised", arguments: [TaggingScheme.iob1, .bio, .bioes])
  func recognised(scheme: TaggingScheme) {
    var random = SplitMix(state: 4)
    let all = (0..<200).map { _ in
      tags(for: randomSpans(&random, count: 12), count: 12, scheme: scheme)
    }
    #expect(recognizeScheme(all) == scheme)
  }

  @Test("BILOU is read as BIOES, broken sequences as conlleval reads them")
  func broken() {
    #expect(spans(of: ["U-X", "B-Y", "L-Y"]).map(\.words) == [0..<1, 1..<3])
    #expect(spans(of: ["O", "I-X", "I-X", "I-Y"]).map(\.words) == [1..<3, 3..<4])
    #expect(violations(of: .bio, in: ["O", "I-X"]).map(\.word) == [1])
    #expect(violations(of: .bioes, in: ["B-X", "O"]).count == 1)
    #expect(violations(of: .bioes, in: ["B-X"]).map(\.word) == [0])
  }
}

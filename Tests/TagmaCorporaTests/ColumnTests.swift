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

@Suite("Column files as they come")
struct OddColumnTests {
  private func sentences(_ text: String, _ format: ColumnFormat = ColumnFormat()) throws
    -> [Sentence]
  {
    try ColumnReader(file(text), format: format).readAll()
  }

  private func failure(_ text: String, _ format: ColumnFormat = ColumnFormat()) throws
    -> CorpusError
  {
    let path = file(text)
    return try #require(
      #expect(throws: CorpusError.self) { try ColumnReader(path, format: format).readAll() })
  }

  @Test("# is a word where its line has as many columns as others")
  func hash() throws {
    for text in [
      "# O\nOslo B-LOC\n\nRun O\n# O\n1 O\n\n#tag O\n",
      "#\tO\nOslo\tB-LOC\n\nRun\tO\n#\tO\n1\tO\n\n#tag\tO\n",
    ] {
      let all = try sentences(text)
      #expect(all.map(\.forms) == [["#", "Oslo"], ["Run", "#", "1"], ["#tag"]])
      #expect(all.map(\.comments.count) == [0, 0, 0])
      #expect(all[0].labels(of: .ner) == ["O", "B-LOC"])
    }
    // Nothing but the rows that follow tells of parts of speech.
    var format = ColumnFormat()
    format.defaultTask = .upos
    #expect(try sentences("# SYM\n1 NUM\n\n", format).map(\.forms) == [["#", "1"]])
    #expect(try sentences("# a SYM\n1 NUM\n\n", format).map(\.forms) == [["1"]])
    #expect(try failure("#\n#a\n# b\n\n").location.line == 3)
    #expect(try sentences("#\n#a\n\n").map(\.forms) == [["#", "#a"]])
  }

  @Test(
    "comments are none",
    arguments: [
      "# text = a\tb", "# id = 1", "# newdoc", "# newdoc id = a", "# a remark about it", "# b",
      "#begin document (x); part 000",
    ])
  func comments(line: String) throws {
    for rows in ["Ann\tO\nis\tO\n\n", "Ann\tNNP\tB-NP\tO\n\n"] {
      let all = try sentences("\(line)\n\(rows)\(line)\n\(rows)")
      #expect(all.map(\.comments) == [[line], [line]])
      #expect(all[0].forms.first == "Ann")
    }
    let all = try sentences("\(line)\nAnn NNP B-NP O\nis VBZ B-VP O\n\n")
    #expect(all.map(\.forms) == [["Ann", "is"]] && all[0].comments == [line])
  }

  @Test(
    "lines that look blank end a sentence",
    arguments: [
      "", " ", "\t", " \t ", "\u{a0}", "\u{c}", "\r\r", "\u{3000}", "\u{feff}", "\u{2028}",
    ])
  func blank(line: String) throws {
    let all = try sentences("Ann\tB-PER\n\(line)\nRome\tB-LOC\n")
    #expect(all.map(\.forms) == [["Ann"], ["Rome"]])
  }

  @Test("separators at the ends of lines are no columns")
  func trailing() throws {
    for text in [
      "Ann\tNNP\tB-PER\t\t\nruns\tVBZ\tO\t\t\n", "Ann NNP B-PER  \nruns VBZ O \n",
      "Ann\tNNP\tB-PER\t\nruns\tVBZ\tO\n", "Ann\tNNP\tB-PER \nruns\tVBZ\tO\n",
      "Ann\tNNP\tB-PER\r\r\nruns\tVBZ\tO\n",
    ] {
      let all = try sentences(text)
      #expect(all.first?.labels(of: .ner) == ["B-PER", "O"])
      #expect(all.first?.columns[0] == ["Ann", "NNP", "B-PER"])
    }
    var format = ColumnFormat()
    format.separator = ","
    let all = try sentences("Ann,B-PER,\n,,\nis,O,\n", format)
    #expect(all.map(\.forms) == [["Ann"], ["is"]])
    // Where all is named from the left, a remark may be missing.
    (format.separator, format.form, format.tasks) = (nil, 0, [.ner: 1])
    #expect(try sentences("a\tO\t\n\nb\tO\tx\n\n", format).map(\.forms) == [["a"], ["b"]])
  }

  @Test("empty words and labels are errors of their line")
  func empty() throws {
    for row in ["\tO", " \tO", "\u{a0}\tO", "\u{2003}\tO"] {
      let error = try failure("Ann\tB-PER\nis\tO\n\(row)\nRome\tB-LOC\n")
      #expect(error.kind == .emptyColumn(column: 1, name: "the word") && error.location.line == 3)
    }
    var format = ColumnFormat()
    format.tasks = [.xpos: 1, .ner: 2]
    let error = try failure("a\tX\tO\nb\t\tO\n\n", format)
    #expect(error.kind == .emptyColumn(column: 2, name: "xpos") && error.location.line == 2)
    #expect(try failure("a\tO\nb\t\n\n").location.line == 2)
  }

  @Test("marks that join a blank part no columns and lose none")
  func marks() throws {
    let all = try sentences("قال O\n\u{6dd} O\n\u{600}٣ B-X\nx \u{301}O\n\n")
    #expect(all[0].forms == ["قال", "\u{6dd}", "\u{600}٣", "x"])
    #expect(all[0].labels(of: .ner)?.last == "\u{301}O")
    let tabs = try sentences("\u{6dd}\tO\nx\t\u{301}O\n\n")
    #expect(tabs[0].forms == ["\u{6dd}", "x"])
    var format = ColumnFormat()
    format.separator = "||"
    #expect(try sentences("a|b||\u{301}O\n\n", format)[0].columns == [["a|b", "\u{301}O"]])
  }

  @Test("a document's mark needs no blank line around it")
  func documents() throws {
    let all = try sentences(
      "-DOCSTART- O\nAnn O\n-DOCSTART-\tO\n\nBo O\n\n-DOCSTART-\nCy O\n-DOCSTART-ing O\n-DOCSTART- O\n"
    )
    #expect(all.map(\.forms) == [["Ann"], ["Bo"], ["Cy", "-DOCSTART-ing"]])
    #expect(all.map(\.comments) == [["# newdoc"], ["# newdoc"], ["# newdoc"]])
    #expect(all[1].location?.line == 5)
  }

  @Test("rows of unequal length are errors, but where UNER has them")
  func ragged() throws {
    for text in [
      "1\tAnn\tO\tx\n2\tis\tO\nhe\tis\tO\n\n", "1\tAnn\tO\tx\n2\tis\n\n", "1\ta\tO\tx\nb\tO\n\n",
      "1\ta\tO\n2\tb\tO\n\nb\tc\tO\tO\n\n", "a\tO\n1\tx\tO\n\n", "1\n1\ta\tO\n\n",
    ] {
      let error = try failure(text)
      guard case .columnCount = error.kind else {
        Issue.record("\(text): \(error)")
        continue
      }
    }
    let all = try sentences("1\tAl\tB-PER\t-\ts\n2\tis\tO\n\n1\tso\tO\n\n")
    #expect(all.map(\.forms) == [["Al", "is"], ["so"]])
    #expect(all.map { $0.columns.map(\.count) } == [[5, 5], [5]])
    for column in [-1, 4] {
      var format = ColumnFormat()
      (format.form, format.tasks) = (1, [.ner: column])
      #expect(try failure("1\tAl\tB-PER\t-\ts\n2\tis\tO\n\n", format).location.line == 2)
    }
  }

  @Test("numbers before words are told from words that are numbers")
  func numbering() throws {
    let two = try sentences("1\tO\n2\tO\n3\tB-X\n\n1\tO\n\n")
    #expect(two.map(\.forms) == [["1", "2", "3"], ["1"]])
    #expect(two[1].labels(of: .ner) == ["O"])
    #expect(try sentences("1 CD O\n\nHe PRP O\n\n").map(\.forms) == [["1"], ["He"]])
    #expect(try sentences("1\tHello\tO\n\n1\tHe\tO\n2\tis\tO\n").map(\.forms).last == ["He", "is"])
    let four = try sentences("1\tAnn\tNNP\tB-PER\n2\tis\tVBZ\tO\n\n")
    #expect(four[0].labels(of: .ner) == ["B-PER", "O"])
    let error = try failure("1\tAnn\tO\n2\tis\tO\n\n1\ta\tO\n3\tb\tO\n\n")
    #expect(error.kind == .notNumbered("3", expected: 2) && error.location.line == 5)
  }

  @Test("carriage returns within a line are refused")
  func carriageReturns() throws {
    #expect(try failure("a O\rb O\r\r").kind == .carriageReturn)
    let place = try failure("a\tO\nb\rc\tO\n").location
    #expect(place.line == 2 && place.column == 2)
    #expect(try sentences("a\tO\r\nb\tO\r").first?.labels(of: .ner) == ["O", "O"])
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

  @Test("what is no tag of any scheme is told from tags")
  func tagsOfNone() {
    for tag in ["O", "B-PER", "I-x-y", "B-A|B", "S-a_b", "U-X", "L-X", "M-X", "B-\u{301}"] {
      #expect(SpanTag.isTag(tag) && SpanTag.isReadable(tag), "\(tag)")
    }
    for tag in ["B_PER", "PER", "ORGANIZATION", "B-", "_", "X-PER", "b-PER", "o", "", "-", "0"] {
      #expect(!SpanTag.isTag(tag) && !SpanTag.isReadable(tag), "\(tag)")
      #expect(!violations(of: .bio, in: [tag]).isEmpty, "\(tag)")
    }
    #expect(SpanTag.isReadable("B") && !SpanTag.isTag("B"))
    #expect(SpanTag("B-\u{301}").label == "\u{301}")
    #expect(spans(of: ["B-A|B", "I-A|B"]).map(\.label) == ["A|B"])
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

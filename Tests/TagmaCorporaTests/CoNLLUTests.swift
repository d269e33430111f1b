import Foundation
import TagmaAnnotations
import TagmaCorpora
import TestSupport
import Testing

/// Writes `text` to a new file and returns its path.
func file(_ text: String, _ name: String = "x.conllu") -> String {
  let path = TestData.temporaryFolder() + "/" + name
  _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
  return path
}

private func rewritten(_ path: String) throws -> String {
  var out = ""
  let reader = try CoNLLUReader(path)
  while let sentence = try reader.next() { CoNLLUWriter().write(sentence, to: &out) }
  return out
}

@Suite("CoNLL-U")
struct CoNLLUTests {
  static let valid = """
    # newdoc id = d1
    # sent_id = 1
    # text = It doesn't.
    0.1\tØ\tø\tX\t_\t_\t_\t_\t2:nsubj\tA=1|B
    1\tIt\tit\tPRON\tPRP\tCase=Nom|Number=Sing\t2\tnsubj\t2:nsubj|3.1:x\t_
    2-3\tdoesn't\t_\t_\t_\tTypo=Yes\t_\t_\t_\tSpaceAfter=No|X=|
    2\tdoes\tdo\tAUX\tVBZ\t_\t0\troot\t_\t_
    3\tn't\tnot\tPART\tRB\t_\t2\tadvmod\t_\tCorrectForm=_
    3.1\te\te\t_\t_\t_\t_\t_\t1:x\t_
    3.2\tf\tf\t_\t_\t_\t_\t_\t1:x\t_
    4\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\tNER=B-X

    # text = a b
    1\ta b\ta b\tNOUN\t_\t_\t_\t_\t_\t_


    """

  @Test("what is valid comes back byte for byte")
  func roundTrip() throws {
    #expect(try rewritten(file(Self.valid)) == Self.valid)
    let sentence = try #require(try CoNLLUReader(file(Self.valid)).next())
    #expect(sentence.forms == ["It", "does", "n't", "."])
    #expect(sentence.labels(of: .ner) == ["O", "O", "O", "B-X"])
  }

  @Test(
    "treebanks come back byte for byte",
    arguments: ["ud-en-ewt", "ud-pt-bosque", "ud-ug-udt"], ["train", "dev", "test"])
  func treebanks(name: String, part: String) throws {
    guard let path = TestData.corpus("\(name)/\(part).conllu.gz") else { return }
    var original = ""
    let lines = try LineReader(path)
    while let line = try lines.next() { original += line + "\n" }
    #expect(try rewritten(path) == original)
  }

  @Test("generated sentences come back byte for byte")
  func generated() throws {
    var random = SplitMix(state: 5)
    var text = ""
    for i in 0..<2000 {
      let count = 1 + random.below(6)
      text += "# sent_id = \(i)\n"
      var k = 1
      if random.below(5) == 0 { text += "0.1\te\t_\t_\t_\t_\t_\t_\t1:x\t_\n" }
      while k <= count {
        let isMultiword = k < count && random.below(4) == 0
        if isMultiword { text += "\(k)-\(k + 1)\tab\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n" }
        for _ in 0..<(isMultiword ? 2 : 1) {
          let form = ["é", "日本", "x y", "#", "\u{200d}", "0"][random.below(6)]
          text +=
            "\(k)\t\(form)\t_\tX\t_\tA=\(random.below(3))\t\(random.below(count + 1))\td\t_\t_\n"
          k += 1
        }
      }
      text += "\n"
    }
    #expect(try rewritten(file(text)) == text)
  }

  @Test(
    "faults are named by line and column",
    arguments: [
      ("1\ta\t_\t_\t_\t_\t_\t_\t_\n\n", 1, Int?.none, "9 columns, expected 10"),
      ("2\ta\t_\t_\t_\t_\t_\t_\t_\t_\n\n", 1, 1, "ID '2', expected '1'"),
      ("1\t\t_\t_\t_\t_\t_\t_\t_\t_\n\n", 1, 3, "column 2 (FORM) is empty"),
      ("1\ta\t_\tN N\t_\t_\t_\t_\t_\t_\n\n", 1, 7, "white space in UPOS"),
      ("1\té\t_\t_\t_\t_\tx\t_\t_\t_\n\n", 1, 13, "HEAD 'x'"),
      ("1\ta\t_\t_\t_\t_\t7\t_\t_\t_\n\n", 1, nil, "HEAD '7'"),
      (
        "# a\n1-2\tab\t_\t_\t_\t_\t_\t_\t_\t_\n1\ta\t_\t_\t_\t_\t2\t_\t_\t_\n2\tb\t_\t_\t_\t_\t3\t_\t_\t_\n\n",
        4, nil, "HEAD '3'"
      ),
      ("1\t \t_\t_\t_\t_\t_\t_\t_\t_\n\n", 1, 3, "column 2 (FORM) is empty"),
      ("1\t\u{a0}\t_\t_\t_\t_\t_\t_\t_\t_\n\n", 1, 3, "column 2 (FORM) is empty"),
      ("1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n", 2, 1, "blank line"),
      ("1\ta\r\t_\t_\t_\t_\t_\t_\t_\t_\n", 1, 4, "carriage return"),
      ("# a\n1  a b  a   NOUN  _  _  0  root  _  _\n\n", 2, nil, "tabs became blanks"),
      ("1-2\ta\t_\t_\t_\t_\t_\t_\t_\t_\n1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n\n", 1, nil, "multiword"),
      ("2-1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n\n", 1, 1, "ID '2-1'"),
      ("0.2\ta\t_\t_\t_\t_\t_\t_\t_\t_\n\n", 1, 1, "ID '0.2', expected '0.1'"),
      ("1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n# late\n\n", 2, nil, "comment after"),
      ("# only\n\n", 2, nil, "without words"),
      ("0.1\te\t_\t_\t_\t_\t_\t_\t_\t_\n\n", 2, nil, "without words"),
      ("1-2\te\t_\t_\t_\t_\t_\t_\t_\t_\n", 1, nil, "without words"),
      (
        "# a\n1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n2-9\te\t_\t_\t_\t_\t_\t_\t_\t_\n2\ta\t_\t_\t_\t_\t_\t_\t_\t_\n",
        3, nil, "multiword"
      ),
    ] as [(String, Int, Int?, String)])
  func faults(text: String, line: Int, column: Int?, message: String) throws {
    let path = file(text)
    let error = #expect(throws: CorpusError.self) { try CoNLLUReader(path).readAll() }
    #expect(error?.location.line == line)
    #expect(error?.location.column == column)
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test("invalid UTF-8 is reported by line, column and byte")
  func invalidUTF8() throws {
    let path = TestData.temporaryFolder() + "/bad"
    _ = FileManager.default.createFile(
      atPath: path, contents: Data(Array("# é\nab".utf8) + [0xff, 0x62, 0x0a]))
    let error = #expect(throws: CorpusError.self) { try CoNLLUReader(path).readAll() }
    #expect(error?.kind == .invalidUTF8(byte: 0xff, offset: 7))
    #expect(error?.location.line == 2 && error?.location.column == 3)
  }

  @Test("other encodings are converted, wrong ones refused")
  func encodings() throws {
    let line = "1\tété\t_\t_\t_\t_\t_\t_\t_\t_\n\n"
    for (name, encoding) in [
      ("latin1", String.Encoding.isoLatin1), ("utf-16", .utf16), ("utf-16le", .utf16LittleEndian),
    ] {
      let path = TestData.temporaryFolder() + "/x"
      _ = FileManager.default.createFile(atPath: path, contents: line.data(using: encoding))
      let sentence = try CoNLLUReader(path, encoding: name).next()
      #expect(sentence?.forms == ["été"], "\(name)")
    }
    #expect(throws: CorpusError.self) { try CoNLLUReader(file(line), encoding: "klingon") }
  }

  @Test("gzip is read, damage and bombs are refused")
  func gzip() throws {
    let path = TestData.temporaryFolder() + "/x.gz"
    let out = try OutputFile(path)
    try out.write(Self.valid)
    try out.commit()
    #expect(try rewritten(path) == Self.valid)
    let bytes = try #require(FileManager.default.contents(atPath: path))
    _ = FileManager.default.createFile(atPath: path, contents: bytes.dropLast(9))
    #expect(throws: CorpusError.self) { try rewritten(path) }
    let bomb = TestData.temporaryFolder() + "/bomb.gz"
    let writer = try OutputFile(bomb)
    for _ in 0..<64 { try writer.write([UInt8](repeating: 0x61, count: 1 << 20)) }
    try writer.commit()
    #expect(throws: CorpusError.self) { try rewritten(bomb) }
  }

  @Test("marks that join a tab or a sign part fields all the same")
  func joiningMarks() throws {
    let text =
      "# \u{301}x\n1\t\u{301}a\t\u{600}\t_\t_\t_\t_\t_\t_\tX=\u{301}|NER=B-\u{301}|\u{301}=1\n\n"
    #expect(try rewritten(file(text)) == text)
    let sentence = try #require(try CoNLLUReader(file(text)).next())
    #expect(sentence.forms == ["\u{301}a"])
    #expect(sentence.labels(of: .ner) == ["B-\u{301}"])
    #expect(Misc.value(of: "X", in: sentence.tokens[0].misc) == "\u{301}")
    #expect(Misc.setting("NER", to: nil, in: "NER=\u{301}|A=1") == "A=1")
  }

  @Test("blank lines may hold white space, and files may have been put together")
  func blankLines() throws {
    let row = "1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n"
    for blank in ["\n", " \n", "\t\n", "\u{a0}\n", "\n\n \n", "\r\n"] {
      let all = try CoNLLUReader(file(blank + row + blank + "\u{feff}# b\n" + row)).readAll()
      #expect(all.map(\.forms) == [["a"], ["a"]])
      #expect(all[1].comments == ["# b"])
    }
  }

  @Test("carriage returns, missing last line feed and byte-order mark")
  func lineEnds() throws {
    let line = "1\ta\t_\t_\t_\t_\t_\t_\t_\t_"
    for text in ["\(line)\r\n\r\n", line, "\u{feff}\(line)\n\n"] {
      let all = try CoNLLUReader(file(text)).readAll()
      #expect(all.map(\.forms) == [["a"]])
    }
  }
}

@Suite("What a corpus is")
struct CorpusRecognitionTests {
  static let rows = "1\tIt\tit\tPRON\t_\t_\t2\tnsubj\t_\t_\n2\tis\tbe\tAUX\t_\t_\t0\troot\t_\t_\n\n"

  /// The first line of what is read from a pipe.
  private func piped(_ text: String) throws -> [Sentence] {
    let pipe = Pipe()
    pipe.fileHandleForWriting.write(Data(text.utf8))
    try pipe.fileHandleForWriting.close()
    return try openCorpus("/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)").readAll()
  }

  @Test("CoNLL-U is told from columns, in pipes too")
  func formats() throws {
    let blanks = "\n \n"
    for text in [
      Self.rows, "# a\n\(Self.rows)", "\(blanks)# a\n\(Self.rows)", "\u{feff}\(Self.rows)",
    ] {
      for all in [try openCorpus(file(text, "x")).readAll(), try piped(text)] {
        #expect(all.map(\.forms) == [["It", "is"]] && all[0].columns.isEmpty)
        #expect(all[0].location?.line == (text.hasPrefix("\n") ? 3 : 1))
      }
    }
    for text in [
      "Ann\tB-PER\n\n", "# a\nAnn B-PER\n\n", "#\tB-PER\n\n", "# B-PER\n\n",
      "1\tAnn\tB-PER\t-\t-\n\n",
    ] {
      for all in [try openCorpus(file(text, "x")).readAll(), try piped(text)] {
        #expect(all.count == 1 && !all[0].columns.isEmpty)
        #expect(all[0].labels(of: .ner) == ["B-PER"])
      }
    }
    #expect(try piped("").isEmpty)
  }

  @Test(
    "what is neither is named",
    arguments: [
      ("[{\"id\": 1,\n", "JSON"),
      ("<?xml version=\"1.0\"?>\n<a>\n", "XML"), ("<!DOCTYPE html>\n", "HTML"),
      ("<HTML lang=\"en\">\n", "HTML"),
      ("T1\tPER 0 3\tAnn\n", "brat"), ("T12\tPER 0 3;5 9\tAnn Lee\n", "brat"),
    ])
  func foreign(text: String, name: String) throws {
    let path = file(text, "x")
    let error = #expect(throws: CorpusError.self) { try openCorpus(path) }
    #expect(error?.description.contains(name) == true && error?.location.line == 1)
    #expect(throws: Never.self) { try openCorpus(path, format: .columns) }
  }

  @Test("CoNLL-U without its tabs, or with a column too few, is no file of columns")
  func damaged() throws {
    let blanks = Self.rows.replacing("\t", with: "   ")
    for (text, name) in [(blanks, "x"), ("# text = a\n" + blanks, "x"), ("a\tO\n", "x.conllu")] {
      let path = file(text, name)
      #expect(throws: CorpusError.self) { try openCorpus(path).readAll() }
    }
    let bare = file("1\ta" + String(repeating: "\t_", count: 9) + "\n", "x")
    #expect(throws: CorpusError.self) { try openCorpus(bare).readAll() }
    let short = file(Self.rows.replacing("\t_\n", with: "\n"), "x")
    let error = #expect(throws: CorpusError.self) { try openCorpus(short).readAll() }
    #expect(error?.kind == .columnCount(found: 9, expected: 10))
  }
}

struct SplitMix {
  var state: UInt64

  mutating func below(_ n: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(n))
  }
}

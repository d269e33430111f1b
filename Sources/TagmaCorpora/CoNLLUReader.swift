public import TagmaAnnotations

/// Reads CoNLL-U, one sentence at a time.
///
/// Whatever is valid is kept so that `CoNLLUWriter` gives back the same bytes.
public final class CoNLLUReader: SentenceReader {
  public static let fieldNames = [
    "ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC",
  ]

  private let lines: LineReader
  private let limits: CorpusLimits
  /// The line of each word of the sentence that is being read, and of the last multiword token.
  private var (wordLines, multiwordLine): ([Int], Int) = ([], 0)

  public convenience init(
    _ path: String, encoding: String? = nil, limits: CorpusLimits = CorpusLimits()
  ) throws(CorpusError) {
    self.init(try LineReader(path, encoding: encoding), limits: limits)
  }

  public init(_ lines: LineReader, limits: CorpusLimits = CorpusLimits()) {
    (self.lines, self.limits) = (lines, limits)
  }

  public var hasMoreReady: Bool { lines.hasLineReady }

  public func next() throws(CorpusError) -> Sentence? {
    var sentence = Sentence()
    wordLines.removeAll(keepingCapacity: true)
    while let line = try lines.nextOfCorpus() {
      // Editors leave blanks on lines that should be empty.
      if line.isBlank {
        if sentence.tokens.isEmpty {
          if sentence.location == nil { continue }
          // A text of white space alone has a comment and no words.
          if sentence.comments.contains(where: { $0.begins(with: "# spaces = ") }) {
            return sentence
          }
          throw CorpusError(.emptySentence, at: lines.location())
        }
        try finish(&sentence)
        return sentence
      }
      if sentence.location == nil { sentence.location = lines.location() }
      if line.utf8.first == UInt8(ascii: "#"), sentence.tokens.isEmpty,
        sentence.multiwordTokens.isEmpty, sentence.emptyNodes.isEmpty
      {
        sentence.comments.append(line)
      } else {
        try add(line, to: &sentence)
      }
    }
    if sentence.tokens.isEmpty {
      if sentence.location == nil { return nil }
      throw CorpusError(.emptySentence, at: lines.location())
    }
    // A missing last line feed or blank line is forgiven: many tools write files so.
    try finish(&sentence)
    return sentence
  }

  private func add(_ line: String, to sentence: inout Sentence) throws(CorpusError) {
    if line.utf8.first == UInt8(ascii: "#") {
      throw CorpusError(.commentInsideSentence, at: lines.location(), excerpt: line)
    }
    try lines.refuseCarriageReturns(line)
    let fields = line.fields(at: 0x09)
    guard fields.count == 10 else { throw columnError(line, fields.count) }
    for (i, field) in fields.enumerated() {
      if field.isEmpty || i == 1 && field.isBlank {
        throw fieldError(.emptyField(column: i + 1, name: Self.fieldNames[i]), fields, i)
      }
      if i != 1, i != 2, i != 9, field.utf8.contains(0x20) {
        throw fieldError(.spaceInField(name: Self.fieldNames[i]), fields, i)
      }
    }
    guard fields[1].utf8.count <= limits.tokenBytes else {
      throw fieldError(.tokenTooLong(limit: limits.tokenBytes), fields, 1)
    }
    let id = fields[0]
    if id.utf8.contains(UInt8(ascii: "-")) {
      try addMultiwordToken(fields, to: &sentence)
    } else if id.utf8.contains(UInt8(ascii: ".")) {
      try addEmptyNode(fields, to: &sentence)
    } else {
      try addToken(fields, to: &sentence)
    }
  }

  private func addToken(_ fields: [Substring], to sentence: inout Sentence) throws(CorpusError) {
    let expected = String(sentence.tokens.count + 1)
    guard fields[0] == expected else {
      let hint = fields[0] == "1" ? " (or a blank line before it)" : ""
      throw fieldError(.invalidID(String(fields[0]), expected: "'\(expected)'\(hint)"), fields, 0)
    }
    guard sentence.tokens.count < limits.sentenceTokens else {
      throw fieldError(.sentenceTooLong(limit: limits.sentenceTokens), fields, 0)
    }
    var token = Token(form: String(fields[1]))
    token.lemma = String(fields[2])
    token.upos = String(fields[3])
    token.xpos = String(fields[4])
    token.feats = String(fields[5])
    token.head = String(fields[6])
    token.deprel = String(fields[7])
    token.deps = String(fields[8])
    token.misc = String(fields[9])
    if token.head != "_", Int(token.head).map(String.init) != token.head {
      throw fieldError(.invalidHead(token.head, words: sentence.tokens.count + 1), fields, 6)
    }
    sentence.tokens.append(token)
    wordLines.append(lines.lineNumber)
  }

  private func addMultiwordToken(_ fields: [Substring], to sentence: inout Sentence)
    throws(CorpusError)
  {
    let ends = fields[0].fields(at: UInt8(ascii: "-"))
    let next = sentence.tokens.count + 1
    guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]),
      "\(first)-\(last)" == fields[0], first == next
    else {
      throw fieldError(.invalidID(String(fields[0]), expected: "'\(next)-…'"), fields, 0)
    }
    guard first <= last,
      sentence.multiwordTokens.last.map({ $0.words.upperBound < first - 1 }) ?? true
    else { throw fieldError(.overlappingMultiwordToken(String(fields[0])), fields, 0) }
    var token = MultiwordToken(words: first - 1...last - 1, form: String(fields[1]))
    for i in [2, 3, 4, 6, 7, 8] where fields[i] != "_" {
      throw fieldError(
        .invalidID(
          String(fields[0]), expected: "'_' in \(Self.fieldNames[i]) of a multiword token"), fields,
        i)
    }
    token.feats = String(fields[5])
    token.misc = String(fields[9])
    sentence.multiwordTokens.append(token)
    multiwordLine = lines.lineNumber
  }

  private func addEmptyNode(_ fields: [Substring], to sentence: inout Sentence)
    throws(CorpusError)
  {
    let before = sentence.tokens.count
    let last = sentence.emptyNodes.last.flatMap { $0.wordsBefore == before ? $0.index : nil } ?? 0
    guard fields[0] == "\(before).\(last + 1)" else {
      throw fieldError(
        .invalidID(String(fields[0]), expected: "'\(before).\(last + 1)'"), fields, 0)
    }
    sentence.emptyNodes.append(
      EmptyNode(wordsBefore: before, index: last + 1, fields: fields.dropFirst().map(String.init)))
  }

  private func finish(_ sentence: inout Sentence) throws(CorpusError) {
    let count = sentence.tokens.count
    if let last = sentence.multiwordTokens.last, last.words.upperBound >= count {
      throw CorpusError(
        .overlappingMultiwordToken("\(last.words.lowerBound + 1)-\(last.words.upperBound + 1)"),
        at: SourceLocation(file: lines.name, line: multiwordLine))
    }
    for (token, line) in zip(sentence.tokens, wordLines) {
      if let head = Int(token.head), head < 0 || head > count {
        throw CorpusError(
          .invalidHead(token.head, words: count), at: SourceLocation(file: lines.name, line: line))
      }
    }
    for task in [TaggingTask.ner, .chunk] {
      let name = task.name.uppercased()
      let tags = sentence.tokens.map { Misc.value(of: name, in: $0.misc) }
      guard tags.contains(where: { $0 != nil }) else { continue }
      sentence.layers[task] = tags.map { $0.map(Misc.unescapeSpaces) ?? "O" }
    }
  }

  /// What to say of a line that has not ten fields.
  private func columnError(_ line: String, _ found: Int) -> CorpusError {
    let isParted = found == 1 && Self.looksLikeWord(line.fields(at: 0x20, omittingEmpty: true))
    let kind: CorpusError.Kind =
      isParted
      ? .blanksForTabs(columns: line.fields(at: 0x20, omittingEmpty: true).count)
      : .columnCount(found: found, expected: 10)
    return CorpusError(kind, at: lines.location(), excerpt: line)
  }

  /// Whether fields may be those of a word of CoNLL-U: ten or more, of which the first is an ID and the seventh a HEAD.
  static func looksLikeWord(_ fields: [Substring]) -> Bool {
    func isNumber(_ text: Substring) -> Bool {
      !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    guard fields.count >= 10, let id = fields.first?.utf8.first, (0x30...0x39).contains(id) else {
      return false
    }
    // Forms and lemmas may hold blanks, which move what follows.
    return fields[6...].contains { $0 == "_" || isNumber($0) }
  }

  private func fieldError(_ kind: CorpusError.Kind, _ fields: [Substring], _ index: Int)
    -> CorpusError
  {
    let column = fields[..<index].reduce(1) { $0 + $1.unicodeScalars.count + 1 }
    return CorpusError(
      kind, at: lines.location(column: column), excerpt: fields.joined(separator: "\t"))
  }
}

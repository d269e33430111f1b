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
    while let line = try lines.next() {
      if line.isEmpty {
        if sentence.tokens.isEmpty {
          if sentence.comments.isEmpty { continue }
          // A text of white space alone has a comment and no words.
          if sentence.comments.contains(where: { $0.hasPrefix("# spaces = ") }) { return sentence }
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
      if sentence.comments.isEmpty { return nil }
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
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard fields.count == 10 else {
      throw CorpusError(
        .columnCount(found: fields.count, expected: 10), at: lines.location(), excerpt: line)
    }
    for (i, field) in fields.enumerated() {
      if field.isEmpty {
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
      throw fieldError(.invalidID(String(fields[0]), expected: "'\(expected)'"), fields, 0)
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
  }

  private func addMultiwordToken(_ fields: [Substring], to sentence: inout Sentence)
    throws(CorpusError)
  {
    let ends = fields[0].split(separator: "-", omittingEmptySubsequences: false)
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
        at: sentence.location ?? lines.location())
    }
    for token in sentence.tokens {
      if let head = Int(token.head), head < 0 || head > count {
        throw CorpusError(
          .invalidHead(token.head, words: count), at: sentence.location ?? lines.location())
      }
    }
    for task in [TaggingTask.ner, .chunk] {
      let name = task.name.uppercased()
      let tags = sentence.tokens.map { Misc.value(of: name, in: $0.misc) }
      guard tags.contains(where: { $0 != nil }) else { continue }
      sentence.layers[task] = tags.map { $0.map(Misc.unescapeSpaces) ?? "O" }
    }
  }

  private func fieldError(_ kind: CorpusError.Kind, _ fields: [Substring], _ index: Int)
    -> CorpusError
  {
    let column = fields[..<index].reduce(1) { $0 + $1.unicodeScalars.count + 1 }
    return CorpusError(
      kind, at: lines.location(column: column), excerpt: fields.joined(separator: "\t"))
  }
}

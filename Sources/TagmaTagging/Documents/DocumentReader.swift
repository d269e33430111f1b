public import TagmaAnnotations
public import TagmaCorpora
public import TagmaSegmentation
public import TagmaTokenization

/// What `tokenize` and `tag` read.
public enum InputFormat: String, Sendable, CaseIterable {
  /// Raw text of any shape.
  case text
  /// One untokenised sentence a line.
  case lines
  /// One sentence a line, words separated by white space.
  case tokens
  case conllu, columns
  /// What is written as `tsv`: a word a line, under a line that names the columns.
  case tsv
  /// An object a line, with `text` or `tokens`.
  case jsonl

  /// Whether a byte order mark is part of the text: white space, so that the text can be given back as it was.
  public var keepsByteOrderMark: Bool { self == .text || self == .lines }
}

/// A piece of work that is cut from the input alone: raw text, or sentences.
public enum DocumentUnit: Sendable {
  case text(blocks: [TextBlock], start: TextPosition)
  /// Blocks that are one sentence each.
  case lines(blocks: [TextBlock], start: TextPosition)
  /// Texts of their own.
  case documents([TextDocument])
  /// - Parameter startsInDocument: Whether the first goes on with a document.
  case sentences([Sentence], startsInDocument: Bool)
}

/// A text of its own, or the part of a long one that a unit has room for.
public struct TextDocument: Sendable {
  public var blocks: [TextBlock]
  /// Where the first block begins in the text.
  public var start = TextPosition()
  public var id: String?

  /// Whether it goes on with a text.
  var isContinued: Bool { start != TextPosition() }
}

/// What is still to be given of a text that is too long for one unit.
private struct LongText {
  var blocks: ArraySlice<TextBlock>
  var position: TextPosition
  var id: String?

  /// The next blocks, with about as many bytes; nil after the last.
  mutating func next(bytes limit: Int) -> TextDocument? {
    let start = position
    var count = 0
    var part: [TextBlock] = []
    while count < limit, let block = blocks.popFirst() {
      count += block.bytes.count
      position.advance(over: block.bytes[...])
      part.append(block)
    }
    return part.isEmpty ? nil : TextDocument(blocks: part, start: start, id: id)
  }
}

/// Reads a file in pieces small enough that a text of any size needs the same memory.
public final class DocumentReader {
  /// Bytes of raw text in a unit, and words of sentences.
  private static let unitBytes = 24 << 10
  private static let unitWords = 4096
  /// Bytes of a line, or of the text of an object, that is read at once; a longer one is cut into sentences, as a text is, so
  /// that it needs no more memory than a text does.
  private static let longestWhole = 1 << 16

  private enum Source {
    case text(TextReader)
    case lines(LineReader)
    case objects(JSONLineReader)
    case sentences(any SentenceReader)
  }

  private let source: Source
  private let keepsDocuments: Bool
  private var position = TextPosition()
  /// Told of what is not read as it might be meant.
  private let warn: @Sendable (String) -> Void
  /// A line, or the text of an object, that is too long to be read at once.
  private var longText: LongText?
  /// A sentence that was read but belongs to the next unit.
  private var held: Sentence?
  /// And such an object.
  private var heldObject: JSONLineReader.Object?
  /// Words of the document that is being read, one more for each sentence; nil outside of one.
  private var wordsOfDocument: Int?
  /// What is wrong with the input after the unit that was given last.
  private var failure: (any Error)?

  /// - Parameter keepsDocuments: Whether sentences of a document, which a comment `# newdoc` begins, are handed on together
  ///   even if they come one by one.
  public init(
    _ bytes: ByteSource, format: InputFormat, columns: ColumnFormat = ColumnFormat(),
    keepsDocuments: Bool = false, warn: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    (self.keepsDocuments, self.warn) = (keepsDocuments, warn)
    source =
      switch format {
      case .text: .text(TextReader(bytes))
      case .lines: .lines(LineReader(bytes))
      case .tokens: .sentences(TokenLineReader(LineReader(bytes)))
      case .jsonl: .objects(JSONLineReader(LineReader(bytes)))
      case .conllu: .sentences(CoNLLUReader(LineReader(bytes)))
      case .tsv: .sentences(TableReader(LineReader(bytes)))
      case .columns: .sentences(ColumnReader(LineReader(bytes), format: columns))
      }
  }

  /// Sentences as something else gives them.
  package init(_ sentences: any SentenceReader, keepsDocuments: Bool = false) {
    (self.keepsDocuments, warn) = (keepsDocuments, { _ in })
    source = .sentences(sentences)
  }

  /// The next unit, nil at the end.
  ///
  /// What comes before a fault of the input is a unit of its own; the fault is thrown next time.
  public func next() throws -> DocumentUnit? {
    if let failure { throw failure }
    return switch source {
    case .text(let reader): try nextText(reader)
    case .lines(let reader): try nextLines(reader)
    case .objects(let reader): try nextObjects(reader)
    case .sentences(let reader): try nextSentences(reader)
    }
  }

  /// Whether a further unit can be read without waiting for somebody to send it.
  public var hasMoreReady: Bool {
    switch source {
    case .text: true
    case .lines(let reader): longText != nil || reader.hasLineReady
    case .objects(let reader): longText != nil || heldObject != nil || reader.hasMoreReady
    case .sentences(let reader): held != nil || reader.hasMoreReady
    }
  }

  /// What a reader gives next; a fault waits until what was read before it is handed on.
  private func ifRead<Item>(before count: Int, _ read: () throws -> Item?) throws -> Item? {
    do {
      return try read()
    } catch {
      failure = error
      if count == 0 { throw error }
      return nil
    }
  }

  private func nextText(_ reader: TextReader) throws -> DocumentUnit? {
    var blocks: [TextBlock] = []
    var count = 0
    let start = position
    while count < Self.unitBytes, let block = try ifRead(before: blocks.count, reader.next) {
      count += block.bytes.count
      position.advance(over: block.bytes[...])
      blocks.append(block)
    }
    return blocks.isEmpty ? nil : .text(blocks: blocks, start: start)
  }

  /// Each line is a block of its own.
  private func nextLines(_ reader: LineReader) throws -> DocumentUnit? {
    if let part = nextPart() { return .text(blocks: part.blocks, start: part.start) }
    var blocks: [TextBlock] = []
    var count = 0
    let start = position
    while count < Self.unitBytes, let bytes = try ifRead(before: blocks.count, { try line(reader) })
    {
      defer { position.advance(over: bytes[...]) }
      guard bytes.count <= Self.longestWhole else {
        warn(
          "\(reader.location()): a line of \(bytes.count) bytes is cut into sentences; one of up to \(Self.longestWhole) is a sentence"
        )
        longText = LongText(
          blocks: try Self.blocks(of: bytes, reader.name, isLine: true)[...], position: position)
        break
      }
      count += bytes.count
      blocks.append(TextBlock(bytes: bytes, beginsParagraph: false))
      if !reader.hasLineReady { break }
    }
    if !blocks.isEmpty { return .lines(blocks: blocks, start: start) }
    return nextPart().map { .text(blocks: $0.blocks, start: $0.start) }
  }

  /// The next line as it stands in the file, with what ends it, so that places are those of the file.
  private func line(_ reader: LineReader) throws -> [UInt8]? {
    let returns = reader.carriageReturns
    guard let line = try reader.next() else { return nil }
    var bytes = Array(line.utf8)
    if reader.carriageReturns > returns { bytes.append(0x0d) }
    if reader.endedWithLineFeed { bytes.append(0x0a) }
    return bytes
  }

  private func nextPart() -> TextDocument? {
    let part = longText?.next(bytes: Self.unitBytes)
    if longText?.blocks.isEmpty ?? false { longText = nil }
    return part
  }

  /// Texts that follow each other are a unit, and so are sentences.
  private func nextObjects(_ reader: JSONLineReader) throws -> DocumentUnit? {
    if let part = nextPart() { return .documents([part]) }
    var sentences: [Sentence] = []
    var documents: [TextDocument] = []
    // How full the unit is, from 0 to 1.
    var share = 0.0
    while let object = try heldObject
      ?? ifRead(before: sentences.count + documents.count, reader.next)
    {
      heldObject = nil
      switch object {
      case .sentence(let sentence) where documents.isEmpty:
        sentences.append(sentence)
        share += Double(sentence.tokens.count + 1) / Double(Self.unitWords)
      case .text(let text, let id) where sentences.isEmpty && text.utf8.count <= Self.longestWhole:
        documents.append(
          TextDocument(blocks: try Self.blocks(of: Array(text.utf8), reader.name), id: id))
        share += Double(text.utf8.count + 1) / Double(Self.unitBytes)
      case .text(let text, let id) where sentences.isEmpty && documents.isEmpty:
        longText = LongText(
          blocks: try Self.blocks(of: Array(text.utf8), reader.name)[...],
          position: TextPosition(), id: id)
        return nextPart().map { .documents([$0]) }
      default:
        heldObject = object
      }
      if share >= 1 || heldObject != nil || !reader.hasMoreReady { break }
    }
    if !documents.isEmpty { return .documents(documents) }
    return sentences.isEmpty ? nil : .sentences(sentences, startsInDocument: false)
  }

  private static func blocks(
    of text: [UInt8], _ name: String, isLine: Bool = false
  ) throws -> [TextBlock] {
    let reader = TextReader(ByteSource(bytes: text, name: name))
    var blocks: [TextBlock] = []
    while var block = try reader.next() {
      if isLine { block.beginsParagraph = false }
      blocks.append(block)
    }
    return blocks
  }

  /// A document is cut only where it is too long to be read at once, so that what is said of it does not depend on when its
  /// sentences come.
  private func nextSentences(_ reader: any SentenceReader) throws -> DocumentUnit? {
    var sentences: [Sentence] = []
    var words = 0
    let startsInDocument = wordsOfDocument != nil
    while let sentence = try held ?? ifRead(before: sentences.count, reader.next) {
      held = nil
      let isFull = words >= Self.unitWords
      if keepsDocuments,
        DocumentEvidence.beginsDocument(sentence)
          || wordsOfDocument ?? 0 >= DocumentEvidence.longestDocument
      {
        guard !isFull else {
          held = sentence
          break
        }
        wordsOfDocument = 0
      }
      let count = sentence.tokens.count + 1
      words += count
      wordsOfDocument? += count
      sentences.append(sentence)
      if wordsOfDocument == nil, words >= Self.unitWords || !reader.hasMoreReady { break }
    }
    return sentences.isEmpty
      ? nil : .sentences(sentences, startsInDocument: startsInDocument)
  }
}

extension DocumentUnit {
  /// The sentences of the unit; raw text is cut by `segmenter`, or without one by the rules of `tokenizer`.
  public func sentences(
    using tokenizer: inout Tokenizer, _ segmenter: Segmenter? = nil
  ) -> [Sentence] {
    switch self {
    case .sentences(let sentences, _): return sentences
    case .text(let blocks, let start):
      return Self.sentences(of: blocks, at: start, &tokenizer, segmenter)
    case .lines(let blocks, let start):
      return Self.sentences(of: blocks, at: start, &tokenizer, segmenter, oneABlock: true)
    case .documents(let documents):
      return documents.flatMap { document in
        var found = Self.sentences(of: document.blocks, at: document.start, &tokenizer, segmenter)
        if !found.isEmpty, !document.isContinued {
          found[0].comments.insert(
            document.id.map { "# newdoc id = \(Misc.escapeSpaces($0))" } ?? "# newdoc", at: 0)
        }
        return found
      }
    }
  }

  /// - Parameter oneABlock: Whether each block is one sentence.
  private static func sentences(
    of blocks: [TextBlock], at start: TextPosition, _ tokenizer: inout Tokenizer,
    _ segmenter: Segmenter?, oneABlock: Bool = false
  ) -> [Sentence] {
    var all: [Sentence] = []
    var texts: [(bytes: [UInt8], start: TextPosition)] = []
    var position = start
    for block in blocks {
      texts.append((block.bytes, position))
      position.advance(over: block.bytes[...])
    }
    let found =
      segmenter?.tokenize(texts, using: &tokenizer)
      ?? texts.map { tokenizer.tokenize($0.bytes, at: $0.start) }
    for (block, text) in zip(blocks, found) {
      var cut = text
      if oneABlock, cut.sentences.count != 1 { cut.joinSentences() }
      if cut.sentences.isEmpty {
        // A line without words stays a line; white space alone is kept as a comment.
        all.append(Sentence(comments: ["# spaces = \(Misc.escapeSpaces(cut.leadingSpace))"]))
        continue
      }
      if !cut.leadingSpace.isEmpty {
        cut.sentences[0].tokens[0].misc = Misc.setting(
          "SpacesBefore", to: Misc.escapeSpaces(cut.leadingSpace),
          in: cut.sentences[0].tokens[0].misc)
      }
      if block.beginsParagraph { cut.sentences[0].comments.append("# newpar") }
      all += cut.sentences
    }
    return all
  }
}

extension TokenizedText {
  /// Makes one sentence of all.
  mutating func joinSentences() {
    guard var whole = sentences.first else { return }
    for sentence in sentences.dropFirst() {
      let base = whole.tokens.count
      whole.tokens += sentence.tokens
      whole.multiwordTokens += sentence.multiwordTokens.map {
        var token = $0
        token.words = token.words.lowerBound + base...token.words.upperBound + base
        return token
      }
    }
    sentences = [whole]
  }
}

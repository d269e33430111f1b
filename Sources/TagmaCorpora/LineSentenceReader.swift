internal import Foundation
public import TagmaAnnotations

/// Reads one sentence a line, words separated by white space.
public final class TokenLineReader: SentenceReader {
  private let lines: LineReader
  private let limits: CorpusLimits

  public init(_ lines: LineReader, limits: CorpusLimits = CorpusLimits()) {
    (self.lines, self.limits) = (lines, limits)
  }

  public var hasMoreReady: Bool { lines.hasLineReady }

  public func next() throws(CorpusError) -> Sentence? {
    guard let line = try lines.nextOfCorpus() else { return nil }
    // White space and a mark after it are one `Character`, but the mark is of the word. Blanks that keep together what stands
    // around them are within words, as `-O lines` and UDPipe write them.
    let words = line.unicodeScalars.split { scalar in
      scalar.value < 0x80
        ? scalar.value == 0x20 || (0x09...0x0d).contains(scalar.value)
        : scalar.properties.isWhitespace && scalar != "\u{a0}" && scalar != "\u{202f}"
    }.filter { !Substring($0).isBlank }
    return try limits.sentence(of: words.map { String(Substring($0)) }, at: lines.location())
  }
}

/// Reads JSON lines: an object a line with a sentence or a text.
public final class JSONLineReader {
  public enum Object: Sendable {
    /// `tokens` is an array of words, or of objects with a `form`, as `tagma tag` writes them.
    case sentence(Sentence)
    /// Without `tokens`, `text` is raw text.
    case text(String, id: String?)
  }

  public let name: String
  private let lines: LineReader
  private let limits: CorpusLimits

  public init(_ lines: LineReader, limits: CorpusLimits = CorpusLimits()) {
    (self.lines, self.limits) = (lines, limits)
    name = lines.name
  }

  /// Whether more can be read without waiting for somebody to send it.
  public var hasMoreReady: Bool { lines.hasLineReady }

  /// The object of the next line that is not blank, nil after the last.
  public func next() throws(CorpusError) -> Object? {
    var found = try lines.nextOfCorpus()
    while let line = found, line.isBlank { found = try lines.nextOfCorpus() }
    guard let line = found else { return nil }
    guard let record = try? JSONDecoder().decode(Record.self, from: Data(line.utf8)) else {
      throw CorpusError(
        .json(
          jsonFault(in: line)
            ?? "expected an object with \"text\", or with \"tokens\", an array of strings or of objects with \"form\""
        ), at: lines.location(), excerpt: line)
    }
    guard let forms = record.forms else { return .text(record.text ?? "", id: record.id) }
    for form in forms
    where form.isBlank || form.utf8.contains(where: { [0x09, 0x0a, 0x0d].contains($0) }) {
      throw CorpusError(
        .json("a token is empty, white space alone, or holds a tab or an end of a line"),
        at: lines.location(), excerpt: line)
    }
    return .sentence(try limits.sentence(of: forms, at: lines.location()))
  }

  private struct Record: Decodable {
    private struct Word: Decodable { let form: String }

    private enum Key: CodingKey { case tokens, text, id }

    let forms: [String]?
    let text: String?
    let id: String?

    init(from decoder: any Decoder) throws {
      let object = try decoder.container(keyedBy: Key.self)
      forms =
        try (try? object.decodeIfPresent([String].self, forKey: .tokens))
        ?? object.decodeIfPresent([Word].self, forKey: .tokens)?.map(\.form)
      text = try forms == nil ? object.decode(String.self, forKey: .text) : nil
      id =
        (try? object.decode(String.self, forKey: .id))
        ?? (try? object.decode(Int.self, forKey: .id)).map(String.init)
    }
  }
}

extension CorpusLimits {
  /// A sentence of these words, where it is within the limits.
  fileprivate func sentence(of forms: [String], at location: SourceLocation) throws(CorpusError)
    -> Sentence
  {
    guard forms.count <= sentenceTokens else {
      throw CorpusError(.sentenceTooLong(limit: sentenceTokens), at: location)
    }
    if let long = forms.first(where: { $0.utf8.count > tokenBytes }) {
      throw CorpusError(.tokenTooLong(limit: tokenBytes), at: location, excerpt: long)
    }
    var sentence = Sentence(tokens: forms.map(Token.init(form:)))
    sentence.location = location
    return sentence
  }
}

internal import Foundation
public import TagmaAnnotations

/// Reads sentences whose words are known: `tokens` has one sentence a line, words parted by white
/// space; `jsonl` has an object a line with `tokens`, an array of words or of objects with a `form`, as `tagma tag` writes
/// them.
public final class TokenLineReader: SentenceReader {
  private let lines: LineReader
  private let isJSON: Bool
  private let limits: CorpusLimits

  public init(
    _ path: String, isJSON: Bool, encoding: String? = nil, limits: CorpusLimits = CorpusLimits()
  ) throws(CorpusError) {
    lines = try LineReader(path, encoding: encoding)
    self.isJSON = isJSON
    self.limits = limits
  }

  public var hasMoreReady: Bool { lines.hasLineReady }

  public func next() throws(CorpusError) -> Sentence? {
    guard let line = try lines.next() else { return nil }
    var forms: [String] = []
    if isJSON {
      forms = try parse(line)
    } else {
      forms = line.split { $0.isWhitespace }.map(String.init)
    }
    guard forms.count <= limits.sentenceTokens else {
      throw CorpusError(.sentenceTooLong(limit: limits.sentenceTokens), at: lines.location())
    }
    if let long = forms.first(where: { $0.utf8.count > limits.tokenBytes }) {
      throw CorpusError(
        .tokenTooLong(limit: limits.tokenBytes), at: lines.location(), excerpt: long)
    }
    var sentence = Sentence(tokens: forms.map(Token.init(form:)))
    sentence.location = lines.location()
    return sentence
  }

  private func parse(_ line: String) throws(CorpusError) -> [String] {
    guard let record = try? JSONDecoder().decode(Record.self, from: Data(line.utf8)) else {
      throw CorpusError(
        .json(
          "expected an object with \"tokens\", an array of strings or of objects with \"form\""),
        at: lines.location(), excerpt: line)
    }
    let forms = record.tokens.map(\.form)
    for form in forms
    where form.isEmpty || form.utf8.contains(where: { $0 == 0x09 || $0 == 0x0a }) {
      throw CorpusError(
        .json("a token is empty or holds a tab or line feed"), at: lines.location(), excerpt: line)
    }
    return forms
  }

  private struct Record: Decodable {
    struct Word: Decodable {
      private enum Key: CodingKey { case form }

      let form: String

      init(from decoder: any Decoder) throws {
        if let form = try? decoder.singleValueContainer().decode(String.self) {
          self.form = form
        } else {
          form = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .form)
        }
      }
    }

    let tokens: [Word]
  }
}

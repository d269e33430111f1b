internal import Foundation
public import TagmaAnnotations

/// Reads the sentences that `tagma tag -O jsonl` writes, with the labels of their words.
///
/// What is told of every word of a sentence as a text is a label; places and confidences are none.
public final class LabelledJSONReader: SentenceReader {
  private let lines: LineReader
  private let limits: CorpusLimits
  private var document: String?

  public init(_ lines: LineReader, limits: CorpusLimits = CorpusLimits()) {
    (self.lines, self.limits) = (lines, limits)
  }

  public var hasMoreReady: Bool { lines.hasLineReady }

  public func next() throws(CorpusError) -> Sentence? {
    while let line = try lines.next() {
      if line.utf8.allSatisfy({ $0 <= 0x20 }) { continue }
      return try sentence(of: line)
    }
    return nil
  }

  private func sentence(of line: String) throws(CorpusError) -> Sentence {
    guard
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
      let words = object["tokens"] as? [[String: Any]]
    else {
      throw CorpusError(
        .json(
          jsonFault(in: line)
            ?? "expected an object with \"tokens\", an array of objects with \"form\" and labels"),
        at: lines.location(), excerpt: line)
    }
    let forms = words.map { $0["form"] as? String ?? "" }
    try check(forms, line)
    var sentence = Sentence(tokens: forms.map(Token.init(form:)))
    sentence.location = lines.location()
    for name in words.first?.keys.sorted() ?? [] where name != "form" {
      let labels = words.compactMap { $0[name] as? String }
      if labels.count == words.count { sentence.setLabels(labels, of: TaggingTask(name)) }
    }
    if let name = object["document"] as? String, name != document {
      sentence.comments.append("# newdoc id = \(Misc.escapeSpaces(name))")
      document = name
    }
    return sentence
  }

  private func check(_ forms: [String], _ line: String) throws(CorpusError) {
    guard forms.count <= limits.sentenceTokens else {
      throw CorpusError(.sentenceTooLong(limit: limits.sentenceTokens), at: lines.location())
    }
    for form in forms {
      if form.isBlank || form.utf8.contains(where: { $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }) {
        throw CorpusError(
          .json("a token has no form, or one that holds a tab or an end of a line"),
          at: lines.location(), excerpt: line)
      }
      guard form.utf8.count <= limits.tokenBytes else {
        throw CorpusError(
          .tokenTooLong(limit: limits.tokenBytes), at: lines.location(), excerpt: form)
      }
    }
  }
}

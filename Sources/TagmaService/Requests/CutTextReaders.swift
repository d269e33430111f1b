internal import TagmaAnnotations
internal import TagmaCorpora

/// Text that is cut already as UDPipe's `vertical` has it: a word a line, which ends at a tab, and a blank line after each
/// sentence.
///
/// Words hold blanks, and nothing is a comment.
final class VerticalReader: SentenceReader {
  private let lines: LineReader
  private let limits = CorpusLimits()

  init(_ lines: LineReader) {
    self.lines = lines
  }

  var hasMoreReady: Bool { lines.hasLineReady }

  func next() throws(CorpusError) -> Sentence? {
    var words: [String] = []
    while let line = try lines.next() {
      // Tabs before a word belong to none.
      let word = line.utf8.drop { $0 == 0x09 }.prefix { $0 != 0x09 }
      if word.allSatisfy({ $0 == 0x20 }) {
        if words.isEmpty { continue }
        break
      }
      words.append(try limits.checked(Self.trimmed(word), at: lines.location()))
      try limits.check(count: words.count, at: lines.location())
    }
    return words.isEmpty ? nil : Sentence(tokens: words.map(Token.init(form:)))
  }

  private static func trimmed(_ word: Substring.UTF8View) -> String {
    var word = word.drop { $0 == 0x20 }
    while word.last == 0x20 { word.removeLast() }
    return String(Substring(word))
  }
}

/// The same as UDPipe's `horizontal` has it: a sentence a line, words separated by blanks; a no-break space is a blank within a
/// word.
final class HorizontalReader: SentenceReader {
  private let lines: LineReader
  private let limits = CorpusLimits()

  init(_ lines: LineReader) {
    self.lines = lines
  }

  var hasMoreReady: Bool { lines.hasLineReady }

  func next() throws(CorpusError) -> Sentence? {
    while let line = try lines.next() {
      let words = line.utf8.split { $0 == 0x20 || $0 == 0x09 }
        .map { Self.word(String(Substring($0))) }
      guard !words.isEmpty else { continue }
      try limits.check(count: words.count, at: lines.location())
      for word in words { _ = try limits.checked(word, at: lines.location()) }
      return Sentence(tokens: words.map(Token.init(form:)))
    }
    return nil
  }

  private static func word(_ text: String) -> String {
    guard text.unicodeScalars.contains("\u{a0}"),
      !text.unicodeScalars.allSatisfy({ $0 == "\u{a0}" })
    else { return text }
    var word = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { word.append(scalar == "\u{a0}" ? " " : scalar) }
    return String(word)
  }
}

extension CorpusLimits {
  fileprivate func check(count: Int, at location: SourceLocation) throws(CorpusError) {
    guard count <= sentenceTokens else {
      throw CorpusError(.sentenceTooLong(limit: sentenceTokens), at: location)
    }
  }

  fileprivate func checked(_ word: String, at location: SourceLocation) throws(CorpusError)
    -> String
  {
    guard word.utf8.count <= tokenBytes else {
      throw CorpusError(.tokenTooLong(limit: tokenBytes), at: location, excerpt: word)
    }
    return word
  }
}

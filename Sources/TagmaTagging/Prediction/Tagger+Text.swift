public import TagmaAnnotations
internal import TagmaModels
internal import TagmaSegmentation
public import TagmaTokenization

/// A word of a text with its labels.
public struct AnnotatedWord: Sendable {
  /// Where it stands in the text that was tagged.
  public let range: Range<String.Index>
  public let form: String
  public let labels: [TaggingTask: String]
}

/// A span of words with a label, such as a named entity.
public struct AnnotatedSpan: Sendable {
  public let task: TaggingTask
  public let label: String
  public let range: Range<String.Index>
  /// The model's exact probability that just these words are a span of this label.
  public let probability: Float
}

/// A sentence of a text with everything that was found in it.
public struct AnnotatedSentence: Sendable {
  public let range: Range<String.Index>
  public let words: [AnnotatedWord]
  public let spans: [AnnotatedSpan]
}

extension Tagger {
  /// Cuts a text into sentences and words, and labels them.
  ///
  ///     let tagger = try Tagger(contentsOf: "models/en")
  ///     for sentence in try tagger.annotate(text) {
  ///       for span in sentence.spans { print(span.label, text[span.range]) }
  ///     }
  public func annotate(_ text: String, tokenizer options: TokenizerOptions? = nil) throws
    -> [AnnotatedSentence]
  {
    var tokenizerOptions = options ?? TokenizerOptions()
    if options == nil, let language = description.language { tokenizerOptions.language = language }
    var tokenizer = try Tokenizer(tokenizerOptions)
    let bytes = Array(text.utf8)
    let cut =
      options == nil
      ? segmenter?.tokenize([(bytes, TextPosition())], using: &tokenizer).first : nil
    let sentences = (cut ?? tokenizer.tokenize(bytes)).sentences
    var tagging = TaggingOptions()
    tagging.confidence = true
    tagging.startsInDocument = true
    return zip(sentences, tag(sentences, options: tagging)).map { sentence, tagged in
      annotated(sentence, tagged, text)
    }
  }

  private func annotated(_ sentence: Sentence, _ tagged: TaggedSentence, _ text: String)
    -> AnnotatedSentence
  {
    func range(_ first: Int, _ last: Int) -> Range<String.Index> {
      let (start, end) = (
        sentence.tokens[first].place?.utf8.lowerBound ?? 0,
        sentence.tokens[last].place?.utf8.upperBound ?? 0
      )
      return text.utf8.index(
        text.startIndex, offsetBy: start)..<text.utf8.index(text.startIndex, offsetBy: end)
    }
    let words = sentence.tokens.indices.map { i in
      AnnotatedWord(
        range: range(i, i), form: sentence.tokens[i].form,
        labels: tagged.labels.compactMapValues { $0[i] })
    }
    let spans = tagged.spans.sorted { $0.key.name < $1.key.name }.flatMap { task, found in
      found.map { item in
        AnnotatedSpan(
          task: task, label: item.span.label,
          range: range(item.span.words.lowerBound, item.span.words.upperBound - 1),
          probability: item.probability)
      }
    }
    return AnnotatedSentence(
      range: range(0, sentence.tokens.count - 1), words: words, spans: spans)
  }

  /// Annotates texts as they come: one is taken only when the last was asked for, so a slow reader
  /// holds up a fast writer instead of filling the memory.
  public func annotate<Texts: AsyncSequence>(_ texts: Texts) -> AnnotatedTexts<Texts>
  where Texts.Element == String {
    AnnotatedTexts(texts: texts, tagger: self)
  }
}

/// The annotations of a sequence of texts, in order.
public struct AnnotatedTexts<Texts: AsyncSequence>: AsyncSequence where Texts.Element == String {
  public typealias Element = [AnnotatedSentence]

  let texts: Texts
  let tagger: Tagger

  public struct AsyncIterator: AsyncIteratorProtocol {
    var texts: Texts.AsyncIterator
    let tagger: Tagger

    public mutating func next() async throws -> [AnnotatedSentence]? {
      guard let text = try await texts.next() else { return nil }
      return try tagger.annotate(text)
    }
  }

  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(texts: texts.makeAsyncIterator(), tagger: tagger)
  }
}

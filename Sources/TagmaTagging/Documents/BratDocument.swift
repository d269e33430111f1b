internal import TagmaAnnotations

/// A document of brat: a text, and standoff annotations of its spans, a line each.
///
/// Sentences are added in the order of the text. Raw text comes out as it went in; a corpus has a sentence a line unless it
/// says what white space stands after it, and a blank line before each paragraph and document.
public struct BratDocument {
  private var options: OutputOptions
  /// Unicode scalars of the text so far: brat counts them.
  private var length = 0
  private var annotationCount = 0
  /// Line feeds that the text ends with, of which two are counted.
  private var feeds = 2

  public init(_ options: OutputOptions) {
    self.options = options
    self.options.offsets = .scalars
  }

  /// What a sentence adds to the text and to the annotations.
  public mutating func add(_ item: DocumentSentence) -> (text: String, annotations: String) {
    let sentence = item.sentence
    var text = String(repeating: "\n", count: max(feedsBefore(sentence) - feeds, 0))
    if let first = sentence.tokens.first {
      text += Misc.value(of: "SpacesBefore", in: first.misc).map(Misc.unescapeSpaces) ?? ""
    }
    let annotations = annotations(of: item, from: length + text.unicodeScalars.count)
    text += sentence.text + spaceAfter(sentence)
    length += text.unicodeScalars.count
    countFeeds(text)
    return (text, annotations)
  }

  private mutating func annotations(of item: DocumentSentence, from start: Int) -> String {
    var out = ""
    for entity in entities(of: item, options, inText: true) {
      annotationCount += 1
      let (first, end) = (start + entity.range.lowerBound, start + entity.range.upperBound)
      out += "T\(annotationCount)\t\(typeName(entity.label)) \(first) \(end)\t"
      out += flat(entity.text) + "\n"
    }
    return out
  }

  /// Line feeds that must stand before a sentence.
  private func feedsBefore(_ sentence: Sentence) -> Int {
    let isRaw = sentence.tokens.first?.place != nil
    let beginsDocument = sentence.comments.contains { $0.hasPrefix(DocumentEvidence.comment) }
    if isRaw { return beginsDocument ? 1 : 0 }
    return beginsDocument || sentence.comments.contains { $0.hasPrefix("# newpar") } ? 2 : 0
  }

  private func spaceAfter(_ sentence: Sentence) -> String {
    guard let last = sentence.tokens.last else {
      let spaces = sentence.comments.first { $0.hasPrefix("# spaces = ") }
      return spaces.map { Misc.unescapeSpaces(String($0.dropFirst(11))) } ?? ""
    }
    let multiword = sentence.multiwordTokens.last
    let isInside = multiword?.words.upperBound == sentence.tokens.count - 1
    let misc = isInside ? multiword?.misc ?? "_" : last.misc
    let isTold = ["SpacesAfter", "SpaceAfter"].contains { Misc.value(of: $0, in: misc) != nil }
    return isTold || last.place != nil ? Sentence.space(after: misc) : "\n"
  }

  private mutating func countFeeds(_ text: String) {
    for byte in text.utf8 where byte != 0x0d { feeds = byte == 0x0a ? min(feeds + 1, 2) : 0 }
  }

  /// A label as the name of a type, which holds no white space.
  private func typeName(_ label: String) -> String {
    flat(label).replacing(" ", with: "_")
  }
}

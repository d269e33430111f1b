internal import TagmaAnnotations
internal import TagmaCorpora

/// One word a line: the columns that were read, then one for each task; a blank line after each
/// sentence.
struct ColumnFormatter: SentenceFormatter {
  let options: OutputOptions

  init(_ options: OutputOptions) {
    self.options = options
  }

  func write(_ item: DocumentSentence, to out: inout String) {
    let (sentence, tagged) = (item.sentence, item.tagged)
    guard !sentence.tokens.isEmpty else { return }
    for i in sentence.tokens.indices {
      if sentence.columns.isEmpty {
        out += sentence.tokens[i].form
      } else {
        out += sentence.columns[i].joined(separator: "\t")
      }
      for task in options.tasks {
        out += "\t"
        out += tagged?.labels[task]?[i] ?? sentence.labels(of: task)?[i] ?? "_"
        if options.confidence, let confidence = tagged?.confidences[task] {
          out += "\t" + probability(confidence[i])
        }
      }
      out += "\n"
    }
    out += "\n"
  }
}

/// A table with a head line: sentence, token, place, form and labels.
struct TableFormatter: SentenceFormatter {
  let options: OutputOptions

  init(_ options: OutputOptions) {
    self.options = options
  }

  var header: String {
    var names = ["sentence", "token", "start", "end", "form"]
    for task in options.tasks {
      names.append(task.name)
      if options.confidence { names.append("\(task.name)_confidence") }
    }
    return names.joined(separator: "\t") + "\n"
  }

  func write(_ item: DocumentSentence, to out: inout String) {
    for (i, token) in item.sentence.tokens.enumerated() {
      let range = token.place.map(options.offsets.range)
      out += "\(item.number)\t\(i + 1)\t"
      out += range.map { "\($0.lowerBound)\t\($0.upperBound)" } ?? "_\t_"
      out += "\t\(token.form)"
      for task in options.tasks {
        out += "\t" + (item.tagged?.labels[task]?[i] ?? "_")
        if options.confidence {
          out += "\t" + (item.tagged?.confidences[task].map { probability($0[i]) } ?? "_")
        }
      }
      out += "\n"
    }
  }
}

/// One sentence a line, words parted by spaces.
struct LineFormatter: SentenceFormatter {
  func write(_ item: DocumentSentence, to out: inout String) {
    out += item.sentence.tokens.map(\.form).joined(separator: " ") + "\n"
  }
}

/// One word a line.
struct VerticalFormatter: SentenceFormatter {
  func write(_ item: DocumentSentence, to out: inout String) {
    guard !item.sentence.tokens.isEmpty else { return }
    for token in item.sentence.tokens { out += token.form + "\n" }
    out += "\n"
  }
}

/// Standoff annotations of brat: one line for each entity.
///
/// Offsets are Unicode scalars, as brat's.
struct BratFormatter: SentenceFormatter {
  let options: OutputOptions

  init(_ options: OutputOptions) {
    self.options = options
  }

  /// Lines without their number, which depends on the sentences before: `T` and a tab are put before
  /// each by whoever numbers them.
  func write(_ item: DocumentSentence, to out: inout String) {
    for entity in entities(of: item, options) {
      out += "\(entity.label) \(entity.scalars.lowerBound) \(entity.scalars.upperBound)\t"
      out += flat(entity.text) + "\n"
    }
  }
}

/// A span with its place in the text.
struct PlacedEntity {
  let task: TaggingTask
  let label: String
  let words: Range<Int>
  let range: Range<Int>
  let scalars: Range<Int>
  let text: String
  let probability: Float?
}

/// The spans of all span tasks of a sentence.
///
/// Without places of its own, a sentence is laid out with single spaces.
func entities(of item: DocumentSentence, _ options: OutputOptions) -> [PlacedEntity] {
  guard let tagged = item.tagged else { return [] }
  let places = item.sentence.places()
  var found: [PlacedEntity] = []
  for task in options.tasks where task.isSpans {
    guard let labels = tagged.labels[task] else { continue }
    let probabilities = tagged.spans[task]
    for (k, span) in spans(of: labels).enumerated() {
      let (first, last) = (places[span.words.lowerBound], places[span.words.upperBound - 1])
      let range =
        options.offsets.range(of: first).lowerBound..<options.offsets.range(of: last).upperBound
      found.append(
        PlacedEntity(
          task: task, label: span.label, words: span.words, range: range,
          scalars: first.scalars.lowerBound..<last.scalars.upperBound,
          text: item.sentence.text(of: span.words), probability: probabilities?[k].probability))
    }
  }
  return found
}

extension Sentence {
  /// The place of each word: its own, or its place in the sentence's text.
  func places() -> [TextPlace] {
    if tokens.allSatisfy({ $0.place != nil }) { return tokens.compactMap(\.place) }
    var (utf8, scalars, utf16) = (0, 0, 0)
    return tokens.indices.map { i in
      let form = tokens[i].form
      let place = TextPlace(
        utf8: utf8..<utf8 + form.utf8.count, scalars: scalars..<scalars + form.unicodeScalars.count,
        utf16: utf16..<utf16 + form.utf16.count)
      let gap =
        text(of: i..<min(i + 2, tokens.count)).utf8.count
        - form.utf8.count - (i + 1 < tokens.count ? tokens[i + 1].form.utf8.count : 0)
      utf8 = place.utf8.upperBound + gap
      scalars = place.scalars.upperBound + gap
      utf16 = place.utf16.upperBound + gap
      return place
    }
  }

  /// Words with the white space between them; words of one surface token have none.
  func text(of words: Range<Int>) -> String {
    var out = ""
    for i in words {
      out += tokens[i].form
      guard i + 1 < words.upperBound else { break }
      let multiword = multiwordTokens.first { $0.words.contains(i) }
      if let multiword, i < multiword.words.upperBound {
        continue
      }
      let misc = multiword?.misc ?? tokens[i].misc
      if Misc.value(of: "SpaceAfter", in: misc) == "No" { continue }
      out += Misc.value(of: "SpacesAfter", in: misc).map(Misc.unescapeSpaces) ?? " "
    }
    return out
  }
}

/// The text itself, put together from words and the white space between them.
public struct PlainTextFormatter: SentenceFormatter {
  public init() {}

  public func write(_ item: DocumentSentence, to out: inout String) {
    if item.sentence.tokens.isEmpty {
      for comment in item.sentence.comments where comment.hasPrefix("# spaces = ") {
        out += Misc.unescapeSpaces(String(comment.dropFirst(11)))
      }
      return
    }
    for piece in item.sentence.pieces(withOuterSpace: true) { out += piece }
  }
}

/// A corpus sentence as CoNLL-U, as it is; labels of column files go to MISC.
public struct CorpusCoNLLUFormatter: SentenceFormatter {
  public init() {}

  public func write(_ item: DocumentSentence, to out: inout String) {
    var sentence = item.sentence
    if !sentence.columns.isEmpty {
      for (task, labels) in sentence.layers.sorted(by: { $0.key.name < $1.key.name }) {
        for i in labels.indices where labels[i] != "O" {
          sentence.tokens[i].misc = Misc.setting(
            task.name.uppercased(), to: labels[i], in: sentence.tokens[i].misc)
        }
      }
    }
    CoNLLUWriter().write(sentence, to: &out)
  }
}

/// A corpus sentence as columns: the form, then every label there is.
public struct CorpusColumnFormatter: SentenceFormatter {
  public init() {}

  public func write(_ item: DocumentSentence, to out: inout String) {
    let sentence = item.sentence
    let tasks = inCanonicalOrder(
      [.upos, .xpos, .feats, .lemma].filter { task in
        sentence.labels(of: task)?.contains { $0 != "_" } ?? false
      } + Array(sentence.layers.keys))
    for i in sentence.tokens.indices {
      out += sentence.tokens[i].form
      for task in tasks { out += "\t" + (sentence.labels(of: task)?[i] ?? "_") }
      out += "\n"
    }
    if !sentence.tokens.isEmpty { out += "\n" }
  }
}

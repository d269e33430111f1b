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
    let sentence = item.sentence
    guard !sentence.tokens.isEmpty else { return }
    let isAlone = options.tasks.isEmpty
    for i in sentence.tokens.indices {
      if sentence.columns.isEmpty {
        // Where a line holds no tab, blanks part its columns.
        out += isAlone ? inOnePiece(sentence.tokens[i].form) : inOneField(sentence.tokens[i].form)
      } else {
        out += sentence.columns[i].map { $0.isEmpty ? "" : inOneField($0) }.joined(separator: "\t")
      }
      writeLabels(of: i, item, options, to: &out)
      out += "\n"
    }
    out += "\n"
  }
}

/// One word a line with its labels beside it, whatever columns were read.
struct VerticalFormatter: SentenceFormatter {
  let options: OutputOptions

  init(_ options: OutputOptions) {
    self.options = options
  }

  func write(_ item: DocumentSentence, to out: inout String) {
    guard !item.sentence.tokens.isEmpty else { return }
    for (i, token) in item.sentence.tokens.enumerated() {
      out += options.tasks.isEmpty ? inOnePiece(token.form) : inOneField(token.form)
      writeLabels(of: i, item, options, to: &out)
      out += "\n"
    }
    out += "\n"
  }
}

/// One sentence a line, words separated by spaces.
struct LineFormatter: SentenceFormatter {
  func write(_ item: DocumentSentence, to out: inout String) {
    out += item.sentence.tokens.map { inOnePiece($0.form) }.joined(separator: " ") + "\n"
  }
}

/// A tab and a label for each task, with its confidence where that is wanted.
private func writeLabels(
  of word: Int, _ item: DocumentSentence, _ options: OutputOptions, to out: inout String
) {
  for task in options.tasks {
    out += "\t"
    out += inOneField(
      item.tagged?.labels[task]?[word] ?? item.sentence.labels(of: task)?[word] ?? "_")
    if options.confidence, let confidence = item.tagged?.confidences[task] {
      out += "\t" + probability(confidence[word])
    }
  }
}

/// Text that parts no columns and no lines: control characters of white space become blanks; nothing is `_`.
func inOneField(_ text: String) -> String {
  if text.isEmpty { return "_" }
  return flat(text)
}

/// Text in which nothing parts words: blanks become no-break spaces, as UDPipe writes them.
func inOnePiece(_ text: String) -> String {
  guard text.isEmpty || text.utf8.contains(where: { $0 <= 0x20 }) else { return text }
  return inOneField(text).replacing(" ", with: "\u{a0}")
}

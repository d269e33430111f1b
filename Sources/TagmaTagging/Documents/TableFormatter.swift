internal import TagmaAnnotations

/// A table with a head line: sentence, token, place, form and labels.
///
/// Labels with quotation marks are quoted as readers of CSV expect: a bare `"` would open a field of many lines. Words are so
/// where the options say so, and then the name of their column is, which tells readers.
struct TableFormatter: SentenceFormatter {
  let options: OutputOptions

  init(_ options: OutputOptions) {
    self.options = options
  }

  var header: String {
    var names = ["sentence", "token", "start", "end"]
    names.append(options.quotesForms ? "\"form\"" : "form")
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
      out += "\t" + form(of: token)
      for task in options.tasks {
        out += "\t" + quoted(inOneField(item.tagged?.labels[task]?[i] ?? "_"))
        if options.confidence {
          out += "\t" + (item.tagged?.confidences[task].map { probability($0[i]) } ?? "_")
        }
      }
      out += "\n"
    }
  }

  private func form(of token: Token) -> String {
    let form = inOneField(token.form)
    return options.quotesForms ? quoted(form) : form
  }

  /// A field as RFC 4180 has it.
  private func quoted(_ field: String) -> String {
    guard field.utf8.contains(UInt8(ascii: "\"")) else { return field }
    return "\"\(field.replacing("\"", with: "\"\""))\""
  }
}

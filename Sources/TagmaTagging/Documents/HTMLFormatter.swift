internal import TagmaAnnotations

/// A page with coloured entities and a tip for each word.
///
/// All text is escaped; no script.
struct HTMLFormatter: SentenceFormatter {
  let options: OutputOptions

  init(_ options: OutputOptions) {
    self.options = options
  }

  var header: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(htmlEscaped(options.title))</title>
    <style>
    body { font: 17px/2.1 Georgia, 'Times New Roman', serif; color: #222; background: #fdfdfb;
      max-width: 46em; margin: 2em auto; padding: 0 1em; }
    h1 { font: 600 1.3em system-ui, sans-serif; }
    p { margin: .6em 0; }
    mark { border-radius: .35em; padding: .2em .35em; color: inherit; }
    mark > small { font: 700 .6em system-ui, sans-serif; margin-left: .45em; letter-spacing: .04em;
      vertical-align: middle; opacity: .75; }
    .w { border-bottom: 1px dotted #bbb; }
    .w:hover { background: #eef; }
    .n { color: #aaa; font: .7em system-ui, sans-serif; margin-right: .6em; }
    </style>
    </head>
    <body>
    <h1>\(htmlEscaped(options.title))</h1>

    """
  }

  var footer: String { "</body>\n</html>\n" }

  func write(_ item: DocumentSentence, to out: inout String) {
    let sentence = item.sentence
    guard !sentence.tokens.isEmpty else { return }
    let found = entities(of: item, options)
    out += "<p><span class=\"n\">\(item.number)</span>"
    var i = 0
    while i < sentence.tokens.count {
      if let entity = found.first(where: { $0.words.lowerBound == i }) {
        out += "<mark style=\"background:\(color(entity.label))\">"
        for k in entity.words {
          writeWord(k, item, isLast: k == entity.words.upperBound - 1, to: &out)
        }
        out += "<small>\(htmlEscaped(entity.label))</small></mark>"
        i = entity.words.upperBound
      } else {
        writeWord(i, item, isLast: true, to: &out)
        i += 1
      }
      if i < sentence.tokens.count {
        out += gap(after: i - 1, sentence)
      }
    }
    out += "</p>\n"
  }

  private func writeWord(
    _ i: Int, _ item: DocumentSentence, isLast: Bool, to out: inout String
  ) {
    let labels = options.tasks.compactMap { task -> String? in
      guard let label = item.tagged?.labels[task]?[i], label != "_", label != "O" else {
        return nil
      }
      return "\(task.name): \(label)"
    }
    out += "<span class=\"w\" title=\"\(htmlEscaped(labels.joined(separator: "\n")))\">"
    out += "\(htmlEscaped(item.sentence.tokens[i].form))</span>"
    if !isLast { out += gap(after: i, item.sentence) }
  }

  private func gap(after i: Int, _ sentence: Sentence) -> String {
    let both = sentence.text(of: i..<i + 2)
    let count =
      both.utf8.count - sentence.tokens[i].form.utf8.count
      - sentence.tokens[i + 1].form.utf8.count
    return count > 0 ? " " : ""
  }

  /// A pale colour that is always the same for a label.
  private func color(_ label: String) -> String {
    switch label {
    case "PER", "person": return "#ffd9a0"
    case "LOC", "location", "GPE": return "#bfe3b4"
    case "ORG", "corporation", "group": return "#b9d8f5"
    default:
      let hash = label.unicodeScalars.reduce(UInt32(7)) { ($0 ^ $1.value) &* 16_777_619 }
      return "hsl(\(hash % 360), 70%, 85%)"
    }
  }
}

/// Text for a page or an attribute.
package func htmlEscaped(_ text: String) -> String {
  var out = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": out += "&amp;"
    case "<": out += "&lt;"
    case ">": out += "&gt;"
    case "\"": out += "&quot;"
    case "'": out += "&#39;"
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out
}

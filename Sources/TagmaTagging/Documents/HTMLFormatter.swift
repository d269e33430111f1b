internal import TagmaAnnotations

/// A page that shows the text as it is, with coloured entities and a tip for each word.
///
/// All text is escaped; no script.
struct HTMLFormatter: SentenceFormatter {
  let options: OutputOptions

  init(_ options: OutputOptions) {
    self.options = options
  }

  var header: String {
    let language = options.language.map { " lang=\"\(htmlEscaped($0))\"" } ?? ""
    return """
      <!DOCTYPE html>
      <html\(language)>
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(htmlEscaped(options.title))</title>
      <style>
      body { font: 17px/2.1 Georgia, 'Times New Roman', serif; color: #222; background: #fdfdfb;
        max-width: 46em; margin: 2em auto; padding: 0 1em; }
      h1, h2 { font: 600 1.3em system-ui, sans-serif; }
      h2 { font-size: 1.1em; }
      p { margin: .6em 0; white-space: pre-wrap; overflow-wrap: anywhere; }
      p.b { margin-top: 1.8em; }
      mark { border-radius: .35em; padding: .2em .35em; color: inherit; }
      mark > small { font: 700 .6em system-ui, sans-serif; margin: 0 .45em; letter-spacing: .04em;
        vertical-align: middle; opacity: .75; }
      .w { border-bottom: 1px dotted #bbb; }
      .w:hover { background: #eef; }
      .n { color: #aaa; font: .7em system-ui, sans-serif; margin: 0 .6em; }
      </style>
      </head>
      <body>
      <h1 dir="auto">\(htmlEscaped(options.title))</h1>

      """
  }

  var footer: String { "</body>\n</html>\n" }

  func write(_ item: DocumentSentence, to out: inout String) {
    let tokens = item.sentence.surfaceTokens().flatMap(\.separated)
    guard let first = item.sentence.tokens.first else { return }
    let beginsParagraph = writeBreaks(before: item, to: &out)
    // The text tells its own direction; numbers and labels, which do not count there, have theirs.
    out += "<p\(beginsParagraph ? " class=\"b\"" : "") dir=\"auto\">"
    out += "<span class=\"n\" dir=\"ltr\">\(item.number)</span>"
    // Of white space before a text the indent of its first line.
    let before = Misc.value(of: "SpacesBefore", in: first.misc).map(Misc.unescapeSpaces) ?? ""
    out += htmlEscaped(
      String(before.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""))
    var open: PlacedEntity?
    var found = entities(of: item, options)[...]
    for (k, token) in tokens.enumerated() {
      while let next = found.first, open == nil, next.words.lowerBound < token.words.upperBound {
        found.removeFirst()
        // Two spans in one token of the text are shown as the first of them.
        guard next.words.upperBound > token.words.lowerBound else { continue }
        out += "<mark style=\"background:\(color(next.label))\">"
        open = next
      }
      writeToken(token, item, to: &out)
      if let entity = open, entity.words.upperBound <= token.words.upperBound {
        out += "<small dir=\"ltr\">\(htmlEscaped(entity.label))</small></mark>"
        open = nil
      }
      if k + 1 < tokens.count { out += htmlEscaped(token.space) }
    }
    out += "</p>\n"
  }

  /// What stands between this sentence and those before it; says whether a paragraph begins.
  private func writeBreaks(before item: DocumentSentence, to out: inout String) -> Bool {
    var beginsParagraph = false
    for comment in item.sentence.comments {
      if comment.hasPrefix(DocumentEvidence.comment) {
        if let name = DocumentEvidence.documentName(comment) {
          out += "<h2 dir=\"auto\">\(htmlEscaped(name))</h2>\n"
        } else if item.number > 1 {
          out += "<hr>\n"
        }
      } else if comment.hasPrefix("# newpar"), item.number > 1 {
        beginsParagraph = true
      }
    }
    return beginsParagraph
  }

  private func writeToken(
    _ token: SurfaceToken, _ item: DocumentSentence, to out: inout String
  ) {
    let lines = token.words.flatMap { word -> [String] in
      let labels = labels(of: word, item)
      return token.words.count > 1 ? [item.sentence.tokens[word].form] + labels : labels
    }
    out += "<span class=\"w\" title=\"\(htmlEscaped(lines.joined(separator: "\n")))\">"
    out += "\(htmlEscaped(token.form))</span>"
  }

  /// What a tip says of a word.
  private func labels(of word: Int, _ item: DocumentSentence) -> [String] {
    options.tasks.compactMap { task in
      guard let label = item.tagged?.labels[task]?[word], label != "_", label != "O" else {
        return nil
      }
      let confidence = options.confidence ? item.tagged?.confidences[task]?[word] : nil
      return "\(task.name): \(label)" + (confidence.map { " (\(probability($0)))" } ?? "")
    }
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

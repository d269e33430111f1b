internal import TagmaAnnotations

/// JSON lines, one object for each sentence: version 1 of the schema in `Docs/formats.md`.
struct JSONLinesFormatter: SentenceFormatter {
  let options: OutputOptions

  init(_ options: OutputOptions) {
    self.options = options
  }

  func write(_ item: DocumentSentence, to out: inout String) {
    let sentence = item.sentence
    out += "{"
    // A line without words is no sentence: it has no number of its own.
    if !sentence.tokens.isEmpty { out += "\"sentence\":\(item.number)," }
    if let document = item.document { out += "\"document\":\(jsonQuoted(document))," }
    out += "\"text\":\(jsonQuoted(sentence.text))"
    if let first = sentence.tokens.first?.place, let last = sentence.tokens.last?.place {
      out += ",\"start\":\(options.offsets.range(of: first).lowerBound)"
      out += ",\"end\":\(options.offsets.range(of: last).upperBound)"
    }
    out += ",\"tokens\":["
    for i in sentence.tokens.indices {
      if i > 0 { out += "," }
      writeToken(i, item, to: &out)
    }
    out += "]"
    if options.tasks.contains(where: \.isSpans) { writeEntities(item, to: &out) }
    writeAlternatives(item, to: &out)
    out += "}\n"
  }

  private func writeToken(_ i: Int, _ item: DocumentSentence, to out: inout String) {
    let token = item.sentence.tokens[i]
    out += "{\"form\":\(jsonQuoted(token.form))"
    if let place = token.place {
      let range = options.offsets.range(of: place)
      out += ",\"start\":\(range.lowerBound),\"end\":\(range.upperBound)"
    }
    for task in options.tasks {
      guard let labels = item.tagged?.labels[task] else { continue }
      out += ",\"\(task.name)\":\(jsonQuoted(labels[i]))"
      if options.confidence, let confidence = item.tagged?.confidences[task] {
        out += ",\"\(task.name)_confidence\":\(probability(confidence[i]))"
      }
    }
    out += "}"
  }

  private func writeEntities(_ item: DocumentSentence, to out: inout String) {
    out += ",\"entities\":["
    for (k, entity) in entities(of: item, options).enumerated() {
      if k > 0 { out += "," }
      out += "{\"task\":\"\(entity.task)\",\"label\":\(jsonQuoted(entity.label))"
      out += ",\"start\":\(entity.range.lowerBound),\"end\":\(entity.range.upperBound)"
      out += ",\"first_token\":\(entity.words.lowerBound),\"end_token\":\(entity.words.upperBound)"
      out += ",\"text\":\(jsonQuoted(entity.text))"
      if let value = entity.probability { out += ",\"probability\":\(probability(value))" }
      out += "}"
    }
    out += "]"
  }

  private func writeAlternatives(_ item: DocumentSentence, to out: inout String) {
    guard let tagged = item.tagged, !tagged.alternatives.isEmpty else { return }
    out += ",\"nbest\":{"
    for (k, task) in options.tasks.filter({ tagged.alternatives[$0] != nil }).enumerated() {
      if k > 0 { out += "," }
      let paths = (tagged.alternatives[task] ?? []).map { path in
        "{\"probability\":\(probability(path.probability)),\"labels\":["
          + path.labels.map(jsonQuoted).joined(separator: ",") + "]}"
      }
      out += "\"\(task)\":[\(paths.joined(separator: ","))]"
    }
    out += "}"
  }
}

internal import TagmaAnnotations
internal import TagmaCorpora

/// CoNLL-U.
///
/// What was read as CoNLL-U changes only in the columns that were predicted.
struct CoNLLUFormatter: SentenceFormatter {
  let options: OutputOptions

  init(_ options: OutputOptions) {
    self.options = options
  }

  func write(_ item: DocumentSentence, to out: inout String) {
    var sentence = item.sentence
    if sentence.tokens.isEmpty, sentence.comments.isEmpty { return }
    if let tagged = item.tagged { sentence.take(tagged, options) }
    // Raw text has places; what was a corpus has its own comments.
    if sentence.tokens.first?.place != nil {
      sentence.comments.append("# sent_id = \(item.number)")
      sentence.comments.append("# text = \(flat(sentence.text))")
    }
    if let tagged = item.tagged { addAlternatives(tagged, to: &sentence) }
    CoNLLUWriter().write(sentence, to: &out)
  }

  private func addAlternatives(_ tagged: TaggedSentence, to sentence: inout Sentence) {
    for task in options.tasks {
      for (rank, path) in (tagged.alternatives[task] ?? []).enumerated() {
        sentence.comments.append(
          "# nbest_\(task)_\(rank + 1) = \(probability(path.probability)) "
            + path.labels.joined(separator: " "))
      }
    }
  }
}

/// Text on one line.
func flat(_ text: String) -> String {
  guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
  var out = ""
  for scalar in text.unicodeScalars {
    out.unicodeScalars.append(scalar == "\n" || scalar == "\r" || scalar == "\t" ? " " : scalar)
  }
  return out
}

extension Sentence {
  /// Writes predictions into the fields of CoNLL-U: spans and confidences into MISC.
  mutating func take(_ tagged: TaggedSentence, _ options: OutputOptions) {
    for task in options.tasks {
      guard let labels = tagged.labels[task], labels.count == tokens.count else { continue }
      setLabels(labels, of: task)
      let name = task.name.uppercased()
      let writesMisc = ![.upos, .xpos, .feats, .lemma].contains(task)
      for i in tokens.indices {
        if writesMisc {
          tokens[i].misc = Misc.setting(
            name, to: labels[i] == "O" ? nil : Misc.escapeSpaces(labels[i]), in: tokens[i].misc)
        }
        if options.confidence, let confidences = tagged.confidences[task] {
          let isSilent = task.isSpans && labels[i] == "O"
          tokens[i].misc = Misc.setting(
            "\(name)Conf", to: isSilent ? nil : probability(confidences[i]), in: tokens[i].misc)
        }
      }
    }
  }
}

internal import TagmaAnnotations
internal import TagmaCorpora

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
    for (task, labels) in sentence.layers.sorted(by: { $0.key.name < $1.key.name }) {
      let name = task.name.uppercased()
      for i in labels.indices where labels[i] != "O" {
        // What MISC says already stays where it is.
        let (misc, label) = (sentence.tokens[i].misc, Misc.escapeSpaces(labels[i]))
        guard Misc.value(of: name, in: misc) != label else { continue }
        sentence.tokens[i].misc = Misc.setting(name, to: label, in: misc)
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
      let form = sentence.tokens[i].form
      out += tasks.isEmpty ? inOnePiece(form) : inOneField(form)
      for task in tasks { out += "\t" + inOneField(sentence.labels(of: task)?[i] ?? "_") }
      out += "\n"
    }
    if !sentence.tokens.isEmpty { out += "\n" }
  }
}

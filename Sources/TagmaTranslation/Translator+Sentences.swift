internal import TagmaLexicon
internal import TagmaModels
internal import TagmaTokenization

/// From texts to sentences, and from the translations of their pieces to those of sentences.
extension Translator {
  func layouts(
    of texts: [String], kept: [Bool], prefixes: [String], terms: Terminology,
    protection: Protection, partsLines: Bool
  ) -> [TextLayout] {
    // What a model without placeholders reads is no running text.
    guard carriesPlaceholders else { return texts.map { TextLayout(whole: $0) } }
    let rules = TextLayout.Rules(
      scanner: ProtectedTextScanner(terms: terms, protection: protection),
      splitter: SentenceSplitter(language: model.description.source),
      translatesNumbers: !model.rules.numbers, partsLines: partsLines)
    return texts.enumerated().map { i, text in
      if i < kept.count, kept[i] { return TextLayout(kept: text) }
      let layout = TextLayout(text, rules)
      guard i < prefixes.count, !prefixes[i].isEmpty, !layout.begins(with: prefixes[i]) else {
        return layout
      }
      // What was given comes first, before marks and blanks too.
      return TextLayout(whole: text, dropsBlanks: true)
    }
  }

  /// A sentence on its way through the translator.
  struct SentenceSource {
    let read: NormalizedText
    var source: SourceText
    /// Its translation where that was given whole.
    var fixed: String?

    init(_ sentence: TextLayout.Sentence, _ translator: Translator) {
      read = translator.readSource(sentence.text)
      source = SourceText(
        read.text, translator.model.subwords, values: sentence.values,
        endsInMark: translator.description.sourcesEndInMarks == true,
        rules: translator.model.rules)
      if read.isShouted { source.shout() }
      // A name that stands alone: a signature, a heading, who speaks.
      if translator.model.isName(sentence.text) { fixed = sentence.text }
    }
  }

  /// Has translations begin as was asked for: whole sentences of a prefix are the translations of the first sentences, and
  /// what is left is what the next one begins with.
  ///
  /// - Returns: For each sentence the text that it begins with, as it was given.
  func begin(
    _ sources: inout [SentenceSource], _ layouts: [TextLayout], with prefixes: [String]
  ) -> [String] {
    var given = [String](repeating: "", count: sources.count)
    guard !prefixes.isEmpty else { return given }
    let splitter = SentenceSplitter(language: model.description.target)
    var first = 0
    for (layout, prefix) in zip(layouts, prefixes) {
      let count = layout.sentences.count
      defer { first += count }
      let bytes = Array(layout.withoutHead(of: prefix))
      guard count > 0, !bytes.isEmpty else { continue }
      func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
      let parts = carriesPlaceholders ? splitter.ranges(in: bytes) : [0..<bytes.count]
      let whole = min(max(parts.count - 1, 0), count - 1)
      for k in 0..<whole { sources[first + k].fixed = text(parts[k]) }
      guard whole < parts.count else { continue }
      let next = first + whole
      given[next] = text(parts[whole].lowerBound..<bytes.count)
      // A name, too, begins as was asked for.
      sources[next].fixed = nil
      sources[next].source.begin(with: prefixUnits(given[next], of: sources[next].source))
    }
    return given
  }

  /// The units of a prefix; a number or name that it breaks off within is all of it.
  private func prefixUnits(_ prefix: String, of source: SourceText) -> [Int] {
    let text = readTarget(prefix)
    guard let last = text.split(separator: " ").last, let piece = source.pieces.first,
      prefix.utf8.last != 0x20
    else { return model.subwords.encode(text) }
    let begun = piece.carried.indices.filter { piece.carried[$0].hasPrefix(last) }
    guard begun.count == 1 else { return model.subwords.encode(text) }
    return model.subwords.encode(
      text.dropLast(last.count) + Subwords.placeholder(begun[0]))
  }

  /// The translations of each sentence from those of its pieces, with places in the sentence.
  func translations(
    of sources: [SentenceSource], _ given: [String], from found: [[SentenceTranslation]],
    limit: Int
  ) -> [[SentenceTranslation]] {
    var next = 0
    return sources.indices.map { i in
      if let fixed = sources[i].fixed {
        var translation = SentenceTranslation()
        translation.text = fixed
        return [translation]
      }
      let parts = Array(found[next..<next + sources[i].source.pieces.count])
      next += parts.count
      let read = readTarget(given[i])
      let lists =
        parts.count == 1
        ? parts[0]
        : SentenceTranslation.combinations(of: parts, limit: limit)
          .map(SentenceTranslation.init(joining:))
      return lists.map {
        let begun = given[i].isEmpty ? $0 : $0.beginning(with: given[i], for: read)
        return begun.moved { sources[i].read.original($0) }
      }
    }
  }
}

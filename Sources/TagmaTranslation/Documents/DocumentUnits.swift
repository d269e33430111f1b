internal import TagmaCorpora

/// Units of XLIFF: `trans-unit` of 1.2, `segment` of 2.x.
struct XLIFFUnits: DocumentUnits {
  static let names: Set = ["trans-unit", "segment"]

  let languages: (source: String, target: String)
  let carries: Bool
  let replaces: Bool

  func parts(
    of unit: [MarkupPiece], ancestors: [MarkupPiece]
  ) -> (parts: [TranslationDocument.Part], warning: String?) {
    let path = ancestors + unit.prefix(1)
    if let warning = otherLanguage(ancestors) { return ([verbatim(unit)], warning) }
    let children = unit.childElements
    guard path.nearestAttribute("translate") != "no",
      let source = children.first(where: { $0.name == "source" })?.range
    else { return ([verbatim(unit)], nil) }
    let target = children.first { $0.name == "target" }?.range
    if let target, !replaces, hasContent(unit[target]) { return ([verbatim(unit)], nil) }
    // Segments that a tool has marked are translated one by one.
    let marked = children.first { $0.name == "seg-source" }?.range
    let from = marked ?? source
    let content = segments(Array(unit[from.inner]))
    guard content.contains(where: { if case .segment = $0 { true } else { false } }) else {
      return ([verbatim(unit)], nil)
    }
    var parts = [verbatim(unit[..<(target?.lowerBound ?? from.upperBound)])]
    let (open, close) = tags(around: target.map { Array(unit[$0]) })
    parts.append(.verbatim(open))
    parts += content
    parts.append(.verbatim(close))
    parts.append(verbatim(unit[(target?.upperBound ?? from.upperBound)...]))
    return (parts, nil)
  }

  private func otherLanguage(_ ancestors: [MarkupPiece]) -> String? {
    let pairs = [
      (ancestors.nearestAttribute("source-language", "srcLang"), languages.source),
      (ancestors.nearestAttribute("target-language", "trgLang"), languages.target),
    ]
    for case (let found?, let wanted) in pairs where !isSameLanguage(found, wanted) {
      return "units in language '\(found)' are left as they are: the model has '\(wanted)'"
    }
    return nil
  }

  /// Whether there is text, or a code; elements that may hold text are none of it by themselves.
  private func hasContent(_ element: ArraySlice<MarkupPiece>) -> Bool {
    element.dropFirst().dropLast().contains {
      switch $0.kind {
      case .text, .characterData: !$0.characters.allSatisfy(\.isWhitespace)
      case .other, .end: false
      case .start, .empty: InlineMarkup.xliff.isCode($0)
      }
    }
  }

  /// Tags of a new target, or of the one that is there, with its attributes.
  private func tags(around target: [MarkupPiece]?) -> ([UInt8], [UInt8]) {
    guard let target, let first = target.first, let last = target.last else {
      return (Array("<target>".utf8), Array("</target>".utf8))
    }
    guard first.kind == .empty else { return (first.bytes, last.bytes) }
    let name = first.bytes.dropFirst().prefix { $0 != 0x20 && $0 != 0x2f && $0 >= 0x20 }
    var open = Array(first.bytes.dropLast(2))
    while let last = open.last, last <= 0x20 { open.removeLast() }
    return (open + [0x3e], Array("</".utf8) + name + [0x3e])
  }

  /// The content of a source: one segment, or those that `mrk` marks with what stands between them.
  private func segments(_ content: [MarkupPiece]) -> [TranslationDocument.Part] {
    let isMarked = content.contains { $0.kind == .start && isSegment($0) }
    guard isMarked else { return [segment(content[...])] }
    var parts: [TranslationDocument.Part] = []
    var at = 0
    while at < content.count {
      guard content[at].kind == .start, isSegment(content[at]) else {
        // Marked segments may lie within other elements.
        parts.append(verbatim(content[at...at]))
        at += 1
        continue
      }
      let end = InlineMarkup.xliff.end(of: at, in: content)
      parts.append(.verbatim(content[at].bytes))
      parts.append(segment(content[(at + 1)..<max(end - 1, at + 1)]))
      parts.append(.verbatim(content[end - 1].bytes))
      at = end
    }
    return parts
  }

  private func isSegment(_ piece: MarkupPiece) -> Bool {
    piece.name == "mrk" && piece.attributes["mtype"] == "seg"
  }

  private func segment(_ content: ArraySlice<MarkupPiece>) -> TranslationDocument.Part {
    let text = MarkedText(Array(content), .xliff, carries: carries)
    return text.isEmpty ? verbatim(content) : .segment(before: [], text, after: [])
  }
}

/// Units of a translation memory.
struct TMXUnits: DocumentUnits {
  let languages: (source: String, target: String)
  let carries: Bool
  let replaces: Bool

  func parts(
    of unit: [MarkupPiece], ancestors: [MarkupPiece]
  ) -> (parts: [TranslationDocument.Part], warning: String?) {
    let variants = unit.childElements.filter { $0.name == "tuv" }
    func language(_ variant: (name: String, range: Range<Int>)) -> String {
      [unit[variant.range.lowerBound]].nearestAttribute("xml:lang", "lang") ?? ""
    }
    guard let source = variants.first(where: { isSameLanguage(language($0), languages.source) }),
      let from = segment(unit, source.range)
    else { return ([verbatim(unit)], nil) }
    let text = MarkedText(Array(unit[from.inner]), .tmx, carries: carries)
    guard !text.isEmpty else { return ([verbatim(unit)], nil) }
    if let target = variants.first(where: { isSameLanguage(language($0), languages.target) }) {
      // An element without an end of its own cannot take text: it has no segment.
      guard let to = segment(unit, target.range), unit[to.lowerBound].kind == .start,
        replaces || unit[to].plainText(without: []).isEmpty
      else { return ([verbatim(unit)], nil) }
      return (
        [
          verbatim(unit[...to.lowerBound]), .segment(before: [], text, after: []),
          verbatim(unit[(to.upperBound - 1)...]),
        ], nil
      )
    }
    // Older versions write `lang`.
    let name = unit[source.range.lowerBound].attributes["lang"] == nil ? "xml:lang" : "lang"
    let open = "<tuv \(name)=\"\(languages.target)\"><seg>"
    return (
      [
        verbatim(unit[..<source.range.upperBound]),
        .segment(before: Array(open.utf8), text, after: Array("</seg></tuv>".utf8)),
        verbatim(unit[source.range.upperBound...]),
      ], nil
    )
  }

  /// The `seg` of a variant.
  private func segment(_ unit: [MarkupPiece], _ variant: Range<Int>) -> Range<Int>? {
    Array(unit[variant]).childElements.first { $0.name == "seg" }.map {
      variant.lowerBound + $0.range.lowerBound..<variant.lowerBound + $0.range.upperBound
    }
  }
}

/// Documents of the Conference on Machine Translation.
struct WMTUnits: DocumentUnits {
  let languages: (source: String, target: String)
  let carries: Bool
  let replaces: Bool

  func parts(
    of unit: [MarkupPiece], ancestors: [MarkupPiece]
  ) -> (parts: [TranslationDocument.Part], warning: String?) {
    let children = unit.childElements
    let sides = children.filter { ["src", "ref", "hyp"].contains($0.name) }
    guard let source = sides.first(where: { $0.name == "src" })?.range, let last = sides.last
    else { return ([verbatim(unit)], nil) }
    let found = unit[source.lowerBound].attributes["lang"] ?? languages.source
    guard isSameLanguage(found, languages.source) else {
      return (
        [verbatim(unit)],
        "documents in language '\(found)' are left as they are: the model has '\(languages.source)'"
      )
    }
    var parts = [verbatim(unit[..<last.range.upperBound])]
    let open = "<hyp system=\"tagma\" lang=\"\(languages.target)\">"
    parts.append(.verbatim(Array(open.utf8)))
    parts += hypothesis(Array(unit[source.inner]))
    parts.append(.verbatim(Array("</hyp>".utf8)))
    parts.append(verbatim(unit[last.range.upperBound...]))
    return (parts, nil)
  }

  /// The content of a source with its segments translated, white space and all.
  private func hypothesis(_ content: [MarkupPiece]) -> [TranslationDocument.Part] {
    var parts: [TranslationDocument.Part] = []
    var at = 0
    while at < content.count {
      let isSegment = content[at].kind == .start && content[at].name == "seg"
      let end = isSegment ? InlineMarkup.none.end(of: at, in: content) : at + 1
      let text =
        isSegment
        ? MarkedText(Array(content[(at + 1)..<max(end - 1, at + 1)]), .none, carries: carries) : nil
      if let text, !text.isEmpty {
        parts.append(
          .segment(before: content[at].bytes, text, after: content[end - 1].bytes))
      } else {
        parts.append(verbatim(content[at..<end]))
      }
      at = end
    }
    return parts
  }
}

public import TagmaAnnotations

/// Elements of XLIFF of which nothing is text: codes of the original format.
private let xliffCodes: Set = ["x", "bx", "ex", "ph", "bpt", "ept", "it", "sc", "ec", "cp"]

/// Pairs of an XLIFF document (OASIS, versions 1.2 and 2.0 to 2.2): units that have both sides.
public final class XLIFFPairReader: PairSource {
  private let reader: MarkupUnitReader
  private let source: LanguageTag
  private let target: LanguageTag
  private var languages = SeenLanguages()

  public init(_ path: String, source: String, target: String) throws(CorpusError) {
    reader = try MarkupUnitReader(path, roots: ["xliff"], units: ["trans-unit", "segment"])
    (self.source, self.target) = (LanguageTag(source), LanguageTag(target))
  }

  public func next() throws(CorpusError) -> TextPair? {
    while let part = try reader.next() {
      guard case .unit(let unit, let ancestors) = part else { continue }
      let tags = (
        ancestors.nearestAttribute("source-language", "srcLang") ?? "",
        ancestors.nearestAttribute("target-language", "trgLang") ?? ""
      )
      languages.add(tags.0)
      languages.add(tags.1)
      let (from, to) = (LanguageTag(tags.0), LanguageTag(tags.1))
      let isForward = source.likeness(to: from) > 0 && target.likeness(to: to) > 0
      guard isForward || source.likeness(to: to) > 0 && target.likeness(to: from) > 0 else {
        continue
      }
      var sides: [String: String] = [:]
      for child in unit.childElements where sides[child.name] == nil {
        sides[child.name] = unit[child.range].plainText(without: xliffCodes)
      }
      guard let first = sides["source"], let second = sides["target"], !first.isEmpty,
        !second.isEmpty
      else { continue }
      languages.addPair()
      return isForward
        ? TextPair(source: first, target: second) : TextPair(source: second, target: first)
    }
    try languages.check(source, target, in: reader.location.file)
    return nil
  }

  public func location() -> SourceLocation { reader.location }
}

/// Pairs of a file of the Conference on Machine Translation (WMT, since 2021): each segment with each of its references.
public final class WMTPairReader: PairSource {
  private let reader: MarkupUnitReader
  private let source: LanguageTag
  private let target: LanguageTag
  /// Pairs of the current document, last first.
  private var pairs: [TextPair] = []
  private var languages = SeenLanguages()

  public init(_ path: String, source: String, target: String) throws(CorpusError) {
    reader = try MarkupUnitReader(path, roots: ["dataset"], units: ["doc"])
    (self.source, self.target) = (LanguageTag(source), LanguageTag(target))
  }

  public func next() throws(CorpusError) -> TextPair? {
    while pairs.isEmpty, let part = try reader.next() {
      if case .unit(let document, _) = part { pairs = self.pairs(of: document).reversed() }
    }
    if let pair = pairs.popLast() {
      languages.addPair()
      return pair
    }
    try languages.check(source, target, in: reader.location.file)
    return nil
  }

  public func location() -> SourceLocation { reader.location }

  private func pairs(of document: [MarkupPiece]) -> [TextPair] {
    let sides = document.childElements.filter { ["src", "ref"].contains($0.name) }.map { child in
      let language = document[child.range.lowerBound].attributes["lang"] ?? ""
      languages.add(language)
      return (LanguageTag(language), segments(Array(document[child.range])))
    }
    var found: [TextPair] = []
    for (from, sources) in sides where source.likeness(to: from) > 0 {
      for (to, targets) in sides where target.likeness(to: to) > 0 {
        let texts = Dictionary(targets, uniquingKeysWith: { first, _ in first })
        for (id, text) in sources {
          guard let other = texts[id], !text.isEmpty, !other.isEmpty else { continue }
          found.append(TextPair(source: text, target: other))
        }
      }
    }
    return found
  }

  private func segments(_ side: [MarkupPiece]) -> [(String, String)] {
    side.indices.compactMap { i in
      guard side[i].kind == .start, side[i].name == "seg", let id = side[i].attributes["id"] else {
        return nil
      }
      let end = side[i...].firstIndex { $0.kind == .end && $0.name == "seg" } ?? side.count
      return (id, side[i..<end].plainText(without: []))
    }
  }
}

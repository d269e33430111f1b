public import TagmaAnnotations

/// Pairs of a translation memory, TMX 1.1 to 1.4b (LISA 2005), read one unit at a time.
///
/// A unit counts where it has both languages and neither segment is empty; others are passed over. Codes within a segment (`bpt`, `ept`, `ph`, `it`, `ut`) are no text;
/// what `hi` marks is.
public final class TMXReader: PairSource {
  private static let codes: Set = ["bpt", "ept", "ph", "it", "ut"]

  private let xml: XMLReader
  private let source: LanguageTag
  private let target: LanguageTag
  private var line = 1
  private var languages = SeenLanguages()

  /// - Parameters:
  ///   - source, target: Languages as BCP 47 writes them; `en` also finds `en-US`.
  public init(_ path: String, source: String, target: String) throws(CorpusError) {
    xml = try XMLReader(path)
    try xml.expectRoot("tmx")
    self.source = LanguageTag(source)
    self.target = LanguageTag(target)
  }

  /// The next pair; nil at the end.
  ///
  /// A file that has not both languages is refused.
  public func next() throws(CorpusError) -> TextPair? {
    while let event = try xml.next() {
      guard case .start("tu", _, let line) = event else { continue }
      self.line = line
      let unit = try readUnit()
      if let pair = pair(in: unit) {
        languages.addPair()
        return pair
      }
    }
    try languages.check(source, target, in: xml.name)
    return nil
  }

  public func location() -> SourceLocation { SourceLocation(file: xml.name, line: line) }

  private func pair(in unit: [(language: LanguageTag, text: String)]) -> TextPair? {
    func best(_ wanted: LanguageTag) -> String? {
      let fits = unit.map { (wanted.likeness(to: $0.language), $0.text) }.filter { $0.0 > 0 }
      return fits.max { $0.0 < $1.0 }?.1
    }
    guard let source = best(source), let target = best(target), !source.isEmpty, !target.isEmpty
    else { return nil }
    return TextPair(source: source, target: target)
  }

  /// The segments of a unit, up to its end.
  private func readUnit() throws(CorpusError) -> [(language: LanguageTag, text: String)] {
    var segments: [(language: LanguageTag, text: String)] = []
    var language = LanguageTag("")
    while let event = try xml.next() {
      switch event {
      case .start("tuv", let attributes, _):
        // Files before version 1.4 write `lang`.
        let tag = attributes["xml:lang"] ?? attributes["lang"] ?? ""
        languages.add(tag)
        language = LanguageTag(tag)
      case .start("seg", _, _): segments.append((language, try readSegment()))
      case .end("tu"): return segments
      default: break
      }
    }
    return segments
  }

  /// The text of a segment without its codes, line breaks as spaces.
  private func readSegment() throws(CorpusError) -> String {
    var text = ""
    var depth = 0
    while let event = try xml.next() {
      switch event {
      case .start(let name, _, _) where Self.codes.contains(name) || depth > 0: depth += 1
      case .end where depth > 0: depth -= 1
      case .end("seg"): return singleLine(text)
      case .text(let piece) where depth == 0: text += piece
      default: break
      }
    }
    return singleLine(text)
  }
}

/// Line breaks and what surrounds them become one space.
func singleLine(_ text: String) -> String {
  guard text.utf8.contains(where: { $0 == 0x0a || $0 == 0x0d || $0 == 0x09 }) else {
    return text.trimmingSpaces()
  }
  return text.unicodeScalars.split { $0 == "\n" || $0 == "\r" || $0 == "\t" }.map {
    String($0).trimmingSpaces()
  }.filter { !$0.isEmpty }.joined(separator: " ")
}

extension String {
  fileprivate func trimmingSpaces() -> String {
    var view = Substring(self).unicodeScalars
    while view.first == " " { view.removeFirst() }
    while view.last == " " { view.removeLast() }
    return String(view)
  }
}

/// A language as BCP 47 writes it, compared without regard to case.
struct LanguageTag: Equatable {
  /// As it was written.
  let text: String
  private let parts: [String]

  init(_ text: String) {
    self.text = text
    parts = text.lowercased().split { $0 == "-" || $0 == "_" || $0 == " " }.map(String.init)
  }

  /// How well another tag answers to this one: 0 not at all, most where they are the same; a tag answers to a less
  /// exact one, and a less exact one, worse, to it.
  func likeness(to other: LanguageTag) -> Int {
    guard let first = parts.first, first == other.parts.first else { return 0 }
    if parts == other.parts { return 4 }
    if other.parts.starts(with: parts) { return 3 }
    return parts.starts(with: other.parts) ? 2 : 1
  }
}

/// Whether two tags name the same language, whatever they say of script and region.
package func isSameLanguage(_ a: String, _ b: String) -> Bool {
  LanguageTag(a).likeness(to: LanguageTag(b)) > 0
}

public import TagmaCorpora
internal import TagmaModels

/// Documents whose segments are translated in place.
public enum TranslationDocumentFormat: String, CaseIterable, Sendable {
  case xliff
  case tmx
  case wmtXML = "wmt-xml"
}

/// A document that comes out as it went in, with translations: not a byte beside them is another.
///
/// - XLIFF 1.2 and 2.x: the `target` of each unit.
/// - TMX: a `tuv` of the target language in each unit.
/// - WMT: a `hyp` in each document.
public final class TranslationDocument {
  /// What a document has been cut into.
  enum Part {
    case verbatim([UInt8])
    /// A segment; what stands before and after it is written with it.
    case segment(before: [UInt8], MarkedText, after: [UInt8])
  }

  private let reader: MarkupUnitReader
  private let translator: Translator
  private let units: any DocumentUnits
  /// What a person should know, such as a file in another language.
  public private(set) var warnings: [String] = []
  /// Segments translated so far.
  public private(set) var segmentCount = 0

  /// Opens a document; `-` is standard input.
  ///
  /// - Parameter replaces: Whether translations that are there already give way.
  public init(
    _ path: String, _ format: TranslationDocumentFormat, _ translator: Translator,
    replaces: Bool = false
  ) throws(CorpusError) {
    self.translator = translator
    let languages = (source: translator.description.source, target: translator.description.target)
    let carries = translator.carriesPlaceholders
    switch format {
    case .xliff:
      reader = try MarkupUnitReader(path, roots: ["xliff"], units: XLIFFUnits.names)
      units = XLIFFUnits(languages: languages, carries: carries, replaces: replaces)
    case .tmx:
      reader = try MarkupUnitReader(path, roots: ["tmx"], units: ["tu"])
      units = TMXUnits(languages: languages, carries: carries, replaces: replaces)
    case .wmtXML:
      reader = try MarkupUnitReader(path, roots: ["dataset"], units: ["doc"])
      units = WMTUnits(languages: languages, carries: carries, replaces: replaces)
    }
  }

  /// Segments that are translated together: what is kept in memory.
  private static let blockSize = 1024

  /// Translates the document and hands it on piece by piece.
  ///
  /// - Parameter write: Takes bytes in the document's encoding, in order.
  public func translate(
    terms: Terminology = Terminology(), protection: Protection = Protection(),
    options: SearchOptions = SearchOptions(), threads: Int = 2, write: ([UInt8]) throws -> Void
  ) throws {
    var parts: [Part] = []
    var count = 0
    func flush() throws {
      try write(self.bytes(of: parts, terms, protection, options, threads))
      (parts, count) = ([], 0)
    }
    while let part = try reader.next() {
      switch part {
      case .between(let piece): parts.append(.verbatim(piece.bytes))
      case .unit(let pieces, let ancestors):
        let unit = units.parts(of: pieces, ancestors: ancestors)
        if let warning = unit.warning, !warnings.contains(warning) { warnings.append(warning) }
        parts += unit.parts
        count += unit.parts.count { if case .segment = $0 { true } else { false } }
      }
      if count >= Self.blockSize || parts.count >= 16 * Self.blockSize { try flush() }
    }
    try flush()
  }

  private func bytes(
    of parts: [Part], _ terms: Terminology, _ protection: Protection, _ options: SearchOptions,
    _ threads: Int
  ) -> [UInt8] {
    let texts = parts.compactMap {
      if case .segment(_, let text, _) = $0 { text.text } else { nil }
    }
    var translations = translator.translate(
      texts, terms: terms, protection: protection, partsLines: false, options: options,
      threads: threads)[...]
    segmentCount += texts.count
    var out: [UInt8] = []
    for part in parts {
      switch part {
      case .verbatim(let bytes): out += bytes
      case .segment(let before, let text, let after):
        let translation = translations.popFirst()?.first ?? Translation(text: "", score: 0)
        out += before + text.filled(with: translation) + after
      }
    }
    return reader.scanner.encoding.encode(out)
  }
}

/// How the units of a kind of document are cut into parts.
protocol DocumentUnits: Sendable {
  func parts(
    of unit: [MarkupPiece], ancestors: [MarkupPiece]
  ) -> (parts: [TranslationDocument.Part], warning: String?)
}

/// Pieces as they are.
func verbatim(_ pieces: some Sequence<MarkupPiece>) -> TranslationDocument.Part {
  .verbatim(pieces.flatMap(\.bytes))
}

extension Range<Int> {
  /// Without the first and the last.
  var inner: Range<Int> { count < 2 ? lowerBound..<lowerBound : lowerBound + 1..<upperBound - 1 }
}

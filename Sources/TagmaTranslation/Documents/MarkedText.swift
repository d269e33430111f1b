internal import TagmaCorpora
internal import TagmaLexicon
internal import TagmaTokenization

/// A segment of a document: its text, and the marks that lie in it.
///
/// The text is what is translated; the marks are put where the words that they belong to went, by the translator's own
/// alignment, and none is lost.
struct MarkedText {
  /// With white space as it is.
  private(set) var text = ""
  private let marks: [MarkTree.Mark]
  /// Codes that are carried through the translation as words.
  private var words: [[UInt8]] = []

  /// - Parameters:
  ///   - pieces: What stands between the tags of the segment.
  ///   - markup: Which elements are codes.
  ///   - carries: Whether the translator knows placeholders, so that a code can be a word.
  init(_ pieces: [MarkupPiece], _ markup: InlineMarkup, carries: Bool) {
    var builder = Builder(pieces: pieces, markup: markup, carries: carries)
    builder.run()
    (text, marks, words) = (builder.text, builder.tree.marks, builder.words)
    isEmpty = builder.text.allSatisfy(\.isWhitespace)
  }

  /// Whether there is nothing to translate.
  let isEmpty: Bool
}

// MARK: - Reading

extension MarkedText {
  /// A placeholder for the code of a number, which no text of a user's holds.
  private static func word(_ number: Int) -> String { "｟\u{e000}\(number)｠" }

  private struct Builder {
    let pieces: [MarkupPiece]
    let markup: InlineMarkup
    let carries: Bool
    var text = ""
    var words: [[UInt8]] = []
    var tree = MarkTree()
    private var count = 0

    init(pieces: [MarkupPiece], markup: InlineMarkup, carries: Bool) {
      (self.pieces, self.markup, self.carries) = (pieces, markup, carries)
    }

    mutating func run() {
      var i = 0
      while i < pieces.count {
        let piece = pieces[i]
        switch piece.kind {
        case .text, .characterData: append(piece.characters)
        case .start where !markup.isCode(piece): tree.openElement(piece.bytes, at: count)
        case .start, .empty:
          let end = markup.end(of: i, in: pieces)
          add(
            Array(pieces[i..<end]), before: i > 0 ? pieces[i - 1] : nil,
            after: end < pieces.count ? pieces[end] : nil)
          i = end - 1
        case .end: tree.closeElement(piece.bytes, at: count)
        case .other: add([piece], before: nil, after: nil)
        }
        i += 1
      }
      tree.finish()
    }

    private mutating func append(_ string: String) {
      text += string
      count += string.utf8.count
    }

    private mutating func add(
      _ code: [MarkupPiece], before: MarkupPiece?, after: MarkupPiece?
    ) {
      let bytes = code.flatMap(\.bytes)
      let (kind, key) = markup.role(of: code[0])
      switch kind {
      case .opening: tree.open(bytes, key: key, at: count)
      case .closing: tree.close(bytes, key: key, at: count)
      case .standalone, .space:
        if carries, code[0].kind != .other, markup.isProtected(code[0]) || isWord(before, after) {
          append(MarkedText.word(words.count))
          words.append(bytes)
        } else {
          tree.add(bytes, .standalone, at: count)
        }
      }
    }

    /// Whether a code between these pieces stands where a word may: not at an end, and not within a word.
    private func isWord(_ before: MarkupPiece?, _ after: MarkupPiece?) -> Bool {
      guard let last = before?.characters.unicodeScalars.last,
        let next = after?.characters.unicodeScalars.first
      else { return false }
      func isWordLike(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      }
      return !isWordLike(last) && !isWordLike(next)
    }
  }
}

// MARK: - Writing

extension MarkedText {
  /// The segment with a translation in the place of its text.
  func filled(with translation: Translation) -> [UInt8] {
    let target = Array(translation.text.utf8)
    let placement = MarkPlacement(
      marks, in: translation, sourceCount: text.utf8.count, keepsFirst: false)
    let bytes = placement.pieces.flatMap { piece -> [UInt8] in
      switch piece {
      case .mark(let bytes): bytes
      case .text(let range):
        Array(escapedForXML(String(decoding: target[range], as: UTF8.self)).utf8)
      }
    }
    return restoringWords(bytes)
  }

  /// The codes that were carried as words; one that was lost on the way stands at the end.
  private func restoringWords(_ bytes: [UInt8]) -> [UInt8] {
    var out = bytes
    for (i, code) in words.enumerated() {
      let word = Array(Self.word(i).utf8)
      if let found = out.firstRange(of: word) {
        out.replaceSubrange(found, with: code)
        // What stands twice would be a second code with the same name.
        while let again = out.firstRange(of: word) { out.removeSubrange(again) }
      } else {
        out += code
      }
    }
    return out
  }
}

extension [UInt8] {
  /// The first place of other bytes.
  fileprivate func firstRange(of pattern: [UInt8]) -> Range<Int>? {
    guard let first = pattern.first, count >= pattern.count else { return nil }
    for i in 0...count - pattern.count where self[i] == first && self[i...].starts(with: pattern) {
      return i..<i + pattern.count
    }
    return nil
  }
}

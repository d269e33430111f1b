internal import TagmaCorpora
internal import TagmaLexicon
internal import TagmaTokenization

/// A segment of a document: its text, and the marks that lie in it.
///
/// The text is what is translated; the marks are put where the words that they belong to went, by the translator's own
/// alignment, and none is lost.
struct MarkedText {
  /// An element that holds text, or a code that stands at a place.
  final class Mark {
    let open: [UInt8]
    /// What ends it; nil for a code.
    var close: [UInt8]?
    let kind: CodeKind
    /// What a code that begins or ends something has in common with its other half.
    let key: String
    /// Bytes of the text.
    var range: Range<Int>
    var children: [Mark] = []

    init(open: [UInt8], close: [UInt8]?, kind: CodeKind, key: String = "", at place: Int) {
      (self.open, self.close, self.kind, self.key) = (open, close, kind, key)
      range = place..<place
    }
  }

  /// What a code does.
  enum CodeKind {
    case begins, ends, stands
  }

  /// Single spaces, and composed what can be composed.
  private(set) var text = ""
  /// What stands before and after it, white space as it is.
  private(set) var (prefix, suffix): ([UInt8], [UInt8]) = ([], [])
  private var root = Mark(open: [], close: [], kind: .stands, at: 0)
  /// Codes that are carried through the translation as words.
  private var words: [[UInt8]] = []

  /// - Parameters:
  ///   - pieces: What stands between the tags of the segment.
  ///   - markup: Which elements are codes.
  ///   - carries: Whether the translator knows placeholders, so that a code can be a word.
  init(_ pieces: [MarkupPiece], _ markup: InlineMarkup, carries: Bool) {
    var builder = Builder(pieces: pieces, markup: markup, carries: carries)
    builder.run()
    (text, prefix, suffix) = (builder.text, builder.prefix, builder.suffix)
    (root, words) = (builder.stack[0], builder.words)
  }

  /// Whether there is anything to translate.
  var isEmpty: Bool { text.isEmpty }
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
    var (prefix, suffix): ([UInt8], [UInt8]) = ([], [])
    var words: [[UInt8]] = []
    var stack = [Mark(open: [], close: [], kind: .stands, at: 0)]
    private var count = 0
    private var spaceIsPending = false

    init(pieces: [MarkupPiece], markup: InlineMarkup, carries: Bool) {
      (self.pieces, self.markup, self.carries) = (pieces, markup, carries)
    }

    mutating func run() {
      let body = takeEnds()
      var i = body.lowerBound
      while i < body.upperBound {
        let piece = pieces[i]
        switch piece.kind {
        case .text, .characterData: append(piece.characters.normalized(.nfc))
        case .start where !markup.isCode(piece): open(piece)
        case .start, .empty:
          let end = markup.end(of: i, in: pieces)
          add(
            Array(pieces[i..<end]), before: i > body.lowerBound ? pieces[i - 1] : nil,
            after: end < body.upperBound ? pieces[end] : nil)
          i = end - 1
        case .end: close(piece)
        case .other: add([piece], before: nil, after: nil)
        }
        i += 1
      }
      while stack.count > 1 { demote() }
      stack[0].range = 0..<count
    }

    /// Takes what is white space, or a code beside it, off both ends.
    private mutating func takeEnds() -> Range<Int> {
      func isBlank(_ piece: MarkupPiece) -> Bool {
        piece.kind == .text && piece.characters.allSatisfy(\.isWhitespace)
      }
      var (low, high) = (0, pieces.count)
      while low < high, isBlank(pieces[low]) {
        prefix += pieces[low].bytes
        low += 1
      }
      while high > low, isBlank(pieces[high - 1]) {
        suffix = pieces[high - 1].bytes + suffix
        high -= 1
      }
      // White space at the ends of what is left.
      if low < high, pieces[low].kind == .text {
        prefix += pieces[low].bytes.prefix { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
      }
      if low < high, pieces[high - 1].kind == .text {
        let bytes = pieces[high - 1].bytes
        let kept = bytes.lastIndex { ![0x20, 0x09, 0x0a, 0x0d].contains($0) } ?? -1
        suffix = bytes[(kept + 1)...] + suffix
      }
      return low..<high
    }

    private mutating func append(_ string: String) {
      for scalar in string.unicodeScalars {
        if scalar.properties.isWhitespace {
          spaceIsPending = spaceIsPending || count > 0
          continue
        }
        if spaceIsPending {
          text += " "
          count += 1
        }
        spaceIsPending = false
        text.unicodeScalars.append(scalar)
        count += UTF8.width(scalar)
      }
    }

    /// Where what begins here begins: after a space that is still to come.
    private var place: Int { count + (spaceIsPending ? 1 : 0) }

    private mutating func open(_ piece: MarkupPiece) {
      stack.append(Mark(open: piece.bytes, close: nil, kind: .stands, at: place))
    }

    private mutating func close(_ piece: MarkupPiece) {
      // Codes that begin something within this element and do not end in it stand alone.
      while stack.count > 1, stack[stack.count - 1].kind == .begins { demote() }
      guard stack.count > 1 else { return }
      finish(close: piece.bytes)
    }

    private mutating func finish(close: [UInt8]) {
      let mark = stack.removeLast()
      mark.close = close
      mark.range = mark.range.lowerBound..<max(count, mark.range.lowerBound)
      stack[stack.count - 1].children.append(mark)
    }

    /// The innermost mark is no element: it stands where it began, and what lies in it lies beside it.
    private mutating func demote() {
      let mark = stack.removeLast()
      let children = mark.children
      mark.children = []
      stack[stack.count - 1].children.append(mark)
      stack[stack.count - 1].children += children
    }

    private mutating func add(
      _ code: [MarkupPiece], before: MarkupPiece?, after: MarkupPiece?
    ) {
      var bytes = code.flatMap(\.bytes)
      let (kind, key) = markup.role(of: code[0])
      if kind == .begins {
        stack.append(Mark(open: bytes, close: nil, kind: .begins, key: key, at: place))
        return
      }
      if kind == .ends, let top = stack.last, top.kind == .begins, top.key == key {
        finish(close: bytes)
        return
      }
      if kind == .stands, code[0].kind != .other,
        markup.isProtected(code[0]) || isWord(before, after)
      {
        if carries {
          append(MarkedText.word(words.count))
          words.append(bytes)
          return
        }
        // The space before the next word is written before the code, which needs one too.
        if after?.characters.first?.isWhitespace == true { bytes.append(0x20) }
      }
      let mark = Mark(open: bytes, close: nil, kind: kind, at: kind == .ends ? count : place)
      stack[stack.count - 1].children.append(mark)
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
    var writer = Writer(
      target: Array(translation.text.utf8), ranges: translation.ranges,
      sourceCount: text.utf8.count)
    writer.write(root.children, 0..<writer.target.count)
    return prefix + restoringWords(writer.out) + suffix
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

  private struct Writer {
    let target: [UInt8]
    let ranges: [AlignedRanges]
    let sourceCount: Int
    var out: [UInt8] = []

    init(target: [UInt8], ranges: [AlignedRanges], sourceCount: Int) {
      (self.target, self.ranges, self.sourceCount) = (target, ranges, sourceCount)
    }

    /// Writes a stretch of the target and the marks in it: each where its words went, none across another.
    mutating func write(_ marks: [Mark], _ stretch: Range<Int>) {
      var at = stretch.lowerBound
      let placed = marks.enumerated().map { (range: range(of: $1), order: $0, mark: $1) }.sorted {
        ($0.range.lowerBound, $0.order) < ($1.range.lowerBound, $1.order)
      }
      for (range, _, mark) in placed {
        let low = min(max(range.lowerBound, at), stretch.upperBound)
        let high = min(max(range.upperBound, low), stretch.upperBound)
        writeText(at..<low)
        out += mark.open
        write(mark.children, low..<high)
        out += mark.close ?? []
        at = high
      }
      writeText(at..<stretch.upperBound)
    }

    private mutating func writeText(_ range: Range<Int>) {
      out += Array(escapedForXML(String(decoding: target[range], as: UTF8.self)).utf8)
    }

    /// Where a mark goes in the target.
    private func range(of mark: Mark) -> Range<Int> {
      let source = mark.range
      if source == 0..<sourceCount, mark.close != nil { return 0..<target.count }
      let hit = ranges.filter { $0.source.overlaps(source) && !source.isEmpty }
      if let first = hit.map(\.target.lowerBound).min(),
        let last = hit.map(\.target.upperBound).max()
      {
        return boundary(first)..<boundary(last)
      }
      // Nothing comes from it: it stays beside its neighbour.
      let next = ranges.filter { $0.source.lowerBound >= source.lowerBound }
        .min { $0.source.lowerBound < $1.source.lowerBound }
      let last = ranges.filter { $0.source.upperBound <= source.lowerBound }
        .max { $0.source.upperBound < $1.source.upperBound }
      let place =
        mark.kind == .ends
        ? last?.target.upperBound ?? 0
        : source.lowerBound >= sourceCount
          ? target.count : next?.target.lowerBound ?? last?.target.upperBound ?? target.count
      return boundary(place)..<boundary(place)
    }

    /// The nearest place before this one that is within no character.
    private func boundary(_ place: Int) -> Int {
      var place = min(place, target.count)
      while place > 0, place < target.count, target[place] & 0xc0 == 0x80 { place -= 1 }
      return place
    }
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

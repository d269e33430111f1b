/// Finds the parts of a text that are no prose.
package struct ProtectedTextScanner: Sendable {
  /// All kinds; of several that begin at one place the first that matches counts.
  private static let kinds: [any ProtectedTextKind] = [
    MarkedSpans(), MarkdownLines(), CodeSpans(), SubtitleLines(), Addresses(), Identifiers(),
    MarkupTags(), CharacterReferences(), ShellVariables(), TemplateVariables(),
    FormatSpecifiers(), Emoticons(), FilePaths(), ProgramNames(), CodeWords(), MarkdownMarks(),
    EscapeSequences(), Mentions(), ScriptedWords(), Quantities(), Numbers(), LooseSymbols(),
  ]

  /// For each byte the kinds that may begin with it.
  private static let kindsByFirstByte: [[any ProtectedTextKind]] = (0..<256).map { byte in
    kinds.filter { type(of: $0).firstBytes.contains(UInt8(byte)) }
  }

  private let terms: Terminology
  private let protection: Protection

  package init(terms: Terminology = Terminology(), protection: Protection = Protection()) {
    (self.terms, self.protection) = (terms, protection)
  }

  /// The parts in order; none overlaps another.
  package func spans(in text: String) -> [ProtectedSpan] { spans(in: TextBytes(Array(text.utf8))) }

  /// The parts in order; none overlaps another.
  func spans(in text: TextBytes) -> [ProtectedSpan] {
    let wanted = protection.ranges(in: text)
    var spans: [ProtectedSpan] = []
    var (at, next) = (0, 0)
    while at < text.count {
      while next < wanted.count, wanted[next].lowerBound < at { next += 1 }
      if next < wanted.count, wanted[next].lowerBound == at {
        spans.append(ProtectedSpan(wanted[next], .word))
      } else if let span = span(
        at: at, in: text, behind: spans.last?.range.upperBound ?? 0,
        before: next < wanted.count ? wanted[next] : nil)
      {
        spans.append(span)
      } else {
        at += 1
        continue
      }
      at = max(spans[spans.count - 1].range.upperBound, at + 1)
    }
    return joined(spans, in: text)
  }

  /// The span of the first kind that begins here and leaves what somebody asked for alone.
  private func span(
    at place: Int, in text: TextBytes, behind last: Int, before wanted: Range<Int>?
  ) -> ProtectedSpan? {
    func isFree(_ span: ProtectedSpan) -> Bool {
      wanted.map { span.range.upperBound <= $0.lowerBound } ?? true
    }
    let term = term(at: place, in: text, behind: last).flatMap { isFree($0) ? $0 : nil }
    for kind in Self.kindsByFirstByte[Int(text[place])] {
      guard let span = kind.span(at: place, in: text), isFree(span) else { continue }
      // A term that is only a piece of what is protected gives way; one that is all of it, or no part at all, does not.
      if let term, span.role != .word || span.range.upperBound <= term.range.upperBound {
        return term
      }
      if case .word = span.role, protection.keepsMarks, text.starts(with: "｟", at: place) {
        return ProtectedSpan(span.range, .word)
      }
      return span
    }
    return term
  }

  /// The term that begins at a place, with what hyphens and slashes join to it.
  private func term(at place: Int, in text: TextBytes, behind last: Int) -> ProtectedSpan? {
    guard let term = terms.match(at: place, in: text) else { return nil }
    var (start, end) = (place, term.end)
    while start - 1 > last, isJoint(start - 1, text), text.isWordBefore(start - 1) {
      var word = start - 1
      while word > last, text.isWordBefore(word) { word = text.start(before: word) }
      start = word
    }
    while isJoint(end, text), text.isWord(end + 1), terms.match(at: end + 1, in: text) == nil {
      end = text.endOfWord(end + 1)
    }
    let value = text.bytes[start..<place] + Array(term.target.utf8) + text.bytes[term.end..<end]
    return ProtectedSpan(start..<end, .word, value: Array(value))
  }

  private func isJoint(_ place: Int, _ text: TextBytes) -> Bool {
    text[place] == 0x2d || text[place] == 0x2f
  }

  /// Words that touch each other, with nothing but a blank or a mark of code between them, are one; so are the brackets or quotation
  /// marks around one.
  private func joined(_ spans: [ProtectedSpan], in text: TextBytes) -> [ProtectedSpan] {
    var out: [ProtectedSpan] = []
    for var span in spans {
      guard span.role == .word else {
        out.append(span)
        continue
      }
      while let last = out.last, last.role == .word,
        isGlue(last.range.upperBound..<span.range.lowerBound, text)
      {
        let between = text.bytes[last.range.upperBound..<span.range.lowerBound]
        let value =
          last.value == nil && span.value == nil
          ? nil : value(last, text) + between + value(span, text)
        span = ProtectedSpan(last.range.lowerBound..<span.range.upperBound, .word, value: value)
        out.removeLast()
      }
      out.append(span)
    }
    out = withSpacedMarks(out, text)
    return enclosingPairs(
      out.indices.map { i in
        var span = out[i]
        guard span.role == .word else { return span }
        let low = i > 0 ? out[i - 1].range.upperBound : 0
        let high = i + 1 < out.count ? out[i + 1].range.lowerBound : text.count
        while let wider = enclosed(span.range, in: text), low <= wider.lowerBound,
          wider.upperBound <= high
        {
          if let value = span.value {
            span.value =
              Array(text.bytes[wider.lowerBound..<span.range.lowerBound]) + value
              + text.bytes[span.range.upperBound..<wider.upperBound]
          }
          span.range = wider
        }
        return span
      }, text)
  }

  private func value(_ span: ProtectedSpan, _ text: TextBytes) -> [UInt8] {
    span.value ?? Array(text.bytes[span.range])
  }

  /// `{0}/{1}`, `%d %s`.
  private func isGlue(_ range: Range<Int>, _ text: TextBytes) -> Bool {
    range.isEmpty
      || range.count == 1 && ByteSet(" /:.-_=@#+*&~\\|").contains(text[range.lowerBound])
  }

  /// The part with the brackets or quotation marks that stand directly around it.
  private func enclosed(_ range: Range<Int>, in text: TextBytes) -> Range<Int>? {
    guard range.lowerBound > 0, range.upperBound < text.count else { return nil }
    let before = text.start(before: range.lowerBound)
    let after = text.end(of: range.upperBound)
    guard let open = text.scalar(at: before), let close = text.scalar(at: range.upperBound),
      Self.pairs.contains(where: { $0 == open && $1 == close })
        || text.isForeignBracket(before) && text.isForeignBracket(range.upperBound)
    else { return nil }
    return before..<after
  }

  private static let pairs: [(Unicode.Scalar, Unicode.Scalar)] = [
    ("(", ")"), ("[", "]"), ("\"", "\""), ("'", "'"),
  ]

  /// Quotation marks with blanks inside, around one word, are part of it: `« a.txt »`.
  private func withSpacedMarks(_ spans: [ProtectedSpan], _ text: TextBytes) -> [ProtectedSpan] {
    var out: [ProtectedSpan] = []
    for span in spans {
      out.append(span)
      guard out.count >= 3, span.role == .gap, text.isForeignBracket(span.range.lowerBound) else {
        continue
      }
      let (open, word) = (out[out.count - 3], out[out.count - 2])
      guard open.role == .gap, word.role == .word, word.value == nil,
        text.isForeignBracket(open.range.lowerBound),
        text.end(of: open.range.upperBound) == word.range.lowerBound,
        text.end(of: word.range.upperBound) == span.range.lowerBound
      else { continue }
      out.removeLast(3)
      out.append(ProtectedSpan(open.range.lowerBound..<span.range.upperBound, .word))
    }
    return out
  }

  /// Halves that enclose nothing but other parts are one part with them: `<b>{title}</b>`.
  private func enclosingPairs(_ spans: [ProtectedSpan], _ text: TextBytes) -> [ProtectedSpan] {
    var out: [ProtectedSpan] = []
    for span in spans {
      out.append(span)
      while case .closing(let key)? = out.last?.role, out.count >= 3,
        case .opening(key) = out[out.count - 3].role, out[out.count - 2].role == .word,
        out[out.count - 3].range.upperBound == out[out.count - 2].range.lowerBound,
        out[out.count - 2].range.upperBound == out[out.count - 1].range.lowerBound
      {
        let (open, word, close) = (out[out.count - 3], out[out.count - 2], out[out.count - 1])
        let value =
          word.value.map { Array(text.bytes[open.range]) + $0 + text.bytes[close.range] }
        out.removeLast(3)
        out.append(
          ProtectedSpan(open.range.lowerBound..<close.range.upperBound, .word, value: value))
      }
    }
    return out
  }
}

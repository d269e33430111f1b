/// Finds the parts of a text that are no prose.
package struct ProtectedTextScanner: Sendable {
  /// All kinds; of several that begin at one place the first that matches counts.
  private static let kinds: [any ProtectedTextKind] = [
    MarkedSpans(), CodeSpans(), Addresses(), MarkupTags(), CharacterReferences(),
    TemplateVariables(), FormatSpecifiers(), Emoticons(), CodeWords(), MarkdownMarks(),
    EscapeSequences(), Mentions(), Quantities(), LooseSymbols(),
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
      } else if let span = span(at: at, in: text, before: next < wanted.count ? wanted[next] : nil)
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
    at place: Int, in text: TextBytes, before wanted: Range<Int>?
  ) -> ProtectedSpan? {
    func isFree(_ span: ProtectedSpan) -> Bool {
      wanted.map { span.range.upperBound <= $0.lowerBound } ?? true
    }
    if let term = terms.match(at: place, in: text) {
      let span = ProtectedSpan(place..<term.end, .word, value: Array(term.target.utf8))
      if isFree(span) { return span }
    }
    for kind in Self.kindsByFirstByte[Int(text[place])] {
      guard let span = kind.span(at: place, in: text), isFree(span) else { continue }
      if case .word = span.role, protection.keepsMarks, text.starts(with: "｟", at: place) {
        return ProtectedSpan(span.range, .word)
      }
      return span
    }
    return nil
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
    else { return nil }
    return before..<after
  }

  private static let pairs: [(Unicode.Scalar, Unicode.Scalar)] = [
    ("(", ")"), ("[", "]"), ("\"", "\""), ("'", "'"), ("“", "”"), ("‘", "’"), ("„", "“"),
    ("«", "»"), ("»", "«"), ("‹", "›"),
  ]

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

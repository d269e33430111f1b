/// What somebody put between `｟` and `｠`; the marks do not stay.
struct MarkedSpans: ProtectedTextKind {
  static let firstBytes: [UInt8] = [0xef]

  /// Longer ones are none: a lone `｟` is looked for once.
  private static let longest = 65_536

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard text.starts(with: "｟", at: place) else { return nil }
    let start = place + 3
    var end = start
    while end < text.count, end - start <= Self.longest, text[end] != 0x0a {
      // One that begins within is the one that counts.
      if text.starts(with: "｟", at: end) { return nil }
      if text.starts(with: "｠", at: end) {
        // Codes of documents keep theirs: they are looked for afterwards.
        let isCode = text.starts(with: "\u{e000}", at: start)
        return ProtectedSpan(
          place..<end + 3, .word, value: isCode ? nil : Array(text.bytes[start..<end]))
      }
      end += 1
    }
    return nil
  }
}

/// Code in a running text as Markdown writes it: `` `like this` ``.
struct CodeSpans: ProtectedTextKind {
  static let firstBytes = Array("`".utf8)

  private static let longest = 4096

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    let start = text.end(of: place) { $0 == 0x60 }
    var at = start
    while at < text.count, at - start < Self.longest, text[at] != 0x0a {
      guard text[at] == 0x60 else {
        at += 1
        continue
      }
      let end = text.end(of: at) { $0 == 0x60 }
      if end - at == start - place { return ProtectedSpan(place..<end, .word) }
      at = end
    }
    // Such a run is looked at once.
    return start - place > 1 ? ProtectedSpan(place..<start, .mark) : nil
  }
}

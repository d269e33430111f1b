/// Where tokens of code may begin and end: quotation marks and brackets of any script bound them as those of ASCII do.
extension TextBytes {
  /// Whether a bracket or a quotation mark that is none of ASCII stands at a place.
  func isForeignBracket(_ place: Int) -> Bool {
    guard self[place] >= 0x80, let scalar = scalar(at: place) else { return false }
    switch scalar.properties.generalCategory {
    case .initialPunctuation, .finalPunctuation, .openPunctuation, .closePunctuation: return true
    default: return false
    }
  }

  /// Whether a token may begin at a place: behind white space, a bracket, a quotation mark, or what marks and joins tokens.
  func isFreeBefore(_ place: Int) -> Bool {
    guard !isBlankBefore(place) else { return true }
    let before = start(before: place)
    return ByteSet("([{<\"'`=|,;*_~").contains(bytes[before]) || isForeignBracket(before)
      || isDash(before)
  }

  /// A dash that is no hyphen: `–`, `—`.
  func isDash(_ place: Int) -> Bool {
    starts(with: "–", at: place) || starts(with: "—", at: place)
  }

  /// Where a run ends of bytes of ASCII that satisfy a condition, and of letters and digits of other scripts.
  func endOfRun(
    _ place: Int, limit: Int, while condition: (UInt8) -> Bool
  ) -> Int {
    var end = place
    while end < bytes.count, end - place < limit {
      let isPart = bytes[end] < 0x80 ? condition(bytes[end]) : isWord(end)
      guard isPart else { return end }
      end = self.end(of: end)
    }
    return end
  }

  /// Where brackets are closed again that begin at a place, quotation marks aside; nil where they are not, or not within a
  /// line.
  func endOfBrackets(
    _ place: Int, limit: Int = 256, over lines: Bool = false
  ) -> Int? {
    let open = self[place]
    let close: UInt8 = open == 0x28 ? 0x29 : open == 0x5b ? 0x5d : 0x7d
    var depth = 0
    let last = min(bytes.count, place + limit)
    for at in place..<max(last, place) {
      if bytes[at] == 0x0a, !lines { return nil }
      if bytes[at] == open { depth += 1 }
      if bytes[at] == close {
        depth -= 1
        if depth == 0 { return at + 1 }
      }
    }
    return nil
  }

  /// Whether a line begins at a place, white space aside.
  func isLineStart(_ place: Int) -> Bool {
    var start = place
    while start > 0, self[start - 1] == 0x20 || self[start - 1] == 0x09 { start -= 1 }
    return start == 0 || self[start - 1] == 0x0a
  }

  /// Where the line ends that a place is in, without what ends it.
  func endOfLine(_ place: Int) -> Int {
    let end = self.end(of: place) { $0 != 0x0a }
    return end > place && self[end - 1] == 0x0d ? end - 1 : end
  }
}

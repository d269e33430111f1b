/// Mentions and hashtags.
struct Mentions: ProtectedTextKind {
  static let firstBytes = Array("@#".utf8)

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard !text.isWordBefore(place), text[place - 1] != 0x26, text.isWord(place + 1) else {
      return nil
    }
    var end = text.endOfWord(place + 1)
    // `@scope/package`, `@ann.lee`: handles may hold single marks.
    while text[place] == 0x40, ByteSet("./-@").contains(text[end]), text.isWord(end + 1) {
      end = text.endOfWord(end + 1)
    }
    return ProtectedSpan(place..<end, .word)
  }
}

/// Faces of marks: `:-)`, `;)`, `:D`, `<3`.
struct Emoticons: ProtectedTextKind {
  static let firstBytes = Array(":;=8<^".utf8)

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard text.isFreeBefore(place) || ByteSet(".!?").contains(text[place - 1]) else {
      return nil
    }
    var end = place + 1
    if text[place] == 0x3c {
      guard text[end] == 0x33 else { return nil }
      end += 1
    } else if text[place] == 0x5e {
      guard text[end] == 0x5f || text[end] == 0x2d, text[end + 1] == 0x5e else { return nil }
      end += 2
    } else {
      if ByteSet("-o*'^").contains(text[end]) { end += 1 }
      guard ByteSet(")](\\/dDpPoO*|@3").contains(text[end]),
        text[place] != 0x38 || end > place + 1
      else { return nil }
      end = text.end(of: end + 1) { $0 == text[end] }
    }
    guard text.isBlank(end) || ByteSet(".,!?)\"'").contains(text[end]) || text.isForeignBracket(end)
    else { return nil }
    return ProtectedSpan(place..<end, .word)
  }
}

/// Variables as shells and their kin write them: `$NAME`, `${x:-y}`, `$(date)`, `$1`, `$@`, `$t(key)`, with the path behind them.
struct ShellVariables: ProtectedTextKind {
  static let firstBytes = Array("$".utf8)

  private static let longest = 512

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard !text.isWordBefore(place), let end = end(at: place, in: text) else { return nil }
    return ProtectedSpan(place..<Self.endOfPath(behind: end, in: text), .word)
  }

  private func end(at place: Int, in text: TextBytes) -> Int? {
    switch text[place + 1] {
    case UInt8(ascii: "{"), UInt8(ascii: "("):
      return text.endOfBrackets(place + 1, limit: Self.longest)
    case let byte where TextBytes.isLetter(byte) || byte == 0x5f:
      return endOfName(place, in: text)
    case UInt8(ascii: ".") where text.isLowercase(place + 2):
      // `$.ajax()`
      return endOfName(place + 1, in: text)
    case UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: "?"), UInt8(ascii: "*"),
      UInt8(ascii: "!"), UInt8(ascii: "$"):
      // An amount is none, and neither is a price before a mark: `How many $?`
      let isFree = text.isFreeBefore(place) && !text.isWord(place + 2)
      let isLast =
        ByteSet("?!").contains(text[place + 1]) && text[place - 1] == 0x20
        && ByteSet("\0\n\r").contains(text[place + 2])
      return isFree && !isLast && !ByteSet("?!*$").contains(text[place + 2]) ? place + 2 : nil
    case let byte where TextBytes.isDigit(byte):
      let end = text.end(of: place + 1, limit: 3, while: TextBytes.isDigit)
      // Behind digits a point or a comma makes an amount.
      return text[end] == 0x2f && text.isLetter(end + 1) ? end : nil
    default: return nil
    }
  }

  /// `$name`, `$user.name`, `$a->b`, `$list[0]`, `$t(common.name)`, `$name$`.
  private func endOfName(_ place: Int, in text: TextBytes) -> Int {
    var end = text.endOfWord(place + 1)
    while ByteSet(".[>").contains(text[end]) || text.starts(with: "->", at: end) {
      let next = text[end] == 0x2d ? end + 2 : end + 1
      guard text.isLowercase(next) || text[end] == 0x5b && text.isAlphanumeric(next) else { break }
      end = text.endOfWord(next)
      if text[end] == 0x5d { end += 1 }
    }
    // `$count file(s)` has no brackets of its own, and `$word(s)` few letters in them.
    if text[end] == 0x28, let close = text.endOfBrackets(end), close > end + 4 || close == end + 2 {
      end = close
    }
    return text[end] == 0x24 ? end + 1 : end
  }

  /// Where the path ends that follows a variable; the variable's own end where none does.
  static func endOfPath(behind place: Int, in text: TextBytes) -> Int {
    guard text[place] == 0x2f || text[place] == 0x5c,
      text.isWord(place + 1) || text[place + 1] == 0x2e || text[place + 1] == 0x2a
        || text[place + 1] == 0x24
    else { return place }
    var end = text.endOfRun(place, limit: 1024) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("._-/~+@*\\${}").contains($0)
    }
    while end > place, ByteSet(".-*_").contains(text[end - 1]) { end -= 1 }
    return end
  }
}

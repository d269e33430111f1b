/// Addresses of the web and of electronic mail, and names of hosts.
struct Addresses: ProtectedTextKind {
  static let firstBytes = (0...255).map { UInt8($0) }.filter {
    TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 == 0x5f || $0 == 0x3c
  }

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard !text.isWordBefore(place) else { return nil }
    // `<https://example.org>` with its brackets.
    let isEnclosed = text[place] == 0x3c
    let start = isEnclosed ? place + 1 : place
    let before = text[place - 1]
    guard before != 0x2e, before != 0x40, before != 0x2d || text.isBlankBefore(place - 1) else {
      return nil
    }
    guard
      let end = endOfAddress(start, in: text) ?? endOfMail(start, in: text)
        ?? endOfHost(start, in: text)
    else { return nil }
    if isEnclosed {
      return text[end] == 0x3e ? ProtectedSpan(place..<end + 1, .word) : nil
    }
    return ProtectedSpan(place..<end, .word)
  }

  private func endOfAddress(_ place: Int, in text: TextBytes) -> Int? {
    let scheme = text.end(of: place, limit: 16) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 == 0x2b || $0 == 0x2d || $0 == 0x2e
    }
    let rest: Int
    if text.starts(with: "://", at: scheme), scheme > place, text.isLetter(place) {
      rest = scheme + 3
    } else if text.starts(with: "www.", at: place) {
      rest = place + 4
    } else if text.starts(with: "mailto:", at: place) || text.starts(with: "tel:", at: place) {
      rest = text.starts(with: "tel:", at: place) ? place + 4 : place + 7
    } else {
      return nil
    }
    guard rest < text.count, !text.isBlank(rest) else {
      // A scheme alone: `zlib://`.
      return text[rest - 1] == 0x2f ? rest : nil
    }
    return trimmed(rest..<endOfPart(rest, in: text), in: text)
  }

  /// Up to white space, or what no address holds.
  private func endOfPart(_ place: Int, in text: TextBytes) -> Int {
    var end = place
    while end < text.count, !text.isBlank(end), !ByteSet("<>\"`").contains(text[end]),
      !text.isForeignBracket(end)
    {
      end = text.end(of: end)
    }
    return end
  }

  /// Marks at the end belong to the sentence, brackets to what they enclose.
  private func trimmed(_ range: Range<Int>, in text: TextBytes) -> Int? {
    var end = range.upperBound
    while end > range.lowerBound {
      let last = text[end - 1]
      if ByteSet(".,;:!?'*_~").contains(last) {
        end -= 1
      } else if let open = [0x29: 0x28, 0x5d: 0x5b, 0x7d: 0x7b][Int(last)] {
        let part = text.bytes[range.lowerBound..<end]
        guard part.count(where: { $0 == last }) > part.count(where: { $0 == UInt8(open) }) else {
          break
        }
        end -= 1
      } else {
        break
      }
    }
    return end > range.lowerBound ? end : nil
  }

  private func endOfMail(_ place: Int, in text: TextBytes) -> Int? {
    let name = text.end(of: place, limit: 128) {
      TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("._%+-").contains($0)
    }
    guard name > place, text[name] == 0x40 else { return nil }
    let host = text.end(of: name + 1, limit: 255, while: Self.isHostByte)
    guard let end = trimmed(name + 1..<host, in: text),
      text.bytes[name + 1..<end].contains(0x2e)
    else { return nil }
    return end
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    TextBytes.isLetter(byte) || TextBytes.isDigit(byte) || byte == 0x2d || byte == 0x2e
  }

  /// `example.org`, `docs.example.org/page`: small letters and a domain that is often met.
  private func endOfHost(_ place: Int, in text: TextBytes) -> Int? {
    guard text.isLowercase(place) || text.isDigit(place) else { return nil }
    let end = text.end(of: place, limit: 255) {
      (0x61...0x7a).contains($0) || TextBytes.isDigit($0) || $0 == 0x2d || $0 == 0x2e
    }
    guard let host = trimmed(place..<end, in: text), !text.isWord(host),
      let dot = text.bytes[place..<host].lastIndex(of: 0x2e),
      Self.domains.contains(text.string(dot + 1..<host)),
      // `java.io.File` is a name of a program.
      text[host] != 0x2e || !text.isWord(host + 1)
    else { return nil }
    // `:8080`, and a path.
    let port =
      text[host] == 0x3a ? text.end(of: host + 1, limit: 5, while: TextBytes.isDigit) : host
    let stop = port > host + 1 && !text.isWord(port) ? port : host
    guard ByteSet("/?#").contains(text[stop]), !text.isBlank(stop + 1) || text[stop] == 0x2f else {
      return stop
    }
    return trimmed(place..<endOfPart(stop, in: text), in: text)
  }

  private static let domains: Set<String> = [
    "com", "org", "net", "edu", "gov", "io", "dev", "de", "fr", "uk", "info", "biz", "eu", "ch",
    "nl", "br", "jp", "cn", "pl", "dk", "app", "ai", "cloud", "wiki",
  ]
}

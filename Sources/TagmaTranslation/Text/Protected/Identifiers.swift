/// Numbers that name things: addresses of networks and devices, UUIDs, points in time, ISBN, IBAN, hashes.
struct Identifiers: ProtectedTextKind {
  static let firstBytes = (0...255).map { UInt8($0) }.filter {
    TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet(":[").contains($0)
  }

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard !text.isWordBefore(place), !isWithin(place, in: text) else { return nil }
    let ends = [
      endOfHost(place, in: text), endOfColons(place, in: text), endOfUUID(place, in: text),
      endOfTime(place, in: text), endOfBookNumber(place, in: text), endOfIBAN(place, in: text),
      endOfHash(place, in: text), endOfDOI(place, in: text),
    ]
    return ends.compactMap { $0 }.max().map { ProtectedSpan(place..<$0, .word) }
  }

  /// Whether what stands here is the middle of something.
  private func isWithin(_ place: Int, in text: TextBytes) -> Bool {
    ByteSet(".-:/@").contains(text[place - 1]) && text.isWordBefore(place - 1)
  }

  static func isHex(_ byte: UInt8) -> Bool {
    TextBytes.isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
  }

  /// Digits in number of a range, and no more.
  private func endOfDigits(
    _ place: Int, _ counts: ClosedRange<Int>, in text: TextBytes,
    while condition: (UInt8) -> Bool = TextBytes.isDigit
  ) -> Int? {
    let end = text.end(of: place, limit: counts.upperBound + 1, while: condition)
    return counts.contains(end - place) ? end : nil
  }

  // MARK: - Networks

  /// `10.0.0.1:80`, `10.0.0.0/8`, `localhost:8080`.
  private func endOfHost(_ place: Int, in text: TextBytes) -> Int? {
    if let end = endOfIPv4(place, in: text) { return endOfPort(end, in: text) ?? end }
    guard text.isLowercase(place) else { return nil }
    let end = text.end(of: place, limit: 128) {
      (0x61...0x7a).contains($0) || TextBytes.isDigit($0) || ByteSet(".-_").contains($0)
    }
    guard text[end] == 0x3a, let port = endOfDigits(end + 1, 2...5, in: text), !text.isWord(port)
    else { return nil }
    // `score:10` is none.
    return text.starts(with: "localhost:", at: place) || port - end > 4
      ? endOfTarget(port, in: text) : nil
  }

  private func endOfIPv4(_ place: Int, in text: TextBytes) -> Int? {
    var end = place
    for part in 0..<4 {
      guard let next = endOfDigits(end, 1...3, in: text) else { return nil }
      end = next
      guard part < 3 else { break }
      guard text[end] == 0x2e else { return nil }
      end += 1
    }
    return text.isWord(end) || text[end] == 0x2e && text.isDigit(end + 1) ? nil : end
  }

  /// `:80`, `/24`, and what follows them of an address.
  private func endOfPort(_ place: Int, in text: TextBytes) -> Int? {
    guard text[place] == 0x3a || text[place] == 0x2f,
      let end = endOfDigits(place + 1, 1...5, in: text), !text.isWord(end)
    else { return text[place] == 0x2f ? endOfTarget(place, in: text) : nil }
    return endOfTarget(end, in: text)
  }

  /// `/path` behind a host.
  private func endOfTarget(_ place: Int, in text: TextBytes) -> Int {
    guard text[place] == 0x2f else { return place }
    var end = text.end(of: place, limit: 512) {
      $0 > 0x20 && $0 < 0x80 && !ByteSet("\"'`<>()[]{}|").contains($0)
    }
    while end > place, ByteSet(".,;:!?*_~").contains(text[end - 1]) { end -= 1 }
    return end
  }

  /// Numbers of hexadecimal digits with colons or hyphens: `fe80::1`, `[::1]:80`, `00:1a:2b:3c:4d:5e`.
  private func endOfColons(_ place: Int, in text: TextBytes) -> Int? {
    guard text[place] != 0x5b else {
      guard let end = endOfIPv6(place + 1, in: text), text[end] == 0x5d else { return nil }
      return endOfPort(end + 1, in: text) ?? end + 1
    }
    return endOfMAC(place, in: text) ?? endOfIPv6(place, in: text)
  }

  private func endOfMAC(_ place: Int, in text: TextBytes) -> Int? {
    let joint = text[place + 2]
    guard joint == 0x3a || joint == 0x2d else { return nil }
    for part in 0..<6 {
      let at = place + 3 * part
      guard Self.isHex(text[at]), Self.isHex(text[at + 1]), part == 5 || text[at + 2] == joint
      else { return nil }
    }
    let end = place + 17
    return text.isWord(end) || text[end] == joint && text.isWord(end + 1) ? nil : end
  }

  private func endOfIPv6(_ place: Int, in text: TextBytes) -> Int? {
    var (end, groups, hasGap, digits, last) = (place, 0, false, 0, place)
    while end - place < 64 {
      let next = text.end(of: end, limit: 5, while: Self.isHex)
      guard next - end <= 4 else { return nil }
      if next > end { groups += 1 }
      digits += text.bytes[end..<next].count(where: TextBytes.isDigit)
      (last, end) = (end, next)
      guard text[end] == 0x3a, Self.isHex(text[end + 1]) || text[end + 1] == 0x3a else { break }
      if text[end + 1] == 0x3a {
        guard !hasGap else { return nil }
        hasGap = true
        end += 2
      } else {
        guard end > place else { return nil }
        end += 1
      }
    }
    // A name such as `a::b` has no digits.
    guard hasGap || groups == 8, groups <= 8, digits > 0, !text.isWord(end) else { return nil }
    // `::ffff:10.0.0.1`
    end = endOfIPv4(last, in: text) ?? end
    if text[end] == 0x25, text.isAlphanumeric(end + 1) { end = text.endOfWord(end + 1) }
    return endOfPort(end, in: text) ?? end
  }

  // MARK: - Things and times

  private func endOfUUID(_ place: Int, in text: TextBytes) -> Int? {
    var end = place
    for (part, count) in [8, 4, 4, 4, 12].enumerated() {
      guard let next = endOfDigits(end, count...count, in: text, while: Self.isHex) else {
        return nil
      }
      end = next
      guard part < 4 else { break }
      guard text[end] == 0x2d else { return nil }
      end += 1
    }
    return text.isWord(end) ? nil : end
  }

  /// `2024-05-06T10:00:00Z`, `20240506T100000+0200`, `10:00:00.5Z`, `2024-W19-1`.
  private func endOfTime(_ place: Int, in text: TextBytes) -> Int? {
    guard text.isDigit(place) else { return nil }
    let date = text.end(of: place, limit: 10) { TextBytes.isDigit($0) || $0 == 0x2d }
    if date - place >= 8, text[date] | 0x20 == 0x74 || text[date] == 0x20,
      let clock = endOfClock(date + 1, in: text)
    {
      let end = endOfZone(clock, in: text) ?? clock
      return text.isWord(end) ? nil : end
    }
    if text.starts(with: "-W", at: place + 4), let week = endOfDigits(place + 6, 2...2, in: text) {
      return text[week] == 0x2d && text.isDigit(week + 1) ? week + 2 : week
    }
    guard let clock = endOfClock(place, in: text), text.bytes[place..<clock].contains(0x3a),
      let end = endOfZone(clock, in: text)
    else { return nil }
    return text.isWord(end) ? nil : end
  }

  /// `10:00`, `10:00:00.123`, `100000`.
  private func endOfClock(_ place: Int, in text: TextBytes) -> Int? {
    var end = text.end(of: place, limit: 8) { TextBytes.isDigit($0) || $0 == 0x3a }
    guard end - place >= 4, text.isDigit(place + 1), text.isDigit(end - 1) else { return nil }
    if text[end] == 0x2e || text[end] == 0x2c, text.isDigit(end + 1) {
      end = text.end(of: end + 1, limit: 9, while: TextBytes.isDigit)
    }
    return end
  }

  private func endOfZone(_ place: Int, in text: TextBytes) -> Int? {
    if text[place] == 0x5a { return place + 1 }
    guard text[place] == 0x2b || text[place] == 0x2d,
      let hours = endOfDigits(place + 1, 2...4, in: text)
    else { return nil }
    return text[hours] == 0x3a ? endOfDigits(hours + 1, 2...2, in: text) : hours
  }

  /// `978-3-16-148410-0`, `3-16-148410-X`, `ISBN 978 3 16 148410 0`, `1234-567X`.
  private func endOfBookNumber(_ place: Int, in text: TextBytes) -> Int? {
    let isNamed = text.starts(with: "ISBN", at: place) || text.starts(with: "ISSN", at: place)
    var start = isNamed ? place + 4 : place
    if isNamed, text.starts(with: "-1", at: start) { start += 3 }
    if isNamed { start = text.end(of: start, limit: 2) { $0 == 0x3a || $0 == 0x20 } }
    guard text.isDigit(start) else { return nil }
    var (end, digits, groups) = (start, 0, 0)
    while groups < 6 {
      let next = text.end(of: end, limit: 14, while: TextBytes.isDigit)
      digits += next - end
      groups += 1
      end = next
      let isJoint = text[end] == 0x2d || isNamed && text[end] == 0x20
      guard isJoint, text.isDigit(end + 1) || text[end + 1] == 0x58 && !text.isWord(end + 2) else {
        break
      }
      end += 1
      if text[end] == 0x58 { return groups == 1 && !isNamed && digits != 4 ? nil : end + 1 }
    }
    let isWhole = isNamed ? digits >= 8 : groups > 3 && digits >= 8
    if text[end] == 0x58, isNamed || groups > 1, digits >= 7, !text.isWord(end + 1) {
      return end + 1
    }
    return isWhole && !text.isWord(end) ? end : nil
  }

  /// `DE89 3704 0044 0532 0130 00`, with blanks or without.
  private func endOfIBAN(_ place: Int, in text: TextBytes) -> Int? {
    guard text.isUppercase(place), text.isUppercase(place + 1), text.isDigit(place + 2),
      text.isDigit(place + 3)
    else { return nil }
    func isPart(_ byte: UInt8) -> Bool {
      TextBytes.isDigit(byte) || (0x41...0x5a).contains(byte)
    }
    var end = text.end(of: place, limit: 35, while: isPart)
    var count = end - place
    while let blank = text.endOfNumberBlank(end), end - place < 64, count % 4 == 0 {
      let next = text.end(of: blank, limit: 5, while: isPart)
      guard (1...4).contains(next - blank), !text.isWord(next) else { break }
      count += next - blank
      end = next
    }
    let digits = text.bytes[place..<end].count(where: TextBytes.isDigit)
    return (15...34).contains(count) && 2 * digits > count && !text.isWord(end) ? end : nil
  }

  /// `d41d8cd98f00b204e9800998ecf8427e`, `sha256:9f86d081`: letters and digits mixed.
  private func endOfHash(_ place: Int, in text: TextBytes) -> Int? {
    var start = place
    for name in ["sha1:", "sha256:", "sha512:", "md5:", "sha256-", "sha384-", "sha512-"]
      as [StaticString] where text.starts(with: name, at: place)
    {
      start = place + name.utf8CodeUnitCount
    }
    let end = text.end(of: start, limit: 256, while: Self.isHex)
    let part = text.bytes[start..<end]
    guard part.count >= 7, part.contains(where: TextBytes.isDigit),
      part.contains(where: TextBytes.isLetter), !text.isWord(end)
    else { return nil }
    return end
  }

  /// `10.1000/182`.
  private func endOfDOI(_ place: Int, in text: TextBytes) -> Int? {
    guard text.starts(with: "10.", at: place),
      let end = endOfDigits(place + 3, 4...9, in: text), text[end] == 0x2f,
      text.isAlphanumeric(end + 1)
    else { return nil }
    return endOfTarget(end, in: text)
  }
}

/// What the first bytes of a text tell of its encoding.
enum EncodingGuess {
  /// The encoding that a byte-order mark names, or that only text in UTF-16 can be in; nil for UTF-8 and all else.
  static func encoding(of head: [UInt8]) -> String? {
    if head.starts(with: [0xff, 0xfe, 0, 0]) || head.starts(with: [0, 0, 0xfe, 0xff]) {
      return "utf-32"
    }
    if head.starts(with: [0xff, 0xfe]) || head.starts(with: [0xfe, 0xff]) { return "utf-16" }
    return unmarkedUTF16(head)
  }

  /// The order of bytes in text that is known to be in UTF-16 or UTF-32, as a full name of the encoding.
  static func ordered(_ encoding: String, _ head: [UInt8]) -> String {
    switch encoding {
    case "utf-16", "utf16":
      guard !head.starts(with: [0xff, 0xfe]), !head.starts(with: [0xfe, 0xff]) else {
        return "utf-16"
      }
      let (big, little) = (evidence(head, highByte: 0), evidence(head, highByte: 1))
      return big > little ? "utf-16be" : "utf-16le"
    case "utf-32", "utf32":
      let isMarked = Self.encoding(of: head) == "utf-32"
      return isMarked ? "utf-32" : head.first == 0 ? "utf-32be" : "utf-32le"
    default: return encoding
    }
  }

  /// Whether more bytes could change what is guessed.
  ///
  /// A line feed ends the wait: whoever sends a line expects that it is read.
  static func needsMore(_ head: [UInt8]) -> Bool {
    head.count < 4 && !(head.contains(0x0a) && head.first ?? 0 < 0x80 && !head.contains(0))
  }

  /// Alphabets have high bytes below 0x20, and text in UTF-8 has nothing like it: zeros, all of them at even or all at odd
  /// places, and below 0x20 most other bytes at these places.
  private static func unmarkedUTF16(_ head: [UInt8]) -> String? {
    let units = head.count / 2
    guard units > 0 else { return nil }
    var (zeros, low) = ([0, 0], [0, 0])
    for i in 0..<2 * units where head[i] < 0x20 {
      low[i & 1] += 1
      if head[i] == 0 { zeros[i & 1] += 1 }
    }
    if zeros[0] == 0, zeros[1] > 0, 4 * low[1] > 3 * units { return "utf-16le" }
    if zeros[1] == 0, zeros[0] > 0, 4 * low[0] > 3 * units { return "utf-16be" }
    return nil
  }

  /// How many units are white space if the byte at `highByte` of each is its higher one, and how many of these bytes are 0.
  private static func evidence(_ head: [UInt8], highByte: Int) -> (spaces: Int, zeros: Int) {
    var found = (spaces: 0, zeros: 0)
    for i in 0..<head.count / 2 where head[2 * i + highByte] == 0 {
      found.zeros += 1
      if [0x20, 0x0a, 0x0d, 0x09].contains(head[2 * i + 1 - highByte]) { found.spaces += 1 }
    }
    return found
  }
}

/// Tells numbers from what stands for a missing one, from dates and from words.
struct CSVNumbers {
  /// Whether a comma may be what a point is in English: where commas do not separate fields.
  let allowsDecimalComma: Bool
  /// What stands before the decimals, once a number has shown it: in `1.234` it could also stand between thousands.
  private var decimalMark: UInt8?

  init(allowsDecimalComma: Bool) { self.allowsDecimalComma = allowsDecimalComma }

  /// A finite number; nil where there is none, or its decimals stand behind another mark than those before it.
  mutating func number(_ text: String) -> Double? {
    guard let (value, mark) = parse(text) else { return nil }
    if let mark, mark != decimalMark ?? mark { return nil }
    decimalMark = mark ?? decimalMark
    return value
  }

  func isNumber(_ text: String) -> Bool { parse(text) != nil }

  /// Digits, a sign, a decimal mark and a power of ten, such as `-1.5e-3`.
  private func parse(_ text: String) -> (value: Double, mark: UInt8?)? {
    var bytes = Array(text.utf8)
    guard
      bytes.allSatisfy({
        (0x30...0x39).contains($0) || [0x2b, 0x2d, 0x2c, 0x2e, 0x45, 0x65].contains($0)
      })
    else { return nil }
    let marks = bytes.indices.filter { bytes[$0] == 0x2c || bytes[$0] == 0x2e }
    guard marks.count <= 1 else { return nil }
    let mark = marks.first.map { bytes[$0] }
    if let place = marks.first, mark == 0x2c {
      guard allowsDecimalComma else { return nil }
      bytes[place] = 0x2e
    }
    guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else {
      return nil
    }
    return (value, mark)
  }

  private static let missing: Set<String> = [
    "", "NA", "N/A", "n/a", "n.a.", "N.A.", "#N/A", "#NA", "<NA>", "NaN", "nan", "NAN", "-nan",
    "-NaN",
    "+nan", "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND", "null", "NULL", "Null", "(null)", "nil",
    "None", "#VALUE!", "#DIV/0!", "#REF!", "#NUM!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!", "-",
    "--", "---", "–", "—",
    "−", "?", ".", "..", "...", "…", ":",
  ]
  private static let infinite: Set<String> = [
    "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "1.#inf", "-1.#inf", "∞", "-∞",
  ]

  /// Whether a text stands in the place of a number, as programs and people write it.
  func isMissing(_ text: String) -> Bool {
    Self.missing.contains(text) || Self.infinite.contains(text.lowercased())
  }

  /// Whether a text may name a column: one with a letter, but for numbers in a way that is not understood.
  func isName(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    guard scalars.contains(where: { $0.properties.numericType != nil }) else { return true }
    let letters = scalars.filter(\.properties.isAlphabetic)
    return !letters.isEmpty && letters.contains { $0 != "e" && $0 != "E" }
      && !text.lowercased().hasPrefix("0x")
  }

  private static let wordsOfDates: Set<Substring> = [
    "t", "z", "am", "pm", "a", "p", "m", "utc", "gmt", "h", "q", "w", "jan", "feb", "mar", "apr",
    "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "january", "february", "march",
    "april", "june", "july", "august", "september", "october", "november", "december", "mon", "tue",
    "wed", "thu", "fri", "sat", "sun",
  ]

  /// Whether a text is a date, a time, or both, in one of the ways in which they are written with digits.
  func isDate(_ text: String) -> Bool {
    guard text.utf8.count <= 40, !isNumber(text), text.utf8.allSatisfy({ $0 < 0x80 }) else {
      return false
    }
    let lowered = text.lowercased()
    let words = lowered.split { !$0.isLetter }
    let groups = lowered.utf8.split { !(0x30...0x39).contains($0) }.map(\.count)
    // A month in words is as good as one in digits.
    let isNamed = words.contains { $0.count > 2 }
    guard words.allSatisfy(Self.wordsOfDates.contains), !groups.isEmpty,
      groups.count > 1 || isNamed, lowered.utf8.allSatisfy({ isPart($0) })
    else { return false }
    return isNamed || groups.count > 2 || lowered.utf8.contains(0x3a) || groups.contains(4)
  }

  private func isPart(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte)
      || [0x20, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x3a].contains(byte)
  }
}

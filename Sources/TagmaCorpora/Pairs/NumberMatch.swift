/// Compares the numbers of two texts, whatever languages write between their digits.
///
/// A number is read in each way in which it may be meant: `1,234` as 1234 and as 1.234, `10:00` and `10.00` as 10. Two numbers
/// are the same where they have a reading in common. Dates, times with seconds and versions are compared part by part.
struct NumberMatch {
  /// The numbers that have no counterpart, as they were written.
  private(set) var source: [String]
  private(set) var target: [String]
  /// Whether that is a fault: a single number may stand in words on the other side.
  let isFault: Bool

  /// How digits are put together where it could be done in two ways.
  private struct Style {
    /// `12 200` is one number.
    var joinsBlanks = true
    /// `10:30` is one.
    var joinsTimes = true
  }

  init(_ source: String, _ target: String) {
    self.init(source, target, Style())
    guard isFault else { return }
    for style in [
      Style(joinsBlanks: false), Style(joinsTimes: false),
      Style(joinsBlanks: false, joinsTimes: false),
    ] {
      let other = NumberMatch(source, target, style)
      if !other.isFault { self = other }
    }
  }

  private init(_ source: String, _ target: String, _ style: Style) {
    let (left, right) = (Self.numbers(in: source, style), Self.numbers(in: target, style))
    var free = right
    var lonely: [Number] = []
    // What has fewest readings is matched first.
    for number in left.sorted(by: { $0.readings.count < $1.readings.count }) {
      if let place = free.firstIndex(where: { !$0.readings.isDisjoint(with: number.readings) }) {
        free.remove(at: place)
      } else {
        lonely.append(number)
      }
    }
    (self.source, self.target) = (lonely.map(\.text), free.map(\.text))
    let isWordPossible = left.count != right.count && max(left.count, right.count) == 1
    isFault =
      !(lonely.isEmpty && free.isEmpty) && !isWordPossible
      && !(Self.areSmall(lonely) && free.isEmpty) && !(Self.areSmall(free) && lonely.isEmpty)
  }

  /// Whether all are numbers that are often written in words.
  private static func areSmall(_ numbers: [Number]) -> Bool {
    numbers.allSatisfy { $0.readings.contains { Int($0).map { $0 <= 12 } ?? false } }
  }

  private struct Number {
    let text: String
    var readings: Set<String>
  }

  /// Digits of any script, in their order, and what stands between and after them.
  private struct Group {
    var digits: String
    /// What joins them to the digits before; nil where nothing does.
    var joint: Joint?
  }

  private enum Joint {
    /// Points and commas of all scripts: before decimals or between thousands.
    case mark(Unicode.Scalar)
    /// Blanks and apostrophes: between thousands alone.
    case thousands
    /// Between hours and minutes.
    case colon
  }

  private static func numbers(in text: String, _ style: Style) -> [Number] {
    var found: [Number] = []
    let scalars = Array(text.unicodeScalars)
    var at = 0
    while at < scalars.count {
      guard digit(scalars[at]) != nil else {
        at += 1
        continue
      }
      let start = at
      var groups: [Group] = []
      if startsWithMark(scalars, at) { groups = [Group(digits: "0", joint: nil)] }
      groups.append(
        Group(digits: digits(scalars, &at), joint: groups.isEmpty ? nil : .mark(scalars[start - 1]))
      )
      while let (joint, length) = joint(scalars, at, groups, style) {
        at += length
        groups.append(Group(digits: digits(scalars, &at), joint: joint))
      }
      let written = String(String.UnicodeScalarView(scalars[start..<at]))
      found += readings(of: groups, written, isAfternoon: isAfternoon(scalars, at))
    }
    return found
  }

  /// Whether digits are decimals whose zero is left out: `.5`.
  private static func startsWithMark(_ scalars: [Unicode.Scalar], _ at: Int) -> Bool {
    guard at > 0, scalars[at - 1] == "." || scalars[at - 1] == "," else { return false }
    return at == 1 || scalars[at - 2].properties.isWhitespace
  }

  private static func digit(_ scalar: Unicode.Scalar) -> Int? {
    if (0x30...0x39).contains(scalar.value) { return Int(scalar.value) - 0x30 }
    // No script before the Arabic one has digits of its own.
    guard scalar.value >= 0x660, scalar.properties.numericType == .decimal else { return nil }
    return scalar.properties.numericValue.map { Int($0) }
  }

  private static func digits(_ scalars: [Unicode.Scalar], _ at: inout Int) -> String {
    var digits = ""
    while at < scalars.count, let digit = digit(scalars[at]) {
      digits += "\(digit)"
      at += 1
    }
    return digits
  }

  /// What joins the digits after a place to those before it, and how long it is.
  private static func joint(
    _ scalars: [Unicode.Scalar], _ at: Int, _ groups: [Group], _ style: Style
  ) -> (joint: Joint, length: Int)? {
    func isDigit(_ place: Int) -> Bool { place < scalars.count && digit(scalars[place]) != nil }
    guard at < scalars.count else { return nil }
    switch scalars[at] {
    case ".", ",", "\u{66b}", "\u{66c}", "\u{60c}", "\u{ff0e}", "\u{ff0c}":
      return isDigit(at + 1) ? (.mark(scalars[at]), 1) : nil
    case ":", "\u{ff1a}", "h":
      return style.joinsTimes && isDigit(at + 1) ? (.colon, 1) : nil
    case " ", "\u{a0}", "\u{202f}", "\u{2009}", "\u{2007}", "'", "\u{2019}", "_":
      if style.joinsTimes, at + 2 < scalars.count, scalars[at + 1] == "h", isDigit(at + 3) {
        return (.colon, 3)  // 10 h 30
      }
      // Three digits follow, and no more.
      let isThousands =
        (1...3).allSatisfy { isDigit(at + $0) } && !isDigit(at + 4)
        && (groups.count == 1 ? groups[0].digits.count <= 3 : groups.last?.digits.count == 3)
      return isThousands && (style.joinsBlanks || scalars[at] != " ") ? (.thousands, 1) : nil
    default: return nil
    }
  }

  private static func isAfternoon(_ scalars: [Unicode.Scalar], _ at: Int) -> Bool {
    let rest = String(String.UnicodeScalarView(scalars[at...].prefix(6))).lowercased()
    let letters = rest.unicodeScalars.filter { $0 != " " && $0 != "." && $0 != "\u{a0}" }
    return letters.starts(with: "pm".unicodeScalars)
  }

  /// The numbers that groups of digits are: one, or several where they are a date, a time of three parts or a version.
  private static func readings(
    of groups: [Group], _ text: String, isAfternoon: Bool
  ) -> [Number] {
    var readings: Set<String> = []
    if let whole = thousands(groups[...]) { readings.insert(plain(whole)) }
    if groups.count > 1, let last = groups.last, isDecimal(groups),
      let whole = thousands(groups.dropLast())
    {
      readings.insert(plain(whole, decimals: last.digits))
    }
    guard !readings.isEmpty else {
      return groups.map { Number(text: $0.digits, readings: [plain($0.digits)]) }
    }
    if isAfternoon, let hour = Int(groups[0].digits), hour < 12 {
      readings.insert(plain("\(hour + 12)", decimals: groups.dropFirst().first?.digits ?? ""))
    }
    return [Number(text: text, readings: readings)]
  }

  /// Whether the last group may be decimals, or minutes.
  private static func isDecimal(_ groups: [Group]) -> Bool {
    switch groups[groups.count - 1].joint {
    case .colon: return groups.count == 2
    case .mark(let last):
      return groups.dropFirst().dropLast().allSatisfy { group in
        if case .mark(let mark) = group.joint { mark != last } else { true }
      }
    default: return false
    }
  }

  /// Groups as one whole number; nil where they are none.
  private static func thousands(_ groups: ArraySlice<Group>) -> String? {
    guard let first = groups.first else { return nil }
    guard groups.count > 1 else { return first.digits }
    let rest = groups.dropFirst()
    // 12,34,567 in India; everywhere the last three digits stand together.
    let isGrouped =
      first.digits.count <= 3 && groups.last?.digits.count == 3
      && rest.allSatisfy { $0.digits.count == 3 || $0.digits.count == 2 }
    var marks: Set<Unicode.Scalar> = []
    for group in rest {
      switch group.joint {
      case .mark(let mark): marks.insert(mark)
      case .thousands: marks.insert(" ")
      default: return nil
      }
    }
    return isGrouped && marks.count == 1 ? groups.map(\.digits).joined() : nil
  }

  /// Without zeros that say nothing.
  private static func plain(_ whole: String, decimals: String = "") -> String {
    var whole = Substring(whole)
    var decimals = Substring(decimals)
    while whole.utf8.count > 1, whole.utf8.first == 0x30 { whole.removeFirst() }
    while decimals.utf8.last == 0x30 { decimals.removeLast() }
    return decimals.isEmpty ? String(whole) : "\(whole).\(decimals)"
  }
}

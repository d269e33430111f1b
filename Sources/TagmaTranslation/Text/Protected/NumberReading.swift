/// Numbers as they are written, for the kinds that have them.
extension TextBytes {
  /// A blank, a no-break or thin space, or a reference to one.
  func endOfNumberBlank(_ place: Int) -> Int? {
    self[place] == 0x20 ? place + 1 : endOfThinSpace(place)
  }

  /// A no-break or thin space, or a reference to one.
  func endOfThinSpace(_ place: Int) -> Int? {
    guard self[place] >= 0x80 || self[place] == 0x26 else { return nil }
    for space in [
      "\u{a0}", "\u{202f}", "\u{2009}", "\u{2007}", "\u{2008}", "\u{200a}", "&nbsp;", "&#160;",
      "&thinsp;", "&#8239;", "&#8201;",
    ] as [StaticString]
    where starts(with: space, at: place) { return place + space.utf8CodeUnitCount }
    return nil
  }

  /// A sign of a number: `+`, `-`, `−`, `±`, or a dash in its place.
  func endOfSign(_ place: Int) -> Int? {
    if self[place] == 0x2b || self[place] == 0x2d { return place + 1 }
    guard self[place] >= 0x80 else { return nil }
    let isSign =
      starts(with: "−", at: place) || starts(with: "±", at: place) || starts(with: "–", at: place)
      || starts(with: "‑", at: place)
    return isSign ? end(of: place) : nil
  }

  /// Digits with single marks between them, thousands separated by blanks, powers of ten, ranges: `3.5`, `10 000`, `10:45`,
  /// `1e-5`, `5–6`.
  func endOfNumber(_ place: Int) -> Int? {
    var end = self.end(of: place, limit: 64, while: Self.isDigit)
    guard end > place else { return nil }
    while let next = endOfNextDigits(end, of: place) { end = next }
    return end
  }

  /// What follows the digits of a number that ends at a place so far, and is still part of it.
  private func endOfNextDigits(_ end: Int, of place: Int) -> Int? {
    if ByteSet(".,:/'-").contains(self[end]), isDigit(end + 1) {
      return self.end(of: end + 1, limit: 64, while: Self.isDigit)
    }
    if self[end] | 0x20 == 0x65 {
      let digits = self[end + 1] == 0x2d || self[end + 1] == 0x2b ? end + 2 : end + 1
      let next = self.end(of: digits, limit: 6, while: Self.isDigit)
      if next > digits, !isWord(next) { return next }
    }
    if self[end] >= 0x80, let joint = endOfJoint(end) {
      return self.end(of: joint, limit: 64, while: Self.isDigit)
    }
    guard let blank = endOfNumberBlank(end),
      end - place <= 3 || self[end - 4] <= 0x20
        || self[end - 4] >= 0x80 || self[end - 4] == 0x3b,
      self.end(of: blank, while: Self.isDigit) == blank + 3
    else { return nil }
    return blank + 3
  }

  /// A dash of a range, or an apostrophe between thousands, with a digit behind it.
  private func endOfJoint(_ place: Int) -> Int? {
    if starts(with: "…", at: place) {
      let end = endOfSign(place + 3) ?? place + 3
      return isDigit(end) ? end : nil
    }
    for joint in ["–", "−", "‑", "‒", "—", "’"] as [StaticString]
    where starts(with: joint, at: place) {
      let end = place + joint.utf8CodeUnitCount
      return isDigit(end) ? end : nil
    }
    return nil
  }

  /// A number with a sign before it, or without a digit before its point.
  func endOfSignedNumber(_ place: Int) -> Int? {
    var start = endOfSign(place) ?? place
    if self[start] == 0x2e, isDigit(start + 1) { start += 1 }
    return endOfNumber(start)
  }

  /// `×10^8`, ` × 10³`, `^2`, `⁻³` behind a number; the number's own end where there is none.
  func endOfPower(_ place: Int) -> Int {
    var end = place
    for times in ["×10", "·10", "*10"] as [StaticString] where starts(with: times, at: end) {
      end += times.utf8CodeUnitCount
    }
    // With blanks it is a product, unless a power follows.
    for times in [" × 10", " · 10", " x 10", " * 10"] as [StaticString]
    where end == place && starts(with: times, at: end) {
      let base = end + times.utf8CodeUnitCount
      if self[base] == 0x5e || ScriptedWords.endOfScripts(base, in: self) > base { end = base }
    }
    if self[end] == 0x5e {
      let digits = endOfSign(end + 1) ?? end + 1
      end = max(end, self.end(of: digits, limit: 8, while: Self.isDigit))
      return end > digits || digits == end ? end : place
    }
    return ScriptedWords.endOfScripts(end, in: self)
  }

  /// `,-`, `.–` behind an amount without cents.
  func endOfNoCents(_ place: Int) -> Int? {
    guard self[place] == 0x2c || self[place] == 0x2e else { return nil }
    for dash in ["--", "-", "–", "—"] as [StaticString] where starts(with: dash, at: place + 1) {
      let end = place + 1 + dash.utf8CodeUnitCount
      return isWord(end) ? nil : end
    }
    return nil
  }
}

/// Amounts of money, numbers with their units, telephone numbers, and runs of numbers.
struct Quantities: ProtectedTextKind {
  static let firstBytes = (0...255).map { UInt8($0) }.filter {
    TextBytes.isLetter($0) || TextBytes.isDigit($0) || ByteSet("+-($.").contains($0)
      || [0xc2, 0xe2, 0xe0].contains($0)
  }

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard !text.isWordBefore(place), !isWithinNumber(place, in: text) else { return nil }
    let ends = [
      endOfPhone(place, in: text), endOfMoney(place, in: text), endOfMeasure(place, in: text),
      endOfRun(place, in: text), endOfCode(place, in: text), endOfAngle(place, in: text),
    ]
    return ends.compactMap { $0 }.max().map { ProtectedSpan(place..<$0, .word) }
  }

  private func isWithinNumber(_ place: Int, in text: TextBytes) -> Bool {
    // The digits of `CVE-2024-12345` are no telephone.
    text.isDigit(place)
      && (ByteSet(".,").contains(text[place - 1]) && text.isDigit(place - 2)
        || text[place - 1] == 0x2d && text.isUppercase(place - 2))
  }

  // MARK: - Telephones

  /// `+49 30 123456`, `(030) 123-4567`, `555-0199`.
  private func endOfPhone(_ place: Int, in text: TextBytes) -> Int? {
    let isMarked = text[place] == 0x2b || text[place] == 0x28 || text[place] == 0x30
    guard isMarked || text.isDigit(place) else { return nil }
    var (at, digits, groups, dashes) = (place, 0, 0, 0)
    var end = place
    if text[at] == 0x2b { at += 1 }
    while at < text.count, digits < 20 {
      if text[at] == 0x28 { at += 1 }
      let next = text.end(of: at, limit: 16, while: TextBytes.isDigit)
      guard next > at else { break }
      digits += next - at
      groups += 1
      end = text[next] == 0x29 ? next + 1 : next
      at = end
      if let blank = text.endOfNumberBlank(at) {
        at = blank
      } else if ByteSet("-./").contains(text[at]) {
        dashes += 1
        at += 1
      }
    }
    guard digits >= 7, groups > 1, !text.isWord(end) else { return nil }
    // A run of numbers is none; without a mark at its beginning it has dashes alone.
    let isPlain = dashes == groups - 1 && text.bytes[place..<end].contains(0x2d)
    let opensBracket = text[place] == 0x28
    let isWhole = !opensBracket || text.bytes[place..<end].contains(0x29)
    return (isMarked && isWhole && digits <= 16 || isPlain && groups <= 4) ? end : nil
  }

  // MARK: - Money and measures

  private static let currencies: [StaticString] = [
    "$", "€", "£", "¥", "₹", "₽", "₩", "₺", "₴", "¢", "฿", "₪", "₫", "₦", "₱",
  ]
  private static let codes: Set<String> = [
    "AED", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "IDR",
    "ILS", "INR", "ISK", "JPY", "KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON", "RUB",
    "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR", "BTC",
  ]

  private func endOfSymbol(_ place: Int, in text: TextBytes) -> Int? {
    Self.currencies.first { text.starts(with: $0, at: place) }.map {
      place + $0.utf8CodeUnitCount
    }
  }

  private func endOfCurrency(_ place: Int, in text: TextBytes) -> Int? {
    if let end = endOfSymbol(place, in: text) { return end }
    let letters = text.end(of: place, limit: 4) { (0x41...0x5a).contains($0) }
    // `US$`, `A$`
    if (1...2).contains(letters - place), text[letters] == 0x24 { return letters + 1 }
    guard letters == place + 3, !text.isWord(letters) || text.isDigit(letters),
      Self.codes.contains(text.string(place..<letters))
    else { return nil }
    return letters
  }

  /// `$5`, `€ 10`, `EUR 5.50`, `10 €`, `5 USD`, `$5k`.
  private func endOfMoney(_ place: Int, in text: TextBytes) -> Int? {
    let sign = text.endOfSign(place) ?? place
    if let symbol = endOfCurrency(sign, in: text) {
      guard let end = text.endOfSignedNumber(text.endOfNumberBlank(symbol) ?? symbol) else {
        return nil
      }
      if let whole = text.endOfNoCents(end) { return whole }
      let scale = text.end(of: end, limit: 3) { ByteSet("kKmMbBn").contains($0) }
      return scale > end && !text.isWord(scale) ? scale : end
    }
    guard let digits = text.endOfSignedNumber(place) else { return nil }
    let whole = text.endOfNoCents(digits)
    let number = whole ?? digits
    return endOfCurrency(text.endOfNumberBlank(number) ?? number, in: text).flatMap {
      text.isWord($0) ? nil : $0
    } ?? whole
  }

  /// Degrees, minutes and seconds, or feet and inches: `48°51′24″N`, `5′11″`.
  private func endOfAngle(_ place: Int, in text: TextBytes) -> Int? {
    var (end, marks) = (place, 0)
    while let number = text.endOfNumber(end) {
      guard
        let mark = ["°", "′", "″", "'", "\""].first(where: { text.starts(with: $0, at: number) })
      else { break }
      end = number + mark.utf8CodeUnitCount
      marks += 1
    }
    guard marks > 1 else { return nil }
    let direction = text[end] == 0x20 ? end + 1 : end
    if ByteSet("NSEWO").contains(text[direction]), !text.isWord(direction + 1) {
      return direction + 1
    }
    return text.isWord(end) ? nil : end
  }

  private static let units: Set<String> = [
    "%", "%%", "‰", "°", "°C", "°F", "K", "km", "m", "dm", "cm", "mm", "µm", "μm", "nm", "km²",
    "m²",
    "m³",
    "cm²", "cm³", "km2", "m2", "m3", "ha", "kg", "g", "mg", "µg", "t", "l", "L", "ml", "mL", "cl",
    "dl",
    "km/h", "m/s", "mph", "kWh", "Wh", "kW", "W", "MW", "GW", "kV", "V", "mV", "mA", "Ah", "mAh",
    "Hz", "kHz", "MHz", "GHz", "B", "kB", "KB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB",
    "kbit/s", "Mbit/s", "Gbit/s", "kbps", "Mbps", "Gbps", "MB/s", "GB/s", "px", "pt", "dpi", "fps",
    "rpm", "dB", "Pa", "hPa", "kPa", "MPa", "bar", "J", "kJ", "MJ", "kcal", "cal", "N", "kN", "Nm",
    "mol", "mmol", "ppm", "ms", "µs", "ns", "s", "min", "h", "lm", "lx", "Ω", "kΩ", "′", "″",
  ]

  /// `5 kg`, `10 km/h`, `20 %`, `37 °C`.
  private func endOfMeasure(_ place: Int, in text: TextBytes) -> Int? {
    guard let number = text.endOfSignedNumber(place).map({ text.endOfPower($0) }) else {
      return nil
    }
    let start = text.endOfNumberBlank(number) ?? number
    var end = start
    while end < text.count, end - start < 12, !text.isBlank(end),
      !ByteSet(".,;:!?()[]\"'<>{}-").contains(text[end])
    {
      end = text.end(of: end)
    }
    while end > start {
      if Self.units.contains(text.string(start..<end)), !text.isWord(end) { return end }
      end = text.start(before: end)
    }
    return nil
  }

  // MARK: - Runs

  /// Three numbers or more with nothing but marks and blanks between them: `3, 7, 12`.
  private func endOfRun(_ place: Int, in text: TextBytes) -> Int? {
    guard var end = text.endOfSignedNumber(place) else { return nil }
    var count = 1
    while count < 4096 {
      var at = text.end(of: end, limit: 2) { ByteSet(",;/|").contains($0) }
      at = text.end(of: at, limit: 2) { $0 == 0x20 }
      guard at > end, let next = text.endOfSignedNumber(at), !text.isWord(next) else { break }
      end = next
      count += 1
    }
    return count > 2 && !text.isWord(end) ? end : nil
  }

  /// Digits and letters together: `3D`, `4K`, `0xff`, `10am`; numerals of order such as `3rd` are words.
  private func endOfCode(_ place: Int, in text: TextBytes) -> Int? {
    let digits = text.end(of: place, limit: 32, while: TextBytes.isDigit)
    guard digits > place, text.isLetter(digits) else { return nil }
    let end = text.end(of: digits, limit: 256) { TextBytes.isLetter($0) || TextBytes.isDigit($0) }
    guard !text.isWord(end), text[end] != 0x27 else { return nil }
    let letters = text.string(digits..<end).lowercased()
    return Self.endings.contains(letters) ? nil : end
  }

  private static let endings: Set<String> = [
    "st", "nd", "rd", "th", "s", "er", "e", "te", "ten", "ter", "tes", "de", "ste", "sten", "ème",
    "eme", "nde", "a", "o", "as", "os",
  ]
}

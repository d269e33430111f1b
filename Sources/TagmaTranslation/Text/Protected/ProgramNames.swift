/// Names and calls of programs: `foo_bar`, `user.name`, `std::sort`, `print("hello")`, `array.map(f).count`.
struct ProgramNames: ProtectedTextKind {
  static let firstBytes = (0...255).map { UInt8($0) }.filter {
    TextBytes.isLetter($0) || $0 == 0x5f
  }

  private static let longestCall = 256

  func span(at place: Int, in text: TextBytes) -> ProtectedSpan? {
    guard !text.isWordBefore(place), !isWithinWord(place, in: text) else { return nil }
    return (endOfCall(place, in: text) ?? endOfName(place, in: text)).map {
      ProtectedSpan(place..<$0, .word)
    }
  }

  /// Whether a mark that words of code hold stands before a place, and a word before it.
  private func isWithinWord(_ place: Int, in text: TextBytes) -> Bool {
    ByteSet("./\\-~").contains(text[place - 1]) && text.isWordBefore(place - 1)
  }

  // MARK: - Calls

  /// `main()`, `foo(x)`, `math.sqrt(2)`, `std::sort(a)`; `file(s)` and `Kind(er)` are words.
  private func endOfCall(_ place: Int, in text: TextBytes) -> Int? {
    let name = withHyphens(qualifiedName(place, in: text), of: place, in: text)
    guard name > place, text[name] == 0x28,
      let end = text.endOfBrackets(name, limit: Self.longestCall),
      isCall(text.bytes[place..<name], text.bytes[name + 1..<end - 1])
    else { return nil }
    return endOfChain(end, in: text)
  }

  /// What follows a call: `.count`, `[0]`, `.map(f)`.
  private func endOfChain(_ place: Int, in text: TextBytes) -> Int {
    var end = place
    while end - place < Self.longestCall {
      var next = end
      if text[end] == 0x28 || text[end] == 0x5b && text[end + 1] != 0x5e {
        next = text.endOfBrackets(end, limit: Self.longestCall) ?? end
      } else if text[end] == 0x2e || text.starts(with: "->", at: end)
        || text.starts(with: "::", at: end)
      {
        let name = text[end] == 0x2e ? end + 1 : end + 2
        guard text.isLowercase(name) || text[name] == 0x5f else { return end }
        next = qualifiedName(name, in: text)
      }
      guard next > end else { return end }
      end = next
    }
    return end
  }

  /// Whether what stands in brackets directly behind a name are arguments, and not the end of a word.
  private func isCall(_ name: ArraySlice<UInt8>, _ arguments: ArraySlice<UInt8>) -> Bool {
    guard let first = arguments.first else { return true }
    if isIdentifier(name) { return true }
    if name.count == 1 {
      // `a(n)` is a word; `f(x)` and `O(n log n)` are none.
      return !ByteSet("aAI").contains(name[name.startIndex]) && arguments.count <= 16
    }
    guard hasCodeBlanks(arguments) else { return false }
    let isWord = arguments.allSatisfy { TextBytes.isLetter($0) || $0 >= 0x80 || $0 == 0x2d }
    guard isWord else { return true }
    // One word: an argument has no ending's letters, and stands behind a name in small letters.
    guard name.allSatisfy({ $0 < 0x80 && !(0x41...0x5a).contains($0) }),
      arguments.allSatisfy({ (0x61...0x7a).contains($0) })
    else { return name.contains(0x2e) }
    return name.contains(0x2e)
      || arguments.count == 1 && !ByteSet("adenorst").contains(first)
      || arguments.count > 1 && !Self.endings.contains(String(decoding: arguments, as: UTF8.self))
  }

  /// Whether blanks stand beside marks alone, or within quotation marks, as they do among arguments.
  private func hasCodeBlanks(_ arguments: ArraySlice<UInt8>) -> Bool {
    var quote: UInt8 = 0
    var before: UInt8 = 0
    for i in arguments.indices {
      let byte = arguments[i]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == 0x22 || byte == 0x27 || byte == 0x60 {
        quote = byte
      } else if byte == 0x20 {
        let next = i + 1 < arguments.endIndex ? arguments[i + 1] : 0
        guard ByteSet(",+-*/=<>|&:;({[").contains(before) || ByteSet("+-*/=<>|&").contains(next)
        else { return false }
      }
      before = byte
    }
    return quote == 0
  }

  /// What a word has in brackets that may end in two ways.
  private static let endings: Set<String> = [
    "al", "ed", "el", "em", "en", "er", "erin", "erinnen", "ern", "es", "ess", "eur", "ful", "ic",
    "ies", "in", "ing", "innen", "ion", "is", "ish", "ist", "ive", "les", "less", "ly", "man",
    "men", "ment", "ne", "nen", "ner", "ness", "nen", "os", "as", "um", "us", "ra", "ren", "res",
    "rin", "rinnen", "se", "self", "selves", "sen", "ses", "ste", "sten", "te", "tem", "ten", "ter",
    "tes", "tin", "tinnen", "und", "ung", "ungen", "ur", "ve", "ves", "what", "woman", "women",
    "ens", "ers", "ette", "euse", "le", "rice", "able", "ant", "at", "ene", "nes", "on", "ons",
    "one", "or", "nis", "lich", "isch", "chen", "lein", "zeit", "zeiten",
  ]

  // MARK: - Names

  /// Letters, digits and `_`, with `.`, `::` or `->` between names.
  private func qualifiedName(_ place: Int, in text: TextBytes) -> Int {
    var end = place
    while end - place < 256 {
      let next = text.end(of: end, limit: 128) {
        TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 == 0x5f
      }
      guard next > end else { return end }
      end = next
      for link in [".", "::", "->"] as [StaticString] where text.starts(with: link, at: end) {
        let after = end + link.utf8CodeUnitCount
        guard text.isLetter(after) || text[after] == 0x5f else { return end }
        end = after
        break
      }
      guard end > next else { return end }
    }
    return end
  }

  /// Whether a name is written as programs write names: `foo_bar`, `fooBar`, `a::b`.
  private func isIdentifier(_ name: ArraySlice<UInt8>) -> Bool {
    name.contains(0x5f) || name.contains(0x3a) || name.contains(0x3e)
      || name.indices.dropFirst().contains {
        (0x41...0x5a).contains(name[$0]) && (0x61...0x7a).contains(name[$0 - 1])
      }
  }

  /// Names of programs: with `_`, with capitals within, with `::`, or of parts with points.
  private func endOfName(_ place: Int, in text: TextBytes) -> Int? {
    var end = qualifiedName(place, in: text)
    while end > place, text[end - 1] == 0x5f, text[place] != 0x5f { end -= 1 }
    guard end > place, !text.isWord(end) || text[end] == 0x5f else { return nil }
    if end == place + 1 { return endOfElement(end, in: text) }
    let name = text.bytes[place..<end]
    // `_word_` is emphasis.
    if text[place] == 0x5f { return isEmphasis(place, end, text) ? nil : end }
    guard isIdentifier(name) || isDotted(name) else { return endOfElement(end, in: text) }
    let subscripted = text[end] == 0x5b ? text.endOfBrackets(end, limit: 32) : nil
    return subscripted ?? withHyphens(end, of: place, in: text)
  }

  /// `["key"]`, `[i]` behind a name.
  private func endOfElement(_ place: Int, in text: TextBytes) -> Int? {
    guard text[place] == 0x5b, let end = text.endOfBrackets(place, limit: 64) else { return nil }
    let isQuoted = ByteSet("\"'").contains(text[place + 1]) && text[place + 1] == text[end - 2]
    return isQuoted && end > place + 4 || end == place + 3 && text.isLowercase(place + 1)
      ? end : nil
  }

  /// With small letters behind hyphens, where a name has points or underscores: `systemd.journal-fields`.
  private func withHyphens(_ end: Int, of place: Int, in text: TextBytes) -> Int {
    var stop = end
    guard text.bytes[place..<end].contains(where: { $0 == 0x2e || $0 == 0x5f }) else { return end }
    while text[stop] == 0x2d, text.isLowercase(stop + 1), stop - place < 256 {
      stop = text.end(of: stop + 1, limit: 64) {
        TextBytes.isLetter($0) || TextBytes.isDigit($0) || $0 == 0x5f
      }
    }
    return text.isWord(stop) ? end : stop
  }

  /// `user.name`, `com.example.app`, `Foo.bar`; `e.g` and sentences without a blank between them are none.
  private func isDotted(_ name: ArraySlice<UInt8>) -> Bool {
    let parts = name.split(separator: 0x2e)
    guard parts.count > 1 else { return false }
    let isSmall = name.dropFirst().allSatisfy {
      $0 == 0x2e || (0x61...0x7a).contains($0) || TextBytes.isDigit($0)
    }
    if parts.count > 2 {
      // `java.util.List`
      let isPackage = (parts[0] + parts[1]).allSatisfy { (0x61...0x7a).contains($0) }
      return (isSmall || isPackage) && !(0x41...0x5a).contains(name[name.startIndex])
        && parts.contains { $0.count > 2 }
    }
    return isSmall && parts.allSatisfy { $0.count > 1 } && parts[1].count > 2
      && !Self.beginnings.contains(String(decoding: parts[1], as: UTF8.self))
      && !Self.abbreviations.contains(String(decoding: parts[0], as: UTF8.self).lowercased())
  }

  /// Words that begin a sentence whose blank was forgotten: `here.you`.
  private static let beginnings: Set<String> = [
    "aber", "and", "but", "das", "der", "die", "ein", "eine", "for", "his", "ich", "man", "not",
    "she",
    "sie", "that", "the", "then", "there", "they", "this", "und", "was", "what", "when", "why",
    "wir", "you", "your",
  ]

  private static let abbreviations: Set<String> = [
    "bzw", "ca", "co", "dr", "etc", "evtl", "ggf", "inkl", "jr", "mr", "mrs", "ms", "nr", "no",
    "prof", "sr", "st", "str", "usw", "vgl", "vs",
  ]

  private func isEmphasis(_ start: Int, _ end: Int, _ text: TextBytes) -> Bool {
    let inner = text.bytes[start..<end].drop { $0 == 0x5f }
    return !inner.dropLast().contains(0x5f) || text[end - 1] == 0x5f && text[start + 1] != 0x5f
  }
}

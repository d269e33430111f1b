internal import TagmaLexicon
internal import TagmaTokenization

/// A text as it is translated: its sentences, one by one, and what stands between and within them unchanged.
struct TextLayout {
  struct Sentence {
    /// Bytes of `plain` that its translation takes the place of.
    var range: Range<Int>
    /// Single spaces, composed; what is carried is `｟\u{e001}0｠` and on.
    var text = ""
    /// For each byte of `text`, and its end, the place in `plain`.
    var places: [Int] = []
    /// What is carried becomes.
    var values: [String] = []
  }

  /// The text without the marks that are put back, terms and marked parts as they will be.
  private(set) var plain: [UInt8] = []
  /// For each byte of `plain`, and its end, the place in the text.
  private(set) var places: [Int] = []
  private(set) var sentences: [Sentence] = []
  let marks: [MarkTree.Mark]

  /// How texts are laid out.
  struct Rules: Sendable {
    let scanner: ProtectedTextScanner
    let splitter: SentenceSplitter
    /// Whether digits alone are something to translate.
    let translatesNumbers: Bool
    /// Whether a line feed parts texts, as it does where lines are texts.
    var partsLines = true
  }

  /// The whole text as one sentence without anything protected.
  ///
  /// - Parameter dropsBlanks: Whether blanks at its ends are left out.
  init(whole text: String, dropsBlanks: Bool = false) {
    plain = Array(text.utf8)
    places = Array(0...plain.count)
    marks = []
    let range = Edges(plain[...], atoms: []).withoutBlanks(0..<plain.count)
    guard !range.isEmpty else { return }
    sentences = [prepared(range, atoms: [], at: 0)]
    if dropsBlanks {
      plain = Array(plain[range])
      places = Array(range.lowerBound...range.upperBound)
      sentences[0].range = 0..<plain.count
      sentences[0].places = sentences[0].places.map { $0 - range.lowerBound }
    }
  }

  /// A text that comes out as it is.
  init(kept text: String) {
    plain = Array(text.utf8)
    places = Array(0...plain.count)
    marks = []
  }

  /// The bytes of a prefix behind what stands before the first sentence, where it begins with that.
  func withoutHead(of prefix: String) -> ArraySlice<UInt8> {
    let head = plain[..<(sentences.first?.range.lowerBound ?? plain.count)]
    let bytes = Array(prefix.utf8)
    return bytes.starts(with: head) ? bytes.dropFirst(head.count) : bytes[...]
  }

  /// Whether a translation that begins with a prefix can be made sentence by sentence: nothing is put before it that it
  /// does not have.
  func begins(with prefix: String) -> Bool {
    let head = plain[..<(sentences.first?.range.lowerBound ?? plain.count)]
    return marks.isEmpty && prefix.utf8.starts(with: head)
  }

  init(_ text: String, _ rules: Rules) {
    let bytes = TextBytes(Array(text.utf8))
    let spans = rules.scanner.spans(in: bytes)
    var builder = Builder(bytes: bytes)
    for span in spans { builder.add(span) }
    builder.finish()
    (plain, places, marks) = (builder.plain, builder.places, builder.tree.marks)
    let edges = Edges(plain[...], atoms: builder.atoms)
    var atom = 0
    for block in builder.blocks(partsLines: rules.partsLines) {
      for range in rules.splitter.ranges(in: Array(builder.mask[block])) {
        let range = edges.core(
          of: range.lowerBound + block.lowerBound..<range.upperBound + block.lowerBound)
        while atom < builder.atoms.count, builder.atoms[atom].upperBound <= range.lowerBound {
          atom += 1
        }
        guard edges.hasText(range, from: atom, countsDigits: rules.translatesNumbers) else {
          continue
        }
        sentences.append(prepared(range, atoms: builder.atoms, at: atom))
      }
    }
  }

  /// The text of a sentence as a translator reads it.
  private func prepared(_ range: Range<Int>, atoms: [Range<Int>], at first: Int) -> Sentence {
    var sentence = Sentence(range: range)
    var out: [UInt8] = []
    var (at, atom, isPending) = (range.lowerBound, first, false)
    let bytes = TextBytes(plain)
    var lastEnd = range.lowerBound
    func append(_ added: some Collection<UInt8>, _ part: Range<Int>) {
      let place = part.lowerBound
      if isPending, !out.isEmpty {
        out.append(0x20)
        sentence.places.append(lastEnd)
      }
      isPending = false
      lastEnd = part.upperBound
      out += added
      sentence.places += [Int](repeating: place, count: added.count)
    }
    while at < range.upperBound {
      if atom < atoms.count, atoms[atom].lowerBound == at {
        append(Self.token(sentence.values.count).utf8, atoms[atom])
        sentence.values.append(bytes.string(atoms[atom]))
        at = atoms[atom].upperBound
        atom += 1
        continue
      }
      let end = bytes.end(of: at)
      if bytes.isBlank(at) {
        isPending = true
      } else if !isInvisible(at, bytes) {
        // The bytes of a character have places of their own, so that parts of words can be aligned.
        append(plain[at..<end], at..<end)
      }
      at = end
    }
    sentence.places.append(range.upperBound)
    sentence.text = String(decoding: out, as: UTF8.self)
    return composed(sentence)
  }

  /// Soft hyphens, spaces without width and marks of direction belong to no word.
  private func isInvisible(_ place: Int, _ bytes: TextBytes) -> Bool {
    guard bytes[place] >= 0x80, let scalar = bytes.scalar(at: place) else { return false }
    switch scalar.value {
    case 0xad, 0x200b, 0x200e, 0x200f, 0x202a...0x202e, 0x2060, 0x2066...0x2069, 0xfeff: return true
    default: return false
    }
  }

  /// With characters composed that can be.
  private func composed(_ sentence: Sentence) -> Sentence {
    guard sentence.text.utf8.contains(where: { $0 >= 0x80 }) else { return sentence }
    let whole = sentence.text.normalized(.nfc)
    guard !whole.utf8.elementsEqual(sentence.text.utf8) else { return sentence }
    var out = sentence
    (out.text, out.places) = ("", [])
    var at = 0
    for character in sentence.text {
      let composed = String(character).normalized(.nfc)
      out.text += composed
      out.places += [Int](repeating: sentence.places[at], count: composed.utf8.count)
      at += character.utf8.count
    }
    out.places.append(sentence.range.upperBound)
    return out
  }

  /// What stands for a carried part, which no text of a user's holds.
  static func token(_ number: Int) -> String { "｟\u{e001}\(number)｠" }
}

// MARK: - Building

/// Takes marks out of a text and tells where it is parted.
private struct Builder {
  let bytes: TextBytes
  var plain: [UInt8] = []
  /// As `plain`, with a letter for each byte of what is carried, so that no sentence ends within it.
  var mask: [UInt8] = []
  var places: [Int] = []
  /// What is carried, in order.
  var atoms: [Range<Int>] = []
  var tree = MarkTree()
  private var gaps: [Range<Int>] = []
  private var at = 0

  init(bytes: TextBytes) { self.bytes = bytes }

  mutating func add(_ span: ProtectedSpan) {
    copy(upTo: span.range.lowerBound)
    let part = Array(bytes.bytes[span.range])
    switch span.role {
    case .word: addAtom(span.value ?? part, at: span.range.lowerBound)
    case .gap:
      gaps.append(plain.count..<plain.count + part.count)
      append(part, part, at: span.range.lowerBound, isCopy: true)
    case .opening(let key): tree.open(part, key: key, at: plain.count)
    case .closing(let key): tree.close(part, key: key, at: plain.count, reachesOut: true)
    case .text:
      let value = span.value ?? part
      append(value, value, at: span.range.lowerBound, isCopy: false)
    case .mark: tree.add(part, .standalone, at: plain.count)
    case .space:
      tree.add(part, .space, at: plain.count)
      if !bytes.isBlankBefore(span.range.lowerBound), !bytes.isBlank(span.range.upperBound) {
        append([0x20], [0x20], at: span.range.lowerBound, isCopy: false)
      }
    }
    at = span.range.upperBound
  }

  mutating func finish() {
    copy(upTo: bytes.count)
    places.append(bytes.count)
    tree.finish()
  }

  private mutating func addAtom(_ value: [UInt8], at place: Int) {
    guard !value.isEmpty else { return }
    atoms.append(plain.count..<plain.count + value.count)
    append(
      value, [UInt8](repeating: UInt8(ascii: "X"), count: value.count), at: place, isCopy: false)
  }

  private mutating func copy(upTo end: Int) {
    let part = bytes.bytes[at..<end]
    append(part, part, at: at, isCopy: true)
    at = end
  }

  private mutating func append(
    _ bytes: some Collection<UInt8>, _ masked: some Collection<UInt8>, at place: Int, isCopy: Bool
  ) {
    plain += bytes
    mask += masked
    places += (0..<bytes.count).map { isCopy ? place + $0 : place }
  }

  /// What lies between gaps and, where these part texts, ends of lines and tabs.
  func blocks(partsLines: Bool) -> [Range<Int>] {
    var blocks: [Range<Int>] = []
    var start = 0
    for gap in gaps + [plain.count..<plain.count] {
      addLines(of: start..<gap.lowerBound, partsLines, &blocks)
      start = gap.upperBound
    }
    return blocks
  }

  private func addLines(of range: Range<Int>, _ partsLines: Bool, _ blocks: inout [Range<Int>]) {
    var start = range.lowerBound
    if partsLines {
      for i in range where isEndOfLine(i) {
        if start < i { blocks.append(start..<i) }
        start = i + 1
      }
    }
    if start < range.upperBound { blocks.append(start..<range.upperBound) }
  }

  /// Tabs, the ends of lines of ASCII, U+0085, U+2028 and U+2029, by the last of their bytes.
  private func isEndOfLine(_ i: Int) -> Bool {
    switch mask[i] {
    case 0x09...0x0d: true
    case 0x85: i > 0 && mask[i - 1] == 0xc2
    case 0xa8, 0xa9: i > 1 && mask[i - 1] == 0x80 && mask[i - 2] == 0xe2
    default: false
    }
  }
}

/// What stands at the ends of a sentence and is none of it: blanks, symbols, marks of lists.
private struct Edges {
  let bytes: TextBytes
  let atoms: [Range<Int>]

  init(_ bytes: ArraySlice<UInt8>, atoms: [Range<Int>]) {
    (self.bytes, self.atoms) = (TextBytes(Array(bytes)), atoms)
  }

  func withoutBlanks(_ range: Range<Int>) -> Range<Int> {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high, bytes.isBlank(low) { low = bytes.end(of: low) }
    while high > low, bytes.isBlankBefore(high) { high = bytes.start(before: high) }
    return low..<max(low, high)
  }

  func core(of range: Range<Int>) -> Range<Int> {
    var core = withoutBlanks(range)
    while !core.isEmpty {
      let end = min(bytes.endOfToken(core.lowerBound), core.upperBound)
      guard
        isSymbols(core.lowerBound..<end)
          || isListMark(core.lowerBound..<end)
      else { break }
      core = withoutBlanks(end..<core.upperBound)
    }
    while !core.isEmpty {
      var start = core.upperBound
      while start > core.lowerBound, !bytes.isBlankBefore(start) {
        start = bytes.start(before: start)
      }
      guard start > core.lowerBound, isSymbols(start..<core.upperBound) else { break }
      core = withoutBlanks(core.lowerBound..<start)
    }
    return core
  }

  /// `3.`, `b)`, `(iv)`, `1.2.3`.
  private func isListMark(_ range: Range<Int>) -> Bool {
    var mark = bytes.bytes[range]
    guard mark.count < 12, !touchesAtom(range) else { return false }
    let opens = mark.first == 0x28
    if opens { mark.removeFirst() }
    let closes = mark.last == 0x29
    let points = mark.last == 0x2e
    if closes || points { mark.removeLast() }
    guard !mark.isEmpty else { return false }
    let isNumber = mark.allSatisfy { TextBytes.isDigit($0) || $0 == 0x2e } && mark.first != 0x2e
    let parts = mark.count(where: { $0 == 0x2e }) + 1
    if isNumber { return closes || points || parts > 2 }
    return closes
      && (mark.count == 1 && TextBytes.isLetter(mark[mark.startIndex])
        || mark.allSatisfy { [0x69, 0x76, 0x78].contains($0 | 0x20) })
  }

  /// Whether a run without blanks holds nothing but symbols: `•`, `—`, `😀`, `***`, `...`.
  private func isSymbols(_ range: Range<Int>) -> Bool {
    guard !touchesAtom(range) else { return false }
    var at = range.lowerBound
    while at < range.upperBound {
      guard let scalar = bytes.scalar(at: at), isSymbol(scalar) else { return false }
      at = bytes.end(of: at)
    }
    return true
  }

  /// Whether part of a range is carried.
  private func touchesAtom(_ range: Range<Int>) -> Bool {
    // The first that ends behind the range's beginning.
    var (low, high) = (0, atoms.count)
    while low < high {
      let middle = (low + high) / 2
      if atoms[middle].upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    return low < atoms.count && atoms[low].lowerBound < range.upperBound
  }

  private func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .dashPunctuation, .mathSymbol, .otherSymbol, .modifierSymbol, .nonspacingMark, .format,
      .enclosingMark, .currencySymbol:
      true
    // Quotation marks belong to what they enclose, and so do those before a question.
    case .otherPunctuation: !"\"'¿¡\u{e000}\u{e001}".unicodeScalars.contains(scalar)
    default: false
    }
  }

  /// Whether there is a letter outside of what is carried, and more than a code such as `B2` or `1st`.
  func hasText(_ range: Range<Int>, from first: Int, countsDigits: Bool) -> Bool {
    let part = bytes.bytes[range]
    if !countsDigits, part.contains(where: TextBytes.isDigit), !part.contains(where: { $0 <= 0x20 })
    {
      return false
    }
    var (at, atom) = (range.lowerBound, first)
    while at < range.upperBound {
      if atom < atoms.count, atoms[atom].lowerBound <= at {
        at = atoms[atom].upperBound
        atom += 1
        continue
      }
      if let scalar = bytes.scalar(at: at),
        scalar.properties.isAlphabetic && scalar.properties.generalCategory != .otherSymbol
          || countsDigits && scalar.properties.numericType != nil
      {
        return true
      }
      at = bytes.end(of: at)
    }
    return false
  }
}

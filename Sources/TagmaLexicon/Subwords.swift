/// What a text is cut into.
public enum UnitKind: String, Codable, Sendable, CaseIterable {
  /// Byte-pair encoding (Sennrich, Haddow & Birch 2016).
  case bpe
  /// The units of a unigram language model (Kudo 2018).
  case unigram
  /// Whole words, rare ones in characters.
  case words
  case characters
}

/// Subword units.
///
/// Text is cut at white space and between letters, digits and other characters; a word that begins after white
/// space carries `▁`, as in SentencePiece (Kudo & Richardson 2018). Within those parts pairs of units are merged in
/// the order in which training found them, or the units are chosen whose scores have the largest sum. What no unit
/// covers is spelled in bytes, so that every text whose white space is single spaces comes back as it was.
public struct Subwords: Sendable, Equatable {
  /// Units that no text contains: padding and unknown, beginning and end of a sentence.
  public static let begin = 0
  public static let end = 1
  static let specials = ["<s>", "</s>"]
  static let space: Unicode.Scalar = "▁"

  /// All units; their numbers are their lines in the vocabulary's file.
  public let units: Vocabulary
  /// Pairs in the order in which they are merged; none where units have scores.
  public let merges: [(left: Int, right: Int)]
  /// For each pair its rank and the unit that it becomes.
  private let ranks: [Pair: (rank: Int, unit: Int)]
  /// The ways to cut a word, where units have scores.
  private let lattice: UnitLattice?
  /// Units of one character.
  private let characters: [Unicode.Scalar: Int]
  /// Units that stand for something else, `｟0｠` and on; a text that holds one is cut at it.
  public let placeholders: Range<Int>

  struct Pair: Hashable {
    let left: Int
    let right: Int
  }

  public static func == (a: Subwords, b: Subwords) -> Bool {
    a.units == b.units && a.scores == b.scores && a.merges.elementsEqual(b.merges) { $0 == $1 }
  }

  /// The score of each unit, or nothing where pairs are merged.
  public var scores: [Float] { lattice?.scores ?? [] }

  /// Units and merges that were learned before; nil where a merge names no unit or makes none.
  public init?(units: Vocabulary, merges: [(left: Int, right: Int)]) {
    var ranks: [Pair: (rank: Int, unit: Int)] = [:]
    for (rank, (left, right)) in merges.enumerated() {
      guard units.entries.indices.contains(left), units.entries.indices.contains(right),
        let unit = units[units.entries[left] + units.entries[right]]
      else { return nil }
      ranks[Pair(left: left, right: right)] = (rank, unit)
    }
    guard units.entries.starts(with: Self.base) else { return nil }
    self.init(units: units, merges: merges, ranks: ranks)
  }

  /// Units with scores that were learned before; nil where there is not one score for each unit.
  public init?(units: Vocabulary, scores: [Float]) {
    guard units.entries.starts(with: Self.base), scores.count == units.count,
      scores.allSatisfy(\.isFinite)
    else { return nil }
    self.init(units: units, merges: [], ranks: [:], scores: scores)
  }

  init(
    units: Vocabulary, merges: [(left: Int, right: Int)],
    ranks: [Pair: (rank: Int, unit: Int)], scores: [Float] = []
  ) {
    self.units = units
    self.merges = merges
    self.ranks = ranks
    characters = Self.characters(units)
    let first = Self.base.count
    let count = units.entries.dropFirst(first).enumerated().prefix {
      $0.element == Self.placeholder($0.offset)
    }.count
    placeholders = first..<first + count
    lattice =
      scores.isEmpty
      ? nil
      : UnitLattice(
        units.entries.enumerated().dropFirst(first - 1).lazy
          .filter { !(first..<first + count).contains($0.offset) }
          .map { (unit: $0.offset, text: $0.element) }, scores: scores)
  }

  /// Whether a merge makes each unit of several characters; where merges were lost, it does not.
  package var mergesMakeAllUnits: Bool {
    let made = Set(ranks.values.map(\.unit))
    return units.entries.indices.dropFirst(placeholders.upperBound).allSatisfy {
      made.contains($0) || units.entries[$0].unicodeScalars.count == 1
    }
  }

  /// Whether there is a unit for a character: others are spelled in bytes.
  public func knows(_ scalar: Unicode.Scalar) -> Bool { characters[scalar] != nil }

  /// Whether a text of the training held a character less often than another and so rarely that no unit of several
  /// characters has it.
  public func isRarer(_ scalar: Unicode.Scalar, than other: Unicode.Scalar) -> Bool {
    guard let otherUnit = characters[other] else { return false }
    // Units of one character stand in the order of their number.
    guard let unit = characters[scalar] else { return true }
    return unit > otherUnit
      && !units.entries.contains {
        $0.unicodeScalars.count > 1 && $0.unicodeScalars.contains(scalar)
      }
  }

  /// The text of a placeholder.
  public static func placeholder(_ number: Int) -> String { "｟\(number)｠" }

  static func characters(_ units: Vocabulary) -> [Unicode.Scalar: Int] {
    var characters: [Unicode.Scalar: Int] = [:]
    for (id, unit) in units.entries.enumerated().dropFirst(specials.count + bytes.count) {
      let scalars = unit.unicodeScalars
      if scalars.count == 1, let scalar = scalars.first { characters[scalar] = id }
    }
    return characters
  }

  static let bytes = (0..<256).map { value in
    let digits = String(value, radix: 16, uppercase: true)
    return "<0x" + (digits.count < 2 ? "0" : "") + digits + ">"
  }
  private static let firstByte = specials.count
  /// What every vocabulary begins with.
  static let base = specials + bytes + [String(space)]
  /// The unit of a space that begins a word of which no unit begins so.
  public static let spaceUnit = base.count - 1
}

// MARK: - Text to units

extension Subwords {
  /// What no unit reaches beyond.
  struct Part: Hashable {
    let isAfterSpace: Bool
    var scalars: [Unicode.Scalar]
    /// The number of the placeholder that the part is.
    var placeholder: Int?

    /// The mark of a space, then the characters; nil for such a mark in the text itself, which is no unit.
    var characters: [Unicode.Scalar?] {
      (isAfterSpace ? [Subwords.space] : []) + scalars.map { $0 == Subwords.space ? nil : $0 }
    }
  }

  /// Longer parts are cut: merging takes time that grows with the square of a part's length.
  private static let longestPart = 64

  /// - Parameter placeholders: Only so many are known.
  static func parts(of text: String, placeholders: Int) -> [Part] {
    var parts: [Part] = []
    var isAfterSpace = true
    var last: CharacterKind?
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "｟", placeholders > 0, let (number, end) = Self.placeholder(in: rest),
        number < placeholders
      {
        parts.append(Part(isAfterSpace: isAfterSpace, scalars: [], placeholder: number))
        (rest, isAfterSpace, last) = (rest[end...], false, .other)
        continue
      }
      if Self.isSpace(scalar) {
        // White space at the beginning and runs of it count for nothing.
        isAfterSpace = true
        continue
      }
      let kind = CharacterKind(scalar)
      if !isAfterSpace, kind == .mark || kind == last && kind != .other,
        parts[parts.count - 1].placeholder == nil,
        parts[parts.count - 1].scalars.count < longestPart
      {
        parts[parts.count - 1].scalars.append(scalar)
      } else {
        parts.append(Part(isAfterSpace: isAfterSpace, scalars: [scalar]))
      }
      if kind != .mark { last = kind }
      isAfterSpace = false
    }
    return parts
  }

  /// The number before the first `｠`, and where the text goes on after it.
  private static func placeholder(
    in text: Substring.UnicodeScalarView
  ) -> (number: Int, end: String.Index)? {
    let digits = text.prefix { ("0"..."9").contains($0) }
    guard !digits.isEmpty, digits.endIndex < text.endIndex, text[digits.endIndex] == "｠",
      let number = Int(String(digits))
    else { return nil }
    return (number, text.index(after: digits.endIndex))
  }

  /// Looking up properties takes most of the time of cutting a text; most texts need few of them.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x80
      ? scalar.value == 0x20 || (0x09...0x0d).contains(scalar.value)
      : scalar.properties.isWhitespace
  }

  private enum CharacterKind {
    case letter, digit, mark, other

    init(_ scalar: Unicode.Scalar) {
      if scalar.value < 0x80 {
        let isLetter = (0x61...0x7a).contains(scalar.value | 0x20)
        self = isLetter ? .letter : (0x30...0x39).contains(scalar.value) ? .digit : .other
        return
      }
      switch scalar.properties.generalCategory {
      case .decimalNumber, .letterNumber, .otherNumber: self = .digit
      case .nonspacingMark, .spacingMark, .enclosingMark: self = .mark
      default: self = scalar.properties.isAlphabetic ? .letter : .other
      }
    }
  }

  /// Characters as units, those that are none as bytes.
  private func spelled(_ part: Part) -> [Int] {
    if let number = part.placeholder {
      return (part.isAfterSpace ? [Self.spaceUnit] : []) + [placeholders.lowerBound + number]
    }
    return part.characters.flatMap(spelled)
  }

  /// A character as a unit, or as bytes; nil is the mark of a space in the text itself.
  private func spelled(_ character: Unicode.Scalar?) -> [Int] {
    if let character, let unit = characters[character] { return [unit] }
    return String(character ?? Self.space).utf8.map { Self.firstByte + Int($0) }
  }

  /// The units of a text.
  ///
  /// - Parameter skips: Whether a merge, or a longer unit, is left out where it could be made: drawn anew at each
  ///   chance, it shows a training other ways to cut the same words (Provilkov, Emelianenko & Voita 2020).
  public func encode(_ text: String, skips: () -> Bool = { false }) -> [Int] {
    Self.parts(of: text, placeholders: placeholders.count).flatMap { part in
      guard let lattice, part.placeholder == nil else { return merged(spelled(part), skips) }
      let characters = part.characters
      return lattice.best(characters, skips: { _ in skips() }).units.flatMap { piece in
        piece.unit.map { [$0] } ?? spelled(characters[piece.characters.lowerBound])
      }
    }
  }

  private func merged(_ spelled: [Int], _ skips: () -> Bool) -> [Int] {
    var word = spelled
    while word.count > 1 {
      var best: (rank: Int, unit: Int)?
      var place = 0
      for i in 0..<word.count - 1 {
        guard let candidate = ranks[Pair(left: word[i], right: word[i + 1])],
          candidate.rank < best?.rank ?? .max, !skips()
        else { continue }
        (best, place) = (candidate, i)
      }
      guard let best else { break }
      word[place] = best.unit
      word.remove(at: place + 1)
    }
    return word
  }

  /// Whether white space stands before a unit.
  public func beginsWord(_ unit: Int) -> Bool {
    units.entries[unit].unicodeScalars.first == Self.space
  }

  /// The text of units; those outside of any text are left out, bytes that are no UTF-8 become U+FFFD.
  ///
  /// - Parameter values: What placeholders stand for; those beyond stand for themselves.
  public func decode(_ ids: some Sequence<Int>, placeholders values: [String] = []) -> String {
    var bytes: [UInt8] = []
    for id in ids { bytes += self.bytes(of: id, placeholders: values) }
    if bytes.first == 0x20 { bytes.removeFirst() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The bytes of a unit, a space where it begins a word.
  public func bytes(of id: Int, placeholders values: [String] = []) -> [UInt8] {
    guard id >= Self.firstByte, id < units.count else { return [] }
    if id < Self.firstByte + 256 { return [UInt8(id - Self.firstByte)] }
    if placeholders.contains(id), id - placeholders.lowerBound < values.count {
      return Array(values[id - placeholders.lowerBound].utf8)
    }
    let unit = Array(units.entries[id].utf8)
    return unit.starts(with: Self.spaceBytes) ? [0x20] + unit.dropFirst(3) : unit
  }

  private static let spaceBytes = Array(String(space).utf8)
}

internal import Foundation

/// What a classifier reads of a text: for each word the rows of its own and of its runs of letters, by their hash (FNV-1a).
///
/// A word is a run of letters, marks and digits, in small letters; a sign of a script that puts no blanks between words is one
/// by itself. All else only parts words.
struct TextFeatures: Sendable {
  private let buckets: UInt32
  private let lengths: ClosedRange<Int>?
  private let readsWords: Bool

  /// Words of a text that are read.
  private static let longestText = 4096
  /// Letters of a word that are read.
  private static let longestWord = 64
  private static let boundary: UInt32 = 0x5f

  init(_ c: ClassifierConfiguration) {
    buckets = UInt32(c.buckets)
    lengths = c.longestNGram > 0 ? c.shortestNGram...c.longestNGram : nil
    readsWords = c.readsWords
  }

  /// Rows of each word.
  func words(of text: String) -> [[Int]] {
    var words: [[Int]] = []
    forEachWord(of: text) { letters in
      var rows: [Int] = []
      add(letters, to: &rows)
      words.append(rows)
    }
    return words
  }

  /// Rows of all words together.
  func bag(of text: String) -> [Int] {
    var rows: [Int] = []
    rows.reserveCapacity(4 * text.utf8.count)
    forEachWord(of: text) { add($0, to: &rows) }
    return rows
  }

  /// Hands on the letters of each word, with a mark at both ends.
  private func forEachWord(of text: String, _ body: ([UInt32]) -> Void) {
    // Letters with marks are one character where there is one.
    let text =
      text.unicodeScalars.contains { 0x300...0x36f ~= $0.value }
      ? text.precomposedStringWithCanonicalMapping : text
    var word = [Self.boundary]
    var count = 0
    func end() {
      guard word.count > 1 else { return }
      word.append(Self.boundary)
      body(word)
      word.removeAll(keepingCapacity: true)
      word.append(Self.boundary)
      count += 1
    }
    for scalar in text.unicodeScalars {
      guard count < Self.longestText else { return }
      let letter = Letters.letter(scalar)
      if letter == 0 {
        end()
      } else if Letters.standsAlone(letter) {
        end()
        word.append(letter)
        end()
      } else if word.count <= Self.longestWord {
        word.append(letter)
      }
    }
    end()
  }

  private func add(_ letters: [UInt32], to rows: inout [Int]) {
    if readsWords {
      var hash: UInt32 = 2_166_136_261
      for letter in letters { hash = Self.mix(hash, letter) }
      rows.append(Int(Self.mix(hash, 0) % buckets))
    }
    guard let lengths else { return }
    for start in letters.indices {
      var hash: UInt32 = 2_166_136_261
      let end = min(start + lengths.upperBound, letters.count)
      for i in start..<end {
        hash = Self.mix(hash, letters[i])
        if i - start + 1 >= lengths.lowerBound { rows.append(Int(hash % buckets)) }
      }
    }
  }

  private static func mix(_ hash: UInt32, _ letter: UInt32) -> UInt32 {
    // The bytes of a letter at once: it has 21 bits.
    let h = (hash ^ letter) &* 16_777_619
    return h ^ (h >> 15)
  }
}

/// Small letters, by a table where most are.
private enum Letters {
  private static let tableSize = 0x600
  /// For each of the first scalars its small letter; 0 where it parts words.
  private static let table: [UInt32] = (0..<UInt32(tableSize)).map { value in
    Unicode.Scalar(value).map(slowLetter) ?? 0
  }

  static func letter(_ scalar: Unicode.Scalar) -> UInt32 {
    scalar.value < tableSize ? table[Int(scalar.value)] : slowLetter(scalar)
  }

  private static func slowLetter(_ scalar: Unicode.Scalar) -> UInt32 {
    if isPlainLetter(scalar.value) { return scalar.value }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .titlecaseLetter:
      let small = scalar.properties.lowercaseMapping.unicodeScalars
      return small.count == 1 ? small[small.startIndex].value : scalar.value
    case .lowercaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
      .enclosingMark, .decimalNumber, .letterNumber:
      return scalar.value
    default: return 0
    }
  }

  /// Letters without capitals, of the scripts with most of them.
  private static func isPlainLetter(_ value: UInt32) -> Bool {
    0x4e00...0x9fff ~= value || 0xac00...0xd7a3 ~= value || 0x3041...0x3096 ~= value
      || 0x30a1...0x30fa ~= value
  }

  /// Whether a sign is of a script that puts no blanks between words.
  static func standsAlone(_ value: UInt32) -> Bool {
    guard value >= 0x0e00 else { return false }
    return 0x3041...0x30ff ~= value || 0x3400...0x9fff ~= value || 0xf900...0xfaff ~= value
      || 0x20000...0x3ffff ~= value
  }
}

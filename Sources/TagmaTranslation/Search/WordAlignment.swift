internal import Foundation
internal import TagmaLexicon

/// Which word of the source a word of the translation comes from; words are what white space parts, counted from 0.
public struct AlignedWords: Sendable, Equatable, Hashable {
  public var source: Int
  public var target: Int

  public init(source: Int, target: Int) {
    (self.source, self.target) = (source, target)
  }
}

/// A word or a mark of punctuation of a translation and what it comes from, as bytes of UTF-8 of both texts.
public struct AlignedRanges: Sendable, Equatable, Hashable {
  public var source: Range<Int>
  public var target: Range<Int>
}

/// Where units stand in the text that they spell.
struct UnitPlaces {
  /// Bytes of the text, without the space before a word.
  private(set) var ranges: [Range<Int>] = []
  /// The number of the word that white space parts.
  private(set) var words: [Int] = []
  /// Where words begin; a unit that stands for something else may have several.
  private(set) var wordStarts: [Int] = []
  /// The number of the run of letters and digits, or of the mark, that a unit belongs to.
  private(set) var atoms: [Int] = []
  private(set) var atomRanges: [Range<Int>] = []

  /// - Parameter carried: What placeholders stand for.
  init(_ units: [Int], _ subwords: Subwords, carried: [String]) {
    var (at, word) = (0, 0)
    var lastIsWordLike = false
    for unit in units {
      var bytes = subwords.bytes(of: unit, placeholders: carried)[...]
      let isAfterSpace = bytes.first == 0x20
      if isAfterSpace {
        bytes.removeFirst()
        if at > 0 {
          at += 1
          word += 1
        }
      }
      let range = at..<at + bytes.count
      let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
      let isWordLike = scalars.first.map {
        $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "\u{fffd}"
      }
      let continues =
        !isAfterSpace && !atoms.isEmpty
        && (atomRanges[atomRanges.count - 1].isEmpty || isWordLike == true && lastIsWordLike)
      if continues {
        atomRanges[atomRanges.count - 1] =
          atomRanges[atomRanges.count - 1].lowerBound..<range.upperBound
      } else {
        atomRanges.append(range)
      }
      ranges.append(range)
      words.append(word)
      if wordStarts.count <= word { wordStarts.append(at) }
      for (i, byte) in bytes.enumerated() where byte == 0x20 { wordStarts.append(at + i + 1) }
      atoms.append(atomRanges.count - 1)
      lastIsWordLike = isWordLike ?? false
      at = range.upperBound
      word += bytes.count { $0 == 0x20 }
    }
  }
}

/// Reads alignments off a decoder's attention.
struct WordAligner {
  let subwords: Subwords

  /// For each word of a translation the source word that its units looked at most (Bahdanau, Cho & Bengio 2015, §5.2), by
  /// their first bytes; the same for their parts; and the probability of each word's units after what stands before.
  func alignment(of piece: SourceText.Piece, _ hypothesis: Hypothesis) -> SentenceTranslation {
    let from = UnitPlaces(piece.units, subwords, carried: piece.originals)
    let to = UnitPlaces(hypothesis.units, subwords, carried: piece.carried)
    var sums = [Double](repeating: 0, count: to.wordStarts.count)
    for (word, value) in zip(to.words, hypothesis.unitLogProbabilities) { sums[word] += value }
    let words = mostLookedAt(hypothesis.attention, from: from.words, to: to.words)
    let atoms = mostLookedAt(hypothesis.attention, from: from.atoms, to: to.atoms)
    var translation = SentenceTranslation()
    translation.words = words.map {
      (source: piece.start + from.wordStarts[$0.source], target: to.wordStarts[$0.target])
    }
    translation.ranges = atoms.map {
      AlignedRanges(
        source: from.atomRanges[$0.source].shifted(by: piece.start),
        target: to.atomRanges[$0.target])
    }
    translation.confidences = zip(to.wordStarts, sums).map { (start: $0, value: exp($1)) }
    return translation
  }

  /// For each part of the target the part of the source that has most of the attention; parts are told unit by unit.
  private func mostLookedAt(
    _ attention: [[Float]], from: [Int], to: [Int]
  ) -> [(source: Int, target: Int)] {
    guard let lastFrom = from.last else { return [] }
    var found: [(source: Int, target: Int)] = []
    var sums = [Float](repeating: 0, count: lastFrom + 1)
    for (t, part) in to.enumerated() {
      // What a unit looks at beyond the last of the source, its mark of the end, is no part.
      for (place, weight) in zip(from, attention[t]) { sums[place] += weight }
      guard t + 1 == to.count || to[t + 1] != part else { continue }
      if let best = sums.indices.max(by: { sums[$0] < sums[$1] }) {
        found.append((source: best, target: part))
      }
      for i in sums.indices { sums[i] = 0 }
    }
    return found
  }
}

internal import Foundation
package import TagmaLexicon

/// What a network is told about a word: a function of its form alone.
package struct WordFeatures: Sendable, Equatable {
  package var word: Int
  package var characters: [Int]
  /// One row of the affix table for each kind.
  package var affixes: [Int]
}

/// Turns forms into numbers.
package struct WordFeatureExtractor: Sendable {
  package static let unknown = 0
  /// Kinds of affix: prefixes of 1 to 3, suffixes of 1 to 4 characters, and the shape.
  package static let affixKinds = 8
  /// Longer words are read by their beginning and their end.
  package static let characterLimit = 32

  package let words: Vocabulary
  package let characters: Vocabulary
  package let affixBuckets: Int

  package init(words: Vocabulary, characters: Vocabulary, affixBuckets: Int) {
    self.words = words
    self.characters = characters
    self.affixBuckets = affixBuckets
  }

  /// Lower case, digits as `0`: what the word vocabulary holds.
  package static func normalized(_ form: String) -> String {
    var out = ""
    for scalar in form.lowercased().unicodeScalars {
      out.unicodeScalars.append(scalar.properties.numericType == nil ? scalar : "0")
    }
    return out
  }

  /// What stands for an address, a mention or a hashtag that the vocabulary does not hold: they are told from
  /// unknown names, which differ from them in all else.
  package static func kind(of normalized: String) -> String? {
    if normalized.hasPrefix("@"), normalized.utf8.count > 1 { return "<mention>" }
    if normalized.hasPrefix("#"), normalized.utf8.count > 1 { return "<hashtag>" }
    for start in ["http://", "https://", "www."] where normalized.hasPrefix(start) {
      return "<url>"
    }
    return nil
  }

  private func wordID(_ form: String) -> Int {
    let normalized = Self.normalized(form)
    return words[normalized] ?? Self.kind(of: normalized).flatMap { words[$0] } ?? Self.unknown
  }

  package func features(of form: String) -> WordFeatures {
    let scalars = Array(form.unicodeScalars)
    return WordFeatures(
      word: wordID(form), characters: characterIDs(scalars),
      affixes: affixBuckets > 0 ? affixRows(form) : [])
  }

  private func characterIDs(_ scalars: [Unicode.Scalar]) -> [Int] {
    let limit = Self.characterLimit
    let kept =
      scalars.count <= limit
      ? scalars : Array(scalars.prefix(limit / 2) + scalars.suffix(limit / 2))
    let ids = kept.map { characters[String($0)] ?? Self.unknown }
    return ids.isEmpty ? [Self.unknown] : ids
  }

  private func affixRows(_ form: String) -> [Int] {
    let scalars = Array(Self.normalized(form).unicodeScalars)
    var rows: [Int] = []
    rows.reserveCapacity(Self.affixKinds)
    for length in 1...3 { rows.append(row(rows.count, scalars.prefix(length))) }
    for length in 1...4 { rows.append(row(rows.count, scalars.suffix(length))) }
    rows.append(row(rows.count, shape(form)[...]))
    return rows
  }

  /// FNV-1a over the scalars: the same on every platform, unlike `Hasher`.
  private func row(_ kind: Int, _ scalars: ArraySlice<Unicode.Scalar>) -> Int {
    var hash: UInt32 = 2_166_136_261
    for scalar in scalars {
      hash = (hash ^ scalar.value) &* 16_777_619
    }
    return kind * affixBuckets + Int(hash % UInt32(affixBuckets))
  }

  /// `Xx9-` with runs of one kind shortened to two.
  private func shape(_ form: String) -> [Unicode.Scalar] {
    var out: [Unicode.Scalar] = []
    for scalar in form.unicodeScalars {
      let properties = scalar.properties
      let kind: Unicode.Scalar =
        properties.isUppercase
        ? "X" : properties.isAlphabetic ? "x" : properties.numericType != nil ? "9" : scalar
      if out.count >= 2, out[out.count - 1] == kind, out[out.count - 2] == kind { continue }
      out.append(kind)
    }
    return out
  }
}

public import TagmaAnnotations

/// The metrics of the CoNLL 2018 shared task (Zeman and others 2018) that need no syntax: how well a text was cut and
/// labelled, where the words of the two sides need not be the same.
public struct RawTextEvaluation: Sendable {
  /// What was compared, and the words that both sides share for the share of right labels among them.
  public struct Metric: Sendable {
    public let name: String
    public let counts: MatchCounts
    /// Words that are aligned; nil where it is they that are counted.
    public let aligned: Int?

    /// Right among aligned words.
    public var alignedAccuracy: Double? {
      aligned.map { $0 == 0 ? 0 : Double(counts.correct) / Double($0) }
    }
  }

  public let metrics: [Metric]

  /// - Returns: nil where the texts differ in more than white space.
  public init?(gold: [Sentence], predicted: [Sentence]) {
    let (a, b) = (Side(gold), Side(predicted))
    guard a.characters == b.characters else { return nil }
    let pairs = alignWords(a.words, b.words)
    func aligned(_ name: String, _ isRight: (Token, Token) -> Bool) -> Metric {
      var counts = MatchCounts()
      (counts.gold, counts.predicted) = (a.words.count, b.words.count)
      counts.correct = pairs.count { isRight(a.words[$0.gold].token, b.words[$0.predicted].token) }
      return Metric(name: name, counts: counts, aligned: pairs.count)
    }
    var words = MatchCounts()
    (words.gold, words.predicted, words.correct) = (a.words.count, b.words.count, pairs.count)
    metrics = [
      Metric(name: "Tokens", counts: Self.shared(a.tokens, b.tokens), aligned: nil),
      Metric(name: "Sentences", counts: Self.shared(a.sentences, b.sentences), aligned: nil),
      Metric(name: "Words", counts: words, aligned: nil),
      aligned("UPOS") { $0.upos == $1.upos },
      aligned("XPOS") { $0.xpos == $1.xpos },
      aligned("UFeats") { universalFeatures($0.feats) == universalFeatures($1.feats) },
      aligned("AllTags") {
        $0.upos == $1.upos && $0.xpos == $1.xpos
          && universalFeatures($0.feats) == universalFeatures($1.feats)
      },
      // What nobody wrote down cannot be wrong.
      aligned("Lemmas") { $0.lemma == $1.lemma || $0.lemma == "_" },
    ]
  }

  private static func shared(_ gold: [Range<Int>], _ predicted: [Range<Int>]) -> MatchCounts {
    var counts = MatchCounts()
    (counts.gold, counts.predicted) = (gold.count, predicted.count)
    counts.correct = Set(gold).intersection(predicted).count
    return counts
  }
}

/// A text without white space, and what it is cut into, in characters of it.
private struct Side {
  struct Word {
    let token: Token
    let form: String
    /// That of the whole token where it has several words.
    let range: Range<Int>
    let isPart: Bool
  }

  var characters: [Unicode.Scalar] = []
  var tokens: [Range<Int>] = []
  var sentences: [Range<Int>] = []
  var words: [Word] = []

  init(_ all: [Sentence]) {
    for sentence in all where !sentence.tokens.isEmpty {
      let start = characters.count
      var ranges = sentence.multiwordTokens[...]
      var i = 0
      while i < sentence.tokens.count {
        var (form, end) = (sentence.tokens[i].form, i + 1)
        if let range = ranges.first, range.words.lowerBound == i {
          ranges.removeFirst()
          (form, end) = (range.form, range.words.upperBound + 1)
        }
        let first = characters.count
        characters += form.unicodeScalars.filter {
          $0.properties.generalCategory != .spaceSeparator
        }
        tokens.append(first..<characters.count)
        for token in sentence.tokens[i..<end] {
          words.append(
            Word(
              token: token, form: token.form.lowercased(), range: first..<characters.count,
              isPart: end > i + 1))
        }
        i = end
      }
      sentences.append(start..<characters.count)
    }
  }
}

/// Words of both sides that are the same: by their places, and within tokens of several words by the longest common
/// subsequence of their forms.
private func alignWords(
  _ gold: [Side.Word], _ predicted: [Side.Word]
) -> [(gold: Int, predicted: Int)] {
  var pairs: [(gold: Int, predicted: Int)] = []
  var (g, p) = (0, 0)
  while g < gold.count, p < predicted.count {
    if gold[g].isPart || predicted[p].isPart {
      let (a, b) = multiwordStretch(gold, predicted, g, p)
      pairs += commonWords(gold, a, predicted, b)
      (g, p) = (a.upperBound, b.upperBound)
    } else if gold[g].range == predicted[p].range {
      pairs.append((g, p))
      (g, p) = (g + 1, p + 1)
    } else if gold[g].range.lowerBound <= predicted[p].range.lowerBound {
      g += 1
    } else {
      p += 1
    }
  }
  return pairs
}

/// The words of both sides that tokens of several words at `g` or `p`, and all that overlap them, consist of.
private func multiwordStretch(
  _ gold: [Side.Word], _ predicted: [Side.Word], _ g: Int, _ p: Int
) -> (Range<Int>, Range<Int>) {
  var (g, p) = (g, p)
  var end: Int
  if gold[g].isPart {
    end = gold[g].range.upperBound
    if !predicted[p].isPart, predicted[p].range.lowerBound < gold[g].range.lowerBound { p += 1 }
  } else {
    end = predicted[p].range.upperBound
    if !gold[g].isPart, gold[g].range.lowerBound < predicted[p].range.lowerBound { g += 1 }
  }
  let (first, other) = (g, p)
  func isBeyond(_ words: [Side.Word], _ i: Int) -> Bool {
    guard i < words.count else { return true }
    return words[i].isPart
      ? words[i].range.lowerBound >= end : words[i].range.upperBound > end
  }
  while !isBeyond(gold, g) || !isBeyond(predicted, p) {
    let takesGold =
      g < gold.count
      && (p >= predicted.count || gold[g].range.lowerBound <= predicted[p].range.lowerBound)
    let word = takesGold ? gold[g] : predicted[p]
    if word.isPart { end = max(end, word.range.upperBound) }
    if takesGold { g += 1 } else { p += 1 }
  }
  return (first..<g, other..<p)
}

/// The longest common subsequence of forms.
private func commonWords(
  _ gold: [Side.Word], _ a: Range<Int>, _ predicted: [Side.Word], _ b: Range<Int>
) -> [(gold: Int, predicted: Int)] {
  guard !a.isEmpty, !b.isEmpty else { return [] }
  // lengths[i][j]: of what begins at the i-th and the j-th word.
  var lengths = [[Int]](
    repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
  for i in (0..<a.count).reversed() {
    for j in (0..<b.count).reversed() {
      let isSame = gold[a.lowerBound + i].form == predicted[b.lowerBound + j].form
      lengths[i][j] = max(
        isSame ? 1 + lengths[i + 1][j + 1] : 0, lengths[i + 1][j], lengths[i][j + 1])
    }
  }
  var pairs: [(gold: Int, predicted: Int)] = []
  var (i, j) = (0, 0)
  while i < a.count, j < b.count {
    if gold[a.lowerBound + i].form == predicted[b.lowerBound + j].form {
      pairs.append((a.lowerBound + i, b.lowerBound + j))
      (i, j) = (i + 1, j + 1)
    } else if lengths[i][j] == lengths[i + 1][j] {
      i += 1
    } else {
      j += 1
    }
  }
  return pairs
}

/// Features that are the same for all languages, sorted.
private func universalFeatures(_ feats: String) -> [Substring] {
  feats.split(separator: "|").filter { feature in
    universalNames.contains(feature.prefix { $0 != "=" })
  }.sorted()
}

private let universalNames: Set<Substring> = [
  "PronType", "NumType", "Poss", "Reflex", "Foreign", "Abbr", "Gender", "Animacy", "Number", "Case",
  "Definite", "Degree", "VerbForm", "Mood", "Tense", "Aspect", "Voice", "Evident", "Polarity",
  "Person", "Polite",
]

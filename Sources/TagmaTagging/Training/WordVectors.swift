internal import Foundation
internal import TagmaAnnotations
internal import TagmaCorpora
internal import TagmaLexicon
internal import TagmaNeural

/// Word vectors made elsewhere, for the words of a training set.
public struct WordVectors: Sendable {
  public let size: Int
  public let words: [String]
  let values: [Float]

  /// Reads GloVe text, word2vec or fastText `.vec` text, or word2vec binary, keeping only words in
  /// `needed` (normalised as the tagger does); the file is streamed.
  ///
  /// - Parameter limit: Vectors read at most.
  public init(
    contentsOf path: String, needed: Set<String>, limit: Int = .max
  ) throws {
    var size = 0
    var words: [String] = []
    var known: Set<String> = []
    var values: [Float] = []
    let lines = try LineReader(path)
    var count = 0
    while let line = try lines.next(), count < limit {
      let fields = line.split(separator: " ", omittingEmptySubsequences: true)
      if lines.lineNumber == 1, fields.count == 2, Int(fields[0]) != nil, let n = Int(fields[1]) {
        size = n
        continue
      }
      if size == 0 { size = fields.count - 1 }
      guard size > 0, fields.count > size else {
        throw CorpusError(
          .columnCount(found: fields.count, expected: size + 1), at: lines.location(),
          excerpt: line)
      }
      count += 1
      // Words may hold spaces: the numbers are the last fields.
      let word = WordFeatureExtractor.normalized(
        fields.dropLast(size).joined(separator: " "))
      guard needed.contains(word), known.insert(word).inserted else { continue }
      var row: [Float] = []
      for field in fields.suffix(size) {
        guard let value = Float(field), value.isFinite else {
          throw CorpusError(
            .json("'\(field)' is no finite number"), at: lines.location(), excerpt: line)
        }
        row.append(value)
      }
      words.append(word)
      values += row
    }
    self.size = size
    self.words = words
    self.values = values
  }

  /// The words of a corpus, as `needed` wants them.
  public static func words(of corpora: [TrainingCorpus]) -> Set<String> {
    var words: Set<String> = []
    for corpus in corpora {
      for sentence in corpus.sentences {
        for token in sentence.tokens {
          words.insert(WordFeatureExtractor.normalized(token.form))
        }
      }
    }
    return words
  }
}

extension Parameters {
  /// Begins with vectors made elsewhere for the words that have one.
  mutating func take(_ vectors: WordVectors, network: TaggerNetwork, words: Vocabulary) {
    precondition(vectors.size == network.words.size, "take: vectors of another size")
    for (i, word) in vectors.words.enumerated() {
      guard let row = words[word] else { continue }
      let start = network.words.table.range.lowerBound + row * vectors.size
      for j in 0..<vectors.size { elements[start + j] = vectors.values[i * vectors.size + j] }
    }
  }

  /// Begins with the weights of another model of the same configuration: tensors of equal shape as
  /// they are, tables that have grown row by row.
  mutating func takeOver(_ other: Parameters, words: TaggerVocabularies) {
    var theirs: [String: Parameter] = [:]
    for entry in other.layout.entries { theirs[entry.name] = entry.parameter }
    for entry in layout.entries {
      guard let source = theirs[entry.name],
        source.shape.dropFirst() == entry.parameter.shape.dropFirst(),
        source.shape[0] == entry.parameter.shape[0] || entry.isLookup
      else { continue }
      let count = min(source.range.count, entry.parameter.range.count)
      for i in 0..<count {
        elements[entry.parameter.range.lowerBound + i] =
          other.elements[source.range.lowerBound + i]
      }
    }
  }
}

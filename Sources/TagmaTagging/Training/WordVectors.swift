internal import TagmaAnnotations
public import TagmaLanguageModels
internal import TagmaLexicon
internal import TagmaNeural

extension WordVectorTable {
  /// Vectors made elsewhere, for the words of a training set alone; the file is streamed.
  ///
  /// - Parameters:
  ///   - needed: Words, normalised as the tagger does.
  ///   - limit: Vectors read at most.
  public init(contentsOf path: String, needed: Set<String>, limit: Int = .max) throws {
    try self.init(contentsOf: path, limit: limit) { word in
      let normalized = WordFeatureExtractor.normalized(word)
      return needed.contains(normalized) ? normalized : nil
    }
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
  mutating func take(_ vectors: WordVectorTable, network: TaggerNetwork, words: Vocabulary) {
    precondition(
      vectors.size == network.configuration.wordSize, "take: vectors of another size")
    for (i, word) in vectors.words.enumerated() {
      guard let row = words[word] else { continue }
      for member in network.members {
        let start = member.words.table.range.lowerBound + row * vectors.size
        for j in 0..<vectors.size { elements[start + j] = vectors.values[i * vectors.size + j] }
      }
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

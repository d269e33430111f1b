internal import Synchronization
internal import TagmaLexicon

/// Remembers lemmas: most words of a text were there before.
final class LemmaCache: Sendable {
  private struct Key: Hashable {
    let form, upos, feats: String
  }

  private let lemmatizer: Lemmatizer
  private let known = Mutex<[Key: String]>([:])
  /// When so many are remembered, all are forgotten.
  private static let capacity = 100_000

  init(_ lemmatizer: Lemmatizer) {
    self.lemmatizer = lemmatizer
  }

  /// The lemmas of words.
  func lemmas(of forms: [String], upos: [String], feats: [String]?) -> [String] {
    let keys = forms.indices.map { Key(form: forms[$0], upos: upos[$0], feats: feats?[$0] ?? "_") }
    var lemmas = known.withLock { known in keys.map { known[$0] } }
    var fresh: [(Key, String)] = []
    for (i, key) in keys.enumerated() where lemmas[i] == nil {
      let lemma = lemmatizer.lemma(of: key.form, upos: key.upos, feats: key.feats)
      lemmas[i] = lemma
      fresh.append((key, lemma))
    }
    if !fresh.isEmpty {
      known.withLock { known in
        if known.count + fresh.count > Self.capacity { known = [:] }
        for (key, lemma) in fresh { known[key] = lemma }
      }
    }
    return lemmas.map { $0 ?? "_" }
  }
}

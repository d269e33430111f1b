public import TagmaAnnotations
package import TagmaLexicon
public import TagmaModels
public import TagmaSegmentation

// The table of lemmas in a tagger's folder.

extension Tagger {
  private static let lemmaFile = "lemmas.tsv"

  static func readLemmas(in files: ModelFiles) throws -> Lemmatizer? {
    guard try files.contains(lemmaFile) else { return nil }
    guard let lemmatizer = Lemmatizer(fileText: try files.text(lemmaFile)) else {
      throw ModelError(
        .damaged("a line is neither a word nor a script"), path: files.path(of: lemmaFile))
    }
    return lemmatizer
  }

  static func write(_ lemmatizer: Lemmatizer, into writer: ModelWriter) throws {
    try writer.put(lemmaFile, Array(lemmatizer.fileText.utf8))
  }

  /// Learns lemmas from sentences and puts them into a tagger's folder.
  public static func writeLemmas(of sentences: [Sentence], to folder: String) throws {
    // A table that is damaged is made anew.
    let files = try ModelFiles(in: folder, .asTheyAre)
    let description: TaggerDescription = try files.description()
    let writer = try ModelWriter(amending: files)
    try write(Lemmatizer(learning: sentences.flatMap(lemmaExamples)), into: writer)
    try writer.finish(description)
    try writer.commit()
  }

  /// Puts a segmenter into a tagger's folder.
  ///
  /// - Parameters:
  ///   - storage: How weights are stored; nil is the smallest way that holds every one as it is.
  ///   - companions: What stands beside the segmenter.
  public static func write(
    _ segmenter: Segmenter, as storage: WeightStorage? = nil,
    beside companions: ModelCompanions = .kept, into folder: String
  ) throws {
    let files = try ModelFiles(in: folder, .asTheyAre)
    let description: TaggerDescription = try files.description()
    let writer = try ModelWriter(amending: files)
    let inner = try writer.inner(Segmenter.innerFolder)
    try segmenter.write(into: inner, as: storage)
    try inner.accompany(with: companions)
    try writer.finish(description)
    try writer.commit()
  }
}

/// The words of a sentence with what their lemmas follow from.
package func lemmaExamples(_ sentence: Sentence) -> [Lemmatizer.Example] {
  sentence.tokens.map {
    Lemmatizer.Example(form: $0.form, upos: $0.upos, feats: $0.feats, lemma: $0.lemma)
  }
}

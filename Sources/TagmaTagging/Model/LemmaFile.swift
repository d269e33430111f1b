internal import Foundation
public import TagmaAnnotations
internal import TagmaCorpora
package import TagmaLexicon
internal import TagmaModels

// The table of lemmas in a tagger's folder.

extension Tagger {
  private static let lemmaFile = "lemmas.tsv"

  static func readLemmas(in folder: String) throws -> Lemmatizer? {
    guard FileManager.default.fileExists(atPath: "\(folder)/\(lemmaFile)") else { return nil }
    let text = String(decoding: try readFile(lemmaFile, in: folder), as: UTF8.self)
    guard let lemmatizer = Lemmatizer(fileText: text) else {
      throw ModelError(
        .damaged("a line is neither a word nor a script"), path: "\(folder)/\(lemmaFile)")
    }
    return lemmatizer
  }

  static func write(_ lemmatizer: Lemmatizer, to folder: String) throws {
    try writeAtomically(Array(lemmatizer.fileText.utf8), to: "\(folder)/\(lemmaFile)")
  }

  /// Learns lemmas from sentences and puts them into a tagger's folder.
  public static func writeLemmas(of sentences: [Sentence], to folder: String) throws {
    try write(Lemmatizer(learning: sentences.flatMap(lemmaExamples)), to: folder)
  }
}

/// The words of a sentence with what their lemmas follow from.
package func lemmaExamples(_ sentence: Sentence) -> [Lemmatizer.Example] {
  sentence.tokens.map {
    Lemmatizer.Example(form: $0.form, upos: $0.upos, feats: $0.feats, lemma: $0.lemma)
  }
}

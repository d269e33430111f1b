internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma train lemmatizer` — gives a tagger lemmas.
struct TrainLemmatizerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lemmatizer",
    abstract: "Learn lemmas from a treebank, for a tagger that is there already.",
    discussion: """
      What a word's lemma is follows from its part of speech, its features and how it ends; a table says so, in the tagger's \
      folder. `tagma train tagger --task upos,feats,lemma` makes the same table on its way.

        tagma train lemmatizer --train train.conllu -o my-model
      """)

  @Option(parsing: .upToNextOption, help: "Training files, CoNLL-U.", completion: .file())
  var train: [String]

  @Option(name: .shortAndLong, help: "The folder of the tagger.", completion: .directory)
  var output: String

  func validate() throws {
    if train.isEmpty { throw ValidationError("--train needs a file") }
  }

  func run() async throws {
    // Not the whole model: a table that is damaged can be made anew.
    let kind = try modelKind(in: output)
    guard kind == "tagger" else {
      throw ModelError(.otherKind(found: kind, expected: "tagger"), path: output)
    }
    let sentences = try train.flatMap { try openCorpus($0, format: .conllu).readAll() }
    let hasLemmas = sentences.contains { $0.tokens.contains { $0.lemma != "_" } }
    guard hasLemmas else {
      throw ModelError(.noLabels(task: "lemma"), path: train.joined(separator: ", "))
    }
    try Tagger.writeLemmas(of: sentences, to: output)
  }
}

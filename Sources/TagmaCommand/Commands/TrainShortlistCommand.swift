internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma train shortlist` — makes a translator faster.
struct TrainShortlistCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shortlist",
    abstract: "Learn which units become which, and names, for a translator that is there already.",
    discussion: """
      With the first table, which is put into the translator's folder, a translation is looked for among some hundred units instead \
      of all, which takes half the time; whether translations suffer is for `tagma evaluate translations` to say. `tagma train \
      translator` makes the same table with training.shortlist=40. \
      The second says which words are names that both languages write alike; they are carried over. Every training makes it.

        tagma train shortlist --train train.en-de.tsv.gz -o en-de
      """)

  @OptionGroup var pairs: TrainingPairs

  @Option(help: "Units for each unit of a source.")
  var limit = 40

  @Option(name: .shortAndLong, help: "The folder of the translator.", completion: .directory)
  var output: String

  func validate() throws {
    guard (1...10_000).contains(limit) else {
      throw ValidationError("--limit must be from 1 to 10000")
    }
  }

  func run() async throws {
    let translator = try Translator(contentsOf: output)
    let (source, target) = (translator.description.source, translator.description.target)
    let pairs = try pairs.train.flatMap {
      try self.pairs.read($0, source: source, target: target).items
    }
    try translator.writeTables(of: pairs, limit: limit, to: output)
  }
}

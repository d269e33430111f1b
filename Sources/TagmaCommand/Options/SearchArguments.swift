internal import ArgumentParser
internal import Foundation
internal import Tagma

/// How translations are looked for.
struct SearchArguments: ParsableArguments {
  @Option(help: "Hypotheses kept at each step; 1 is greedy.")
  var beam = 5

  @Option(help: "Write the K best translations of each line, as tsv with the line's number.")
  var nbest = 1

  @Option(help: "The power of its length that a hypothesis's score is divided by.")
  var lengthPenalty = 1.0

  @Option(help: "Weight of what is left of the source without attention: 0.2 keeps more of it.")
  var coveragePenalty = 0.0

  @Option(help: "No run of N units stands twice in a translation; 0 allows it.")
  var noRepeat = SearchOptions().noRepeat

  @Flag(
    inversion: .prefixedNo,
    help: "Look among the units that those of the source become, where the model knows them.")
  var shortlist = true

  @Option(help: "Sample translations at this temperature instead of searching for the best.")
  var sample: Double?

  @Option(help: "Sample among the K most probable units.")
  var topK = 0

  @Option(help: "The seed of sampling; 1 unless given.")
  var seed: UInt64?

  @Option(
    help: "Terms, a pair a line separated by a tab: the first becomes the second.",
    completion: .file())
  var terms: String?

  func validate() throws {
    guard (1...1000).contains(beam), (1...1000).contains(nbest) else {
      throw ValidationError("--beam and --nbest must be from 1 to 1000")
    }
    guard (-10...10).contains(lengthPenalty), (0...10).contains(coveragePenalty) else {
      throw ValidationError(
        "--length-penalty must be from -10 to 10, --coverage-penalty from 0 to 10")
    }
    guard (0...100).contains(noRepeat), (0...1_000_000).contains(topK) else {
      throw ValidationError("--no-repeat must be from 0 to 100, --top-k from 0 to 1000000")
    }
    guard sample.map({ $0 > 0 && $0 <= 100 }) ?? (topK == 0 && seed == nil) else {
      throw ValidationError(
        "--sample must be above 0 and at most 100; --top-k and --seed need it")
    }
  }

  var options: SearchOptions {
    var options = SearchOptions()
    options.beam = max(beam, nbest)
    options.nbest = nbest
    options.lengthPenalty = lengthPenalty
    options.coveragePenalty = coveragePenalty
    options.noRepeat = noRepeat
    options.usesShortlist = shortlist
    options.temperature = sample ?? 0
    options.topK = topK
    options.seed = seed ?? 1
    return options
  }

  /// The pairs of a file of terms, without a first line that names the columns.
  private static func readTerms(
    _ path: String, for translator: Translator
  ) throws -> [(source: String, target: String)] {
    let reader = try PairReader(path)
    let languages = [translator.description.source, translator.description.target]
    var terms: [(source: String, target: String)] = []
    while let pair = try reader.next() {
      let sides = [pair.source, pair.target].map { $0.trimmingCharacters(in: .whitespaces) }
      for (i, side) in sides.enumerated() where side.isInvisible {
        throw CorpusError(
          .emptyTerm(column: i + 1), at: reader.location(),
          excerpt: "\(pair.source)\t\(pair.target)")
      }
      let isHeader =
        terms.isEmpty
        && [languages, ["source", "target"]].contains(sides.map { $0.lowercased() })
      if !isHeader { terms.append((sides[0], sides[1])) }
    }
    return terms
  }

  /// The file of terms, which a model without placeholders cannot use.
  func terminology(for translator: Translator) throws -> Terminology {
    guard let terms else { return Terminology() }
    guard translator.carriesPlaceholders else {
      throw ValidationError(
        "--terms needs a model that knows placeholders: one trained with training.placeholderShare")
    }
    return Terminology(try Self.readTerms(terms, for: translator))
  }
}

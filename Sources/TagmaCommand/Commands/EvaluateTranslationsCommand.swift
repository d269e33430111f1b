public import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma evaluate translations` — BLEU, chrF, TER and rates of edits.
struct EvaluateTranslationsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "translations",
    abstract: "Compare translations with references.",
    discussion: """
      Line n of each file is one segment. Scores and signatures are those of sacreBLEU 2.6. Several files of \
      hypotheses are several systems, each compared with the first.

        tagma evaluate translations --references test.de --hypotheses mine.de
        tagma evaluate translations --references a.de b.de --hypotheses old.de new.de --metrics bleu,chrf,ter
        tagma translate -m en-de test.en | tagma evaluate translations --references test.de
      """)

  @Option(
    parsing: .upToNextOption, help: "Files with references, one or more for each segment.",
    completion: .file())
  var references: [String]

  @Option(
    parsing: .upToNextOption,
    help: "Files with translations, one for each system; standard input where there are none.",
    completion: .file())
  var hypotheses = ["-"]

  @Option(help: "Any of bleu, chrf, chrf++, ter, exact, wer, cer.")
  var metrics = "bleu,chrf"

  @Option(help: "How BLEU finds words: 13a, intl, zh, ja-char, char or none.")
  var tokenizer = MetricTokenizer.v13a

  @Flag(help: "Do not tell capitals from small letters.")
  var lowercase = false

  @Option(help: "The files' encoding; UTF-8 unless given.")
  var encoding: String?

  @Option(help: "Samples drawn for the intervals; 0 leaves them out.")
  var samples = 1000

  @Option(help: "Seed of the samples.")
  var seed: UInt64 = 12345

  @Flag(help: "Also write the scores of each segment, tab-separated.")
  var segments = false

  @Flag(help: "Write JSON.")
  var json = false

  @Option(
    help: "Exit with 1 where the first metric of a system is lower (for error rates: higher).")
  var failUnder: Double?

  func validate() throws {
    if references.isEmpty || hypotheses.isEmpty {
      throw ValidationError("give --references FILES and --hypotheses FILES")
    }
    guard (references + hypotheses).count(where: { $0 == "-" }) < 2 else {
      throw ValidationError("only one file can be standard input: name the others")
    }
    guard (0...1_000_000).contains(samples) else {
      throw ValidationError("--samples: a number from 0 to 1000000")
    }
    guard try !chosenMetrics().isEmpty else {
      throw ValidationError("--metrics: any of bleu, chrf, chrf++, ter, exact, wer, cer")
    }
  }

  func run() async throws {
    let inputs = InputFiles(references + hypotheses)
    try inputs.checkText()
    inputs.tellKeyboard()
    let scores = try TranslationScores(self, try chosenMetrics())
    let out = try OutputFile("-")
    try out.write(json ? try scores.json() : scores.table())
    if segments, !json { try out.write(scores.segmentTable()) }
    try out.commit()
    if let failUnder, scores.isBelow(failUnder) { throw ExitCode(ExitStatus.belowThreshold) }
  }

  private func chosenMetrics() throws -> [(key: String, metric: any TranslationMetric)] {
    try metrics.split(separator: ",").map { name in
      let key = name.trimmingCharacters(in: .whitespaces).lowercased()
      let metric: any TranslationMetric
      switch key {
      case "bleu":
        var bleu = BLEU(tokenizer)
        bleu.isLowercase = lowercase
        metric = bleu
      case "chrf", "chrf++":
        var score = CharacterFScore(wordOrder: key == "chrf" ? 0 : 2)
        score.isLowercase = lowercase
        metric = score
      case "ter": metric = TranslationEditRate()
      case "exact": metric = ExactMatch()
      case "wer": metric = EditRate(.words)
      case "cer": metric = EditRate(.characters)
      default:
        throw ValidationError(
          "--metrics: '\(key)' is none of bleu, chrf, chrf++, ter, exact, wer, cer")
      }
      return (key, metric)
    }
  }
}

extension MetricTokenizer: ExpressibleByArgument {}

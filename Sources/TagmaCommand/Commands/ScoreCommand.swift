internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma score` — how likely a text or a translation is.
struct ScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Say how likely a text is, or a translation.",
    discussion: """
      With a language model, for each line its logarithm of probability, perplexity and bits per character; with a \
      translator, of pairs a line, that of the second column given the first; a blank line stays one. The sums come last, on \
      standard error.

        tagma score -m my-model text.txt
        tagma score -m my-model --units text.txt
        tagma score -m en-de pairs.tsv
      """)

  @Argument(help: "Files; standard input where there are none.", completion: .file())
  var files: [String] = []

  @Option(name: .shortAndLong, help: "A model: a folder, or the name of one.")
  var model: String

  @Flag(help: "Write each unit with its own logarithm of probability.")
  var units = false

  @Option(help: "The input's encoding; UTF-8 unless given.")
  var encoding: String?

  @Option(name: .shortAndLong, help: "Threads; the result does not depend on it.")
  var jobs = 2

  private static let blockSize = 1024

  func run() async throws {
    let path = try ModelPath.find(model)
    let out = try OutputFile("-")
    let kind = try modelKind(in: path)
    switch kind {
    case "language-model": try scoreText(try LanguageModel(contentsOf: path), out)
    case "translator":
      guard !units else { throw ValidationError("--units is for language models") }
      try scorePairs(try Translator(contentsOf: path), out)
    default:
      throw ModelError(
        .otherKind(found: kind, expected: "language model or translator"), path: path)
    }
    try out.commit()
  }

  private func scoreText(_ model: LanguageModel, _ out: OutputFile) throws {
    var sum = TextScore()
    try forEachBlock { lines, _ in
      for list in model.unitScores(lines: lines, threads: jobs) {
        let score = list.reduce(TextScore()) { $0 + $1.score }
        sum = sum + score
        if units {
          for (unit, own) in list { try out.write("\(unit)\t\(decimal(own.logProbability, 4))\n") }
          try out.write("\n")
        } else {
          try out.write(
            "\(decimal(score.logProbability, 4))\t\(decimal(score.perplexity, 3))\t\(decimal(score.bitsPerCharacter, 4))\n"
          )
        }
      }
    }
    note(
      "\(sum.units) units, \(sum.characters) characters, perplexity \(decimal(sum.perplexity, 3)), "
        + "\(decimal(sum.bitsPerCharacter, 4)) bits per character")
  }

  private func scorePairs(_ translator: Translator, _ out: OutputFile) throws {
    var options = SearchOptions()
    options.lengthPenalty = 0
    var (sum, count) = (0.0, 0)
    try forEachBlock { lines, place in
      // A line of nothing is no pair, but its line counts: what is written stands beside what was read.
      var pairs: [TextPair?] = []
      var failure: CorpusError?
      for (i, line) in lines.enumerated() where failure == nil {
        let pair = TextPair(columns: line)
        if pair != nil || line.isInvisible {
          pairs.append(line.isInvisible ? nil : pair)
        } else {
          failure = CorpusError(
            .columnCount(found: 1, expected: 2),
            at: SourceLocation(file: place.file, line: place.line + i), excerpt: line)
        }
      }
      let scores = translator.score(pairs.compactMap { $0 }, options: options, threads: jobs)
      var rest = scores.map(\.score)[...]
      for pair in pairs {
        try out.write(pair == nil ? "\n" : "\(decimal(rest.popFirst() ?? 0, 4))\n")
      }
      count += scores.count
      sum += scores.reduce(0) { $0 + $1.score }
      if let failure { throw failure }
    }
    note("\(count) pairs, logarithm of probability \(decimal(sum, 3))")
  }

  /// Hands on all lines, and the place of the first of each block.
  private func forEachBlock(_ body: ([String], SourceLocation) throws -> Void) throws {
    let inputs = InputFiles(files)
    try inputs.checkText()
    inputs.tellKeyboard()
    for path in files.isEmpty ? ["-"] : files {
      let reader = try LineReader(path, encoding: encoding)
      var (block, first) = ([String](), 1)
      func end() throws {
        guard !block.isEmpty else { return }
        try body(block, SourceLocation(file: reader.name, line: first))
        first += block.count
        block = []
      }
      do {
        while let line = try reader.next() {
          block.append(line)
          if block.count >= Self.blockSize || !reader.hasLineReady { try end() }
        }
      } catch let error as CorpusError where error.location.line == first + block.count {
        // What was good before a line that cannot be read is scored.
        try end()
        throw error
      }
      try end()
    }
  }
}

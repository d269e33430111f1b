internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma translate` — one translation for each line.
struct TranslateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "translate",
    abstract: "Translate a text, line by line.",
    discussion: """
      Every line of the input has its line in the output.

        tagma translate -m en-de < letter.txt
        tagma translate -m en-de --beam 1 letter.txt -o brief.txt
        tagma translate -m en-de -I tsv --nbest 5 pairs.tsv
        tagma translate -m en-de --alignments letter.txt
      """)

  enum Input: String, ExpressibleByArgument, CaseIterable {
    case lines, tsv
  }

  @Argument(help: "Files; standard input where there are none.", completion: .file())
  var files: [String] = []

  @Option(name: .shortAndLong, help: "A model: a folder, or the name of one.")
  var model: String

  @Option(
    name: .customShort("I"), help: "Input: lines, or tsv, of which the first column is translated.")
  var input = Input.lines

  @Option(
    name: .customShort("O"),
    help: "Output: lines, or tsv with the source and the score beside each translation.")
  var outputFormat = Input.lines

  @Option(help: "Hypotheses kept at each step; 1 is greedy.")
  var beam = 5

  @Option(help: "Write the K best translations of each line, as tsv with the line's number.")
  var nbest = 1

  @Flag(
    help:
      "Write which words come from which beside each translation, source-target, words counted from 0."
  )
  var alignments = false

  @Option(help: "The power of its length that a hypothesis's score is divided by.")
  var lengthPenalty = 1.0

  @Option(help: "The input's encoding; UTF-8 unless given.")
  var encoding: String?

  @Option(name: .shortAndLong, help: "Threads; the result does not depend on it.")
  var jobs = 2

  @Option(
    name: .shortAndLong, help: "The file to write, otherwise standard output.", completion: .file())
  var output = "-"

  func validate() throws {
    guard (1...1000).contains(beam), (1...1000).contains(nbest) else {
      throw ValidationError("--beam and --nbest must be from 1 to 1000")
    }
    guard (-10...10).contains(lengthPenalty) else {
      throw ValidationError("--length-penalty must be from -10 to 10")
    }
    if jobs < 1 { throw ValidationError("--jobs must be at least 1") }
  }

  func run() async throws {
    let translator = try Translator(contentsOf: try ModelPath.find(model))
    let out = try OutputFile(output)
    var number = 0
    for path in files.isEmpty ? ["-"] : files {
      let reader = try LineReader(path, encoding: encoding)
      var block: [String] = []
      while let line = try reader.next() {
        block.append(line)
        // Batches are cut from the input alone, but a person at a keyboard is not kept waiting.
        if block.count >= Self.blockSize || !reader.hasLineReady {
          try write(block, translator, out, &number)
          try out.flush()
          block = []
        }
      }
      if !block.isEmpty { try write(block, translator, out, &number) }
    }
    try out.commit()
  }

  private static let blockSize = 1024

  private func write(
    _ lines: [String], _ translator: Translator, _ out: OutputFile, _ number: inout Int
  ) throws {
    let sources = lines.map { line in
      input == .tsv
        ? String(line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)[0])
        : line
    }
    var options = SearchOptions()
    options.beam = max(beam, nbest)
    options.nbest = nbest
    options.lengthPenalty = lengthPenalty
    let results = translator.translate(sources, options: options, threads: jobs)
    for (source, translations) in zip(sources, results) {
      number += 1
      for translation in translations {
        let score = decimal(translation.score, 4)
        var fields =
          nbest > 1
          ? ["\(number)", score, translation.text]
          : outputFormat == .tsv ? [source, translation.text, score] : [translation.text]
        if alignments {
          fields.append(
            translation.alignment.map { "\($0.source)-\($0.target)" }.joined(separator: " "))
        }
        try out.write(fields.joined(separator: "\t") + "\n")
      }
    }
  }
}

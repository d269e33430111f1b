public import ArgumentParser
internal import Foundation
public import Tagma

extension CorpusFormat: ExpressibleByArgument {}
extension TaggingScheme: ExpressibleByArgument {}

/// `tagma convert` — from one corpus format or tagging scheme to another.
struct ConvertCommand: AsyncParsableCommand {
  enum Target: String, ExpressibleByArgument, CaseIterable {
    case conllu, columns, text, lines, jsonl, tsv, tmx
  }

  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Convert between corpus formats and tagging schemes.",
    discussion: """
        tagma convert --to-scheme bioes -O columns train.iob2 -o train.bioes
        tagma convert -O text corpus.conllu

      Corpora of pairs (lines of two columns, TMX, XLIFF, WMT's XML, two aligned files) are cleaned on the way:

        tagma convert --source en --target de memory.tmx -O tsv --deduplicate --filter ratio,copy,language -o clean.tsv
      """)

  @Option(
    name: [.customShort("I"), .customLong("input-format")],
    help: "Input: conllu, columns, tsv or jsonl; recognised by default.")
  var input: CorpusFormat?

  @Option(
    name: [.customShort("O"), .customLong("output-format")],
    help: "Output: conllu, columns, text, lines or jsonl; tsv or tmx for pairs.")
  var output: Target?

  @Option(help: "The scheme of the input; recognised by default.")
  var scheme: TaggingScheme?

  @Option(help: "The scheme of the output.")
  var toScheme: TaggingScheme?

  @Flag(help: "Read broken tag sequences as conlleval does instead of refusing them.")
  var repair = false

  @OptionGroup var pairs: PairOptions

  @Flag(help: "Leave out pairs that stood before.")
  var deduplicate = false

  @Option(
    help:
      "Leave out pairs with these faults, separated by commas: \(PairFault.allCases.map(\.rawValue).joined(separator: ", "))."
  )
  var filter: String?

  @OptionGroup var columns: ColumnOptions

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Write to this file.",
    completion: .file())
  var outputFile = "-"

  @OptionGroup var overwrite: OverwriteOptions

  @Argument(help: "Files; none or - is standard input.", completion: .file())
  var files: [String] = []

  func validate() throws {
    let isPairs = pairs.languages != nil
    guard toScheme != nil || scheme == nil && !repair else {
      throw ValidationError("--scheme and --repair are for --to-scheme")
    }
    guard !columns.describesColumns || !isPairs && input ?? .columns == .columns else {
      throw ValidationError(
        "--columns, --features, --numbers, --separator and --map are for -I columns")
    }
    guard !isPairs || input == nil && toScheme == nil else {
      throw ValidationError("-I and --to-scheme are not for pairs")
    }
    guard isPairs || !deduplicate && filter == nil else {
      throw ValidationError("--deduplicate and --filter are for pairs: --source and --target")
    }
    guard output.map({ ($0 == .tsv || $0 == .tmx) == isPairs }) ?? true else {
      throw ValidationError(
        isPairs
          ? "pairs are written as tsv or tmx" : "tsv and tmx are for pairs: --source and --target")
    }
    _ = try faults()
  }

  /// The faults that a pair is left out for.
  private func faults() throws -> Set<PairFault> {
    var faults = try Set(
      (filter ?? "").split(separator: ",").map { name in
        guard let fault = PairFault(rawValue: String(name)) else {
          throw ValidationError("--filter knows no '\(name)'")
        }
        return fault
      })
    if deduplicate { faults.insert(.duplicate) }
    return faults
  }

  private func convertPairs(
    _ languages: (source: String, target: String), _ out: OutputFile
  ) throws {
    let faults = try faults()
    let isTMX = output == .tmx
    if isTMX { try out.write(tmxHead(source: languages.source)) }
    var (read, written) = (0, 0)
    for path in files.isEmpty ? ["-"] : files {
      var inspector = PairInspector(
        languages: faults.contains(.language)
          ? try pairs.sides(of: path, encoding: columns.encoding) : nil)
      let source = try pairs.open(path, languages, encoding: columns.encoding)
      while let pair = try source.next() {
        read += 1
        if !faults.isEmpty,
          inspector.faults(of: pair).contains(where: { faults.contains($0.fault) })
        {
          continue
        }
        written += 1
        try out.write(isTMX ? tmxUnit(pair, languages) : "\(pair.source)\t\(pair.target)\n")
      }
    }
    if isTMX { try out.write(tmxTail) }
    if !faults.isEmpty { note("\(written) of \(read) pairs kept") }
  }

  func run() async throws {
    let out = try overwrite.open(
      outputFile, reading: (files.isEmpty ? ["-"] : files).flatMap(pairs.files))
    do {
      if let languages = pairs.languages {
        try convertPairs(languages, out)
      } else {
        for path in files.isEmpty ? ["-"] : files { try convert(path, to: out) }
      }
    } catch {
      // Results before the fault are not lost.
      if outputFile == "-" { try out.flush() }
      throw error
    }
    try out.commit()
  }

  private func convert(_ path: String, to out: OutputFile) throws {
    let reader = try openCorpus(
      path, format: input, columns: try columns.format(), encoding: columns.encoding)
    var number = 0
    func write(_ sentence: Sentence, from known: TaggingScheme?) throws {
      var sentence = sentence
      number += 1
      try convertScheme(&sentence, from: known)
      var text = ""
      formatter(for: sentence).write(DocumentSentence(sentence, number: number), to: &text)
      try out.write(text)
    }
    if toScheme == nil || scheme != nil {
      while let sentence = try reader.next() { try write(sentence, from: scheme) }
      return
    }
    // Schemes are a property of the whole file, so all of it is read before.
    var (all, failure): ([Sentence], (any Error)?) = ([], nil)
    do {
      while let sentence = try reader.next() { all.append(sentence) }
    } catch {
      failure = error
    }
    let known = recognizeScheme(
      all.flatMap { s in s.layers.filter { $0.key.isSpans || areSpanTags([$0.value]) }.map(\.value)
      })
    for sentence in all { try write(sentence, from: known) }
    if let failure { throw failure }
  }

  private func convertScheme(_ sentence: inout Sentence, from known: TaggingScheme?) throws {
    guard let toScheme else { return }
    for (task, labels) in sentence.layers.sorted(by: { $0.key.name < $1.key.name })
    where task.isSpans || areSpanTags([labels]) {
      try sentence.checkSpanTags(of: task)
      if !repair, let wrong = violations(of: known ?? .bio, in: labels).first {
        let place = sentence.location(ofWord: wrong.word)
        throw CorpusError(
          .schemeViolation("\(wrong.message); --repair reads it as conlleval does"),
          at: place ?? SourceLocation(file: "<stdin>", line: 1))
      }
      let converted = tags(for: spans(of: labels), count: labels.count, scheme: toScheme)
      sentence.layers[task] = converted
      if sentence.columns.isEmpty {
        for i in converted.indices {
          sentence.tokens[i].misc = Misc.setting(
            task.name.uppercased(), to: converted[i] == "O" ? nil : Misc.escapeSpaces(converted[i]),
            in: sentence.tokens[i].misc)
        }
      }
    }
  }

  private func formatter(for sentence: Sentence) -> any SentenceFormatter {
    switch output ?? .conllu {
    case .text: return PlainTextFormatter()
    case .lines: return Tagma.formatter(for: .lines, OutputOptions())
    case .jsonl: return Tagma.formatter(for: .jsonl, OutputOptions())
    case .conllu, .tsv, .tmx: return CorpusCoNLLUFormatter()
    case .columns:
      return CorpusColumnFormatter()
    }
  }
}

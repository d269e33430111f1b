internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma translate` — one translation for each line.
struct TranslateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "translate",
    abstract: "Translate a text, line by line, or the segments of a document.",
    discussion: """
      Every line of the input has its line in the output; a line of several sentences is translated sentence by \
      sentence. Documents (XLIFF 1.2 and 2, TMX, WMT's XML) come back with translations and are otherwise the same, \
      byte for byte; codes within a segment go where their words went. What is translated already is kept, unless \
      --force-target is given.

      What is no prose comes out as it went in: placeholders such as %s, {name} and ${x}, tags, addresses, names of \
      files and functions, versions, amounts with their units, mentions, marks of Markdown and subtitles; what a \
      pattern of --protect matches; and what stands between ｟ and ｠, without these two.

        tagma translate -m en-de < letter.txt
        tagma translate -m en-de --beam 1 letter.txt -o brief.txt
        tagma translate -m en-de -I tsv --nbest 5 pairs.tsv
        tagma translate -m en-de --alignments --confidence letter.txt
        tagma translate -m en-de manual.xlf -o manual.de.xlf
        tagma translate -m en-de -I tsv --force-target pairs.tsv
        tagma translate -m en-de --protect 'ACME-[0-9]+' --terms terms.tsv letter.txt
      """)

  enum Input: String, ExpressibleByArgument, CaseIterable {
    case lines, tsv, tmx, xliff
    case wmtXML = "wmt-xml"

    var document: TranslationDocumentFormat? { TranslationDocumentFormat(rawValue: rawValue) }
  }

  @Argument(help: "Files; standard input where there are none.", completion: .file())
  var files: [String] = []

  @Option(
    name: .shortAndLong,
    help: "A model: a folder, or the name of one; several are used together.")
  var model: [String]

  @Option(
    name: [.customShort("I"), .customLong("input-format")],
    help:
      "Input: lines; tsv, of which the first column is translated; tmx, xliff or wmt-xml. Unless given, what the file is: a document or lines."
  )
  var givenInput: Input?

  @Option(
    name: [.customShort("O"), .customLong("output-format")],
    help:
      "Output: lines, or tsv with the source and the score beside each translation; documents are written as they were read."
  )
  var outputFormat: Input?

  @OptionGroup var search: SearchArguments
  @OptionGroup var protectionArguments: ProtectionArguments

  @Flag(
    help:
      "Write which words come from which beside each translation, source-target, words counted from 0."
  )
  var alignments = false

  @Flag(help: "Write the probability of each word beside each translation.")
  var confidence = false

  @Flag(
    help:
      "Of tsv, score and align the second column instead of looking for a translation; in documents, replace translations that are there."
  )
  var forceTarget = false

  @Flag(help: "Of tsv, translations begin with what stands in the second column.")
  var prefix = false

  @Option(help: "The input's encoding; UTF-8 unless given.")
  var encoding: String?

  @Option(name: .shortAndLong, help: "Threads; the result does not depend on it.")
  var jobs = 2

  @Option(
    name: .shortAndLong, help: "The file to write, otherwise standard output.", completion: .file())
  var output = "-"

  @OptionGroup var overwrite: OverwriteOptions

  @OptionGroup var progress: ProgressOptions

  /// What the input is read as.
  var input: Input { givenInput ?? documentInput ?? .lines }

  /// The format of the first file that is plainly a document.
  private var documentInput: Input? {
    let inputs: [FileKind: Input] = [.xliff: .xliff, .tmx: .tmx, .wmt: .wmtXML]
    return InputFiles(files).paths.lazy.compactMap { FileKind(of: $0) }.compactMap { inputs[$0] }
      .first
  }

  func validate() throws {
    if jobs < 1 { throw ValidationError("--jobs must be at least 1") }
    if input.document != nil {
      guard outputFormat == nil || outputFormat == input else {
        throw ValidationError(
          "-I \(input.rawValue) is written as it was read: -O \(input.rawValue)")
      }
      guard search.nbest == 1, !alignments, !confidence, !prefix, encoding == nil else {
        throw ValidationError(
          "--nbest, --alignments, --confidence, --prefix and --encoding are for lines; a document names its encoding itself"
        )
      }
    } else {
      guard outputFormat?.document == nil else {
        throw ValidationError("-O \(outputFormat?.rawValue ?? "") needs -I of the same format")
      }
      guard !forceTarget && !prefix || givenInput == .tsv else {
        throw ValidationError(
          "--force-target is for -I tsv, tmx, xliff or wmt-xml, --prefix for tsv")
      }
      guard !forceTarget || !prefix && search.nbest == 1 else {
        throw ValidationError("--force-target looks for nothing: --prefix and --nbest exclude it")
      }
    }
  }

  func run() async throws {
    let inputs = InputFiles(files)
    try inputs.checkOpen()
    if givenInput == nil {
      try inputs.check(known: [.subtitles, .xliff, .tmx, .wmt], expected: Self.advice)
    }
    let paths = try model.map { try ModelPath.find($0) }
    let translator = try Translator(contentsOf: paths)
    inputs.tellKeyboard()
    let shown = ReadingProgress(inputs, progress, output: output)
    defer { shown?.end() }
    let out = try overwrite.open(
      output, reading: inputs.paths + paths + [search.terms].compactMap(\.self))
    if let format = input.document {
      try translate(format, translator, out)
      return
    }
    let texts = TextSettings(
      terms: try search.terminology(for: translator),
      protection: try protectionArguments.protection)
    var number = 0
    for path in files.isEmpty ? ["-"] : files {
      let source = try ByteSource(path, encoding: encoding)
      // Pipes show what they are when they are read.
      if givenInput == nil {
        try source.check(known: [.subtitles], expected: Self.advice)
        let watch = LanguageWatch(translator.description.source)
        if let text = watch?.warning(of: source.sample, in: source.name) { warn(text) }
      }
      let reader = LineReader(source)
      var block: [InputLine] = []
      var ends = LineEnds(isLastFile: path == (files.last ?? "-"))
      var blocks = TextBlocks()
      while let line = try reader.next() {
        let isKept = givenInput != .tsv && blocks.keeps(line)
        block.append(InputLine(text: line, isKept: isKept, end: ends.end(of: reader)))
        // Batches are cut from the input alone, but a person at a keyboard is not kept waiting.
        if block.count >= Self.blockSize || !reader.hasLineReady {
          try write(block, translator, texts, out, &number)
          try out.flush()
          shown?.report(source.bytesRead)
          block = []
        }
      }
      if !block.isEmpty { try write(block, translator, texts, out, &number) }
      shown?.endFile()
    }
    try out.commit()
  }

  private static let blockSize = 1024

  /// How a file of some kind may be translated.
  private static func advice(_ kind: FileKind) -> String {
    switch kind {
    case .xliff: "lines; -I xliff translates it"
    case .tmx: "lines; -I tmx translates it"
    case .wmt: "lines; -I wmt-xml translates it"
    default: plainTextAdvice(kind) + "; -I lines translates it as it is"
    }
  }

  private func translate(
    _ format: TranslationDocumentFormat, _ translator: Translator, _ out: OutputFile
  ) throws {
    guard files.count <= 1 else {
      throw ValidationError("one document at a time, found \(files.count) files")
    }
    let document = try TranslationDocument(
      files.first ?? "-", format, translator, replaces: forceTarget)
    try document.translate(
      terms: try search.terminology(for: translator),
      protection: try protectionArguments.protection, options: search.options, threads: jobs
    ) { try out.write($0) }
    try out.commit()
    for warning in document.warnings { warn(warning) }
  }

  private func write(
    _ lines: [InputLine], _ translator: Translator, _ texts: TextSettings, _ out: OutputFile,
    _ number: inout Int
  ) throws {
    let columns = lines.map { line in
      givenInput == .tsv
        ? line.text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        : [line.text]
    }
    let sources = columns.map { $0[0] }
    let seconds = columns.map { $0.count > 1 ? $0[1] : "" }
    let results =
      forceTarget
      ? translator.score(
        zip(sources, seconds).map { TextPair(source: $0, target: $1) }, options: search.options,
        threads: jobs
      ).map { [$0] }
      : translator.translate(
        sources, kept: lines.map(\.isKept), prefixes: prefix ? seconds : [], terms: texts.terms,
        protection: texts.protection, options: search.options, threads: jobs)
    for ((source, line), translations) in zip(zip(sources, lines), results) {
      number += 1
      for (place, translation) in translations.enumerated() {
        let score = decimal(translation.score, 4)
        var fields =
          search.nbest > 1
          ? ["\(number)", score, translation.text]
          : outputFormat == .tsv || forceTarget
            ? [source, translation.text, score] : [translation.text]
        if alignments {
          fields.append(
            translation.alignment.map { "\($0.source)-\($0.target)" }.joined(separator: " "))
        }
        if confidence {
          fields.append(translation.confidences.map { decimal($0, 3) }.joined(separator: " "))
        }
        // A tab within a text would be one between columns.
        if fields.count > 1 { fields = fields.map(withoutTabs) }
        // Of several translations each has a line.
        let end = place + 1 < translations.count && line.end.isEmpty ? "\r\n" : line.end
        try out.write(fields.joined(separator: "\t") + end)
      }
    }
  }
}

/// How texts are read, beside the search.
private struct TextSettings {
  let terms: Terminology
  let protection: Protection
}

private struct InputLine {
  let text: String
  /// Whether it is part of a block that is no prose.
  let isKept: Bool
  /// What ended it, and ends its translation.
  let end: String
}

/// Tells how lines end: as they did, in a file whose first line ends in a carriage return and a line feed; in others all end
/// in a line feed.
private struct LineEnds {
  /// Whether nothing is written behind the last line.
  private let isLastFile: Bool
  private var carriageReturns = 0
  private var hasCarriageReturns: Bool?

  init(isLastFile: Bool) { self.isLastFile = isLastFile }

  mutating func end(of reader: LineReader) -> String {
    let isReturned = reader.carriageReturns > carriageReturns
    carriageReturns = reader.carriageReturns
    if hasCarriageReturns == nil { hasCarriageReturns = isReturned }
    guard hasCarriageReturns == true else { return "\n" }
    if isReturned { return "\r\n" }
    return reader.endedWithLineFeed || !isLastFile ? "\n" : ""
  }
}

private func withoutTabs(_ field: String) -> String {
  String(String.UnicodeScalarView(field.unicodeScalars.map { $0 == "\t" ? " " : $0 }))
}

public import ArgumentParser
public import Tagma
internal import TagmaCorpora

extension InputFormat: ExpressibleByArgument {}
extension OutputFormat: ExpressibleByArgument {}
extension OffsetUnit: ExpressibleByArgument {}

/// Options of commands that read documents and write what they found.
struct DocumentOptions: ParsableArguments {
  enum Newline: String, ExpressibleByArgument, CaseIterable {
    case space, sentence
  }

  @Option(
    name: [.customShort("I"), .customLong("input-format")],
    help: "Input: text, lines, tokens, conllu, columns, tsv or jsonl; text unless given.")
  var input: InputFormat?

  @Option(
    name: [.customShort("O"), .customLong("output-format")],
    help: "Output: conllu, columns, tsv, jsonl, html, brat, lines or vertical.")
  var output = OutputFormat.conllu

  @Option(
    help: "A line feed in raw text: space (white space) unless given, or sentence (its end).")
  var newline: Newline?

  @Option(help: "What offsets count: bytes, scalars or utf16; scalars unless given.")
  var offsets: OffsetUnit?

  @Option(name: [.customShort("j"), .long], help: "Threads; the output does not depend on it.")
  var jobs = 2

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Write to this file.",
    completion: .file())
  var outputFile = "-"

  @Option(help: "Write one file for each input, of the same name, into this folder.")
  var outputDir: String?

  @Flag(
    help: "In -O tsv quote words with quotation marks, for readers of CSV such as spreadsheets.")
  var quoteForms = false

  @OptionGroup var overwrite: OverwriteOptions

  @OptionGroup var progress: ProgressOptions

  @Argument(help: "Files; none or - is standard input.", completion: .file())
  var files: [String] = []

  func validate() throws {
    if jobs < 1 || jobs > 1024 { throw ValidationError("--jobs must be from 1 to 1024") }
    if outputDir != nil, outputFile != "-" {
      throw ValidationError("-o and --output-dir exclude each other")
    }
    if output == .brat, outputDir == nil {
      throw ValidationError(
        "-O brat writes a .txt and an .ann for each file: it needs --output-dir")
    }
    if outputDir != nil, files.isEmpty || files.contains("-") {
      throw ValidationError("--output-dir needs named files")
    }
    if newline != nil, format != .text, format != .jsonl {
      throw ValidationError("--newline is for raw text: -I text or jsonl")
    }
    if offsets != nil, output != .jsonl, output != .tsv {
      throw ValidationError("--offsets is for -O jsonl and tsv")
    }
    var names: Set<[UInt8]> = []
    if outputDir != nil,
      let twin = files.map(FilePath.stem).first(where: { !names.insert(Array($0.utf8)).inserted })
    {
      throw ValidationError("two files would be written as '\(twin)': their names must differ")
    }
  }

  /// What the input is read as.
  var format: InputFormat { input ?? .text }

  /// What a page about the input is called: the name of the file, where it is one.
  var title: String? {
    files.count == 1 && files[0] != "-" ? FilePath.name(of: files[0]) : nil
  }

  /// Runs the pipeline over all files.
  ///
  /// - Parameters:
  ///   - others: What is read beside them, such as a model.
  ///   - watch: Told the beginning of each file of raw text.
  func run(
    _ pipeline: DocumentPipeline, _ options: OutputOptions, reading others: [String],
    watch: LanguageWatch? = nil
  ) throws {
    let inputs = InputFiles(files)
    try inputs.checkOpen()
    // Whoever names a format means it.
    if input == nil { try inputs.check(known: [.subtitles], expected: Self.advice) }
    inputs.tellKeyboard()
    if quoteForms, output != .tsv { throw UsageError("--quote-forms is for -O tsv") }
    var pipeline = pipeline
    pipeline.threads = jobs
    pipeline.format = format
    pipeline.tokenizer.lineEndsSentence = newline == .sentence
    pipeline.warn = warn
    // Pipes show what they are when they are read.
    if input == nil {
      pipeline.check = { source in
        try source.check(known: [.subtitles], expected: Self.advice)
        if let text = watch?.warning(of: source.sample, in: source.name) { warn(text) }
      }
    }
    var options = options
    options.quotesForms = quoteForms
    options.offsets = offsets ?? .scalars
    let shown = ReadingProgress(inputs, progress, output: outputDir ?? outputFile)
    defer { shown?.end() }
    if let outputDir {
      try runToFolder(pipeline, options, inputs.paths, outputDir, others, shown)
    } else {
      try runToFile(pipeline, options, inputs.paths, others, shown)
    }
  }

  /// How a file of some kind may be read.
  private static func advice(_ kind: FileKind) -> String {
    switch kind {
    case .conllu: "running text; -I conllu reads it"
    case .columns: "running text; -I columns reads it"
    case .table: "running text; -I tsv reads it"
    case .json: "running text; -I jsonl reads JSON lines, an object a line"
    default: plainTextAdvice(kind) + "; -I text reads it as it is"
    }
  }

  private func runToFile(
    _ pipeline: DocumentPipeline, _ options: OutputOptions, _ inputs: [String],
    _ others: [String], _ shown: ReadingProgress?
  ) throws {
    let formatter = formatter(for: output, options)
    let out = try overwrite.open(outputFile, reading: inputs + others)
    try out.write(formatter.header)
    do {
      for path in inputs {
        try pipeline.run(
          path, formatter: formatter, write: { try out.write($0) }, flush: { try out.flush() },
          progress: { shown?.report($0) })
        shown?.endFile()
      }
    } catch {
      // Results before the fault are not lost.
      if outputFile == "-" { try out.flush() }
      throw error
    }
    try out.write(formatter.footer)
    try out.commit()
  }

  private func runToFolder(
    _ pipeline: DocumentPipeline, _ options: OutputOptions, _ inputs: [String], _ folder: String,
    _ others: [String], _ shown: ReadingProgress?
  ) throws {
    try FileSystem.makeFolder(folder)
    FileSystem.removeLeftovers(in: folder)
    try overwrite.check(
      inputs.flatMap { path in
        suffixes.map { "\(folder)/\(FilePath.stem(of: path)).\($0)" }
      }, reading: inputs + others)
    for path in inputs {
      var options = options
      options.title = FilePath.name(of: path)
      let stem = "\(folder)/\(FilePath.stem(of: path))"
      if output == .brat {
        try writeBrat(pipeline, options, path, stem) { shown?.report($0) }
      } else {
        let formatter = formatter(for: output, options)
        let out = try OutputFile("\(stem).\(suffixes[0])")
        try out.write(formatter.header)
        try pipeline.run(
          path, formatter: formatter, write: { try out.write($0) },
          progress: { shown?.report($0) })
        try out.write(formatter.footer)
        try out.commit()
      }
      shown?.endFile()
    }
  }

  private func writeBrat(
    _ pipeline: DocumentPipeline, _ options: OutputOptions, _ path: String, _ stem: String,
    progress: (Int) -> Void
  ) throws {
    let (text, annotations) = (try OutputFile("\(stem).txt"), try OutputFile("\(stem).ann"))
    var document = BratDocument(options)
    try pipeline.run(
      path,
      each: { sentence in
        let added = document.add(sentence)
        try text.write(added.text)
        try annotations.write(added.annotations)
      }, progress: progress)
    try text.commit()
    try annotations.commit()
  }

  /// How the names of the files end that are written for each input.
  private var suffixes: [String] {
    switch output {
    case .columns: ["conll"]
    case .lines, .vertical: ["txt"]
    case .brat: ["ann", "txt"]
    default: [output.rawValue]
    }
  }
}

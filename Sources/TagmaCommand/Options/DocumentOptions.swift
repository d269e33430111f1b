public import ArgumentParser
internal import Foundation
public import Tagma

extension InputFormat: ExpressibleByArgument {}
extension OutputFormat: ExpressibleByArgument {}
extension OffsetUnit: ExpressibleByArgument {}

/// Options of commands that read documents and write what they found.
struct DocumentOptions: ParsableArguments {
  enum Newline: String, ExpressibleByArgument, CaseIterable {
    case space, sentence
  }

  @Option(name: .customShort("I"), help: "Input: text, lines, tokens, conllu, columns or jsonl.")
  var input = InputFormat.text

  @Option(
    name: .customShort("O"),
    help: "Output: conllu, columns, tsv, jsonl, html, brat, lines or vertical.")
  var output = OutputFormat.conllu

  @Option(help: "A line feed in raw text: white space, or the end of a sentence.")
  var newline = Newline.space

  @Option(help: "What offsets count: bytes, scalars or utf16.")
  var offsets = OffsetUnit.scalars

  @Option(name: [.customShort("j"), .long], help: "Threads; the output does not depend on it.")
  var jobs = 2

  @Option(name: .customShort("o"), help: "Write to this file.", completion: .file())
  var outputFile = "-"

  @Option(help: "Write one file for each input, of the same name, into this folder.")
  var outputDir: String?

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
    var names: Set<String> = []
    if outputDir != nil,
      let twin = files.map(Self.stem).first(where: { !names.insert($0).inserted })
    {
      throw ValidationError("two files would be written as '\(twin)': their names must differ")
    }
  }

  /// Runs the pipeline over all files.
  func run(_ pipeline: DocumentPipeline, _ options: OutputOptions) throws {
    var pipeline = pipeline
    pipeline.threads = jobs
    pipeline.format = input
    pipeline.tokenizer.lineEndsSentence = newline == .sentence
    pipeline.warn = warn
    let inputs = files.isEmpty ? ["-"] : files
    if let outputDir {
      try runToFolder(pipeline, options, inputs, outputDir)
      return
    }
    let formatter = formatter(for: output, options)
    let out = try OutputFile(outputFile)
    try out.write(formatter.header)
    do {
      for path in inputs {
        try pipeline.run(
          path, formatter: formatter, write: { try out.write($0) }, flush: { try out.flush() })
      }
    } catch let error as CorpusError {
      // Results before the fault are not lost.
      if outputFile == "-" { try out.flush() }
      throw error
    }
    try out.write(formatter.footer)
    try out.commit()
  }

  private func runToFolder(
    _ pipeline: DocumentPipeline, _ options: OutputOptions, _ inputs: [String], _ folder: String
  ) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw OutputError(kind: .cannotCreate, path: folder, code: EIO)
    }
    for path in inputs {
      let name = (path as NSString).lastPathComponent
      let stem = Self.stem(path)
      var options = options
      options.title = name
      if output == .brat {
        try writeBrat(pipeline, options, path, "\(folder)/\(stem)")
        continue
      }
      let formatter = formatter(for: output, options)
      let out = try OutputFile("\(folder)/\(stem).\(Self.suffix(output))")
      try out.write(formatter.header)
      try pipeline.run(path, formatter: formatter, write: { try out.write($0) })
      try out.write(formatter.footer)
      try out.commit()
    }
  }

  private func writeBrat(
    _ pipeline: DocumentPipeline, _ options: OutputOptions, _ path: String, _ stem: String
  ) throws {
    let annotations = try OutputFile("\(stem).ann")
    var count = 0
    try pipeline.run(path, formatter: Tagma.formatter(for: .brat, options)) { text in
      for line in text.split(separator: "\n") {
        count += 1
        try annotations.write("T\(count)\t\(line)\n")
      }
    }
    // The text that the offsets are of: the input itself, as UTF-8.
    let text = try OutputFile("\(stem).txt")
    if input == .text {
      let reader = try TextReader(path, encoding: pipeline.encoding)
      while let block = try reader.next() { try text.write(block.bytes) }
    } else {
      try pipeline.run(path, formatter: PlainTextFormatter(), write: { try text.write($0) })
    }
    try text.commit()
    try annotations.commit()
  }

  /// A file's name without folder and suffix.
  private static func stem(_ path: String) -> String {
    ((path as NSString).lastPathComponent as NSString).deletingPathExtension
  }

  private static func suffix(_ format: OutputFormat) -> String {
    switch format {
    case .columns: "conll"
    case .lines, .vertical: "txt"
    case .brat: "ann"
    default: format.rawValue
    }
  }
}

internal import ArgumentParser
internal import Foundation
internal import Tagma
internal import TagmaCorpora
internal import TagmaTokenization

/// `tagma classify` — labels of whole texts.
struct ClassifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Say what texts are.",
    discussion: """
      Each line is a text. Its label is written with its probability and the text; where a model gives several, they are \
      separated by `|`, with the probability of the likeliest.

        tagma classify -m languages letters.txt
        tagma classify -m my-model --best 3 letters.txt
        tagma classify -m my-model -O jsonl < letters.txt
      """)

  enum Output: String, ExpressibleByArgument, CaseIterable { case tsv, jsonl, labels }

  @Argument(help: "Files; standard input where there are none.", completion: .file())
  var files: [String] = []

  @Option(name: .shortAndLong, help: "A model: a folder, or the name of one.")
  var model: String

  @Option(
    name: [.customShort("O"), .customLong("output-format")],
    help:
      "Output: tsv, with the label, its probability and the text; jsonl, with all that --best names; labels alone."
  )
  var outputFormat = Output.tsv

  @Option(help: "How many labels to write of each text, with their probabilities, likeliest first.")
  var best: Int?

  @Flag(help: "A file is one text, whatever its lines.")
  var whole = false

  @Option(help: "The input's encoding; UTF-8 unless given.")
  var encoding: String?

  @Option(name: .shortAndLong, help: "Threads; the result does not depend on it.")
  var jobs = 2

  @Option(
    name: .shortAndLong, help: "The file to write, otherwise standard output.", completion: .file())
  var output = "-"

  @OptionGroup var overwrite: OverwriteOptions

  @OptionGroup var progress: ProgressOptions

  private static let blockSize = 4096

  func validate() throws {
    if jobs < 1 { throw ValidationError("--jobs must be at least 1") }
    if let best, best < 1 { throw ValidationError("--best must be at least 1") }
    if best != nil, outputFormat == .labels {
      throw ValidationError("-O labels writes no probabilities: --best is for tsv and jsonl")
    }
  }

  func run() async throws {
    let inputs = InputFiles(files)
    try inputs.checkOpen()
    try inputs.checkText()
    let path = try ModelPath.find(model)
    let classifier = try Classifier(contentsOf: path)
    inputs.tellKeyboard()
    let shown = ReadingProgress(inputs, progress, output: output)
    defer { shown?.end() }
    let out = try overwrite.open(output, reading: inputs.paths + [path])
    for path in files.isEmpty ? ["-"] : files {
      let source = try ByteSource(path, encoding: encoding)
      let reader = LineReader(source)
      var block: [String] = []
      while let line = try reader.next() {
        block.append(line)
        if !whole, block.count >= Self.blockSize || !reader.hasLineReady {
          try write(block, classifier, out)
          try out.flush()
          shown?.report(source.bytesRead)
          block = []
        }
      }
      if whole { block = [block.joined(separator: "\n")] }
      if !block.isEmpty { try write(block, classifier, out) }
      shown?.endFile()
    }
    try out.commit()
  }

  private func write(_ texts: [String], _ classifier: Classifier, _ out: OutputFile) throws {
    var lines = ""
    for (text, found) in zip(texts, classifier.classify(texts, threads: jobs)) {
      switch outputFormat {
      case .labels: lines += found.labels.joined(separator: "|") + "\n"
      case .tsv:
        let plain = String(text.map { "\t\n\r".contains($0) ? " " : $0 })
        if let best {
          for one in found.probabilities.prefix(best) {
            lines += "\(one.label)\t\(decimal(Double(one.probability), 4))\t\(plain)\n"
          }
        } else {
          let probability = Double(found.probabilities.first?.probability ?? 0)
          lines +=
            "\(found.labels.joined(separator: "|"))\t\(decimal(probability, 4))\t\(plain)\n"
        }
      case .jsonl: lines += found.json(of: text, best: best ?? 1) + "\n"
      }
    }
    try out.write(lines)
  }
}

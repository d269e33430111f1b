internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma check` — says what is wrong with a corpus.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what is wrong with a corpus, by file, line and column.",
    discussion: """
      Errors make the exit code 65; remarks do not.

        tagma check train.iob2
        tagma check test.conll --train train.conll
        tagma check --source en --target de pairs.tsv memory.tmx
      """)

  @Argument(help: "Corpora.", completion: .file())
  var files: [String]

  @Option(parsing: .upToNextOption, help: "Training files to compare labels and sentences with.")
  var train: [String] = []

  @OptionGroup var pairs: PairOptions

  @OptionGroup var columns: ColumnOptions

  @Option(help: "The tagging scheme of span tasks: io, iob1, bio or bioes; recognised by default.")
  var scheme: TaggingScheme?

  @Flag(help: "Write one JSON object for each finding.")
  var json = false

  func run() async throws {
    let out = try OutputFile("-")
    do {
      try check(out)
    } catch {
      // What was found before a file that cannot be read is not lost.
      try out.flush()
      throw error
    }
  }

  private func check(_ out: OutputFile) throws {
    if let languages = pairs.languages {
      try check(languages, out)
      return
    }
    let reference =
      train.isEmpty
      ? nil
      : CorpusInspector.Reference(
        sentences: try train.flatMap {
          try openCorpus($0, columns: try columns.format(), encoding: columns.encoding).readAll()
        })
    var errors = 0
    for path in files {
      var inspector = CorpusInspector(scheme: scheme, reference: reference)
      let findings = try inspector.inspect(
        path, columns: try columns.format(), encoding: columns.encoding)
      for finding in findings {
        if finding.severity == .error { errors += 1 }
        try out.write(json ? finding.json + "\n" : finding.description + "\n")
      }
      if !json { try out.write(onOneLine("\(path): \(inspector.summary)") + "\n") }
    }
    try out.commit()
    if errors > 0 { throw ExitCode(ExitStatus.badData) }
  }

  /// Findings of one kind that are written; the rest is counted.
  private static let mostOfAKind = 20

  private func check(_ languages: (source: String, target: String), _ out: OutputFile) throws {
    var failed = false
    for path in files {
      var inspector = PairInspector(
        languages: try? pairs.sides(of: path, encoding: columns.encoding))
      for path in train {
        let known = try pairs.open(path, languages, encoding: columns.encoding)
        while let pair = try known.next() { inspector.addTraining(pair) }
      }
      var counts: [PairFault: Int] = [:]
      var count = 0
      let source = try pairs.open(path, languages, encoding: columns.encoding)
      do {
        while let pair = try source.next() {
          count += 1
          for (fault, detail) in inspector.faults(of: pair) {
            counts[fault, default: 0] += 1
            guard counts[fault] ?? 0 <= Self.mostOfAKind else { continue }
            let finding = CorpusFinding(
              severity: .warning, kind: fault.rawValue, location: source.location(),
              message: detail.isEmpty ? fault.summary : "\(fault.summary): \(detail)")
            try out.write((json ? finding.json : finding.description) + "\n")
          }
        }
      } catch let error as CorpusError where !error.isAboutAccess {
        failed = true
        let finding = CorpusFinding(
          severity: .error, kind: "format", location: error.location,
          message: error.reason)
        try out.write((json ? finding.json : finding.description) + "\n")
      }
      if !json {
        let parts = PairFault.allCases.compactMap { fault in
          counts[fault].map { "\(fault.rawValue) \($0)" }
        }
        try out.write(
          "\(path): \(count) pairs"
            + (parts.isEmpty ? "\n" : "; \(parts.joined(separator: ", "))\n"))
      }
    }
    try out.commit()
    if failed { throw ExitCode(ExitStatus.badData) }
  }
}

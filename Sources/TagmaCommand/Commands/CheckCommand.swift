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
      """)

  @Argument(help: "Corpora.", completion: .file())
  var files: [String]

  @Option(parsing: .upToNextOption, help: "Training files to compare labels and sentences with.")
  var train: [String] = []

  @OptionGroup var columns: ColumnOptions

  @Option(help: "The tagging scheme of span tasks: io, iob1, bio or bioes; recognised by default.")
  var scheme: TaggingScheme?

  @Flag(help: "Write one JSON object for each finding.")
  var json = false

  func run() async throws {
    let out = try OutputFile("-")
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
      if !json { try out.write("\(path): \(inspector.summary)\n") }
    }
    try out.commit()
    if errors > 0 { throw ExitCode(ExitStatus.badData) }
  }
}

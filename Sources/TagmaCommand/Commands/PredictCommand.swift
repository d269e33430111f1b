internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma predict` — how a series goes on.
struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predict rows of a series.",
    discussion: """
      For each row the prediction that is made after it, a line; empty for the first rows, which have no whole window. \
      With --steps the series is continued beyond its end, where the model predicts all that it reads.

        tagma predict -m my-model series.csv
        tagma predict -m my-model --steps 50 series.csv
      """)

  @Argument(help: "A file; standard input where there is none.", completion: .file())
  var file = "-"

  @Option(name: .shortAndLong, help: "A model: a folder, or the name of one.")
  var model: String

  @Option(help: "Rows to write after the end of the series.")
  var steps: Int?

  @Option(
    name: .shortAndLong, help: "The file to write, otherwise standard output.", completion: .file())
  var output = "-"

  @OptionGroup var overwrite: OverwriteOptions

  func validate() throws {
    if let steps, !(1...10_000_000).contains(steps) {
      throw ValidationError("--steps must be from 1 to 10000000")
    }
  }

  func run() async throws {
    let path = try ModelPath.find(model)
    let regressor = try Regressor(contentsOf: path)
    let table = try SeriesTable(
      contentsOf: file, columns: regressor.description.inputs.map(\.name))
    let window = regressor.description.configuration.window
    guard table.rows >= window else {
      throw CorpusError(
        .tooFewRows(found: table.rows, needed: window),
        at: SourceLocation(file: table.file, line: table.rows + 1))
    }
    let rows: [[Double]?]
    if let steps {
      guard let found = try regressor.continuation(of: table, steps: steps) else {
        throw ValidationError(
          "--steps needs a model of horizon 1 that predicts all the columns that it reads")
      }
      rows = found
    } else {
      rows = try regressor.predict(table)
    }
    let out = try overwrite.open(output, reading: [file, path])
    let names = regressor.description.targets.map { Self.field($0.name) }
    try out.write(names.joined(separator: ",") + "\n")
    for row in rows {
      try out.write((row ?? []).map { String(format: "%.7g", $0) }.joined(separator: ",") + "\n")
    }
    try out.commit()
  }

  /// A field of a table, in quotation marks where it would not come back otherwise (RFC 4180).
  private static func field(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { ",;\t\"\n#".unicodeScalars.contains($0) }) else {
      return text
    }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}

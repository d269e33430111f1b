internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma dtw` — how far two series are from each other, whatever their speeds.
struct TimeWarpingCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dtw",
    abstract: "Measure the dynamic time warping distance of two series.",
    discussion: """
        tagma dtw a.csv b.csv
        tagma dtw --band 20 --path a.csv b.csv
      """)

  @Argument(help: "A series of numbers.", completion: .file()) var first: String
  @Argument(
    help: "Another with the same columns, which names may put in another order.",
    completion: .file())
  var second: String

  @Option(help: "Rows that the path may stray from the diagonal.")
  var band: Int?

  @Flag(help: "Write the path too, a pair of rows a line, counted from 0.")
  var path = false

  func validate() throws {
    if let band, band < 0 { throw ValidationError("--band must not be negative") }
    if first == "-", second == "-" {
      throw ValidationError("only one of the two series can be standard input")
    }
  }

  func run() async throws {
    let (a, b) = (try SeriesTable(contentsOf: first), try SeriesTable(contentsOf: second))
    for table in [a, b] where table.rows == 0 {
      throw CorpusError(
        .tooFewRows(found: 0, needed: 1), at: SourceLocation(file: table.file, line: 1))
    }
    guard a.columns.count == b.columns.count else {
      throw CorpusError(
        .columnCount(found: b.columns.count, expected: a.columns.count),
        at: SourceLocation(file: second, line: 1))
    }
    for table in [a, b] {
      for column in table.dateColumns {
        note("\(table.file): column '\(column)' holds dates and is left out")
      }
    }
    guard a.rows * b.rows <= 200_000_000 else {
      throw CorpusError(
        .tooManyRows(a.rows, b.rows), at: SourceLocation(file: second, line: 1))
    }
    guard let found = timeWarping(a, b, band: band) else {
      throw CorpusError(
        .tooFewRows(found: 0, needed: 1),
        at: SourceLocation(file: second, line: 1))
    }
    let out = try OutputFile("-")
    try out.write(String(format: "%.7g", found.distance) + "\n")
    if path { for (i, j) in found.path { try out.write("\(i)\t\(j)\n") } }
    try out.commit()
  }
}

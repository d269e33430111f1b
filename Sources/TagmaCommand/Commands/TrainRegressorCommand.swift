internal import ArgumentParser
internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// `tagma train regressor` — learns how a series goes on.
struct TrainRegressorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "regressor",
    abstract: "Train a recurrent regressor on a series of numbers.",
    discussion: """
      Rows of numbers, separated by commas, semicolons, tabs or spaces, with names of columns or without. Columns of dates \
      are left out. A window of rows is read, Dense (ReLU), recurrent layers and Dense predict a row after it:

        tagma train regressor --train series.csv --dev 20% -o my-model
        tagma train regressor --train a.csv b.csv --dev c.csv --inputs temperature,wind --targets power -o my-model \\
          --set regressor.window=48 --set regressor.horizon=6 --set regressor.cell=gru

      Scores are the root of the mean squared error, and that of predicting the last row again.
      """)

  @Option(parsing: .upToNextOption, help: "Training files.", completion: .file())
  var train: [String]

  @Option(
    parsing: .upToNextOption,
    help:
      "Files to choose the best epoch by, or a share of the end of the training files, such as 10%."
  )
  var dev: [String] = ["10%"]

  @Option(help: "Columns to read, by name or number from 0, separated by commas; all unless given.")
  var inputs: String?

  @Option(help: "Columns to predict; all unless given.")
  var targets: String?

  @OptionGroup var training: TrainingOptions

  func validate() throws {
    if train.isEmpty { throw ValidationError("--train needs a file") }
    if dev.count == 1, dev[0].hasSuffix("%"), share == nil {
      throw ValidationError("--dev must be files, or a share from 0% to 90%")
    }
  }

  /// The share of the training data that is kept for dev.
  private var share: Double? {
    guard dev.count == 1, dev[0].hasSuffix("%"), let percent = Double(dev[0].dropLast()),
      (0...90).contains(percent)
    else { return nil }
    return percent / 100
  }

  func run() async throws {
    try training.check(reading: train + dev)
    let settings = try GivenSettings<RegressorKind>(
      config: training.config, overrides: training.settings, seed: training.seed)
    var corpora = try train.map(read)
    corpora.forEach { note($0, settings.model) }
    var devCorpora: [SeriesCorpus] = []
    if let share {
      // What comes last in time, with a window before it.
      for i in corpora.indices {
        let table = corpora[i].table
        let cut = table.rows - Int(Double(table.rows) * share)
        var own = corpora[i]
        own.table = table.rows(max(0, cut - settings.model.window)..<table.rows)
        devCorpora.append(own)
        corpora[i].table = table.rows(0..<cut)
      }
      if !devCorpora.contains(where: { $0.table.rows >= settings.model.neededRows }) {
        if share > 0 { training.progress.note("too few rows to keep \(dev[0]) of them for dev") }
        devCorpora = []
      }
    } else {
      devCorpora = try dev.map(read)
    }
    try await run(corpora, dev: devCorpora, settings)
  }

  private static func names(_ list: String?) -> [String] {
    (list ?? "").split(separator: ",").map(String.init)
  }

  private func run(
    _ corpora: [SeriesCorpus], dev: [SeriesCorpus], _ settings: GivenSettings<RegressorKind>
  ) async throws {
    let trainer = try RegressorTrainer(
      corpora: corpora, dev: dev, inputs: Self.names(inputs), targets: Self.names(targets),
      configuration: settings.model, training: settings.training)
    try training.run(trainer) {
      let regressor = trainer.bestRegressor()
      let description = regressor.description
      let report = TrainingReport(
        title: "Training of a regressor", reports: trainer.reports, epoch: description.epoch,
        parameters: regressor.parameterCount, seed: description.training.seed,
        devScores: description.devScores, unit: "window", details: "")
      return (.regressor(regressor), report)
    }
  }

  private func read(_ path: String) throws -> SeriesCorpus {
    let (inputs, targets) = (Self.names(inputs), Self.names(targets))
    // Only what is learned from or learned has to be numbers.
    let wanted = inputs.isEmpty || targets.isEmpty ? [] : inputs + targets
    return SeriesCorpus(
      name: FilePath.name(of: path), sha256: try fileSHA256(path),
      table: try SeriesTable(contentsOf: path, columns: wanted))
  }

  /// Says what of a file is not learned from.
  private func note(_ corpus: SeriesCorpus, _ configuration: RegressorConfiguration) {
    for column in corpus.table.dateColumns {
      training.progress.note("\(corpus.table.file): column '\(column)' holds dates and is left out")
    }
    if corpus.table.rows < configuration.neededRows {
      training.progress.note(
        "\(corpus.table.file): not learned from, since a window and what follows it are \(configuration.neededRows) rows"
      )
    }
  }
}

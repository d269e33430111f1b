internal import Crypto
internal import Foundation
internal import TagmaAnnotations
internal import TagmaCorpora
internal import TagmaKernels
public import TagmaModels
internal import TagmaNeural

/// A series from one file.
public struct SeriesCorpus: CorpusFile, Sendable {
  public var name: String
  /// SHA-256 of the file, hexadecimal, or empty.
  public var sha256: String
  public var table: SeriesTable

  public init(name: String, sha256: String = "", table: SeriesTable) {
    (self.name, self.sha256, self.table) = (name, sha256, table)
  }

  /// What errors name it by.
  var path: String { table.file.isEmpty ? name : table.file }
}

/// Trains a regressor on windows of series, by the mean squared error.
public final class RegressorTrainer: ModelTrainer {
  public typealias Kind = RegressorKind
  public let configuration: RegressorConfiguration
  public let training: RegressorTrainingSettings
  public var licence: String?
  /// The command that the model's card names.
  public var command: [String]?

  private let corpora: [SeriesCorpus]
  private let dev: [SeriesCorpus]
  private let inputs: [Int]
  private let targets: [Int]
  private let inputScales: [RegressorKind.Scale]
  private let targetScales: [RegressorKind.Scale]
  private let network: RegressorNetwork
  /// For each window its series and its last row.
  private let examples: [(series: Int, end: Int)]
  public let loop: TrainingLoop

  /// Prepares a training: scales, layers, first weights.
  ///
  /// - Parameters:
  ///   - inputs, targets: Names or numbers of columns; all where there are none.
  public init(
    corpora: [SeriesCorpus], dev: [SeriesCorpus], inputs: [String] = [], targets: [String] = [],
    configuration: RegressorConfiguration = RegressorConfiguration(),
    training: RegressorTrainingSettings = RegressorTrainingSettings()
  ) throws {
    try configuration.validate()
    try training.validate()
    guard let table = corpora.first?.table else { throw ModelError(.noTrainingData) }
    try Self.check(corpora, dev: dev, configuration)
    self.corpora = corpora
    self.dev = dev
    self.configuration = configuration
    self.training = training
    self.inputs = try table.indices(of: inputs)
    self.targets = try table.indices(of: targets)
    func scale(_ column: Int) -> RegressorKind.Scale {
      let values = corpora.flatMap { corpus in
        (0..<corpus.table.rows).map { corpus.table[$0, column] }
      }
      let (mean, deviation) = meanAndDeviation(of: values)
      return RegressorKind.Scale(
        name: table.columns[column], mean: mean, deviation: deviation)
    }
    inputScales = self.inputs.map(scale)
    targetScales = self.targets.map(scale)
    network = RegressorNetwork(
      configuration, inputs: self.inputs.count, outputs: self.targets.count)
    examples = corpora.enumerated().flatMap { series, corpus in
      Self.ends(corpus.table, configuration).map { (series, $0) }
    }
    loop = TrainingLoop(
      RegressorKind.self, configuration, training, Parameters(network.layout, seed: training.seed),
      files: corpora + dev, dataHash: Self.hash(of: corpora + dev))
  }

  private static func hash(of corpora: [SeriesCorpus]) -> String {
    var hash = SHA256()
    for corpus in corpora {
      for value in corpus.table.values { hash.update(data: Data("\(value),".utf8)) }
    }
    return hexadecimal(hash.finalize())
  }

  /// Refuses files of other columns, and such of which there is not one window.
  private static func check(
    _ corpora: [SeriesCorpus], dev: [SeriesCorpus], _ configuration: RegressorConfiguration
  ) throws {
    let columns = corpora[0].table.columns
    for corpus in corpora + dev where corpus.table.columns != columns {
      throw CorpusError(
        .otherColumns(found: corpus.table.columns, expected: columns),
        at: SourceLocation(file: corpus.path, line: 1))
    }
    for part in [corpora, dev] where !part.isEmpty {
      guard let longest = part.max(by: { $0.table.rows < $1.table.rows }),
        longest.table.rows < configuration.neededRows
      else { continue }
      throw CorpusError(
        .tooFewRows(found: longest.table.rows, needed: configuration.neededRows),
        at: SourceLocation(file: longest.path, line: longest.table.rows + 1))
    }
  }

  /// Last rows of all windows that have a row to be predicted.
  private static func ends(_ table: SeriesTable, _ c: RegressorConfiguration) -> [Int] {
    let last = table.rows - c.horizon
    return c.window - 1 < last ? Array(c.window - 1..<last) : []
  }

  public var sizes: [(name: String, count: Int)] {
    [
      ("windows", examples.count), ("inputs", inputs.count), ("targets", targets.count),
      ("parameters", network.layout.count),
    ]
  }

  public var files: [TrainingFile<RegressorKind.FileFacts>] {
    corpora.map { TrainingFile($0, RegressorKind.FileFacts(rows: $0.table.rows)) }
  }
}

// MARK: - The loop

extension RegressorTrainer {
  /// Trains until the last epoch, early stopping, or a request to stop.
  public func train(report: (TrainingEvent) -> Void) throws -> TrainingOutcome {
    keepWorkMemory()
    report(.began(sizes: sizes))
    return try loop.run(
      TrainingLoop.Body(
        batches: shuffledBatches, gradients: computeGradients, evaluate: evaluate),
      report: report)
  }

  private func shuffledBatches() -> [[Int]] {
    var source = loop.state.random
    var random = SplitMix64(seed: source.next())
    var order = Array(examples.indices)
    order.shuffle(using: &random)
    return stride(from: 0, to: order.count, by: training.batchSize).map {
      Array(order[$0..<min($0 + training.batchSize, order.count)])
    }
  }

  private func computeGradients(_ batch: [Int]) -> (count: Int, scale: Double) {
    let data = batch.map { self.data(of: examples[$0]) }
    let weight = 1 / Float(batch.count * targets.count)
    let (network, parameters) = (network, loop.parameters)
    loop.computeGradients { worker, _ in
      let part = worker.part(of: data)
      guard !part.isEmpty else { return 0 }
      let (rows, size) = (part[0].x.count, part[0].x[0].count)
      let x = Matrix(
        rows: rows * part.count, columns: size,
        elements: (0..<rows).flatMap { t in part.flatMap { $0.x[t] } })
      let target = Matrix(
        rows: part.count, columns: part[0].y.count, elements: part.flatMap(\.y))
      return network.train(
        x, target: target, weight: weight, parameters, accumulatingInto: &worker.gradients)
    }
    return (batch.count, 2 / Double(targets.count))
  }

  /// Rows of a window and what is to be predicted, scaled.
  private func data(of example: (series: Int, end: Int)) -> (x: [[Float]], y: [Float]) {
    let table = corpora[example.series].table
    func scaled(_ row: Int, _ columns: [Int], _ scales: [RegressorKind.Scale]) -> [Float] {
      zip(columns, scales).map { Float((table[row, $0] - $1.mean) / $1.deviation) }
    }
    let first = example.end - configuration.window + 1
    return (
      (first...example.end).map { scaled($0, inputs, inputScales) },
      scaled(example.end + configuration.horizon, targets, targetScales)
    )
  }

  /// The root of the mean squared error on dev data, and that of repeating the last row.
  private func evaluate(_ elements: [Float]) -> (scores: [String: Double], score: Double) {
    let regressor = regressor(elements)
    var (own, last, scaled, count) = (0.0, 0.0, 0.0, 0)
    for corpus in dev {
      guard let predictions = try? regressor.predict(corpus.table) else { continue }
      for end in Self.ends(corpus.table, configuration) {
        guard let prediction = predictions[end] else { continue }
        for (k, column) in targets.enumerated() {
          let gold = corpus.table[end + configuration.horizon, column]
          let error = prediction[k] - gold
          own += error * error
          scaled += error * error / (targetScales[k].deviation * targetScales[k].deviation)
          last += (corpus.table[end, column] - gold) * (corpus.table[end, column] - gold)
          count += 1
        }
      }
    }
    guard count > 0 else { return ([:], 0) }
    var scores = ["rmse": (own / Double(count)).squareRoot()]
    if configuration.horizon > 0 {
      scores["rmse of the last row"] = (last / Double(count)).squareRoot()
    }
    // Higher is better.
    return (scores, 100 / (1 + scaled / Double(count)))
  }

  private func regressor(_ elements: [Float]) -> Regressor {
    var facts = RegressorKind.Facts()
    (facts.inputs, facts.targets) = (inputScales, targetScales)
    return Regressor(
      description(facts), network, Parameters(network.layout, elements: elements))
  }

  /// The regressor of the epoch with the best dev score.
  public func bestRegressor() -> Regressor { regressor(loop.chosen) }
}

internal import Foundation
public import TagmaModels
internal import TagmaNeural

/// Predicts the next values of a series.
public final class Regressor: Sendable {
  public let description: RegressorDescription
  let network: RegressorNetwork
  let parameters: Parameters
  /// Windows that are computed at once.
  private static let batchSize = 256

  init(_ description: RegressorDescription, _ network: RegressorNetwork, _ parameters: Parameters) {
    (self.description, self.network, self.parameters) = (description, network, parameters)
  }

  /// Loads a model's folder.
  public convenience init(contentsOf folder: String) throws {
    try self.init(ModelFiles(in: folder))
  }

  package convenience init(_ files: ModelFiles) throws {
    let description: RegressorDescription = try files.description()
    let network = RegressorNetwork(
      description.configuration, inputs: description.inputs.count,
      outputs: description.targets.count)
    let weights = try WeightsFile(in: files, crc32: description.folder.weightsCRC32)
    self.init(
      description, network,
      Parameters(network.layout, elements: try weights.elements(of: network.layout)))
  }

  /// Writes the model's folder, whole or not at all.
  ///
  /// - Parameters:
  ///   - storage: How weights are stored; nil is the smallest way that holds every one as it is.
  ///   - companions: What stands beside the model.
  public func write(
    to folder: String, as storage: WeightStorage? = nil, beside companions: ModelCompanions = .kept
  ) throws {
    try ModelWriter.write(to: folder, beside: companions) {
      try $0.finish(description, parameters, as: storage)
    }
  }

  public var parameterCount: Int { network.layout.count }

  /// For each row that has a whole window before it, and itself in it, what is predicted; nil for the first rows.
  public func predict(_ table: SeriesTable) throws -> [[Double]?] {
    let inputs = try table.indices(of: description.inputs.map(\.name))
    let window = description.configuration.window
    var found = [[Double]?](repeating: nil, count: table.rows)
    guard table.rows >= window else { return found }
    for start in stride(from: window - 1, to: table.rows, by: Self.batchSize) {
      let ends = Array(start..<min(start + Self.batchSize, table.rows))
      let x = windows(
        of: table, inputs, description.inputs, endingAt: ends, window: window)
      let y = network.predict(x, count: ends.count, parameters)
      for (i, end) in ends.enumerated() {
        found[end] = description.targets.indices.map { k in
          let scale = description.targets[k]
          return Double(y.elements[i * y.columns + k]) * scale.deviation + scale.mean
        }
      }
    }
    return found
  }

  /// Goes on with a series, each prediction read as the next row; nil where not every input is predicted.
  public func continuation(of table: SeriesTable, steps: Int) throws -> [[Double]]? {
    let (names, targets) = (description.inputs.map(\.name), description.targets.map(\.name))
    guard description.configuration.horizon == 1, names.allSatisfy(targets.contains) else {
      return nil
    }
    let window = description.configuration.window
    let inputs = try table.indices(of: names)
    guard table.rows >= window else { return [] }
    var recent = SeriesTable(
      columns: names,
      values: (table.rows - window..<table.rows).flatMap { row in
        inputs.map { table[row, $0] }
      })
    var found: [[Double]] = []
    for _ in 0..<steps {
      guard let next = try predict(recent).last ?? nil else { break }
      found.append(next)
      recent = recent.rows(1..<window)
      recent.append(names.map { name in next[targets.firstIndex(of: name) ?? 0] })
    }
    return found
  }
}

/// Windows as a network reads them, `[W·N, F]`: the first row of each, then the second, and on.
func windows(
  of table: SeriesTable, _ columns: [Int], _ scales: [RegressorKind.Scale],
  endingAt ends: [Int], window: Int
) -> Matrix {
  var x = Matrix(rows: window * ends.count, columns: columns.count)
  var at = 0
  for t in 0..<window {
    for end in ends {
      let row = end - window + 1 + t
      for (column, scale) in zip(columns, scales) {
        x.elements[at] = Float((table[row, column] - scale.mean) / scale.deviation)
        at += 1
      }
    }
  }
  return x
}

internal import Foundation
internal import Synchronization
internal import TagmaKernels
internal import TagmaLexicon
internal import TagmaModels
package import TagmaNeural

/// Vectors of words that depend on their sentences: the states of language models when they have read a word, some from
/// the left and some from the right (contextual string embeddings, Akbik, Blythe & Vollgraf 2018).
///
/// A model reads the words of a sentence with single spaces between them, whatever stood there, so that it is best
/// trained on text that was cut into words. Immutable and safe to share between threads.
public final class ContextualEmbeddings: Sendable {
  private let readers: [ContextReader]

  /// Width of a word's vector: the last layers of all models side by side.
  public let size: Int

  public init(_ models: [LanguageModel]) {
    readers = models.map { ContextReader($0.model) }
    size = readers.reduce(0) { $0 + $1.size }
  }

  /// Loads language models from their folders.
  public convenience init(contentsOf folders: [String]) throws {
    self.init(try folders.map(LanguageModel.init(contentsOf:)))
  }

  /// Loads what `write` wrote into a folder; nil where there is nothing.
  package convenience init?(in folder: String) throws {
    let all = "\(folder)/\(Self.folder)"
    let count = (0..<Self.limit).prefix {
      FileManager.default.fileExists(atPath: "\(all)/\($0)")
    }.count
    guard count > 0 else { return nil }
    try self.init(contentsOf: (0..<count).map { "\(all)/\($0)" })
  }

  private static let folder = "embeddings"
  private static let limit = 64

  /// Writes the models into a folder within another model's.
  package func write(to folder: String, asBFloat16: Bool) throws {
    for (i, reader) in readers.enumerated() {
      try reader.model.write(
        to: "\(folder)/\(Self.folder)/\(i)", weights: asBFloat16 ? .bf16 : .f32)
    }
    // What an earlier model left there would count as this one's.
    for i in readers.count..<max(Self.limit, readers.count) {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(Self.folder)/\(i)")
    }
  }

  /// What tells these models from others.
  package var checksums: [String] { readers.map(\.model.description.weightsCRC32) }

  public var parameterCount: Int { readers.reduce(0) { $0 + $1.model.network.layout.count } }
  public var modelCount: Int { readers.count }

  /// A vector for each word, sentence after sentence, `[Σ words, size]`.
  package func vectors(of sentences: [[String]]) -> Matrix {
    var vectors = Matrix(
      uninitializedRows: sentences.reduce(0) { $0 + $1.count }, columns: size)
    guard vectors.rows > 0 else { return vectors }
    var column = 0
    for reader in readers {
      vectors.copy(reader.read(sentences), toColumn: column)
      column += reader.size
    }
    return vectors
  }
}

/// One language model that reads sentences.
private final class ContextReader: Sendable {
  let model: LanguageModelFolder
  private let prepared: [PreparedRecurrent]
  /// Units of words that were met; bounded.
  private let known = Mutex<[String: [Int]]>([:])
  private static let knownLimit = 100_000

  init(_ model: LanguageModelFolder) {
    self.model = model
    prepared = model.network.layers.map { $0.prepare(model.parameters) }
  }

  /// Width of the last layer.
  var size: Int { model.network.layers[model.network.layers.count - 1].hiddenSize }

  private func units(of word: String) -> [Int] {
    if let units = known.withLock({ $0[word] }) { return units }
    let units = model.subwords.encode(word)
    known.withLock {
      if $0.count >= Self.knownLimit { $0.removeAll(keepingCapacity: true) }
      $0[word] = units
    }
    return units
  }

  /// A sentence as it is read, and for each word the place of the last of its units.
  private struct Reading {
    var units = [Subwords.end]
    var places: [Int]
  }

  private func reading(of words: [String]) -> Reading {
    var reading = Reading(places: [Int](repeating: 0, count: words.count))
    let isBackward = model.description.configuration.readsBackward
    for k in words.indices {
      let word = isBackward ? words.count - 1 - k : k
      let units = units(of: words[word])
      reading.units += isBackward ? units.reversed() : units
      reading.places[word] = reading.units.count - 1
    }
    return reading
  }

  /// The state after each word, `[Σ words, size]`.
  func read(_ sentences: [[String]]) -> Matrix {
    let readings = sentences.map(reading)
    let order = readings.indices.sorted {
      let (a, b) = (readings[$0].units.count, readings[$1].units.count)
      return a != b ? a > b : $0 < $1
    }
    let packing = PackedSequences(lengths: order.map { readings[$0].units.count })
    let states = states(of: order.map { readings[$0].units }, packing)
    var rank = [Int](repeating: 0, count: order.count)
    for (k, i) in order.enumerated() { rank[i] = k }
    let rows = readings.enumerated().flatMap { i, reading in
      reading.places.map { packing.offsets[$0] + rank[i] }
    }
    return states.gathering(rows: rows)
  }

  /// States of the last layer, packed; each different unit is projected once.
  private func states(of sequences: [[Int]], _ packing: PackedSequences) -> Matrix {
    let (network, p) = (model.network, model.parameters)
    var (different, rows) = network.differentUnits(
      (0..<packing.steps).flatMap { t in (0..<packing.count(at: t)).map { sequences[$0][t] } })
    var states = Matrix(rows: 0, columns: 0)
    var gates = network.layers[0].projected(network.embedding.embed(different, p), p)
    for (i, layer) in network.layers.enumerated() {
      if i > 0 {
        gates = layer.projected(states, p)
        rows = Array(0..<packing.rows)
      }
      states = layer.predict(gates, rows: rows, packing: packing, prepared[i], p)
    }
    return states
  }
}

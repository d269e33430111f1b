internal import Synchronization
internal import TagmaKernels
internal import TagmaLexicon
internal import TagmaModels
internal import TagmaNeural

/// States of a language model when it has read a word, from the left or from the right (contextual string embeddings,
/// Akbik, Blythe & Vollgraf 2018).
///
/// It reads the words of a sentence with single spaces between them, whatever stood there, so that it is best trained on
/// text that was cut into words.
final class ContextReader: Sendable {
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

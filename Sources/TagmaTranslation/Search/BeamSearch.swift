internal import Foundation
internal import TagmaKernels
internal import TagmaLexicon
package import TagmaNeural

/// How translations are looked for.
public struct SearchOptions: Sendable, Equatable {
  /// Hypotheses kept at each step; 1 is greedy.
  public var beam = 5
  /// The power of its length that a hypothesis's score is divided by (Wu and others 2016).
  public var lengthPenalty = 1.0
  /// How many translations are wanted of each sentence, best first.
  public var nbest = 1

  public init() {}
}

/// A translation in units.
package struct Hypothesis: Sendable {
  package var units: [Int]
  /// The sum of the logarithms of the units' probabilities, that of the end included.
  package var logProbability: Double
  /// For each unit, and the end, the weight of each source unit; their sum is 1.
  package var attention: [[Float]]
  package var score: Double
}

/// A search over many sentences at once: those that are done leave the batch.
package struct BeamSearch: Sendable {
  private let network: TranslatorNetwork
  private let options: SearchOptions
  private let prepared: AttentionDecoder.Prepared
  /// Units that a translation has as often as its source.
  private let placeholders: Range<Int>

  package init(
    _ network: TranslatorNetwork, _ options: SearchOptions, _ p: borrowing Parameters,
    placeholders: Range<Int> = 0..<0
  ) {
    self.network = network
    self.options = options
    self.placeholders = placeholders
    prepared = network.decoder.prepare(p)
  }

  /// A hypothesis that may go on: a row of the state.
  private struct Partial {
    let sentence: Int
    var units: [Int] = []
    var logProbability = 0.0
    var attention: [[Float]] = []
  }

  /// The best translations of each source, best first.
  package func translate(_ sources: [[Int]], _ p: borrowing Parameters) -> [[Hypothesis]] {
    guard !sources.isEmpty else { return [] }
    let (memory, summary) = network.encode(sources, p)
    var state = network.decoder.begin(summary, p)
    var partials = sources.indices.map { Partial(sentence: $0) }
    var finished = [[Hypothesis]](repeating: [], count: sources.count)
    while !partials.isEmpty {
      let x = network.embed(partials.map { $0.units.last ?? Subwords.begin }, p)
      let outputs = network.decoder.step(x, &state, memory: memory, prepared, p)
      var probabilities = network.probabilities(of: outputs, p)
      keepPlaceholders(&probabilities, partials, sources)
      let candidates = candidates(partials, probabilities)
      var (next, rows): ([Partial], [Int]) = ([], [])
      for sentence in candidates {
        let alive = advance(
          sentence, partials, state.weights, limit: limit(sources[sentence[0].sentence].count),
          &finished)
        next += alive.map(\.partial)
        rows += alive.map(\.row)
      }
      partials = next
      state = state.gathering(rows)
    }
    return finished.map { list in
      Array(list.sorted { $0.score > $1.score }.prefix(max(options.nbest, 1)))
    }
  }

  /// How much less likely an end is for each placeholder that is still to come.
  private static let missingFactor: Float = 1e-3

  /// Leaves no probability to placeholders that the source has not, or that stand already, and little to an end
  /// before all of them stand.
  private func keepPlaceholders(
    _ probabilities: inout Matrix, _ partials: [Partial], _ sources: [[Int]]
  ) {
    guard !placeholders.isEmpty else { return }
    for (row, partial) in partials.enumerated() {
      let first = row * probabilities.columns
      let source = sources[partial.sentence].filter(placeholders.contains)
      for unit in placeholders {
        let wanted = source.isEmpty ? 0 : source.count { $0 == unit }
        let standing = wanted == 0 ? 0 : partial.units.count { $0 == unit }
        if standing >= wanted {
          probabilities.elements[first + unit] = 0
        } else {
          probabilities.elements[first + Subwords.end] *= Self.missingFactor
        }
      }
    }
  }

  /// Translations longer than this have lost their way.
  private func limit(_ length: Int) -> Int { 2 * length + 10 }

  /// One unit more for a hypothesis.
  private struct Candidate {
    let sentence: Int
    let row: Int
    let unit: Int
    let logProbability: Double
  }

  /// For each sentence its best continuations, best first: twice as many as the beam is wide, so that ends do not
  /// crowd out what goes on.
  private func candidates(_ partials: [Partial], _ probabilities: Matrix) -> [[Candidate]] {
    var all: [[Candidate]] = []
    for (row, partial) in partials.enumerated() {
      let best = likeliest(probabilities.row(row), 2 * options.beam).map { unit, probability in
        Candidate(
          sentence: partial.sentence, row: row, unit: unit,
          logProbability: partial.logProbability + log(Double(max(probability, 1e-38))))
      }
      if all.last?[0].sentence == partial.sentence {
        all[all.count - 1] += best
      } else {
        all.append(best)
      }
    }
    return all.map { list in
      Array(
        list.sorted {
          $0.logProbability != $1.logProbability
            ? $0.logProbability > $1.logProbability : ($0.row, $0.unit) < ($1.row, $1.unit)
        }.prefix(2 * options.beam))
    }
  }

  /// The `count` largest numbers with their places, largest first.
  private func likeliest(_ row: ArraySlice<Float>, _ count: Int) -> [(Int, Float)] {
    var top: [(Int, Float)] = []
    var least: Float = -1
    for (unit, value) in row.enumerated() where value > least {
      let place = top.firstIndex { $0.1 < value } ?? top.count
      top.insert((unit, value), at: place)
      if top.count > count { top.removeLast() }
      if top.count == count { least = top[count - 1].1 }
    }
    return top
  }

  /// Finishes what ends, and returns what goes on with the rows it came from; nothing where the sentence is done.
  private func advance(
    _ candidates: [Candidate], _ partials: [Partial], _ weights: [[Float]], limit: Int,
    _ finished: inout [[Hypothesis]]
  ) -> [(partial: Partial, row: Int)] {
    var alive: [(partial: Partial, row: Int)] = []
    let sentence = candidates[0].sentence
    for (rank, candidate) in candidates.enumerated() where alive.count < options.beam {
      var partial = partials[candidate.row]
      partial.logProbability = candidate.logProbability
      partial.attention.append(weights[candidate.row])
      let isEnd = candidate.unit == Subwords.end
      if !isEnd { partial.units.append(candidate.unit) }
      guard isEnd || partial.units.count >= limit else {
        alive.append((partial, candidate.row))
        continue
      }
      // An end that is not among the best of the beam is no end.
      guard rank < options.beam || !isEnd else { continue }
      finished[sentence].append(
        Hypothesis(
          units: partial.units, logProbability: partial.logProbability,
          attention: partial.attention,
          score: score(partial.logProbability, length: partial.units.count + 1)))
    }
    let wanted = max(options.beam, options.nbest)
    guard finished[sentence].count < wanted, let best = alive.first else {
      return finished[sentence].isEmpty ? alive : []
    }
    // What goes on only loses probability: once its best possible score is below the worst that is wanted, it is over.
    let reached = finished[sentence].map(\.score).sorted(by: >)
    let possible = score(best.partial.logProbability, length: limit + 1)
    if reached.count >= max(options.nbest, 1), reached[max(options.nbest, 1) - 1] >= possible {
      return []
    }
    return alive
  }

  private func score(_ logProbability: Double, length: Int) -> Double {
    logProbability / pow(Double(length), options.lengthPenalty)
  }
}

// MARK: - What a search asks a network

extension TranslatorNetwork {
  /// The memory of sources, each with its mark of the end, and their summary.
  func encode(_ sources: [[Int]], _ p: borrowing Parameters) -> (AttentionMemory, Matrix) {
    let batch = Batch(sources.map { (source: $0, target: []) })
    var states = embed(batch.sourceUnits, p)
    for i in encoder.indices {
      let input = states
      states = encoder[i].forward(PackedMatrix(input, batch.source), p).output.matrix
      if isResidual(i) { states.add(input) }
    }
    // All targets are equally long, so that they stand in the order given.
    let (order, rows) = memoryRows(batch)
    let memory = AttentionMemory(
      states: states.gathering(rows: order.rows), first: order.first, lengths: order.lengths)
    return (memory, summary(of: states, rows))
  }

  /// Probabilities of all units, `[n, V]`.
  func probabilities(of outputs: Matrix, _ p: borrowing Parameters) -> Matrix {
    var logits = Matrix(uninitializedRows: outputs.rows, columns: unitCount)
    var block = logits.elements.mutableSpan
    fillRows(&block, rows: outputs.rows, with: p.span(outputBias))
    matrixProduct(
      outputs.elements.span, p.span(table), transposeB: true, into: &block, m: outputs.rows,
      n: unitCount, k: embeddingSize, beta: 1)
    softmax(&block, rows: outputs.rows, stride: unitCount, columns: 0..<unitCount)
    return logits
  }
}

// MARK: - What must not be lost

extension Hypothesis {
  /// Puts placeholders that a search did not find a place for after the word that looked at them most.
  mutating func insertMissing(of source: [Int], _ subwords: Subwords) {
    for (place, unit) in source.enumerated() where subwords.placeholders.contains(unit) {
      guard !units.contains(unit) else { continue }
      let most = units.indices.max { attention[$0][place] < attention[$1][place] } ?? -1
      let rest = units.indices.dropFirst(most + 1)
      let at = rest.first { subwords.beginsWord(units[$0]) } ?? units.count
      let weights = source.indices.map { $0 == place ? Float(1) : 0 }
      units.insert(contentsOf: [Subwords.spaceUnit, unit], at: at)
      attention.insert(contentsOf: [weights, weights], at: at)
    }
  }
}

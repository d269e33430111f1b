internal import Foundation
internal import TagmaKernels
internal import TagmaLexicon
internal import TagmaNeural

/// A text to be translated, in units.
package struct SearchRequest: Sendable {
  package var source: [Int]
  /// Units that the translation begins with.
  package var prefix: [Int] = []
  /// Units that the translation may have.
  fileprivate let lengths: ClosedRange<Int>
  /// The number of a draw of the same text.
  fileprivate var draw = 0

  package init(_ source: [Int], prefix: [Int] = [], bounds: LengthBounds? = nil) {
    (self.source, self.prefix) = (source, prefix)
    lengths =
      bounds?.lengths(ofSource: source.count) ?? LengthBounds.any(ofSource: source.count)
  }
}

/// A translation in units.
package struct Hypothesis: Sendable {
  package var units: [Int]
  /// The sum of the logarithms of the units' probabilities, that of the end included.
  package var logProbability: Double
  /// For each unit, and the end, the weight of each source unit; their sum is 1.
  package var attention: [[Float]]
  package var score: Double
  /// For each unit the logarithm of its probability.
  package var unitLogProbabilities: [Double]
}

/// A search over many sentences at once: those that are done leave the batch.
package struct BeamSearch: Sendable {
  private let ensemble: Ensemble
  private let options: SearchOptions
  private let constraints: SearchConstraints
  private let shortlist: Shortlist?
  private let shouldStop: @Sendable () -> Bool

  /// - Parameters:
  ///   - placeholders: Units that a translation has as often as its source.
  ///   - shortlist: Knows the units that a translation is made of.
  ///   - shouldStop: Asked once a step; from then on what has been found must do.
  package init(
    _ ensemble: Ensemble, _ options: SearchOptions, placeholders: Range<Int> = 0..<0,
    shortlist: Shortlist? = nil, shouldStop: @escaping @Sendable () -> Bool = { false }
  ) {
    self.shouldStop = shouldStop
    self.shortlist = options.usesShortlist && options.temperature == 0 ? shortlist : nil
    self.ensemble = ensemble
    self.options = options
    constraints = SearchConstraints(placeholders: placeholders, noRepeat: options.noRepeat)
  }

  /// The best translations of each text, best first; drawn ones where the options say so.
  package func translate(_ requests: [SearchRequest]) -> [[Hypothesis]] {
    guard options.temperature > 0 else { return search(requests, width: options.beam) }
    // Draws of one text do not know of each other.
    let count = max(options.nbest, 1)
    let draws = requests.flatMap { request in
      (0..<count).map { number in
        var draw = request
        draw.draw = number
        return draw
      }
    }
    let all = search(draws, width: 1)
    return requests.indices.map { i in
      all[i * count..<(i + 1) * count].flatMap { $0 }.sorted { $0.score > $1.score }
    }
  }

  /// A hypothesis that may go on: a row of the state.
  private struct Partial {
    let sentence: Int
    /// Its last step, −1 before the first.
    var step = -1
    var length = 0
    var logProbability = 0.0
  }

  /// A unit of a hypothesis and the step before it, −1 for the first.
  private struct Step {
    let before: Int
    let unit: Int
    let attention: [Float]
    let logProbability: Double
  }

  /// What has been found so far: hypotheses that begin alike share their steps.
  private struct Progress {
    let requests: [SearchRequest]
    /// The placeholders of each source.
    let wanted: [[Int]]
    var steps: [Step] = []
    var finished: [[Hypothesis]]
    var random: [SplitMix64]

    /// What was found step by step on the way to a hypothesis.
    func values<Value>(of partial: Partial, _ value: (Step) -> Value) -> [Value] {
      var values: [Value] = []
      var at = partial.step
      while at >= 0 {
        values.append(value(steps[at]))
        at = steps[at].before
      }
      return values.reversed()
    }

    func units(of partial: Partial) -> [Int] { values(of: partial, \.unit) }
  }

  private func search(_ requests: [SearchRequest], width: Int) -> [[Hypothesis]] {
    guard !requests.isEmpty else { return [] }
    // Reading the sources takes as long as many steps.
    guard !shouldStop() else { return requests.map { _ in [Hypothesis.ofNothing] } }
    var run = ensemble.begin(
      requests.map(\.source), shortlist: shortlist?.units(for: requests))
    var partials = requests.indices.map { Partial(sentence: $0) }
    var progress = Progress(
      requests: requests,
      wanted: requests.map { $0.source.filter(constraints.placeholders.contains) },
      finished: [[Hypothesis]](repeating: [], count: requests.count),
      random: requests.map { request in
        // The text and the number of the draw decide, not who else is in the batch.
        let seed = (request.source + [request.draw]).reduce(options.seed) {
          ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
        }
        return SplitMix64(seed: seed)
      })
    while !partials.isEmpty {
      guard !shouldStop() else {
        for partial in partials where progress.finished[partial.sentence].isEmpty {
          finish(partial, &progress, lastAttention: nil)
        }
        break
      }
      var (probabilities, attention) = run.step(
        partials.map { $0.step < 0 ? Subwords.begin : progress.steps[$0.step].unit })
      for (row, partial) in partials.enumerated() {
        let request = requests[partial.sentence]
        constraints.apply(
          to: &probabilities, row: row, prefix: request.prefix,
          wanted: progress.wanted[partial.sentence], length: partial.length,
          shortest: request.lengths.lowerBound
        ) { progress.units(of: partial) }
      }
      var (next, rows): ([Partial], [Int]) = ([], [])
      for candidates in candidates(partials, probabilities, width, &progress) {
        let alive = advance(candidates, partials, attention, width, &progress)
        next += alive.map(\.partial)
        rows += alive.map(\.row)
      }
      partials = next
      run.keep(rows)
    }
    return progress.finished.map { list in
      Array(list.sorted { $0.score > $1.score }.prefix(max(options.nbest, 1)))
    }
  }

  /// One unit more for a hypothesis.
  private struct Candidate {
    let sentence: Int
    let row: Int
    let unit: Int
    let logProbability: Double
  }

  /// For each sentence its best continuations, best first: twice as many as the beam is wide, so that ends do not
  /// crowd out what goes on.
  private func candidates(
    _ partials: [Partial], _ probabilities: Matrix, _ width: Int, _ progress: inout Progress
  ) -> [[Candidate]] {
    var all: [[Candidate]] = []
    for (row, partial) in partials.enumerated() {
      let columns = probabilities.columns
      let values = probabilities.elements.span.extracting(row * columns..<(row + 1) * columns)
      let best =
        options.temperature > 0
        ? [drawn(values, &progress.random[partial.sentence])] : largest(2 * width, of: values)
      // What is forbidden is no way to go on, be it the best that is left.
      let allowed = best.filter { $0.value > 0 }
      let found = (allowed.isEmpty ? Array(best.prefix(1)) : allowed).map { unit, probability in
        Candidate(
          sentence: partial.sentence, row: row, unit: unit,
          logProbability: partial.logProbability + log(Double(max(probability, 1e-38))))
      }
      if all.last?[0].sentence == partial.sentence {
        all[all.count - 1] += found
      } else {
        all.append(found)
      }
    }
    return all.map { list in
      Array(
        list.sorted {
          $0.logProbability != $1.logProbability
            ? $0.logProbability > $1.logProbability : ($0.row, $0.unit) < ($1.row, $1.unit)
        }.prefix(2 * width))
    }
  }

  /// A unit by its probability.
  private func drawn(
    _ row: Span<Float>, _ random: inout SplitMix64
  ) -> (place: Int, value: Float) {
    let all =
      options.topK > 0
      ? largest(options.topK, of: row) : row.indices.map { (place: $0, value: row[$0]) }
    let weights = all.map { pow(Double($0.value), 1 / options.temperature) }
    var rest = Double(random.nextUnit()) * weights.reduce(0, +)
    for (i, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return all[i] }
    }
    return largest(1, of: row)[0]
  }

  /// Finishes what ends, and returns what goes on with the rows it came from; nothing where the sentence is done.
  private func advance(
    _ candidates: [Candidate], _ partials: [Partial], _ attention: [[Float]], _ width: Int,
    _ progress: inout Progress
  ) -> [(partial: Partial, row: Int)] {
    var alive: [(partial: Partial, row: Int)] = []
    let sentence = candidates[0].sentence
    let request = progress.requests[sentence]
    let limit = request.prefix.count + request.lengths.upperBound
    for (rank, candidate) in candidates.enumerated() where alive.count < width {
      var partial = partials[candidate.row]
      partial.logProbability = candidate.logProbability
      let isEnd = candidate.unit == Subwords.end
      // An end that is not among the best of the beam is no end.
      guard !isEnd || rank < width else { continue }
      if !isEnd {
        progress.steps.append(
          Step(
            before: partial.step, unit: candidate.unit, attention: attention[candidate.row],
            logProbability: candidate.logProbability - partials[candidate.row].logProbability))
        partial.step = progress.steps.count - 1
        partial.length += 1
        guard partial.length >= limit else {
          alive.append((partial, candidate.row))
          continue
        }
      }
      finish(partial, &progress, lastAttention: isEnd ? attention[candidate.row] : nil)
    }
    let finished = progress.finished[sentence]
    let wanted = max(width, options.nbest)
    guard options.temperature == 0, finished.count < wanted, let best = alive.first else {
      return finished.isEmpty ? alive : []
    }
    // What goes on only loses probability: once its best possible score is below the worst that is wanted, it is over.
    let reached = finished.map(\.score).sorted(by: >)
    let length = options.lengthPenalty > 0 ? limit + 1 : best.partial.length + 1
    let possible = score(best.partial.logProbability, length: length)
    if reached.count >= max(options.nbest, 1), reached[max(options.nbest, 1) - 1] >= possible {
      return []
    }
    return alive
  }

  private func finish(_ partial: Partial, _ progress: inout Progress, lastAttention: [Float]?) {
    let attention = progress.values(of: partial, \.attention) + (lastAttention.map { [$0] } ?? [])
    progress.finished[partial.sentence].append(
      Hypothesis(
        units: progress.units(of: partial), logProbability: partial.logProbability,
        attention: attention,
        score: score(partial.logProbability, length: partial.length + 1) + coverage(attention),
        unitLogProbabilities: progress.values(of: partial, \.logProbability)))
  }

  private func score(_ logProbability: Double, length: Int) -> Double {
    logProbability / pow(Double(length), options.lengthPenalty)
  }

  /// At most 0: how much of the source nothing looked at; its mark of the end does not count.
  private func coverage(_ attention: [[Float]]) -> Double {
    guard options.coveragePenalty > 0, let first = attention.first else { return 0 }
    let sums = first.indices.dropLast().map { i in attention.reduce(Float(0)) { $0 + $1[i] } }
    return options.coveragePenalty
      * sums.reduce(0) { $0 + log(Double(min(max($1, 1e-6), 1))) }
  }
}

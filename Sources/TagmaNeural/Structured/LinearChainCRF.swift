internal import Foundation

/// A linear-chain conditional random field (Lafferty, McCallum & Pereira 2001): a score for whole tag
/// sequences.
///
///     s(y) = start[y₁] + Σ_t e_t[y_t] + Σ_t transition[y_{t−1}, y_t] + end[y_T]
///     p(y) = exp(s(y)) / Σ_y' exp(s(y'))
///
/// | tensor       | shape    | meaning                                 |
/// |--------------|----------|-----------------------------------------|
/// | `e`          | `[T, K]` | emissions: a score for each tag at each step |
/// | `transition` | `[K, K]` | score of a tag (column) after another (row)  |
/// | `start, end` | `[K]`    | scores of the first and the last tag    |
///
/// Tags that may not follow each other have the score −∞ in training and in search alike. Sums run
/// over products of exponentials in double precision, rescaled at each step, so that a step costs
/// K² multiplications and K exponentials.
package struct LinearChainCRF: Sendable {
  package let tagCount: Int
  package let constraints: Constraints
  let transition: Parameter
  let start: Parameter
  let end: Parameter

  /// Which tags may stand first, last and after each other.
  package struct Constraints: Sendable {
    package var transition: [Bool]
    package var start: [Bool]
    package var end: [Bool]

    package init(transition: [Bool], start: [Bool], end: [Bool]) {
      self.transition = transition
      self.start = start
      self.end = end
    }

    /// Everything is allowed.
    package init(allowingAll tagCount: Int) {
      transition = Array(repeating: true, count: tagCount * tagCount)
      start = Array(repeating: true, count: tagCount)
      end = start
    }
  }

  package init(
    tagCount: Int, constraints: Constraints? = nil, name: String,
    in layout: inout ParameterLayout
  ) {
    self.tagCount = tagCount
    self.constraints = constraints ?? Constraints(allowingAll: tagCount)
    transition = layout.declare(
      "\(name).transitions", shape: tagCount, tagCount, initializer: .constant(0))
    start = layout.declare("\(name).start", shape: tagCount, initializer: .constant(0))
    end = layout.declare("\(name).end", shape: tagCount, initializer: .constant(0))
  }

  /// Scores with −∞ where a constraint forbids, taken once for many sequences.
  package struct Scores: Sendable {
    package let transition: [Double]
    package let start: [Double]
    package let end: [Double]
    let expTransition: [Double]
    let expStart: [Double]
    let expEnd: [Double]
  }

  package func scores(_ p: borrowing Parameters) -> Scores { Self.meanScores(of: [self], p) }

  /// The mean scores of fields over the same tags.
  package static func meanScores(of fields: [Self], _ p: borrowing Parameters) -> Scores {
    func means(_ parameter: (Self) -> Parameter, _ allowed: [Bool]) -> [Double] {
      let starts = fields.map { parameter($0).range.lowerBound }
      return allowed.enumerated().map { i, isAllowed in
        guard isAllowed else { return -.infinity }
        return starts.reduce(0) { $0 + Double(p.elements[$1 + i]) } / Double(fields.count)
      }
    }
    let constraints = fields[0].constraints
    let (t, s, e) = (
      means(\.transition, constraints.transition), means(\.start, constraints.start),
      means(\.end, constraints.end)
    )
    return Scores(
      transition: t, start: s, end: e, expTransition: t.map(exp), expStart: s.map(exp),
      expEnd: e.map(exp))
  }
}

// MARK: - Sums over all sequences

extension LinearChainCRF {
  /// Scaled forward and backward sums of one sequence: `α_t[k] β_t[k]` is the marginal of `k` at `t`.
  package struct Lattice: Sendable {
    package let logPartition: Double
    let steps: Int
    let tagCount: Int
    /// `[T, K]`; each row of α sums to 1.
    let alpha: [Double]
    let beta: [Double]
    /// `exp(e_t − max e_t)` divided by the step's scale, `[T, K]`.
    let emission: [Double]

    /// The probability that step `t` has tag `k`.
    package func marginal(_ t: Int, _ k: Int) -> Double {
      alpha[t * tagCount + k] * beta[t * tagCount + k]
    }
  }

  /// Runs the forward–backward algorithm (Rabiner 1989, §III) on the rows of one sequence.
  package func lattice(emissions: Matrix, rows: [Int], _ scores: Scores) -> Lattice {
    let (T, K) = (rows.count, tagCount)
    var alpha = [Double](repeating: 0, count: T * K)
    var beta = [Double](repeating: 0, count: T * K)
    var emission = [Double](repeating: 0, count: T * K)
    var logPartition = 0.0
    for t in 0..<T {
      let row = rows[t] * K
      var top = -Double.infinity
      for k in 0..<K { top = max(top, Double(emissions.elements[row + k])) }
      if t == 0 {
        for k in 0..<K { alpha[k] = scores.expStart[k] }
      } else {
        for j in 0..<K {
          let a = alpha[(t - 1) * K + j]
          for k in 0..<K { alpha[t * K + k] += a * scores.expTransition[j * K + k] }
        }
      }
      var scale = 0.0
      for k in 0..<K {
        let e = exp(Double(emissions.elements[row + k]) - top)
        emission[t * K + k] = e
        alpha[t * K + k] *= e
        scale += alpha[t * K + k]
      }
      for k in 0..<K {
        alpha[t * K + k] /= scale
        emission[t * K + k] /= scale
      }
      logPartition += log(scale) + top
    }
    var last = 0.0
    for k in 0..<K { last += alpha[(T - 1) * K + k] * scores.expEnd[k] }
    logPartition += log(last)
    for k in 0..<K { beta[(T - 1) * K + k] = scores.expEnd[k] / last }
    for t in stride(from: T - 2, through: 0, by: -1) {
      for j in 0..<K {
        var sum = 0.0
        for k in 0..<K {
          sum +=
            scores.expTransition[j * K + k] * emission[(t + 1) * K + k] * beta[(t + 1) * K + k]
        }
        beta[t * K + j] = sum
      }
    }
    return Lattice(
      logPartition: logPartition, steps: T, tagCount: K, alpha: alpha, beta: beta,
      emission: emission)
  }

  /// The score of one tag sequence.
  package func score(_ tags: [Int], emissions: Matrix, rows: [Int], _ scores: Scores) -> Double {
    guard let first = tags.first, let last = tags.last else { return 0 }
    var sum = scores.start[first] + scores.end[last]
    for (t, tag) in tags.enumerated() {
      sum += Double(emissions.elements[rows[t] * tagCount + tag])
      if t > 0 { sum += scores.transition[tags[t - 1] * tagCount + tag] }
    }
    return sum
  }

  /// The exact probability that steps from `first` on have just these tags.
  package func probability(of tags: [Int], from first: Int, in lattice: Lattice, _ scores: Scores)
    -> Double
  {
    let K = tagCount
    var value = lattice.alpha[first * K + tags[0]]
    for i in 1..<max(tags.count, 1) {
      value *=
        scores.expTransition[tags[i - 1] * K + tags[i]]
        * lattice.emission[(first + i) * K + tags[i]]
    }
    return value * lattice.beta[(first + tags.count - 1) * K + (tags.last ?? 0)]
  }

  /// Calls `body` with each range of two or more steps from `first` on whose tags are `begin`, any number of
  /// `inside`, `end` with a probability above `least`, and that probability.
  package func forEachSegment(
    from first: Int, begin: Int, inside: Int, end: Int, in lattice: Lattice, _ scores: Scores,
    above least: Double, _ body: (Range<Int>, Double) -> Void
  ) {
    let K = tagCount
    guard lattice.marginal(first, begin) > least else { return }
    // Of what came before and the tags so far.
    var value = lattice.alpha[first * K + begin]
    var tag = begin
    for t in first + 1..<max(lattice.steps, first + 1) {
      let last = value * scores.expTransition[tag * K + end] * lattice.emission[t * K + end]
      let probability = last * lattice.beta[t * K + end]
      if probability > least { body(first..<t + 1, probability) }
      value *= scores.expTransition[tag * K + inside] * lattice.emission[t * K + inside]
      tag = inside
      // No longer range can be more probable than all that are.
      if value * lattice.beta[t * K + inside] <= least { return }
    }
  }
}

// MARK: - Training

extension LinearChainCRF {
  /// `− log p(tags)` summed over all sequences of the batch, and its gradient with respect to the
  /// emissions `[R, K]`; gradients of the transitions are added to `g`.
  ///
  /// Both times `weight`.
  ///
  /// - Parameter tags: One tag for each row.
  package func negativeLogLikelihood(
    of tags: [Int32], emissions: PackedMatrix, weight: Float = 1, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> (loss: Double, dEmissions: Matrix) {
    let K = tagCount
    let scores = scores(p)
    var d = Matrix(rows: emissions.matrix.rows, columns: K)
    var expected = [Double](repeating: 0, count: K * K + 2 * K)
    var loss = 0.0
    for sequence in emissions.packing.lengths.indices {
      let rows = emissions.packing.rows(of: sequence)
      let gold = rows.map { Int(tags[$0]) }
      if gold.contains(where: { $0 < 0 }) { continue }
      let lattice = lattice(emissions: emissions.matrix, rows: rows, scores)
      loss +=
        lattice.logPartition - score(gold, emissions: emissions.matrix, rows: rows, scores)
      addExpectations(lattice, gold, scores, to: &expected)
      for (t, row) in rows.enumerated() {
        for k in 0..<K { d.elements[row * K + k] = Float(lattice.marginal(t, k)) * weight }
        d.elements[row * K + gold[t]] -= weight
      }
    }
    for (i, place) in [transition.range, start.range, end.range].joined().enumerated() {
      g.elements[place - g.start] += Float(expected[i]) * weight
    }
    return (loss * Double(weight), d)
  }

  /// Adds expected minus observed counts: transitions `[K, K]`, then starts, then ends.
  private func addExpectations(
    _ lattice: Lattice, _ gold: [Int], _ scores: Scores, to sums: inout [Double]
  ) {
    let (T, K) = (gold.count, tagCount)
    for t in 1..<max(T, 1) {
      for j in 0..<K {
        let a = lattice.alpha[(t - 1) * K + j]
        if a == 0 { continue }
        for k in 0..<K {
          sums[j * K + k] +=
            a * scores.expTransition[j * K + k] * lattice.emission[t * K + k]
            * lattice.beta[t * K + k]
        }
      }
      sums[gold[t - 1] * K + gold[t]] -= 1
    }
    for k in 0..<K {
      sums[K * K + k] += lattice.marginal(0, k)
      sums[K * K + K + k] += lattice.marginal(T - 1, k)
    }
    sums[K * K + gold[0]] -= 1
    sums[K * K + K + gold[T - 1]] -= 1
  }
}

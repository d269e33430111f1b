internal import Foundation
internal import TagmaKernels
internal import TagmaModels
public import TagmaNeural

/// How far back recurrent networks of one kind learn to look.
///
/// Two problems need something from the beginning of a sequence at its end. *Adding* (Hochreiter & Schmidhuber 1997): two
/// of the numbers are marked, one in each half, and their sum is wanted. *Copying*: the first of eight symbols is wanted
/// after so many others that mean nothing. What is learned is set against the way that gradients shrink on their way back
/// (Bengio, Simard & Frasconi 1994).
public struct MemoryStudy: Sendable {
  public enum Problem: String, Sendable, CaseIterable {
    case adding, copying
  }

  /// What came of one training.
  public struct Result: Sendable {
    public var problem: Problem
    public var cell: CellKind
    /// Steps of the sequences.
    public var distance: Int
    /// Share of new sequences that it is right about: the sum to 0.1, or the symbol.
    public var accuracy: Double
    /// The norm of the gradient of the loss with respect to what each step read, from the first step to the last; means over
    /// sequences, after training.
    public var gradientNorms: [Double]
  }

  public var cells: [CellKind] = [.elmanTanh, .gru, .lstm]
  public var distances = [5, 10, 20, 40, 80]
  /// Units of the recurrent layer.
  public var hiddenSize = 48
  /// Updates of each training, and sequences for each of them.
  public var steps = 3000
  public var batchSize = 32
  public var learningRate = 0.004
  public var seed: UInt64 = 1

  private static let symbols = 8
  private static let testCount = 512

  public init() {}

  /// Trains and tests one network.
  public func result(_ problem: Problem, _ cell: CellKind, distance: Int) -> Result {
    var configuration = RegressorConfiguration()
    (configuration.cell, configuration.hiddenSizes) = (cell, [hiddenSize])
    configuration.denseSize = 0
    let width = problem == .adding ? 2 : Self.symbols + 1
    let network = RegressorNetwork(
      configuration, inputs: width, outputs: problem == .adding ? 1 : Self.symbols)
    var parameters = Parameters(network.layout, seed: seed)
    var gradients = Gradients(network.layout)
    var optimizer = Optimizer(.adam, count: network.layout.count)
    optimizer.maximumNorm = 1
    // The same sequences for all cells.
    var random = SplitMix64(seed: seed &* 31 &+ UInt64(distance))
    for step in 0..<steps {
      let (x, target) = sequences(problem, distance, batchSize, &random)
      gradients.reset()
      _ = network.train(
        x, target: target, weight: 1 / Float(batchSize), parameters, accumulatingInto: &gradients)
      let rate = learningRate * (1 - 0.9 * Double(step) / Double(steps))
      _ = optimizer.update(&parameters, [gradients], rate: Float(rate))
    }
    let (x, target) = sequences(problem, distance, Self.testCount, &random)
    let y = network.predict(x, count: Self.testCount, parameters)
    let right = (0..<Self.testCount).count { row in
      let (found, wanted) = (y.row(row), target.row(row))
      guard problem == .copying else {
        return abs(found[found.startIndex] - wanted[wanted.startIndex]) < 0.1
      }
      func place(_ values: ArraySlice<Float>) -> Int {
        (values.indices.max { values[$0] < values[$1] } ?? 0) - values.startIndex
      }
      return place(found) == place(wanted)
    }
    return Result(
      problem: problem, cell: cell, distance: distance,
      accuracy: Double(right) / Double(Self.testCount),
      gradientNorms: network.gradientNorms(x, target: target, parameters))
  }

  /// Sequences step by step, `[T·N, F]`, and what is wanted of them, `[N, O]`.
  private func sequences(
    _ problem: Problem, _ T: Int, _ N: Int, _ random: inout SplitMix64
  ) -> (x: Matrix, target: Matrix) {
    func below(_ n: Int) -> Int { Int(random.next() % UInt64(max(n, 1))) }
    switch problem {
    case .adding:
      var (x, target) = (Matrix(rows: T * N, columns: 2), Matrix(rows: N, columns: 1))
      for i in 0..<N {
        let marked = [below(T / 2), T / 2 + below(T - T / 2)]
        for t in 0..<T {
          let number = random.nextUnit()
          x[t * N + i, 0] = number
          guard marked.contains(t) else { continue }
          x[t * N + i, 1] = 1
          target[i, 0] += number
        }
      }
      return (x, target)
    case .copying:
      let blank = Self.symbols
      var (x, target) = (Matrix(rows: T * N, columns: blank + 1), Matrix(rows: N, columns: blank))
      for i in 0..<N {
        let symbol = below(Self.symbols)
        target[i, symbol] = 1
        x[i, symbol] = 1
        for t in 1..<max(T, 1) { x[t * N + i, blank] = random.nextUnit() }
      }
      return (x, target)
    }
  }
}

extension MemoryStudy {
  /// All results, problem by problem and cell by cell.
  ///
  /// - Parameters:
  ///   - threads: The results do not depend on it.
  ///   - report: Is told of each problem and cell that is done.
  public func results(threads: Int, report: (String) -> Void = { _ in }) -> [Result] {
    var all: [Result] = []
    for problem in Problem.allCases {
      for cell in cells {
        var work = distances.map { (distance: $0, result: Result?.none) }
        forEachConcurrently(&work, threads: threads) { _, item in
          item.result = result(problem, cell, distance: item.distance)
        }
        let done = work.compactMap(\.result)
        all += done
        let shares = done.map { "\($0.distance) steps \(Int(($0.accuracy * 100).rounded())) %" }
        report("\(problem.rawValue), \(cell.rawValue): \(shares.joined(separator: ", "))")
      }
    }
    return all
  }
}

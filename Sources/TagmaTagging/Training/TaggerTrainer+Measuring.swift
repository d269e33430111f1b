internal import Foundation
internal import TagmaKernels
internal import TagmaModels
internal import TagmaNeural

// MARK: - Measuring

extension TaggerTrainer {
  /// Words a second over `batches` training steps, `repeats` times, after a few to warm up.
  package func measure(batches count: Int, repeats: Int) -> [Double] {
    keepWorkMemory()
    prepareContexts()
    let batches = shuffledBatches()
    var next = 0
    func run(_ n: Int) -> Double {
      let start = Date()
      var tokens = 0
      for _ in 0..<n {
        let batch = batches[next % batches.count]
        tokens += (try? loop.step(batch, rate: 1e-4, computeGradients)) ?? 0
        next += 1
      }
      return Double(tokens) / Date().timeIntervalSince(start)
    }
    _ = run(10)
    return (0..<repeats).map { _ in run(count) }
  }

  /// Multiplications and additions of the word encoder for a token, forward and backward.
  package var operationsPerToken: Double {
    var sum = 0
    for member in network.members {
      var size = member.widths.reduce(0, +)
      for layer in member.layers {
        sum += 2 * layer.gateSize * (size + layer.outputSize / 2) * 2
        size = layer.outputSize
      }
    }
    return 3 * Double(sum)
  }
}

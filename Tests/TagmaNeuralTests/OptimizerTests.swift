import Foundation
import TagmaNeural
import TestSupport
import Testing

@Suite("Optimisers against plain formulas")
struct OptimizerTests {
  private func layout() -> (ParameterLayout, Parameter) {
    var layout = ParameterLayout()
    let table = layout.declare("t", shape: 3, 2, initializer: .constant(1), isLookup: true)
    _ = layout.declare("w", shape: 5, initializer: .constant(2))
    return (layout, table)
  }

  @Test("Adam and AdamW, three steps", arguments: [0, 0.1] as [Float])
  func adam(decay: Float) {
    let (layout, table) = layout()
    var p = Parameters(layout, seed: 1)
    var optimizer = Optimizer(.adam, count: layout.count)
    optimizer.bound = .none
    optimizer.weightDecay = decay
    var w = p.elements.map(Double.init)
    var (m, v) = ([Double](repeating: 0, count: w.count), [Double](repeating: 0, count: w.count))
    for t in 1...3 {
      var g = Gradients(layout)
      g.elements = randomValues(layout.count, seed: UInt64(t))
      g.touch(table, rows: [0, 1, 2])
      _ = optimizer.update(&p, [g], rate: 0.01)
      for i in w.indices {
        let d = Double(g.elements[i])
        m[i] = 0.9 * m[i] + 0.1 * d
        v[i] = 0.999 * v[i] + 0.001 * d * d
        let step =
          m[i] / (1 - pow(0.9, Double(t))) / (sqrt(v[i] / (1 - pow(0.999, Double(t)))) + 1e-8)
        w[i] -= 0.01 * (step + Double(decay) * w[i])
      }
      for i in w.indices { #expect(abs(Double(p.elements[i]) - w[i]) < 1e-5, "step \(t), \(i)") }
    }
  }

  @Test(
    "gradients in stretches move weights as gradients of all do",
    arguments: [.adam, .sgd] as [OptimizerKind])
  func stretches(kind: OptimizerKind) throws {
    let (layout, table) = layout()
    var whole = Gradients(layout)
    whole.elements = randomValues(layout.count, seed: 1)
    whole.touch(table, rows: [2, 0])
    let middle = try #require(layout.entries.last).parameter.range.lowerBound
    var parts = [Gradients(layout, of: 0..<middle), Gradients(layout, of: middle..<layout.count)]
    for i in parts.indices {
      let start = parts[i].start
      parts[i].elements = Array(whole.elements[start..<start + parts[i].elements.count])
      if parts[i].entries.contains(where: { $0.parameter == table }) {
        parts[i].touch(table, rows: [2, 0])
      }
    }
    #expect(parts.allSatisfy { !$0.elements.isEmpty })
    var (p, q) = (Parameters(layout, seed: 1), Parameters(layout, seed: 1))
    var (one, two) = (Optimizer(kind, count: layout.count), Optimizer(kind, count: layout.count))
    for _ in 0..<3 {
      #expect(one.update(&p, [whole], rate: 0.1) == two.update(&q, parts, rate: 0.1))
    }
    #expect(p.elements == q.elements && one.first == two.first)
    parts[0].reset()
    #expect(parts[0].elements.enumerated().allSatisfy { i, x in (x == 0) == (i / 2 != 1) })
  }

  @Test(
    "moments of weights that get no gradients any more become zero",
    arguments: [.adam, .nadam, .sgd] as [OptimizerKind])
  func settledMoments(kind: OptimizerKind) {
    let (layout, _) = layout()
    var p = Parameters(layout, seed: 1)
    var optimizer = Optimizer(kind, count: layout.count)
    var g = Gradients(layout)
    g.elements = randomValues(layout.count, seed: 1)
    _ = optimizer.update(&p, [g], rate: 0.01)
    for i in g.elements.indices { g.elements[i] = 0 }
    optimizer.beta2 = 0.9
    for _ in 0..<1000 { _ = optimizer.update(&p, [g], rate: 0.01) }
    #expect(optimizer.first.allSatisfy { $0 == 0 } && optimizer.second.allSatisfy { $0 == 0 })
  }

  @Test("gradients over the bound are scaled to it")
  func clipping() {
    let (layout, _) = layout()
    var p = Parameters(layout, seed: 1)
    var optimizer = Optimizer(.sgd, count: layout.count)
    optimizer.momentum = 0
    optimizer.maximumNorm = 1
    var g = Gradients(layout)
    for i in 6..<11 { g.elements[i] = 2 }
    let norm = optimizer.update(&p, [g], rate: 1)
    #expect(abs(norm - sqrt(20)) < 1e-6)
    #expect(abs(Double(p.elements[6]) - (2 - 2 / sqrt(20))) < 1e-6)
    #expect(p.elements[0] == 1, "rows that were not touched stay")
  }

  @Test("a gradient that is not a number changes nothing")
  func divergence() {
    let (layout, _) = layout()
    var p = Parameters(layout, seed: 1)
    let before = p.elements
    var optimizer = Optimizer(.nadam, count: layout.count)
    var g = Gradients(layout)
    g.elements[7] = .nan
    #expect(!optimizer.update(&p, [g], rate: 1).isFinite)
    #expect(p.elements == before && optimizer.step == 0)
  }

  @Test("schedules begin and end where they should")
  func schedules() {
    func at(_ schedule: Schedule, _ progress: Double) -> Double {
      schedule.factor(
        progress: progress, epoch: 4, warmUp: 0.1, floor: 0.02, decay: 0.05, reductions: 2,
        reduction: 0.5)
    }
    #expect(at(.cosine, 0.05) == 0.5)
    #expect(abs(at(.cosine, 0.1) - 1) < 1e-9 && abs(at(.cosine, 1) - 0.02) < 1e-9)
    #expect(abs(at(.linear, 0.55) - 0.51) < 1e-9)
    #expect(abs(at(.inverseTime, 0.5) - 1 / 1.2) < 1e-9)
    #expect(at(.plateau, 0.5) == 0.25)
  }
}

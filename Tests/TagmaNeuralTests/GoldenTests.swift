import Foundation
import TagmaKernels
import TagmaNeural
import Testing

/// Values and gradients that PyTorch computed; `Goldens/make.py` made them.
@Suite("Recurrent layers against PyTorch")
struct GoldenTests {
  struct File: Decodable {
    let torch: String
    let cases: [Case]
  }
  struct Case: Decodable {
    let kind: String
    let lengths: [Int]
    let inputSize, hiddenSize: Int
    let x, y, weights, dx: [Float]
    let parameters, gradients: [String: [Float]]
  }

  private func cases() throws -> [Case] {
    let url = try #require(
      Bundle.module.url(forResource: "Goldens/recurrent", withExtension: "json"))
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: url)).cases
  }

  @Test("outputs to 1e-6, gradients to 1e-5")
  func agree() throws {
    for item in try cases() {
      switch item.kind {
      case "lstm": check(LSTMCell(), item)
      case "gru": check(GRUCell(), item)
      case "elman-tanh": check(ElmanCell(.tanh), item)
      default: check(ElmanCell(.relu), item)
      }
    }
  }

  private func check<Cell: RecurrentCell>(_ cell: Cell, _ item: Case) {
    var layout = ParameterLayout()
    let layer = Bidirectional(
      cell, inputSize: item.inputSize, hiddenSize: item.hiddenSize, name: "l", in: &layout)
    var p = Parameters(layout, seed: 1)
    for entry in layout.entries {
      p.elements.replaceSubrange(entry.parameter.range, with: values(entry.name, item.parameters))
    }
    let packing = PackedSequences(lengths: item.lengths)
    let x = PackedMatrix(
      Matrix(rows: packing.rows, columns: item.inputSize, elements: item.x), packing)
    let (y, saved) = layer.forward(x, p)
    var g = Gradients(layout)
    let dy = PackedMatrix(
      Matrix(rows: packing.rows, columns: 2 * item.hiddenSize, elements: item.weights), packing)
    let dx = layer.backward(dy, saved, p, accumulatingInto: &g)
    close(y.matrix.elements, item.y, 1e-6, "\(item.kind) \(item.lengths) y")
    close(dx.matrix.elements, item.dx, 1e-5, "\(item.kind) \(item.lengths) dx")
    for entry in layout.entries {
      let isSummed = entry.name.hasSuffix(".bias")
      let expected =
        isSummed
        ? item.gradients[torchName(entry.name, "bias_ih_l0")] ?? []
        : values(entry.name, item.gradients)
      close(
        Array(g.elements[entry.parameter.range]), expected, 1e-5,
        "\(item.kind) \(item.lengths) \(entry.name)")
    }
    var h = Matrix(rows: x.matrix.rows, columns: layer.outputSize)
    var gates = Matrix(rows: x.matrix.rows, columns: layer.projectionSize)
    layer.project(x.matrix, p, into: &gates)
    let input = ProjectedGates(
      block: gates.elements, stride: gates.columns, column: 0, rows: Array(0..<gates.rows))
    for (isRounded, tolerance) in [(false, Float(1e-6)), (true, 3e-4)] {
      layer.predict(
        input, packing: packing, layer.prepare(p, isRounded: isRounded), p, into: &h, column: 0)
      close(h.elements, item.y, tolerance, "prediction, rounded \(isRounded)")
    }
  }

  private func torchName(_ ours: String, _ base: String) -> String {
    base + (ours.contains(".backward.") ? "_reverse" : "")
  }

  /// Our `bias` is the sum of PyTorch's two where a cell does not keep them apart.
  private func values(_ ours: String, _ theirs: [String: [Float]]) -> [Float] {
    let part = ours.split(separator: ".").last.map(String.init) ?? ""
    if part == "bias" {
      let (a, b) = (
        theirs[torchName(ours, "bias_ih_l0")] ?? [], theirs[torchName(ours, "bias_hh_l0")] ?? []
      )
      return zip(a, b).map { $0 + $1 }
    }
    return theirs[torchName(ours, "\(part)_l0")] ?? []
  }

  private func close(_ found: [Float], _ expected: [Float], _ tolerance: Float, _ name: String) {
    #expect(found.count == expected.count, "\(name)")
    for (i, (a, b)) in zip(found, expected).enumerated() {
      #expect(abs(a - b) <= tolerance * max(1, abs(b)), "\(name)[\(i)]: \(a), expected \(b)")
    }
  }
}

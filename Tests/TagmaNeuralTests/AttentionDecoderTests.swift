import TagmaKernels
import TagmaNeural
import TestSupport
import Testing

@Suite("A decoder with attention")
struct AttentionDecoderTests {
  /// Input, memory and summary in one block, as the gradient check wants it.
  private struct Joined: Layer {
    let decoder: AttentionDecoder
    let packing: PackedSequences
    let lengths: [Int]

    typealias Saved = (AttentionDecoder.Saved, AttentionMemory)

    var counts: (x: Int, memory: Int, summary: Int) {
      (
        packing.rows * decoder.inputSize, lengths.reduce(0, +) * decoder.memorySize,
        lengths.count * decoder.memorySize
      )
    }

    func forward(_ input: [Float], _ p: borrowing Parameters) -> (
      output: [Float], saved: Saved
    ) {
      let (a, b, _) = counts
      var first: [Int] = []
      for i in lengths.indices { first.append(lengths[..<i].reduce(0, +)) }
      let memory = AttentionMemory(
        states: Matrix(
          rows: lengths.reduce(0, +), columns: decoder.memorySize,
          elements: Array(input[a..<a + b])), first: first, lengths: lengths)
      let (y, saved) = decoder.forward(
        PackedMatrix(
          Matrix(rows: packing.rows, columns: decoder.inputSize, elements: Array(input[..<a])),
          packing), memory: memory,
        summary: Matrix(
          rows: lengths.count, columns: decoder.memorySize, elements: Array(input[(a + b)...])), p)
      return (y.matrix.elements, (saved, memory))
    }

    func backward(
      _ dy: [Float], _ saved: Saved, _ p: borrowing Parameters,
      accumulatingInto g: inout Gradients
    ) -> [Float] {
      let (dx, dMemory, dSummary) = decoder.backward(
        Matrix(rows: packing.rows, columns: decoder.outputSize, elements: dy), saved.0,
        memory: saved.1, p, accumulatingInto: &g)
      return dx.matrix.elements + dMemory.elements + dSummary.elements
    }
  }

  @Test(
    "gradients against central differences",
    arguments: [([1], [1], 1), ([3, 1], [2, 4], 1), ([2, 2, 1], [3, 1, 2], 2)])
  func gradients(targets: [Int], sources: [Int], heads: Int) {
    var layout = ParameterLayout()
    let decoder = AttentionDecoder(
      inputSize: 3, hiddenSize: 2, memorySize: 4, outputSize: 3, heads: heads, name: "d",
      in: &layout)
    let layer = Joined(
      decoder: decoder, packing: PackedSequences(lengths: targets), lengths: sources)
    let (a, b, c) = layer.counts
    checkGradients(
      of: layer, layout: layout, seed: 7, input: randomValues(a + b + c, seed: 8), wrap: { $0 },
      unwrapInput: { $0 }, wrapOutput: { $0 }, unwrapOutput: { $0 })
  }

  @Test("weights of each head add up to one, and a memory of one row is what is seen")
  func weights() {
    var layout = ParameterLayout()
    let decoder = AttentionDecoder(
      inputSize: 3, hiddenSize: 5, memorySize: 4, outputSize: 3, heads: 2, name: "d", in: &layout)
    let parameters = Parameters(layout, seed: 1)
    let packing = PackedSequences(lengths: [4, 2])
    let memory = AttentionMemory(
      states: Matrix(rows: 6, columns: 4, elements: randomValues(24, seed: 2)), first: [0, 5],
      lengths: [5, 1])
    let (_, saved) = decoder.forward(
      PackedMatrix(Matrix(rows: 6, columns: 3, elements: randomValues(18, seed: 3)), packing),
      memory: memory, summary: Matrix(rows: 2, columns: 4, elements: randomValues(8, seed: 4)),
      parameters)
    // Rows in packed order: both sequences at steps 0 and 1, then the first alone.
    var place = 0
    for count in [5, 1, 5, 1, 5, 5] {
      for _ in 0..<2 {
        let sum = saved.weights[place..<place + count].reduce(0, +)
        #expect(abs(sum - 1) < 1e-6)
        place += count
      }
    }
    #expect(place == saved.weights.count)
  }
}

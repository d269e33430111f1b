internal import TagmaKernels

/// Lets every step of a sequence look at all others: multi-head attention with a way past it and layer normalisation
/// (Vaswani and others 2017, §3.2).
///
/// | tensor    | shape    | meaning                                                         |
/// |-----------|----------|-----------------------------------------------------------------|
/// | `x, y`    | `[R, D]` | packed sequences                                                |
/// | `q, k, v` | `[R, D]` | queries, keys, values: linear in `x`, in as many blocks as heads |
/// | `z`       | `[R, D]` | `Σ softmax(q kᵀ / √m) v` over the steps of the same sequence     |
/// | `y`       | `[R, D]` | `LayerNorm(x + O z)`                                            |
///
/// Keys and values lie sequence after sequence, as attention reads them. Where a step stands is for the recurrent layer
/// below to tell.
package struct SelfAttention: Layer {
  package let size: Int
  package let heads: Int
  private let query, key, value, output: Linear
  private let norm: LayerNorm

  package struct Saved: Sendable {
    let x, queries, keys, values, context: Matrix
    /// `x` sequence after sequence.
    let ordered: Matrix
    let weights: [Float]
    let norm: LayerNorm.Saved
  }

  /// - Precondition: `heads` divides `size`.
  package init(size: Int, heads: Int, name: String, in layout: inout ParameterLayout) {
    precondition(size % heads == 0, "SelfAttention: heads do not divide the width")
    (self.size, self.heads) = (size, heads)
    func linear(_ part: String, _ layout: inout ParameterLayout) -> Linear {
      Linear(inputSize: size, outputSize: size, name: "\(name).\(part)", in: &layout)
    }
    query = linear("query", &layout)
    key = linear("key", &layout)
    value = linear("value", &layout)
    output = linear("output", &layout)
    norm = LayerNorm(size: size, name: "\(name).norm", in: &layout)
  }

  private var scale: Float { 1 / Float(size / heads).squareRoot() }

  /// For each packed row the rows of its sequence, and where its weights lie; and how many weights there are.
  private func ranges(_ packing: PackedSequences) -> (rows: [Int], AttentionRanges, weights: Int) {
    let (rows, first, lengths) = AttentionMemory.rows(
      of: packing, order: Array(packing.lengths.indices))
    var ranges = AttentionRanges(first: [], count: [], places: [])
    var place = 0
    for t in 0..<packing.steps {
      for i in 0..<packing.count(at: t) {
        ranges.first.append(first[i])
        ranges.count.append(lengths[i])
        ranges.places.append(place)
        place += heads * lengths[i]
      }
    }
    return (rows, ranges, place)
  }

  package func forward(
    _ x: PackedMatrix, _ p: borrowing Parameters
  ) -> (output: PackedMatrix, saved: Saved) {
    let (rows, ranges, count) = ranges(x.packing)
    let ordered = x.matrix.gathering(rows: rows)
    let queries = query.forward(x.matrix, p).output
    let (keys, values) = (key.forward(ordered, p).output, value.forward(ordered, p).output)
    var weights = uninitializedFloats(count)
    var context = Matrix(uninitializedRows: x.matrix.rows, columns: size)
    attend(
      0..<x.matrix.rows, q: queries.elements, keys: keys.elements, values: values.elements,
      width: size, heads: heads, ranges, scale: scale, weights: &weights,
      context: &context.elements, at: 0, stride: size)
    var sum = output.forward(context, p).output
    sum.add(x.matrix)
    let (y, kept) = norm.forward(sum, p)
    return (
      PackedMatrix(y, x.packing),
      Saved(
        x: x.matrix, queries: queries, keys: keys, values: values, context: context,
        ordered: ordered, weights: weights, norm: kept)
    )
  }

  package func backward(
    _ dy: PackedMatrix, _ saved: Saved, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> PackedMatrix {
    let (rows, ranges, _) = ranges(dy.packing)
    let dSum = norm.backward(dy.matrix, saved.norm, p, accumulatingInto: &g)
    let dContext = output.backward(dSum, saved.context, p, accumulatingInto: &g)
    var dQueries = Matrix(uninitializedRows: dSum.rows, columns: size)
    var dKeys = Matrix(rows: dSum.rows, columns: size)
    var (dValues, none) = (dKeys, [Float]())
    attendBackward(
      0..<dSum.rows, dv: &none, q: saved.queries.elements, keys: saved.keys.elements,
      values: saved.values.elements, width: size, heads: heads, ranges, scale: scale,
      weights: saved.weights, dContext: dContext.elements, stride: size, dq: &dQueries.elements,
      dKeys: &dKeys.elements, dValues: &dValues.elements)
    var dx = dSum
    dx.add(query.backward(dQueries, saved.x, p, accumulatingInto: &g))
    var dOrdered = key.backward(dKeys, saved.ordered, p, accumulatingInto: &g)
    dOrdered.add(value.backward(dValues, saved.ordered, p, accumulatingInto: &g))
    dx.add(dOrdered, toRows: rows)
    return PackedMatrix(dx, dy.packing)
  }
}

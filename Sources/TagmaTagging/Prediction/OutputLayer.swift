internal import TagmaKernels
internal import TagmaLexicon
internal import TagmaNeural

/// The heads of all members as one linear map: from their states side by side to the mean of their scores.
///
/// Rare combinations of features and the attributes' values are wanted only where the common combinations leave
/// doubt, so they are a product of their own (decision 0007).
struct OutputLayer: Sendable {
  private let classes: MeanLinear
  private let widths: [Int]
  /// For each head what its first product leaves out, where it leaves something out.
  private let rest: [MeanLinear?]

  init(_ network: TaggerNetwork, _ p: borrowing Parameters) {
    var parts: [(linears: [Linear], rows: Range<Int>)] = []
    var rest: [MeanLinear?] = []
    let isBounded = network.members.allSatisfy(\.statesStayWithinOne)
    for (h, head) in network.heads.enumerated() {
      let linears = network.members.map(\.heads[h].linear)
      let first = head.firstColumns
      parts.append((linears, first))
      let others = first.upperBound..<head.linear.outputSize
      rest.append(
        others.isEmpty
          ? nil : MeanLinear([(linears, others)], p, inputStaysWithinOne: isBounded))
    }
    classes = MeanLinear(parts, p, inputStaysWithinOne: isBounded)
    widths = parts.map(\.rows.count)
    self.rest = rest
  }

  /// For each head the scores of its first columns, `[R, K]`.
  func scores(_ states: Matrix) -> [Matrix] {
    splitColumns(classes.forward(states), widths: widths)
  }

  /// The scores of the other columns of a head, `[R, C − K]`.
  func otherScores(ofHead head: Int, _ states: Matrix) -> Matrix {
    rest[head]?.forward(states) ?? Matrix(rows: states.rows, columns: 0)
  }
}

/// Rows of the linear maps of several members as one map, whose result is the mean of theirs.
private struct MeanLinear: Sendable {
  private let inputSize: Int
  private let outputSize: Int
  private let weight: Weight
  private let bias: [Float]

  /// In the form that is fastest on this machine.
  private enum Weight: Sendable {
    case integers(IntegerWeights)
    /// `[O, fastStride(I)]`.
    case floats([Float])
  }

  init(
    _ parts: [(linears: [Linear], rows: Range<Int>)], _ p: borrowing Parameters,
    inputStaysWithinOne: Bool
  ) {
    inputSize = parts[0].linears.reduce(0) { $0 + $1.inputSize }
    outputSize = parts.reduce(0) { $0 + $1.rows.count }
    var (weight, bias): ([Float], [Float]) = ([], [])
    weight.reserveCapacity(inputSize * outputSize)
    for (linears, rows) in parts {
      let share = 1 / Float(linears.count)
      for row in rows {
        for linear in linears {
          let start = linear.weight.range.lowerBound + row * linear.inputSize
          for i in start..<start + linear.inputSize { weight.append(p.elements[i] * share) }
        }
        bias.append(linears.reduce(0) { $0 + p.elements[$1.bias.range.lowerBound + row] } * share)
      }
    }
    self.bias = bias
    if inputStaysWithinOne,
      let integers = IntegerWeights(
        transposed: weight.span, bias: bias, k: inputSize, n: outputSize)
    {
      self.weight = .integers(integers)
    } else {
      let size = inputSize
      let padding = [Float](repeating: 0, count: fastStride(size) - size)
      self.weight = .floats(
        stride(from: 0, to: weight.count, by: size).flatMap { weight[$0..<$0 + size] + padding })
    }
  }

  func forward(_ x: Matrix) -> Matrix {
    precondition(x.columns == inputSize, "MeanLinear: another width")
    var y = Matrix(uninitializedRows: x.rows, columns: outputSize)
    switch weight {
    case .integers(let weight):
      var rounded: [Int16] = []
      weight.multiply(
        x.elements, at: 0, lda: x.columns, into: &y.elements, m: x.rows, rounded: &rounded)
    case .floats(let weight):
      var out = y.elements.mutableSpan
      fillRows(&out, rows: x.rows, with: bias.span)
      // y [R, O] += x [R, I] · Wᵀ [I, O]
      matrixProduct(
        x.elements.span, weight.span, transposeB: true, ldb: fastStride(inputSize), into: &out,
        m: x.rows, n: outputSize, k: inputSize, beta: 1)
    }
    return y
  }
}

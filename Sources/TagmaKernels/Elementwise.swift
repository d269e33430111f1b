internal import CTagmaSIMD

/// A function applied to each element.
package enum Activation: Int32, Sendable, Codable, CaseIterable {
  case sigmoid, tanh, relu
}

/// Replaces each of `count` elements from `start` by `activation` of it.
package func activate(
  _ activation: Activation, _ y: inout MutableSpan<Float>, at start: Int = 0, count: Int
) {
  precondition(start >= 0 && start + count <= y.count, "activate: outside of the block")
  unsafe y.withUnsafeMutableBufferPointer { y in
    guard let p = unsafe y.baseAddress.map({ unsafe $0 + start }) else { return }
    switch activation {
    case .sigmoid: unsafe tagma_sigmoid(count, p, p)
    case .tanh: unsafe tagma_tanh(count, p, p)
    case .relu: unsafe tagma_relu(count, p, p)
    }
  }
}

/// Turns `dy`, the gradient of `y = activation(x)`, into that of `x`.
package func activateBackward(
  _ activation: Activation, _ y: Span<Float>, _ dy: inout MutableSpan<Float>
) {
  precondition(y.count == dy.count, "activateBackward: counts differ")
  unsafe y.withUnsafeBufferPointer { y in
    unsafe dy.withUnsafeMutableBufferPointer { dy in
      unsafe tagma_activation_backward(
        activation.rawValue, y.count, y.baseAddress, dy.baseAddress, dy.baseAddress)
    }
  }
}

/// Adds `factor · x` to `y`, elements from `start` on.
package func add(
  _ x: Span<Float>, times factor: Float = 1, to y: inout MutableSpan<Float>, at start: Int = 0,
  threads: Int = 1
) {
  precondition(start >= 0 && start + x.count <= y.count, "add: outside of the block")
  unsafe x.withUnsafeBufferPointer { x in
    unsafe y.withUnsafeMutableBufferPointer { y in
      guard let source = x.baseAddress, let first = y.baseAddress else { return }
      // Safe: each part is handed out once, and no two overlap.
      nonisolated(unsafe) let (from, to) = unsafe (source, first + start)
      forEachPart(of: x.count, threads: threads) { part in
        unsafe tagma_axpy(part.count, factor, from + part.lowerBound, to + part.lowerBound)
      }
    }
  }
}

/// Multiplies `y` by `mask`, element by element, from `start` on.
package func multiply(_ y: inout MutableSpan<Float>, at start: Int = 0, by mask: Span<Float>) {
  precondition(start >= 0 && start + mask.count <= y.count, "multiply: outside of the block")
  unsafe mask.withUnsafeBufferPointer { m in
    unsafe y.withUnsafeMutableBufferPointer { y in
      guard let p = y.baseAddress else { return }
      unsafe tagma_multiply(m.count, p + start, m.baseAddress, p + start)
    }
  }
}

/// Multiplies each element by `factor`.
package func scale(_ y: inout MutableSpan<Float>, by factor: Float) {
  unsafe y.withUnsafeMutableBufferPointer { y in
    unsafe tagma_scale(y.count, factor, y.baseAddress)
  }
}

/// Sets elements to zero.
package func clear(_ y: inout MutableSpan<Float>, _ range: Range<Int>) {
  precondition(range.lowerBound >= 0 && range.upperBound <= y.count, "clear: outside of the block")
  unsafe y.withUnsafeMutableBufferPointer { y in
    guard let p = y.baseAddress else { return }
    unsafe (p + range.lowerBound).update(repeating: 0, count: range.count)
  }
}

/// Copies `bias` into each of `rows` rows of `y`, which are `stride` apart and begin at `start`.
package func fillRows(
  _ y: inout MutableSpan<Float>, at start: Int = 0, stride: Int? = nil, rows: Int,
  with bias: Span<Float>
) {
  let stride = stride ?? bias.count
  precondition(
    start >= 0 && start + extent(rows: rows, columns: bias.count, stride: stride) <= y.count,
    "fillRows: too short")
  unsafe bias.withUnsafeBufferPointer { b in
    unsafe y.withUnsafeMutableBufferPointer { y in
      guard rows > 0, let from = b.baseAddress, let to = y.baseAddress else { return }
      unsafe tagma_fill_rows(rows, b.count, from, to + start, stride)
    }
  }
}

/// Adds the sums of the columns of `x` `[rows, columns]`, whose rows lie `stride` apart, by default next to each other,
/// to `y`, from element `start` on.
package func addColumnSums(
  of x: Span<Float>, stride: Int? = nil, rows: Int, columns: Int, to y: inout MutableSpan<Float>,
  at start: Int = 0
) {
  let stride = stride ?? columns
  precondition(
    x.count >= extent(rows: rows, columns: columns, stride: stride) && start >= 0
      && y.count - start >= columns, "addColumnSums: too short")
  unsafe x.withUnsafeBufferPointer { x in
    unsafe y.withUnsafeMutableBufferPointer { y in
      guard let to = y.baseAddress else { return }
      unsafe tagma_add_column_sums(rows, columns, x.baseAddress, stride, to + start)
    }
  }
}

/// Replaces columns `columns` of each row of `y` `[rows, stride]` by their softmax.
package func softmax(
  _ y: inout MutableSpan<Float>, rows: Int, stride: Int, columns: Range<Int>
) {
  precondition(rows * stride <= y.count && columns.upperBound <= stride, "softmax: too short")
  guard !columns.isEmpty else { return }
  unsafe y.withUnsafeMutableBufferPointer { y in
    guard rows > 0, let p = unsafe y.baseAddress.map({ unsafe $0 + columns.lowerBound }) else {
      return
    }
    unsafe tagma_softmax_rows(rows, columns.count, p, stride, p, stride)
  }
}

/// The `count` largest numbers with their places, largest first, and of equals the first.
package func largest(_ count: Int, of x: Span<Float>) -> [(place: Int, value: Float)] {
  var top: [(place: Int, value: Float)] = []
  guard count > 0 else { return top }
  var least = -Float.infinity
  var place = 0
  while true {
    place = unsafe x.withUnsafeBufferPointer { x in
      unsafe x.baseAddress.map { unsafe tagma_first_above(place, x.count, $0, least) } ?? x.count
    }
    guard place < x.count else { return top }
    let value = x[place]
    top.insert((place, value), at: top.firstIndex { $0.value < value } ?? top.count)
    if top.count > count { top.removeLast() }
    if top.count == count { least = top[count - 1].value }
    place += 1
  }
}

/// The sum of squares, accumulated in double precision.
package func sumOfSquares(_ x: Span<Float>) -> Double {
  unsafe x.withUnsafeBufferPointer { unsafe tagma_sum_of_squares($0.count, $0.baseAddress) }
}

/// Whether no element is infinite or not a number.
package func allFinite(_ x: Span<Float>) -> Bool {
  unsafe x.withUnsafeBufferPointer { unsafe tagma_all_finite($0.count, $0.baseAddress) != 0 }
}

/// Asks the C allocator to keep the memory of large work buffers for the next batch.
package func keepWorkMemory() {
  tagma_keep_memory()
}

/// The same for buffers of any size.
package func keepAllWorkMemory() {
  tagma_keep_all_memory()
}

/// Returns the free pages of the C allocator to the system: now and then in a long run, else large
/// buffers between small lasting ones leave ever more holes.
package func releaseFreeMemory() {
  tagma_release_memory()
}

/// Softmax cross-entropy of columns `columns` of `x` `[rows, stride]`: logits become the gradient
/// times `weight`; returns the loss.
package func crossEntropy(
  _ x: inout MutableSpan<Float>, rows: Int, stride: Int, columns: Range<Int>, targets: [Int32],
  smoothing: Float, weight: Float
) -> Double {
  precondition(rows * stride <= x.count && columns.upperBound <= stride, "crossEntropy: too short")
  precondition(targets.count == rows, "crossEntropy: one target a row")
  precondition(targets.allSatisfy { $0 < columns.count }, "crossEntropy: a target is no class")
  return unsafe x.withUnsafeMutableBufferPointer { x in
    unsafe targets.withUnsafeBufferPointer { targets in
      guard rows > 0, let p = x.baseAddress else { return 0 }
      return unsafe tagma_cross_entropy(
        rows, columns.count, p + columns.lowerBound, stride, nil, nil, targets.baseAddress,
        smoothing, weight)
    }
  }
}

/// The same of scores `x` `[rows, columns]` that lack their `bias`, whose gradient is added to `dBias` from `start` on.
package func crossEntropy(
  _ x: inout MutableSpan<Float>, rows: Int, columns: Int, bias: Span<Float>,
  dBias: inout MutableSpan<Float>, at start: Int, targets: [Int32], smoothing: Float, weight: Float
) -> Double {
  precondition(rows * columns <= x.count && bias.count == columns, "crossEntropy: too short")
  precondition(start >= 0 && start + columns <= dBias.count, "crossEntropy: outside of the block")
  precondition(targets.count == rows, "crossEntropy: one target a row")
  precondition(targets.allSatisfy { $0 < columns }, "crossEntropy: a target is no class")
  return unsafe x.withUnsafeMutableBufferPointer { x in
    unsafe bias.withUnsafeBufferPointer { bias in
      unsafe dBias.withUnsafeMutableBufferPointer { d in
        guard rows > 0, let x = x.baseAddress, let d = d.baseAddress else { return 0 }
        return unsafe tagma_cross_entropy(
          rows, columns, x, columns, bias.baseAddress, d + start, targets, smoothing, weight)
      }
    }
  }
}

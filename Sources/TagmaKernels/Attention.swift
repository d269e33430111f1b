internal import CTagmaSIMD

/// Which rows of a memory each query of a batch looks at, and where its weights lie.
package struct AttentionRanges: Sendable {
  /// For each query the first row and the number of rows.
  package var first: [Int]
  package var count: [Int]
  /// For each query, where its `heads · count` weights begin.
  package var places: [Int]

  package init(first: [Int], count: [Int], places: [Int]) {
    (self.first, self.count, self.places) = (first, count, places)
  }

  /// Checks that every row and weight lies inside of its block.
  func check(_ queries: Range<Int>, rows: Int, weights: Int, heads: Int) {
    precondition(
      queries.upperBound <= min(first.count, count.count, places.count), "too few ranges")
    for k in queries {
      precondition(
        first[k] >= 0 && count[k] > 0 && first[k] + count[k] <= rows && places[k] >= 0
          && places[k] + heads * count[k] <= weights, "AttentionRanges: outside of the memory")
    }
  }
}

/// Attention of rows `queries` of `q` `[…, M]` over their rows of `keys` and `values` `[…, M]`: of scaled dot products, or
/// where `v` `[M]` is not empty of `v · tanh(q + k)`.
///
/// Writes the `weights` and, from element `start` of `context` on, `stride` apart, the weighted sums of values.
package func attend(
  _ queries: Range<Int>, additive v: [Float] = [], q: [Float], keys: [Float], values: [Float],
  width M: Int, heads: Int, _ ranges: borrowing AttentionRanges, scale: Float,
  weights: inout [Float], context: inout [Float], at start: Int, stride: Int
) {
  guard !queries.isEmpty else { return }
  precondition(q.count >= queries.upperBound * M && keys.count == values.count, "attend: queries")
  precondition(v.isEmpty || v.count == M, "attend: additive weights")
  precondition(
    start >= 0 && context.count - start >= (queries.count - 1) * stride + M, "attend: context")
  ranges.check(queries, rows: keys.count / M, weights: weights.count, heads: heads)
  let row = queries.lowerBound
  unsafe q.withUnsafeBufferPointer { q in
    unsafe ranges.first.withUnsafeBufferPointer { first in
      unsafe ranges.count.withUnsafeBufferPointer { count in
        unsafe ranges.places.withUnsafeBufferPointer { places in
          unsafe weights.withUnsafeMutableBufferPointer { weights in
            unsafe context.withUnsafeMutableBufferPointer { context in
              unsafe v.withUnsafeBufferPointer { v in
                guard let q = q.baseAddress, let first = first.baseAddress,
                  let count = count.baseAddress, let places = places.baseAddress,
                  let weights = weights.baseAddress, let context = context.baseAddress
                else { return }
                unsafe tagma_attend(
                  queries.count, M, heads, v.isEmpty ? nil : v.baseAddress, q + row * M, M, keys,
                  values, first + row, count + row, scale, weights, places + row, context + start,
                  stride)
              }
            }
          }
        }
      }
    }
  }
}

/// The gradients of `attend`: writes rows `queries` of `dq`, adds to `dv`, `dKeys` and `dValues`.
///
/// - Parameter guidance: What is added to the gradients of the scores, where the weights lie; or nothing.
package func attendBackward(
  _ queries: Range<Int>, additive v: [Float] = [], dv: inout [Float], q: [Float], keys: [Float],
  values: [Float], width M: Int, heads: Int, _ ranges: borrowing AttentionRanges, scale: Float,
  weights: [Float], guidance: [Float] = [], dContext: [Float], stride: Int, dq: inout [Float],
  dKeys: inout [Float],
  dValues: inout [Float]
) {
  guard !queries.isEmpty else { return }
  precondition(min(q.count, dq.count) >= queries.upperBound * M, "attendBackward: queries")
  precondition(v.isEmpty || min(v.count, dv.count) == M, "attendBackward: additive weights")
  precondition(
    keys.count == dKeys.count && values.count == dValues.count && keys.count == values.count,
    "attendBackward: memory")
  precondition(guidance.isEmpty || guidance.count == weights.count, "attendBackward: guidance")
  precondition(dContext.count >= (queries.count - 1) * stride + M, "attendBackward: context")
  ranges.check(queries, rows: keys.count / M, weights: weights.count, heads: heads)
  let row = queries.lowerBound
  unsafe q.withUnsafeBufferPointer { q in
    unsafe ranges.first.withUnsafeBufferPointer { first in
      unsafe ranges.count.withUnsafeBufferPointer { count in
        unsafe ranges.places.withUnsafeBufferPointer { places in
          unsafe dq.withUnsafeMutableBufferPointer { dq in
            unsafe dKeys.withUnsafeMutableBufferPointer { dKeys in
              unsafe dValues.withUnsafeMutableBufferPointer { dValues in
                unsafe dv.withUnsafeMutableBufferPointer { dv in
                  unsafe v.withUnsafeBufferPointer { v in
                    guard let q = q.baseAddress, let first = first.baseAddress,
                      let count = count.baseAddress, let places = places.baseAddress,
                      let dq = dq.baseAddress
                    else { return }
                    unsafe tagma_attend_backward(
                      queries.count, M, heads, v.isEmpty ? nil : v.baseAddress, dv.baseAddress,
                      q + row * M, M, keys, values, first + row, count + row, scale, weights,
                      guidance.isEmpty ? nil : guidance, places + row, dContext, stride,
                      dq + row * M, dKeys.baseAddress,
                      dValues.baseAddress)
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}

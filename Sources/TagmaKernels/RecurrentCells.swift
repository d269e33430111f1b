internal import CTagmaSIMD

// The elementwise half of the recurrent cells; the products are `matrixProduct`. One call handles
// the rows of one time step. Places are element offsets into whole-batch blocks, so that no step
// copies. `previousRows` says how many of the rows have a step before them; the others begin at 0.

/// Where the rows of a time step lie.
package struct StepRows: Sendable {
  /// The first row of this step, and the first row of the step before it in processing order.
  package var row: Int
  package var previousRow: Int
  /// How many sequences are at this step, and how many of those were at the step before.
  package var rows: Int
  package var previousRows: Int

  package init(row: Int, previousRow: Int, rows: Int, previousRows: Int) {
    self.row = row
    self.previousRow = previousRow
    self.rows = rows
    self.previousRows = previousRows
  }
}

/// LSTM: pre-activations `gates` `[R, 4H]` (i f g o) become activations; `c`, `tanhC` `[R, H]` and
/// the output columns `h` (`[R, stride]`, from `column`) are written.
package func lstmForward(
  _ step: StepRows, hiddenSize H: Int, gates: inout [Float],
  c: inout [Float], tanhC: inout [Float],
  h: inout [Float], stride: Int, column: Int
) {
  precondition(gates.count >= (step.row + step.rows) * 4 * H, "lstmForward: too few rows")
  precondition(c.count >= (step.row + step.rows) * H && tanhC.count == c.count)
  precondition(h.count >= (step.row + step.rows - 1) * stride + column + H)
  unsafe gates.withUnsafeMutableBufferPointer { g in
    unsafe c.withUnsafeMutableBufferPointer { c in
      unsafe tanhC.withUnsafeMutableBufferPointer { t in
        unsafe h.withUnsafeMutableBufferPointer { h in
          guard let g = g.baseAddress, let c = c.baseAddress, let t = t.baseAddress,
            let h = h.baseAddress
          else { return }
          unsafe tagma_lstm_forward(
            step.rows, step.previousRows, H, g + step.row * 4 * H,
            step.previousRows > 0 ? UnsafePointer(c + step.previousRow * H) : nil,
            c + step.row * H, t + step.row * H, h + step.row * stride + column, stride)
        }
      }
    }
  }
}

/// The backward half of `lstmForward`: the gradient of the pre-activations goes into `dGates` `[R, dStride]`, `dc`
/// `[N, H]` becomes that of the previous cell; `dh` `[N, H]` is what later steps sent, `dy` what the layer above sent,
/// from row `dyRow`.
package func lstmBackward(
  _ step: StepRows, hiddenSize H: Int, gates: [Float], c: [Float], tanhC: [Float],
  dGates: inout [Float], dStride: Int, dy: [Float], dyRow: Int, stride: Int, column: Int,
  dh: [Float], dc: inout [Float]
) {
  let last = step.row + step.rows
  precondition(gates.count >= last * 4 * H, "lstmBackward: too few rows")
  precondition(dGates.count >= extent(rows: last, columns: 4 * H, stride: dStride))
  precondition(c.count >= last * H && tanhC.count == c.count)
  precondition(dyRow >= 0 && dy.count >= (dyRow + step.rows - 1) * stride + column + H)
  precondition(dh.count >= step.rows * H && dc.count >= step.rows * H)
  unsafe gates.withUnsafeBufferPointer { g in
    unsafe dGates.withUnsafeMutableBufferPointer { d in
      unsafe dc.withUnsafeMutableBufferPointer { dc in
        unsafe c.withUnsafeBufferPointer { c in
          unsafe tanhC.withUnsafeBufferPointer { t in
            unsafe dy.withUnsafeBufferPointer { dy in
              unsafe dh.withUnsafeBufferPointer { dh in
                guard let g = g.baseAddress, let d = d.baseAddress, let c = c.baseAddress,
                  let t = t.baseAddress, let dy = dy.baseAddress
                else { return }
                unsafe tagma_lstm_backward(
                  step.rows, step.previousRows, H, g + step.row * 4 * H, d + step.row * dStride,
                  dStride, step.previousRows > 0 ? c + step.previousRow * H : nil,
                  t + step.row * H, dy + dyRow * stride + column, stride, dh.baseAddress,
                  dc.baseAddress)
              }
            }
          }
        }
      }
    }
  }
}

/// GRU as PyTorch defines it (reset after the product): `gates` `[R, 3H]` (r z n) holds the input
/// side and becomes activations, `recurrent` `[R, 3H]` the recurrent side with its bias.
package func gruForward(
  _ step: StepRows, hiddenSize H: Int, gates: inout [Float], recurrent: [Float],
  h: inout [Float], stride: Int, column: Int
) {
  let last = (step.row + step.rows) * 3 * H
  precondition(gates.count >= last && recurrent.count >= last, "gruForward")
  precondition(h.count >= (step.row + step.rows - 1) * stride + column + H)
  unsafe gates.withUnsafeMutableBufferPointer { g in
    unsafe recurrent.withUnsafeBufferPointer { r in
      unsafe h.withUnsafeMutableBufferPointer { h in
        guard let g = g.baseAddress, let r = r.baseAddress, let h = h.baseAddress else { return }
        unsafe tagma_gru_forward(
          step.rows, step.previousRows, H, g + step.row * 3 * H, r + step.row * 3 * H,
          step.previousRows > 0
            ? UnsafePointer(h + step.previousRow * stride + column) : nil, stride,
          h + step.row * stride + column, stride)
      }
    }
  }
}

/// The backward half of `gruForward`: the gradients of the two sides go into `dGates` and `dRecurrent` `[R, dStride]`;
/// `dh` becomes the part of the gradient of the previous state that avoids the product; `dy` is read from row `dyRow`.
package func gruBackward(
  _ step: StepRows, hiddenSize H: Int, gates: [Float], recurrent: [Float],
  dGates: inout [Float], dRecurrent: inout [Float], dStride: Int, h: [Float], dy: [Float],
  dyRow: Int, stride: Int, column: Int, dh: inout [Float]
) {
  let last = step.row + step.rows
  precondition(gates.count >= last * 3 * H && recurrent.count >= last * 3 * H, "gruBackward")
  let written = extent(rows: last, columns: 3 * H, stride: dStride)
  precondition(dGates.count >= written && dRecurrent.count >= written, "gruBackward")
  precondition(h.count >= (last - 1) * stride + column + H)
  precondition(dyRow >= 0 && dy.count >= (dyRow + step.rows - 1) * stride + column + H)
  precondition(dh.count >= step.rows * H)
  unsafe gates.withUnsafeBufferPointer { g in
    unsafe recurrent.withUnsafeBufferPointer { r in
      unsafe dGates.withUnsafeMutableBufferPointer { dx in
        unsafe dRecurrent.withUnsafeMutableBufferPointer { dr in
          unsafe dh.withUnsafeMutableBufferPointer { dh in
            unsafe h.withUnsafeBufferPointer { h in
              unsafe dy.withUnsafeBufferPointer { dy in
                guard let g = g.baseAddress, let r = r.baseAddress, let dx = dx.baseAddress,
                  let dr = dr.baseAddress, let h = h.baseAddress, let dy = dy.baseAddress
                else { return }
                unsafe tagma_gru_backward(
                  step.rows, step.previousRows, H, g + step.row * 3 * H, r + step.row * 3 * H,
                  dx + step.row * dStride, dr + step.row * dStride, dStride,
                  step.previousRows > 0 ? h + step.previousRow * stride + column : nil, stride,
                  dy + dyRow * stride + column, stride, dh.baseAddress)
              }
            }
          }
        }
      }
    }
  }
}

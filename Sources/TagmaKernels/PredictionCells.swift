internal import CTagmaSIMD

/// What the input contributes to the gates, for each row of a batch.
///
/// Rows that are equal may share their place in `block` `[…, stride]`; gates begin at `column`.
package struct ProjectedGates: Sendable {
  package let block: [Float]
  package let stride: Int
  package let column: Int
  /// For each row of the batch, its row in the block.
  package let rows: [Int]

  package init(block: [Float], stride: Int, column: Int, rows: [Int]) {
    (self.block, self.stride, self.column, self.rows) = (block, stride, column, rows)
  }

  /// The same rows, gates from `columns` further on.
  package func shifted(by columns: Int) -> ProjectedGates {
    ProjectedGates(block: block, stride: stride, column: column + columns, rows: rows)
  }
}

/// The kinds of recurrent cells that `predictStep` knows.
package enum PredictionCell: Sendable {
  case lstm, gru
  case elman(Activation)

  /// Whether no hidden value can leave ±1.
  package var staysWithinOne: Bool {
    if case .elman(.relu) = self { return false }
    return true
  }

  var gateCount: Int {
    switch self {
    case .lstm: 4
    case .gru: 3
    case .elman: 1
    }
  }
}

/// One step forward with nothing kept for a pass back.
///
/// | block       | shape             | meaning                                             |
/// |-------------|-------------------|-----------------------------------------------------|
/// | `input`     | `[…, G·H]`        | the input's side of the gates                       |
/// | `recurrent` | `[step.rows, G·H]`| the recurrent side                                  |
/// | `memory`    | `[step.rows, H]`  | an LSTM's cells or a GRU's state, read and written  |
/// | `h`         | `[…, stride]`     | hidden values, from row `step.row` and `column`     |
package func predictStep(
  _ cell: PredictionCell, _ step: StepRows, hiddenSize H: Int, input: borrowing ProjectedGates,
  recurrent: borrowing [Float], memory: inout [Float], h: inout [Float], stride: Int, column: Int
) {
  let (n, width) = (step.rows, cell.gateCount * H)
  guard n > 0 else { return }
  let highest = (input.block.count - input.column - width) / max(input.stride, 1)
  precondition(step.row + n <= input.rows.count, "predictStep: too few rows")
  for k in step.row..<step.row + n {
    precondition(input.rows[k] >= 0 && input.rows[k] <= highest, "predictStep: no such row")
  }
  precondition(input.block.count >= input.column + width && recurrent.count >= n * width)
  precondition(memory.count >= n * H && h.count >= (step.row + n - 1) * stride + column + H)
  unsafe input.block.withUnsafeBufferPointer { x in
    unsafe input.rows.withUnsafeBufferPointer { rows in
      unsafe recurrent.withUnsafeBufferPointer { r in
        unsafe memory.withUnsafeMutableBufferPointer { m in
          unsafe h.withUnsafeMutableBufferPointer { h in
            guard let x = unsafe x.baseAddress.map({ unsafe $0 + input.column }),
              let rows = unsafe rows.baseAddress.map({ unsafe $0 + step.row }),
              let r = r.baseAddress, let m = m.baseAddress,
              let h = unsafe h.baseAddress.map({ unsafe $0 + step.row * stride + column })
            else { return }
            switch cell {
            case .lstm: unsafe tagma_lstm_predict(n, H, x, input.stride, rows, r, m, h, stride)
            case .gru: unsafe tagma_gru_predict(n, H, x, input.stride, rows, r, m, h, stride)
            case .elman(let activation):
              unsafe tagma_elman_predict(
                activation.rawValue, n, H, x, input.stride, rows, r, h, stride)
            }
          }
        }
      }
    }
  }
}

internal import Synchronization
internal import TagmaKernels
internal import TagmaNeural

/// Remembers the first layer's gates of words, the whole of the network below the recurrence.
///
/// Bounded: when it is full it begins anew. A word's gates do not depend on the words they were
/// computed with, so what was remembered when does not show in the results.
final class WordCache: Sendable {
  struct Key: Hashable, Sendable {
    let form: String
    let inputs: [Int]
  }

  private struct State {
    var rows: [Key: Int] = [:]
    var ahead: [Float] = []
    var back: [Float] = []
  }

  private let gateSize: Int
  private let capacity: Int
  private let state = Mutex(State())

  /// - Parameter bytes: Memory that the remembered gates may take.
  init(gateSize: Int, bytes: Int = 48 << 20) {
    self.gateSize = gateSize
    capacity = max(bytes / (2 * gateSize * 4), 64)
  }

  /// The gates of both directions for each key, `[R, G·H]` each.
  func gates(of keys: [Key], computing project: ([Key]) -> Matrix) -> (
    ahead: [Float], back: [Float]
  ) {
    var missing: [Key: Int] = [:]
    var order: [Key] = []
    state.withLock { state in
      for key in keys where state.rows[key] == nil && missing[key] == nil {
        missing[key] = order.count
        order.append(key)
      }
    }
    let new = order.isEmpty ? Matrix(rows: 0, columns: 2 * gateSize) : project(order)
    let (freshAhead, freshBack) = (
      new.columns(0..<gateSize).elements, new.columns(gateSize..<2 * gateSize).elements
    )
    return state.withLock { state in
      if state.rows.count + order.count > capacity { state = State() }
      for (i, key) in order.enumerated() where state.rows[key] == nil && i < capacity {
        state.rows[key] = state.rows.count
        state.ahead += freshAhead[i * gateSize..<(i + 1) * gateSize]
        state.back += freshBack[i * gateSize..<(i + 1) * gateSize]
      }
      return gather(keys, &state, missing, freshAhead, freshBack, project)
    }
  }

  private func gather(
    _ keys: [Key], _ state: inout State, _ missing: [Key: Int], _ freshAhead: [Float],
    _ freshBack: [Float], _ project: ([Key]) -> Matrix
  ) -> ([Float], [Float]) {
    var rows: [Int] = []
    rows.reserveCapacity(keys.count)
    var forgotten: [Key] = []
    for key in keys {
      if let row = state.rows[key] {
        rows.append(row)
      } else {
        forgotten.append(key); rows.append(-forgotten.count)
      }
    }
    if !forgotten.isEmpty {
      // Another thread emptied the memory in between, or the batch alone is larger than it.
      let again = project(forgotten)
      let base = state.ahead.count / gateSize
      var (ahead, back) = (state.ahead, state.back)
      ahead += again.columns(0..<gateSize).elements
      back += again.columns(gateSize..<2 * gateSize).elements
      rows = rows.map { $0 >= 0 ? $0 : base - $0 - 1 }
      return (take(rows, ahead), take(rows, back))
    }
    return (take(rows, state.ahead), take(rows, state.back))
  }

  private func take(_ rows: [Int], _ block: [Float]) -> [Float] {
    var out = uninitializedFloats(rows.count * gateSize)
    var span = out.mutableSpan
    copyRows(block.span, from: rows, into: &span, columns: gateSize)
    return out
  }
}

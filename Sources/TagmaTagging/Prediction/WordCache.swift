internal import Synchronization
internal import TagmaKernels
internal import TagmaNeural

/// Remembers the first layer's gates of words: the whole of the network below the recurrence.
///
/// Bounded by two generations: when the young one is full it becomes the old one, which is forgotten
/// with the next change; words that are met again move to the young one. A word's gates do not depend
/// on the words they were computed with, so what was remembered when does not show in the results.
final class WordCache: Sendable {
  struct Key: Hashable, Sendable {
    let form: String
    let inputs: [Int]
  }

  /// Gates of words, both directions side by side, `[count, 2·G·H]`.
  private struct Generation {
    var rows: [Key: Int] = [:]
    var gates: [Float] = []
  }

  private struct State {
    var young = Generation()
    var old = Generation()
  }

  private let width: Int
  private let capacity: Int
  private let state = Mutex(State())

  /// - Parameter bytes: Memory that the remembered gates may take.
  init(gateSize: Int, bytes: Int = 24 << 20) {
    width = 2 * gateSize
    capacity = max(bytes / 2 / (width * 4), 64)
  }

  /// The gates of both directions for each key, `[R, G·H]` each.
  func gates(of keys: [Key], computing project: ([Key]) -> Matrix) -> (
    ahead: [Float], back: [Float]
  ) {
    var distinct: [Key: Int] = [:]
    var order: [Key] = []
    let indices = keys.map { key -> Int in
      if let known = distinct[key] { return known }
      distinct[key] = order.count
      order.append(key)
      return order.count - 1
    }
    // Gates of the different words of this batch: those remembered are copied at once, so that it
    // does not matter what other threads do to the memory meanwhile.
    var block = uninitializedFloats(order.count * width)
    let missing = state.withLock { state in recall(order, &state, into: &block) }
    if !missing.isEmpty {
      let fresh = project(missing.map { order[$0] })
      for (i, place) in missing.enumerated() { copy(fresh.elements, i, to: &block, place) }
      state.withLock { state in remember(missing.map { order[$0] }, fresh.elements, &state) }
    }
    return (take(indices, block, column: 0), take(indices, block, column: width / 2))
  }

  /// Copies what is known into `block`; returns the places of what is not.
  private func recall(_ keys: [Key], _ state: inout State, into block: inout [Float]) -> [Int] {
    var missing: [Int] = []
    for (place, key) in keys.enumerated() {
      if let row = state.young.rows[key] {
        copy(state.young.gates, row, to: &block, place)
      } else if let row = state.old.rows[key] {
        copy(state.old.gates, row, to: &block, place)
        insert(key, Array(state.old.gates[row * width..<(row + 1) * width])[...], &state)
      } else {
        missing.append(place)
      }
    }
    return missing
  }

  private func remember(_ keys: [Key], _ gates: [Float], _ state: inout State) {
    for (i, key) in keys.enumerated() {
      insert(key, gates[i * width..<(i + 1) * width], &state)
    }
  }

  private func insert(_ key: Key, _ gates: ArraySlice<Float>, _ state: inout State) {
    guard state.young.rows[key] == nil else { return }
    if state.young.rows.count >= capacity {
      state.old = state.young
      state.young = Generation()
    }
    if state.young.gates.isEmpty { state.young.gates.reserveCapacity(capacity * width) }
    state.young.rows[key] = state.young.rows.count
    state.young.gates += gates
  }

  private func copy(_ from: [Float], _ row: Int, to block: inout [Float], _ place: Int) {
    var out = block.mutableSpan
    copyBlock(
      from.span, stride: width, at: row * width, into: &out, stride: width, at: place * width,
      rows: 1, columns: width)
  }

  private func take(_ rows: [Int], _ block: [Float], column: Int) -> [Float] {
    var out = uninitializedFloats(rows.count * width / 2)
    var span = out.mutableSpan
    copyRows(
      block.span, from: rows, stride: width, column: column, into: &span, columns: width / 2)
    return out
  }
}

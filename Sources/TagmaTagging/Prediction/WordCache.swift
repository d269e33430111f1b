internal import Synchronization
internal import TagmaKernels
internal import TagmaNeural

/// Remembers the gates of words in each member's lowest layer: all of the network below the recurrence.
///
/// Bounded: when it is full, the word that was longest without use makes room (second chance, Corbató
/// 1968). A word's gates do not depend on the words they were computed with, and all are rounded to 16 bits
/// whether they were remembered or not, so what was remembered when does not show in the results.
final class WordCache: Sendable {
  struct Key: Hashable, Sendable {
    let form: String
    let inputs: [Int]
  }

  private struct State {
    var slots: [Key: Int] = [:]
    var keys: [Key] = []
    /// Whether a slot was used since the hand last passed it.
    var used: [Bool] = []
    /// Gates of words, members and directions side by side, `[capacity, Σ 2·G·H]`: allocated once, so that the
    /// heap is not torn apart by blocks of this size.
    var gates: QuantizedRows?
    var hand = 0
  }

  /// Gates of one direction of each member's lowest layer.
  private let gateSizes: [Int]
  private let width: Int
  private let capacity: Int
  private let state = Mutex(State())

  /// - Parameter bytes: Memory that the remembered gates may take.
  init(gateSizes: [Int], bytes: Int = 40 << 20) {
    self.gateSizes = gateSizes
    width = 2 * gateSizes.reduce(0, +)
    capacity = max(bytes / (width * MemoryLayout<Int16>.size), 64)
  }

  /// The gates of each key, member by member.
  func gates(of keys: [Key], computing project: ([Key]) -> Matrix) -> [ProjectedGates] {
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
      let rounded = QuantizedRows(fresh.elements.span, rows: fresh.rows, columns: width)
      var out = block.mutableSpan
      for (i, place) in missing.enumerated() { rounded.read(i, into: &out, at: place) }
      state.withLock { state in remember(missing.map { order[$0] }, rounded, &state) }
    }
    var column = 0
    return gateSizes.map { size in
      defer { column += 2 * size }
      return ProjectedGates(block: block, stride: width, column: column, rows: indices)
    }
  }

  /// Copies what is known into `block`; returns the places of what is not.
  private func recall(_ keys: [Key], _ state: inout State, into block: inout [Float]) -> [Int] {
    var missing: [Int] = []
    var out = block.mutableSpan
    for (place, key) in keys.enumerated() {
      guard let slot = state.slots[key] else {
        missing.append(place)
        continue
      }
      state.used[slot] = true
      state.gates?.read(slot, into: &out, at: place)
    }
    return missing
  }

  private func remember(_ keys: [Key], _ gates: QuantizedRows, _ state: inout State) {
    if state.gates == nil { state.gates = QuantizedRows(rows: capacity, columns: width) }
    for (i, key) in keys.enumerated() where state.slots[key] == nil {
      let slot = slot(for: key, &state)
      state.gates?.copy(i, of: gates, to: slot)
    }
  }

  /// A free slot, or that of the word that was longest without use.
  private func slot(for key: Key, _ state: inout State) -> Int {
    if state.keys.count < capacity {
      state.slots[key] = state.keys.count
      state.keys.append(key)
      state.used.append(false)
      return state.keys.count - 1
    }
    while state.used[state.hand] {
      state.used[state.hand] = false
      state.hand = (state.hand + 1) % capacity
    }
    let slot = state.hand
    state.hand = (slot + 1) % capacity
    state.slots[state.keys[slot]] = nil
    state.keys[slot] = key
    state.slots[key] = slot
    return slot
  }
}

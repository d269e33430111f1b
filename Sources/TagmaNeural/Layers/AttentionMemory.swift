/// What a decoder attends to: the states of source sequences, each sequence's rows one after the other.
package struct AttentionMemory: Sendable {
  /// `[R, M]`.
  package var states: Matrix
  /// For each sequence its first row and its length.
  package let first: [Int]
  package let lengths: [Int]

  package init(states: Matrix, first: [Int], lengths: [Int]) {
    (self.states, self.first, self.lengths) = (states, first, lengths)
  }

  /// The rows of packed sequences, sequence after sequence: `order[k]` is the sequence that comes `k`-th.
  ///
  /// - Returns: For each row of the memory its row in the packing, and the memory's shape.
  package static func rows(of packing: PackedSequences, order: [Int]) -> (
    rows: [Int], first: [Int], lengths: [Int]
  ) {
    var (rows, first, lengths): ([Int], [Int], [Int]) = ([], [], [])
    rows.reserveCapacity(packing.rows)
    for sequence in order {
      first.append(rows.count)
      lengths.append(packing.lengths[sequence])
      rows.append(contentsOf: packing.rows(of: sequence))
    }
    return (rows, first, lengths)
  }
}

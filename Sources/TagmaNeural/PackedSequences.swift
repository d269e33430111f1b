/// How sequences of unequal length share one matrix without padding.
///
/// Sequences are sorted from long to short; the rows of step 0 of all sequences come first, then
/// those of step 1 of the sequences that have one, and so on. Row of step `t` of sequence `i`:
/// `offsets[t] + i`. The sequences at a step are always a prefix of those at the step before it, so
/// a recurrent step reads and writes contiguous rows in both directions, and no mask is needed.
package struct PackedSequences: Sendable, Equatable {
  /// Lengths from long to short; none is zero.
  package let lengths: [Int]
  /// The first row of each step, and the number of all rows at the end.
  package let offsets: [Int]

  /// - Precondition: `lengths` are positive and do not increase.
  package init(lengths: [Int]) {
    precondition(lengths.allSatisfy { $0 > 0 }, "PackedSequences: an empty sequence")
    precondition(zip(lengths, lengths.dropFirst()).allSatisfy { $0 >= $1 }, "not sorted")
    self.lengths = lengths
    var offsets = [0]
    var active = lengths.count
    for t in 0..<(lengths.first ?? 0) {
      while active > 0, lengths[active - 1] <= t { active -= 1 }
      offsets.append(offsets[t] + active)
    }
    self.offsets = offsets
  }

  /// All steps of all sequences.
  package var rows: Int { offsets.last ?? 0 }
  /// Steps of the longest sequence.
  package var steps: Int { offsets.count - 1 }

  /// Sequences that have step `t`.
  package func count(at t: Int) -> Int {
    t < steps ? offsets[t + 1] - offsets[t] : 0
  }

  /// The rows of one sequence, step by step.
  package func rows(of sequence: Int) -> [Int] {
    (0..<lengths[sequence]).map { offsets[$0] + sequence }
  }
}

/// A matrix whose rows are steps of packed sequences.
package struct PackedMatrix: Sendable, Equatable {
  package var matrix: Matrix
  package let packing: PackedSequences

  package init(_ matrix: Matrix, _ packing: PackedSequences) {
    precondition(matrix.rows == packing.rows, "PackedMatrix: heights differ")
    self.matrix = matrix
    self.packing = packing
  }
}

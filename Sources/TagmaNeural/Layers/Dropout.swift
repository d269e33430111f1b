internal import TagmaKernels

/// What is kept together when dropout sets inputs to zero.
public enum DropoutKind: String, Sendable, Codable, CaseIterable {
  /// Each value alone (Srivastava et al. 2014).
  case plain
  /// The same columns at all steps of a sequence: locked or variational (Gal & Ghahramani 2016).
  case locked
  /// Whole rows, that is words (Iyyer et al. 2015).
  case word
}

/// Sets a share of the inputs to zero and scales the others by `1 / (1 − rate)`.
///
/// The mask is drawn apart from its use, so that a pass stays a pure function.
package struct Dropout: Sendable {
  package let rate: Float
  package let kind: DropoutKind

  package init(rate: Float, kind: DropoutKind = .plain) {
    precondition(rate >= 0 && rate < 1, "Dropout: the rate is in 0..<1")
    self.rate = rate
    self.kind = kind
  }

  /// Factors `[R, columns]` for rows of packed sequences; nil where nothing is dropped.
  package func mask(
    for packing: PackedSequences, columns: Int, using random: inout SplitMix64
  ) -> [Float]? {
    guard rate > 0 else { return nil }
    let keep = 1 / (1 - rate)
    var draw = SplitMix64(seed: random.next())
    var mask = uninitializedFloats(packing.rows * columns)
    switch kind {
    case .plain:
      for i in mask.indices { mask[i] = draw.nextUnit() < rate ? 0 : keep }
    case .word:
      for r in 0..<packing.rows {
        let factor = draw.nextUnit() < rate ? 0 : keep
        for c in 0..<columns { mask[r * columns + c] = factor }
      }
    case .locked:
      let first = packing.count(at: 0) * columns
      for i in 0..<first { mask[i] = draw.nextUnit() < rate ? 0 : keep }
      for t in 1..<max(packing.steps, 1) {
        let (from, count) = (packing.offsets[t] * columns, packing.count(at: t) * columns)
        for i in 0..<count { mask[from + i] = mask[i] }
      }
    }
    return mask
  }

  /// `x ⊙ mask`, which is also the backward pass; a mask of fewer rows counts for each block of so many.
  package static func apply(_ mask: [Float]?, to x: inout Matrix) {
    guard let mask, !mask.isEmpty else { return }
    var out = x.elements.mutableSpan
    for start in stride(from: 0, to: out.count, by: mask.count) {
      multiply(&out, at: start, by: mask.span)
    }
  }
}

package import TagmaNeural

/// How the weights of a model lie on disk; in memory all are 32-bit floats.
public enum WeightStorage: String, Sendable, CaseIterable {
  /// As they were learned.
  case float32
  /// In 16 bits, half the size.
  case bfloat16
  /// Lookup tables in 8 bits, each row with a scale of its own; everything else in bfloat16.
  case compact
}

extension Parameters {
  /// The smallest storage that holds every value as it is: what a model was read from, where it was not trained since.
  package var storage: WeightStorage {
    if layout.entries.allSatisfy({ entry in
      let values = elements[entry.parameter.range]
      return entry.isLookup
        ? ByteRows(values, columns: entry.parameter.shape[1]).values == Array(values)
        : values.fitBFloat16
    }) {
      return .compact
    }
    return elements[...].fitBFloat16 ? .bfloat16 : .float32
  }
}

extension ArraySlice<Float> {
  fileprivate var fitBFloat16: Bool { allSatisfy { $0.bitPattern & 0xffff == 0 } }
}

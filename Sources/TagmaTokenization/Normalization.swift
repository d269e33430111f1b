internal import CTagmaICU

/// Unicode normalisation forms (UAX #15).
public enum NormalizationForm: Int32, Sendable, CaseIterable {
  case nfc, nfkc, nfd, nfkd
  /// NFKC with case folding.
  case nfkcCasefold
}

extension String {
  /// The string in a normalisation form, by ICU.
  public func normalized(_ form: NormalizationForm) -> String {
    let input = Array(utf8)
    var capacity = input.count * 3 + 16
    while true {
      var length: Int32 = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { out, used in
        input.withUnsafeBufferPointer { source in
          length = tagma_normalize(
            form.rawValue,
            UnsafeRawPointer(source.baseAddress)?.assumingMemoryBound(to: CChar.self),
            Int32(source.count),
            UnsafeMutableRawPointer(out.baseAddress)?.assumingMemoryBound(to: CChar.self),
            Int32(capacity))
        }
        used = length >= 0 && Int(length) <= capacity ? Int(length) : 0
      }
      if length < 0 { return self }
      if Int(length) <= capacity { return String(decoding: bytes, as: UTF8.self) }
      capacity = Int(length)
    }
  }
}

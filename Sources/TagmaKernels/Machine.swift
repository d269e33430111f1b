internal import CTagmaOneDNN

/// What the numeric libraries say of themselves and the machine.
package enum Machine {
  /// oneDNN's version, such as `2.6.3`.
  package static var oneDNNVersion: String {
    let v = tagma_onednn_version()
    return "\(v / 10000).\(v / 100 % 100).\(v % 100)"
  }

  /// The instruction set that oneDNN chose.
  package static var instructionSet: String {
    guard let name = unsafe tagma_onednn_isa() else { return "unknown" }
    return unsafe String(cString: name)
  }
}

/// An array of `count` floats whose values are not set yet: for outputs that are wholly overwritten.
package func uninitializedFloats(_ count: Int) -> [Float] {
  unsafe [Float](unsafeUninitializedCapacity: count) { _, initialized in initialized = count }
}

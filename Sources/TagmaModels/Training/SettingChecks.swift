/// Refuses a setting whose value cannot be meant, before anything is computed with it.
package func check(_ isGood: Bool, _ setting: String, _ expected: String) throws {
  guard isGood else { throw ModelError(.badSetting(setting, expected: expected)) }
}

/// Refuses settings of a training that are no numbers from 1.
package func checkCounts(_ counts: [(name: String, value: Int)]) throws {
  for (name, value) in counts {
    try check((1...1_000_000).contains(value), "training.\(name)", "a number from 1 to 1000000")
  }
}

/// Refuses settings of a training that are no shares of a whole.
package func checkShares(_ shares: [(name: String, value: Double)]) throws {
  for (name, share) in shares {
    try check(share >= 0 && share < 1, "training.\(name)", "a number from 0 to below 1")
  }
}

/// The names of a setting's values, for a person.
package func names<Kind: CaseIterable & RawRepresentable>(_: Kind.Type) -> String
where Kind.RawValue == String {
  Kind.allCases.map(\.rawValue).joined(separator: ", ")
}

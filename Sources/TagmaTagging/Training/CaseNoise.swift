internal import TagmaLexicon
package import TagmaNeural

/// Lets some training sentences be read in lower case or in capitals.
///
/// Many people write so, and a network that has seen only names with a capital finds no others (Mayhew
/// et al. 2019).
package struct CaseNoise: Sendable {
  /// Of the sentences that are changed, the share in lower case; the others are in capitals.
  private static let lowerShare: Float = 0.75

  /// For each form of the data, the number of what it is in lower case and in capitals.
  private let lower: [Int]
  private let upper: [Int]

  /// - Parameters:
  ///   - forms: The different forms of the data.
  ///   - number: Gives the number of a form, a new one where it is not among them.
  package init(_ forms: [String], number: (String) -> Int) {
    lower = forms.map { number($0.lowercased()) }
    upper = forms.map { number($0.uppercased()) }
  }

  /// The example, or with probability `share` what it is in another case, to be read anew by language models.
  package func changing(
    _ example: Example, share: Float, using random: inout SplitMix64
  ) -> Example {
    guard random.nextUnit() < share else { return example }
    let table = random.nextUnit() < Self.lowerShare ? lower : upper
    return Example(
      forms: example.forms.map { table[$0] }, inputs: example.inputs, targets: example.targets)
  }
}

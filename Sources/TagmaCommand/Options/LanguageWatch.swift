internal import Foundation
internal import Tagma

/// Tells where a text is plainly in another language than the one that a model knows.
struct LanguageWatch: Sendable {
  /// What the model knows, as a code.
  let expected: String

  /// Fewer letters say too little.
  private static let fewestLetters = 60
  private static let certain: Float = 0.98
  /// Languages that are taken for each other.
  private static let relatives: [Set<String>] = [
    ["nb", "nn", "no", "da"], ["hr", "sr", "bs", "sh"], ["id", "ms"], ["pt", "gl"], ["cs", "sk"],
  ]

  /// - Parameter language: The language of the model; nil, and languages that nobody can tell, are not watched.
  init?(_ language: String?) {
    guard let language, !language.isEmpty else { return nil }
    expected = Self.base(of: language)
  }

  /// What to tell a person of a text; nil where nothing is wrong, or where no model tells languages apart.
  func warning(of sample: String, in file: String) -> String? {
    guard sample.unicodeScalars.count(where: \.properties.isAlphabetic) >= Self.fewestLetters,
      let path = try? ModelPath.find("languages"),
      let classifier = try? Classifier(contentsOf: path),
      classifier.labels.contains(where: { Self.base(of: $0) == expected })
    else { return nil }
    let found = classifier.classify(sample)
    guard let best = found.probabilities.first, best.probability >= Self.certain else { return nil }
    let language = Self.base(of: best.label)
    let isRelative = Self.relatives.contains { $0.contains(language) && $0.contains(expected) }
    guard language != expected, !isRelative else { return nil }
    let names = [language, expected].map {
      Locale(identifier: "en").localizedString(forLanguageCode: $0) ?? $0
    }
    return "\(file) seems to be \(names[0]), but the model knows \(names[1])"
  }

  private static func base(of code: String) -> String {
    String(code.prefix { $0 != "-" && $0 != "_" }).lowercased()
  }
}

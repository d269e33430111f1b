internal import TagmaAnnotations

/// The languages of a file of pairs, for a file that has none of those that were asked for.
struct SeenLanguages {
  /// Different tags in the order in which they came.
  private(set) var tags: [String] = []
  private var hasPair = false

  /// Tags that are named to a person.
  private static let limit = 20

  mutating func add(_ tag: String?) {
    guard let tag, !tag.isEmpty, tags.count < Self.limit, !tags.contains(tag) else { return }
    tags.append(tag)
  }

  mutating func addPair() { hasPair = true }

  /// At the end of a file: refuses one that has units, but not in both languages.
  func check(_ source: LanguageTag, _ target: LanguageTag, in file: String) throws(CorpusError) {
    func isThere(_ wanted: LanguageTag) -> Bool {
      tags.contains { wanted.likeness(to: LanguageTag($0)) > 0 }
    }
    guard !hasPair, !tags.isEmpty, !isThere(source) || !isThere(target) else { return }
    throw CorpusError(
      .noPairs(source: source.text, target: target.text, languages: tags),
      at: SourceLocation(file: file, line: 1))
  }
}

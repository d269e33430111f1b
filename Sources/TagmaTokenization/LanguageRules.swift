/// What a language adds to the rules for words: a small text file for each.
struct LanguageRules: Sendable {
  private(set) var abbreviations: Set<String> = []
  /// Abbreviations that stand before a name, so that no sentence ends after them.
  private(set) var titles: Set<String> = []
  private(set) var clitics: [[UInt8]] = []
  private var longestClitic = 0
  /// Whole words, lower case, and where they are cut, in bytes.
  private(set) var cuts: [String: Int] = [:]

  init(language: String) {
    guard language == "en" else { return }
    let text = String(decoding: PackageResources.en_txt, as: UTF8.self)
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let fields = line.split(separator: " ").map(String.init)
      switch fields[0] {
      case "abbreviation": abbreviations.formUnion(fields.dropFirst())
      case "title": titles.formUnion(fields.dropFirst())
      case "clitic":
        clitics += fields.dropFirst().map { Array($0.utf8) }
        longestClitic = clitics.map(\.count).max() ?? 0
      default:
        for word in fields.dropFirst() {
          let parts = word.split(separator: "|")
          cuts[parts.joined()] = parts[0].utf8.count
        }
      }
    }
  }

  enum Abbreviation {
    case plain, title
  }

  /// Whether a word takes the full stop after it.
  func abbreviation(_ word: String) -> Abbreviation? {
    titles.contains(word) ? .title : abbreviations.contains(word) ? .plain : nil
  }

  func isClitic(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.count <= longestClitic else { return false }
    return clitics.contains { word.elementsEqual($0, by: { $0 | 0x20 == $1 | 0x20 }) }
  }

  /// Where the last clitic of a word is cut off, in bytes from its start; nil where there is none.
  func cut(_ word: ArraySlice<UInt8>) -> Int? {
    for clitic in clitics where word.count > clitic.count {
      if word.suffix(clitic.count).elementsEqual(clitic, by: { $0 | 0x20 == $1 | 0x20 }) {
        return word.count - clitic.count
      }
    }
    guard !cuts.isEmpty, word.count <= 8 else { return nil }
    return cuts[String(decoding: word, as: UTF8.self).lowercased()]
  }
}

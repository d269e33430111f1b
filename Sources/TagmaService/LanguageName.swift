internal import Foundation
internal import TagmaCorpora

/// A language as clients name it: `de`, `DE`, `de-AT`, `pt_BR`, `deu`, `german`, or as a model of UDPipe is called,
/// `german-gsd-ud-2.12`.
struct LanguageName: Sendable {
  private let text: String

  init(_ text: String) {
    self.text = text
  }

  /// Whether it names a language that is given as a code.
  func names(_ language: String) -> Bool {
    guard !text.isEmpty, !language.isEmpty else { return false }
    if isSameLanguage(text, language) { return true }
    let code = Self.primary(language)
    let first = Self.primary(text)
    return Self.twoLetters(first) == code || Self.wide[first]?.contains(code) ?? false
      || Self.words(Self.englishName(of: code)).first == first
  }

  /// The code of a language that there is, without script and region, for which no rules differ; nil where it names none.
  var code: String? {
    let first = Self.primary(text)
    let short = Self.twoLetters(first)
    return Self.known.contains(short)
      ? short : Self.known.sorted().first { Self.englishName(of: $0).lowercased() == first }
  }

  /// A code of two letters for one of three, where there is one.
  private static func twoLetters(_ code: String) -> String {
    Locale.LanguageCode(code).identifier(.alpha2) ?? code
  }

  /// Codes that stand for several languages.
  private static let wide = ["no": ["nb", "nn"], "nb": ["no"], "nn": ["no"]]

  private static let known = Set(Locale.LanguageCode.isoLanguageCodes.map(\.identifier))

  private static func englishName(of code: String) -> String {
    Locale(identifier: "en").localizedString(forLanguageCode: code) ?? ""
  }

  private static func primary(_ text: String) -> String { words(text).first ?? "" }

  private static func words(_ text: String) -> [String] {
    text.lowercased().split { $0 == "-" || $0 == "_" || $0 == " " }.map(String.init)
  }
}

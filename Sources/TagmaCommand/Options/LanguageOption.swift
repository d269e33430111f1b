internal import ArgumentParser
internal import Tagma

/// Refuses a language that nobody knows, which would be cut by the rules for all languages without a word.
func validateLanguage(_ code: String?) throws {
  guard let code, !isKnownLanguage(code) else { return }
  throw ValidationError(
    "unknown language '\(code)': expected a code such as en, pt-BR or zh-Hant")
}

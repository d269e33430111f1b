internal import CTagmaICU

/// Whether a code names a language that ICU knows: `en`, `pt-BR`, `zh_Hant`, in capitals or small letters.
///
/// `und` is the language that nobody has determined.
public func isKnownLanguage(_ code: String) -> Bool {
  let parts = code.lowercased().utf8.split(
    omittingEmptySubsequences: false, whereSeparator: { $0 == 0x2d || $0 == 0x5f })
  guard let language = parts.first, (2...3).contains(language.count),
    language.allSatisfy(\.isASCIILetter),
    parts.dropFirst().allSatisfy({ part in
      (1...8).contains(part.count) && part.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit }
    })
  else { return false }
  let name = String(Substring(language))
  return name == "und" || tagma_language_known(name)
}

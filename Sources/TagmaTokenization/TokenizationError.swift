internal import CTagmaICU

/// Why a tokenizer could not be made.
public struct TokenizationError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    case icu(String)
    case rules(line: Int, column: Int, String)
  }
  public let kind: Kind

  public var description: String {
    switch kind {
    case .icu(let name): "ICU: \(name)"
    case .rules(let line, let column, let name):
      "segmentation rules, line \(line), column \(column): \(name)"
    }
  }
}

extension Unicode {
  /// The version of ICU that this was compiled with.
  public static var icuVersion: String { String(cString: tagma_icu_version()) }
  /// The version of Unicode that ICU knows.
  public static var icuUnicodeVersion: String { String(cString: tagma_unicode_version()) }
}

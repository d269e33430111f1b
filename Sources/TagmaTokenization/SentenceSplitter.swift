/// Cuts a paragraph into sentences by rules: what ends them in the scripts of the world, and for each language its
/// abbreviations, ordinal numbers and the words that sentences begin with (`Rules`).
///
///     let text = Array("Dr. Who came at 5 p.m. He left!".utf8)
///     SentenceSplitter(language: "en").ranges(in: text)  // 0..<22, 23..<31
///
/// It needs no model, and time grows with the text alone.
public struct SentenceSplitter: Sendable {
  private let rules: LanguageRules
  private let lineEndsSentence: Bool

  /// - Parameters:
  ///   - language: A code such as `en`, `pt-BR` or `zh_Hant`. Without rules for the language those for all languages hold.
  ///   - lineEndsSentence: Whether a line feed ends a sentence; otherwise only a blank line does.
  public init(language: String, lineEndsSentence: Bool = false) {
    rules = LanguageRules.rules(for: language)
    self.lineEndsSentence = lineEndsSentence
  }

  /// The bytes of each sentence.
  ///
  /// What lies before, between and after them is white space, byte-order marks and zero width spaces.
  ///
  /// - Parameter text: UTF-8.
  public func ranges(in text: [UInt8]) -> [Range<Int>] {
    var scanner = SentenceScanner(text, rules, lineEndsSentence: lineEndsSentence)
    scanner.scan()
    return scanner.sentences
  }

  /// What the rules are sure of, for those who cut by other means.
  ///
  /// - Returns: Stops with the white space behind them, and whether a sentence ends there.
  func certainties(in text: [UInt8]) -> [SentenceCertainty] {
    var scanner = SentenceScanner(text, rules, lineEndsSentence: false)
    scanner.keepsCertainties = rules.hasStarters
    if scanner.keepsCertainties { scanner.scan() }
    return scanner.certainties
  }

  /// Where sentences end, in bytes.
  func ends(in text: [UInt8]) -> [Int] { ranges(in: text).map(\.upperBound) }
}

extension SentenceSplitter {
  /// The sentences of a string, without the white space between them.
  public func sentences(of text: String) -> [Substring] {
    let utf8 = text.utf8
    var (offset, index) = (0, text.startIndex)
    func advance(to place: Int) -> String.Index {
      index = utf8.index(index, offsetBy: place - offset)
      offset = place
      return index
    }
    return ranges(in: Array(utf8)).map { range in
      let start = advance(to: range.lowerBound)
      return text[start..<advance(to: range.upperBound)]
    }
  }
}

/// A place where rules know whether a sentence ends, whatever a model makes of it.
package struct SentenceCertainty: Sendable, Equatable {
  /// The bytes of the stop and the white space behind it.
  package let bytes: Range<Int>
  package let isEnd: Bool
}

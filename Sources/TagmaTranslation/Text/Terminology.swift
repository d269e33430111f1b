/// Terms of a text and what they must become, whatever the translator makes of the rest.
public struct Terminology: Sendable, Equatable {
  private struct Term: Sendable, Equatable {
    let words: [String]
    let target: String
  }

  /// Terms by their first word in lower case, the longest first.
  private var terms: [String: [Term]] = [:]

  /// - Parameter pairs: A term, which is found in any case, and its translation.
  public init(_ pairs: [(source: String, target: String)] = []) {
    for (source, target) in pairs {
      let words = Self.words(source[...].unicodeScalars)
      guard let first = words.first else { continue }
      terms[first, default: []].append(Term(words: words, target: target))
    }
    terms = terms.mapValues { $0.sorted { $0.words.count > $1.words.count } }
  }

  public var isEmpty: Bool { terms.isEmpty }

  /// The first term in a text and its translation.
  func first(
    in text: Substring.UnicodeScalarView
  ) -> (range: Range<String.Index>, target: String)? {
    guard !terms.isEmpty else { return nil }
    var at = text.startIndex
    while let word = Self.word(in: text[at...]) {
      for term in terms[word.text] ?? [] {
        if let end = Self.end(of: term.words, in: text[word.range.lowerBound...]) {
          return (word.range.lowerBound..<end, term.target)
        }
      }
      at = word.range.upperBound
    }
    return nil
  }

  /// Where words end that a text begins with; nil where it begins with others.
  private static func end(
    of words: [String], in text: Substring.UnicodeScalarView
  ) -> String.Index? {
    var at = text.startIndex
    for wanted in words {
      guard let word = word(in: text[at...]), word.text == wanted else { return nil }
      at = word.range.upperBound
    }
    return at
  }

  private static func words(_ text: Substring.UnicodeScalarView) -> [String] {
    var (found, at): ([String], String.Index) = ([], text.startIndex)
    while let word = word(in: text[at...]) {
      found.append(word.text)
      at = word.range.upperBound
    }
    return found
  }

  /// The first run of letters, digits and marks, in lower case.
  private static func word(
    in text: Substring.UnicodeScalarView
  ) -> (range: Range<String.Index>, text: String)? {
    func isPart(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || scalar.properties.generalCategory == .nonspacingMark
    }
    guard let start = text.firstIndex(where: isPart) else { return nil }
    let end = text[start...].firstIndex { !isPart($0) } ?? text.endIndex
    return (start..<end, String(text[start..<end]).lowercased())
  }
}

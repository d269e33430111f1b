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
      let words = Self.words(source[...].unicodeScalars).map { $0.text }
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
    let words = Self.words(text)
    for i in words.indices {
      for term in terms[words[i].text] ?? [] where i + term.words.count <= words.count {
        let last = i + term.words.count - 1
        guard zip(words[i...last], term.words).allSatisfy({ $0.text == $1 }) else { continue }
        return (words[i].range.lowerBound..<words[last].range.upperBound, term.target)
      }
    }
    return nil
  }

  /// Runs of letters, digits and marks in lower case.
  private static func words(
    _ text: Substring.UnicodeScalarView
  ) -> [(range: Range<String.Index>, text: String)] {
    var words: [(range: Range<String.Index>, text: String)] = []
    var at = text.startIndex
    func isPart(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || scalar.properties.generalCategory == .nonspacingMark
    }
    while let start = text[at...].firstIndex(where: isPart) {
      let end = text[start...].firstIndex { !isPart($0) } ?? text.endIndex
      words.append((start..<end, String(text[start..<end]).lowercased()))
      at = end
    }
    return words
  }
}

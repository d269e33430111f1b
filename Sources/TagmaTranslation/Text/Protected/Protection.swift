internal import Foundation

/// What else is protected in the texts of a translation, beside what the scanner knows.
public struct Protection: Sendable {
  private let patterns: [NSRegularExpression]
  /// Whether `｟` and `｠` stay around what they mark.
  public var keepsMarks = false

  /// - Parameter patterns: Regular expressions as ICU reads them; what they match comes out as it went in.
  /// - Throws: `PatternError` where one is none.
  public init(patterns: [String] = []) throws(PatternError) {
    var found: [NSRegularExpression] = []
    for pattern in patterns {
      guard let expression = try? NSRegularExpression(pattern: pattern) else {
        throw PatternError(pattern: pattern)
      }
      found.append(expression)
    }
    self.patterns = found
  }

  /// Nothing else.
  public init() { patterns = [] }

  /// A pattern that is no regular expression.
  public struct PatternError: Error, Sendable, Equatable, CustomStringConvertible {
    public let pattern: String

    public var description: String { "'\(pattern)' is no regular expression" }
  }

  /// What the patterns match, in bytes and in order; what overlaps something earlier is left out.
  func ranges(in text: TextBytes) -> [Range<Int>] {
    guard !patterns.isEmpty else { return [] }
    let string = text.string(0..<text.count)
    let whole = NSRange(string.startIndex..., in: string)
    let all = patterns.flatMap { pattern in
      pattern.matches(in: string, range: whole).compactMap { match -> Range<Int>? in
        guard match.range.length > 0, let range = Range(match.range, in: string) else { return nil }
        return string.utf8.distance(
          from: string.startIndex, to: range.lowerBound)..<string.utf8.distance(
            from: string.startIndex, to: range.upperBound)
      }
    }.sorted { ($0.lowerBound, -$0.count) < ($1.lowerBound, -$1.count) }
    var kept: [Range<Int>] = []
    for range in all where kept.last.map({ $0.upperBound <= range.lowerBound }) ?? true {
      kept.append(range)
    }
    return kept
  }
}

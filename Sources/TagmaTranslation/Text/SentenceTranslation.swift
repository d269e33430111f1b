/// A translation of one sentence, with places in the sentence's text.
struct SentenceTranslation: Sendable {
  var text = ""
  /// The logarithm of its probability, divided by its length to the power that the search was given.
  var score = 0.0
  /// Words and marks of punctuation and what they come from.
  var ranges: [AlignedRanges] = []
  /// First bytes of words and of those that they come from.
  var words: [(source: Int, target: Int)] = []
  /// First bytes of words and their probabilities.
  var confidences: [(start: Int, value: Double)] = []

  /// Those of the pieces of a sentence as one, with spaces between them.
  init(joining parts: [SentenceTranslation] = []) {
    for part in parts {
      let start = text.utf8.count + (text.isEmpty || part.text.isEmpty ? 0 : 1)
      if start > text.utf8.count { text += " " }
      text += part.text
      score += part.score / Double(parts.count)
      ranges += part.ranges.map {
        AlignedRanges(source: $0.source, target: $0.target.shifted(by: start))
      }
      words += part.words.map { ($0.source, $0.target + start) }
      confidences += part.confidences.map { ($0.start + start, $0.value) }
    }
  }

  /// The best ways to join one translation of each part, best first, at most so many.
  static func combinations(
    of parts: [[SentenceTranslation]], limit: Int
  ) -> [[SentenceTranslation]] {
    var best: [(parts: [SentenceTranslation], score: Double)] = [([], 0)]
    for list in parts {
      best = best.flatMap { begun in
        list.map { (begun.parts + [$0], begun.score + $0.score) }
      }
      // Sorting by place, too, keeps the order of equals.
      best = best.enumerated().sorted {
        ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
      }.prefix(max(limit, 1)).map(\.element)
    }
    return best.map(\.parts)
  }

  /// The same with other places in the source.
  func moved(_ place: (Int) -> Int) -> SentenceTranslation {
    var moved = self
    moved.ranges = ranges.map {
      let low = place($0.source.lowerBound)
      return AlignedRanges(
        source: low..<max(low, place($0.source.upperBound)), target: $0.target)
    }
    moved.words = words.map { (place($0.source), $0.target) }
    return moved
  }

  /// The same beginning with a text as it was given, which it begins with but for white space and kinds of marks.
  func beginning(with given: String, for read: String) -> SentenceTranslation {
    guard text.hasPrefix(read), given != read else { return self }
    var begun = self
    begun.text = given + text.dropFirst(read.count)
    let (length, change) = (read.utf8.count, given.utf8.count - read.utf8.count)
    func moved(_ place: Int) -> Int {
      place >= length ? place + change : min(place, given.utf8.count)
    }
    begun.ranges = ranges.map {
      let low = moved($0.target.lowerBound)
      return AlignedRanges(source: $0.source, target: low..<max(low, moved($0.target.upperBound)))
    }
    begun.words = words.map { ($0.source, moved($0.target)) }
    begun.confidences = confidences.map { (moved($0.start), $0.value) }
    return begun
  }
}

extension Range<Int> {
  func shifted(by distance: Int) -> Range<Int> {
    lowerBound + distance..<upperBound + distance
  }
}

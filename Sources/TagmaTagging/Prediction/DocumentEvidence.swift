package import TagmaAnnotations

/// What the rest of a document says of words that it has several times.
///
/// A name may be clear in one sentence and doubtful in the next; within a document it nearly always is the name of the same
/// thing (Krishnan & Manning 2006). So the probability of a candidate is mixed with the mean of those that the same words
/// have at all their places in the document, in capitals or not (decision 0017):
///
/// * Where a longer name may stand around the words, only the rest of the probability is theirs: *US* in *US Marines*
///   says nothing against *US* elsewhere, nor *US* elsewhere anything against *US Marines*.
/// * A place counts the more, the more it looks like any span: most places where a name is left out are no evidence
///   against the others.
/// * The more the document says, the more it counts.
/// * A longer name tells of its abbreviation and, where labels are named whose names are used so, of its first and last
///   word: who is *George Bush* once is *Bush* then.
package enum DocumentEvidence {
  /// Words of a document that are judged together at most, a word more for each sentence.
  package static let longestDocument = 6000
  /// Less probable candidates are no evidence.
  package static let leastProbability = 0.02

  /// Mixes the probabilities of a document's candidates, sentence by sentence, and adds those that only the rest of the
  /// document makes candidates.
  ///
  /// - Parameters:
  ///   - forms: The words of each sentence.
  ///   - share: What the document counts, from 0 to 1.
  ///   - parts: Labels of names whose first or last word stands for the whole, such as those of persons.
  package static func pooled(
    _ candidates: [[SpanCandidate]], forms: [[String]], share: Double, parts: Set<String> = []
  ) -> [[SpanCandidate]] {
    guard share > 0, candidates.contains(where: { !$0.isEmpty }) else { return candidates }
    var pool = DocumentPool(candidates, forms: forms, share: share, parts: parts)
    return pool.mixed()
  }
}

// MARK: - Where documents begin

extension DocumentEvidence {
  /// The documents among sentences, whose beginnings comments name.
  ///
  /// One that is too long is cut; what stands before the first is of none.
  ///
  /// - Parameter startsInDocument: Whether the first sentences go on with a document.
  package static func documents(
    _ sentences: [Sentence], startsInDocument: Bool = false
  ) -> [Range<Int>] {
    var documents: [Range<Int>] = []
    var start = startsInDocument ? 0 : nil
    var words = 0
    for (i, sentence) in sentences.enumerated() {
      if beginsDocument(sentence) || start != nil && words >= longestDocument {
        if let start, start < i { documents.append(start..<i) }
        (start, words) = (i, 0)
      }
      words += sentence.tokens.count + 1
    }
    if let start, start < sentences.count { documents.append(start..<sentences.count) }
    return documents
  }

  /// What a comment begins with before the first sentence of a document.
  package static let comment = "# newdoc"

  /// What follows `# newdoc id =`.
  package static func documentName(_ comment: String) -> String? {
    guard let sign = comment.firstIndex(of: "="),
      comment[..<sign].dropFirst(Self.comment.count).filter({ $0 != " " }) == "id"
    else { return nil }
    let name = comment[sign...].dropFirst().drop { $0 == " " }
    return name.isEmpty ? nil : Misc.unescapeSpaces(String(name))
  }

  package static func beginsDocument(_ sentence: Sentence) -> Bool {
    sentence.comments.contains { $0.hasPrefix(comment) }
  }
}

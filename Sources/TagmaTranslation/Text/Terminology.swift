internal import TagmaTokenization

/// Terms of a text and what they must become, whatever the translator makes of the rest.
///
/// A term is found in any case, as whole words and with its own marks: `C` is neither in `C++` nor in `CD`. Its blanks stand
/// for white space of any kind.
public struct Terminology: Sendable, Equatable {
  private struct Term: Sendable, Equatable {
    /// In small letters, blanks single.
    let scalars: [Unicode.Scalar]
    let target: String
  }

  /// Terms by the first byte of their small letters and of their capitals, the longest first.
  private var terms: [UInt8: [Term]] = [:]

  /// - Parameter pairs: A term, which is found in any case, and its translation.
  public init(_ pairs: [(source: String, target: String)] = []) {
    for (source, target) in pairs {
      let text = normalizedText(source)
      let small = Array(text.lowercased().unicodeScalars)
      guard !small.isEmpty else { continue }
      let first = Set([text, text.lowercased(), text.uppercased()].compactMap(\.utf8.first))
      for byte in first {
        terms[byte, default: []].append(Term(scalars: small, target: target))
      }
    }
    terms = terms.mapValues { list in
      // Of equal terms the first counts; sorting keeps their order.
      list.enumerated().sorted {
        ($1.element.scalars.count, $0.offset) < ($0.element.scalars.count, $1.offset)
      }.map(\.element)
    }
  }

  public var isEmpty: Bool { terms.isEmpty }

  /// The longest term that begins at a place, and where it ends.
  func match(at place: Int, in text: TextBytes) -> (end: Int, target: String)? {
    guard let candidates = terms[text[place]] else { return nil }
    for term in candidates {
      if let end = end(of: term.scalars, at: place, in: text) { return (end, term.target) }
    }
    return nil
  }

  private func end(of term: [Unicode.Scalar], at place: Int, in text: TextBytes) -> Int? {
    guard beginsHere(term[0], at: place, in: text) else { return nil }
    var (at, next) = (place, 0)
    while next < term.count {
      if term[next] == " " {
        let start = at
        while at < text.count, text.isBlank(at), text[at] != 0x0a { at = text.end(of: at) }
        guard at > start else { return nil }
        next += 1
        continue
      }
      guard let scalar = text.scalar(at: at) else { return nil }
      // A character may have several in small letters: `İ`.
      for small in scalar.properties.lowercaseMapping.unicodeScalars {
        guard next < term.count, small == term[next] else { return nil }
        next += 1
      }
      at = text.end(of: at)
    }
    return endsHere(term[term.count - 1], at: at, in: text) ? at : nil
  }

  /// Whether a word begins at a place, or a mark that belongs to none before it.
  private func beginsHere(_ first: Unicode.Scalar, at place: Int, in text: TextBytes) -> Bool {
    guard !isPartOfWord(first) else { return !text.isWordBefore(place) }
    let before = place > 0 ? text.scalar(at: text.start(before: place)) : nil
    return !(before == first && "+#.".unicodeScalars.contains(first))
      && !(text.isWordBefore(place) && first != "(" && first != "[")
  }

  /// Whether a word ends before a place: neither a letter nor a mark that makes it another follows.
  private func endsHere(_ last: Unicode.Scalar, at place: Int, in text: TextBytes) -> Bool {
    guard isPartOfWord(last) else {
      // `C++11` is no `C++`.
      return
        !("+#".unicodeScalars.contains(last)
        && (text.scalar(at: place) == last || text.isWord(place)))
    }
    guard !text.isWord(place) else { return false }
    // `C++`, `C#`, `bracket(s)`
    return !Array("+#".utf8).contains(text[place])
      && !(text[place] == 0x28 && text.isWord(place + 1))
  }
}

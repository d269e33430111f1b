internal import TagmaAnnotations

/// A word, or several words in one token, as the text has it.
struct SurfaceToken {
  let words: Range<Int>
  let form: String
  /// The white space after it.
  let space: String
  /// Its words where they stand in the text one by one, as *can't* holds *ca* and *n't*; Portuguese *do* holds no *de* and *o*.
  let parts: [String]

  /// Tokens of one word each where its words stand in the text one by one.
  var separated: [SurfaceToken] {
    guard !parts.isEmpty else { return [self] }
    return zip(words, parts).map { word, part in
      SurfaceToken(
        words: word..<word + 1, form: part, space: word + 1 == words.upperBound ? space : "",
        parts: [])
    }
  }
}

extension Sentence {
  /// The tokens of the text, each with its words.
  func surfaceTokens() -> [SurfaceToken] {
    var found: [SurfaceToken] = []
    found.reserveCapacity(tokens.count)
    var multiwords = multiwordTokens[...]
    var i = 0
    while i < tokens.count {
      if let multiword = multiwords.first, multiword.words.lowerBound == i {
        multiwords.removeFirst()
        let words = i..<multiword.words.upperBound + 1
        let forms = tokens[words].map(\.form)
        found.append(
          SurfaceToken(
            words: words, form: multiword.form, space: Self.space(after: multiword.misc),
            parts: forms.joined() == multiword.form ? forms : []))
        i = words.upperBound
      } else {
        found.append(
          SurfaceToken(
            words: i..<i + 1, form: tokens[i].form, space: Self.space(after: tokens[i].misc),
            parts: []))
        i += 1
      }
    }
    return found
  }

  /// The place of each word in the sentence's own text, whose first character has the number 0.
  ///
  /// A word that the text does not show has the place of its token.
  func placesInText() -> [TextPlace] {
    var places: [TextPlace] = []
    places.reserveCapacity(tokens.count)
    var end = TextPlace(utf8: 0..<0, scalars: 0..<0, utf16: 0..<0)
    for token in surfaceTokens() {
      if token.parts.isEmpty {
        end = end.followed(by: token.form)
        places += token.words.map { _ in end }
      } else {
        for part in token.parts {
          end = end.followed(by: part)
          places.append(end)
        }
      }
      end = end.followed(by: token.space)
    }
    return places
  }

  /// The place of each word: that in the text it was cut from, else that in the sentence's own text.
  func places() -> [TextPlace] {
    let places = tokens.compactMap(\.place)
    return places.count == tokens.count ? places : placesInText()
  }

  /// What the text shows of some words, with the white space between them.
  func text(of words: Range<Int>) -> String {
    var out = ""
    for token in surfaceTokens() where token.words.overlaps(words) {
      if token.parts.isEmpty {
        out += token.form
      } else {
        let shared = token.words.clamped(to: words)
        let first = token.words.lowerBound
        out += token.parts[shared.lowerBound - first..<shared.upperBound - first].joined()
      }
      if token.words.upperBound < words.upperBound { out += token.space }
    }
    return out
  }

  /// The white space that a MISC field tells of.
  static func space(after misc: String) -> String {
    if misc == "_" { return " " }
    if let spaces = Misc.value(of: "SpacesAfter", in: misc) { return Misc.unescapeSpaces(spaces) }
    return Misc.value(of: "SpaceAfter", in: misc) == "No" ? "" : " "
  }
}

extension TextPlace {
  /// The place of a text right after this one.
  fileprivate func followed(by text: String) -> TextPlace {
    TextPlace(
      utf8: utf8.upperBound..<utf8.upperBound + text.utf8.count,
      scalars: scalars.upperBound..<scalars.upperBound + text.unicodeScalars.count,
      utf16: utf16.upperBound..<utf16.upperBound + text.utf16.count)
  }
}

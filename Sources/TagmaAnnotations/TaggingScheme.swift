/// How spans of words are written as one tag a word.
public enum TaggingScheme: String, Sendable, Codable, CaseIterable {
  /// Only inside and outside: `I-X`, `O`.
  case io
  /// `B-X` only between touching spans of one type (CoNLL-2003's original).
  case iob1
  /// `B-X` at the start of every span; also called IOB2.
  case bio
  /// Begin, inside, end, single; BILOU (`L`, `U`) is read as the same.
  case bioes
}

/// A span of words with a label, from the first word to one past the last.
public struct LabeledSpan: Sendable, Hashable {
  public var label: String
  public var words: Range<Int>

  public init(label: String, words: Range<Int>) {
    self.label = label
    self.words = words
  }
}

/// A tag taken apart: `B-PER` is prefix `B` and label `PER`.
public struct SpanTag: Sendable, Equatable {
  public var prefix: Character
  public var label: String

  /// Tags without a hyphen, such as `O`, have the prefix `O` and no label.
  public init(_ tag: String) {
    let prefix = tag.utf8.first ?? UInt8(ascii: "O")
    if tag.utf8.dropFirst().first == UInt8(ascii: "-") {
      self.prefix = Character(UnicodeScalar(prefix))
      label = String(Substring(tag.utf8.dropFirst(2)))
    } else {
      // seqeval reads a bare `B` or `I` as a span with the label `_`.
      self.prefix = tag.utf8.count == 1 ? Character(UnicodeScalar(prefix)) : "O"
      label = self.prefix == "O" ? "" : "_"
    }
  }

  /// Prefixes that schemes have for words of spans.
  static let prefixes: Set<Character> = ["B", "I", "E", "S", "L", "U", "M"]

  /// Whether a text is a tag of some scheme: `O`, or a prefix, a hyphen and a label.
  public static func isTag(_ text: String) -> Bool {
    let parts = SpanTag(text)
    return text == "O"
      || text.utf8.count > 2 && prefixes.contains(parts.prefix) && !parts.label.isEmpty
  }

  /// Whether a text can be read as a tag: as one, or as a prefix without a label.
  public static func isReadable(_ text: String) -> Bool {
    isTag(text) || text.utf8.count == 1 && prefixes.contains(SpanTag(text).prefix)
  }
}

/// The spans of a tag sequence, read as `conlleval` reads it: any scheme, broken sequences included.
///
/// A span begins at `B` or `S`, at a change of label, and where an `I` or `E` follows no open span.
public func spans(of tags: [String]) -> [LabeledSpan] {
  var found: [LabeledSpan] = []
  var open: (label: String, start: Int)?
  func close(_ end: Int) {
    if let span = open { found.append(LabeledSpan(label: span.label, words: span.start..<end)) }
    open = nil
  }
  for (i, tag) in tags.enumerated() {
    let parts = SpanTag(tag)
    switch parts.prefix {
    case "B", "S", "U":
      close(i)
      open = (parts.label, i)
    case "I", "E", "L", "M":
      if open?.label != parts.label {
        close(i)
        open = (parts.label, i)
      }
    default: close(i)
    }
    if parts.prefix == "E" || parts.prefix == "S" || parts.prefix == "L" || parts.prefix == "U" {
      close(i + 1)
    }
  }
  close(tags.count)
  return found
}

/// Writes spans, which must not overlap, as one tag a word.
public func tags(for spans: [LabeledSpan], count: Int, scheme: TaggingScheme) -> [String] {
  var tags = [String](repeating: "O", count: count)
  var previous: LabeledSpan?
  for span in spans.sorted(by: { $0.words.lowerBound < $1.words.lowerBound }) {
    for i in span.words {
      let (isFirst, isLast) = (i == span.words.lowerBound, i == span.words.upperBound - 1)
      let prefix =
        switch scheme {
        case .io: "I"
        case .iob1:
          isFirst && previous?.words.upperBound == i && previous?.label == span.label ? "B" : "I"
        case .bio: isFirst ? "B" : "I"
        case .bioes: isFirst ? (isLast ? "S" : "B") : (isLast ? "E" : "I")
        }
      tags[i] = "\(prefix)-\(span.label)"
    }
    previous = span
  }
  return tags
}

/// A tag that its scheme does not allow where it stands.
public struct SchemeViolation: Sendable, Equatable {
  /// The word, and what is wrong there.
  public let word: Int
  public let message: String
}

/// What breaks `scheme` in a tag sequence.
public func violations(of scheme: TaggingScheme, in tags: [String]) -> [SchemeViolation] {
  var found: [SchemeViolation] = []
  var previous = SpanTag("O")
  let known: Set<Character> =
    switch scheme {
    case .io: ["I", "O"]
    case .iob1, .bio: ["B", "I", "O"]
    case .bioes: ["B", "I", "E", "S", "L", "U", "M", "O"]
    }
  let openers: Set<Character> = scheme == .bioes ? ["B", "I", "M"] : ["B", "I"]
  for (i, tag) in (tags + ["O"]).enumerated() {
    let parts = SpanTag(tag)
    let continues = openers.contains(previous.prefix) && previous.label == parts.label
    if !known.contains(parts.prefix) || !SpanTag.isReadable(tag) {
      found.append(SchemeViolation(word: i, message: "'\(tag)' is no \(scheme.rawValue) tag"))
    } else if scheme == .bio, parts.prefix == "I", !continues {
      found.append(SchemeViolation(word: i, message: "'\(tag)' follows no B-\(parts.label)"))
    } else if scheme == .iob1, parts.prefix == "B", !continues {
      found.append(SchemeViolation(word: i, message: "'\(tag)' follows no span of its label"))
    } else if scheme == .bioes {
      let inside = ["I", "E", "L", "M"].contains(parts.prefix)
      if inside, !continues {
        found.append(SchemeViolation(word: i, message: "'\(tag)' continues no open span"))
      } else if !inside, openers.contains(previous.prefix) {
        found.append(
          SchemeViolation(
            word: min(i, tags.count - 1), message: "the span of \(previous.label) is not ended"))
      }
    }
    previous = parts
  }
  return found
}

/// The scheme that fits all tags of a corpus: the narrowest that none of its sequences breaks.
public func recognizeScheme(_ sequences: some Sequence<[String]>) -> TaggingScheme {
  var counts: [Character: Int] = [:]
  var (bio, iob1) = (0, 0)
  for tags in sequences {
    var previous = SpanTag("O")
    for tag in tags {
      let parts = SpanTag(tag)
      counts[parts.prefix, default: 0] += 1
      let continues = previous.prefix != "O" && previous.label == parts.label
      if parts.prefix == "I", !continues { bio += 1 }
      if parts.prefix == "B", !continues { iob1 += 1 }
      previous = parts
    }
  }
  if ["E", "S", "L", "U", "M"].contains(where: { counts[$0] != nil }) { return .bioes }
  if counts["B"] == nil { return counts["I"] == nil ? .bio : .io }
  return bio == 0 || bio < iob1 ? .bio : .iob1
}

/// Whether labels are tags of spans: each is `O`, or a prefix of a scheme, a hyphen and a label, and not all are `O`.
public func areSpanTags(_ sequences: some Sequence<[String]>) -> Bool {
  var hasSpan = false
  for tag in sequences.lazy.joined() where tag != "O" {
    guard SpanTag.isTag(tag) else { return false }
    hasSpan = true
  }
  return hasSpan
}

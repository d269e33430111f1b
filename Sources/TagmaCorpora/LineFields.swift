internal import TagmaAnnotations

// Lines are cut at bytes: a blank and a combining mark, or a mark that joins what follows and a tab, are one `Character`.

extension StringProtocol {
  /// The parts between separators.
  func fields(at separator: UInt8, omittingEmpty: Bool = false) -> [Substring] {
    Substring(self).utf8.split(separator: separator, omittingEmptySubsequences: omittingEmpty)
      .map { Substring($0) }
  }

  /// The parts between separators of any length but none.
  func fields(at separator: String) -> [Substring] {
    let (text, mark) = (Substring(self).utf8, Array(separator.utf8))
    var parts: [Substring] = []
    var (start, at) = (text.startIndex, text.startIndex)
    while at < text.endIndex {
      if text[at] == mark[0], text[at...].starts(with: mark) {
        parts.append(Substring(text[start..<at]))
        at = text.index(at, offsetBy: mark.count)
        start = at
      } else {
        at = text.index(after: at)
      }
    }
    return parts + [Substring(text[start...])]
  }

  /// Whether the bytes of the text begin so.
  func begins(with prefix: StaticString) -> Bool {
    prefix.withUTF8Buffer { utf8.starts(with: $0) }
  }

  /// Whether nothing of it is to be seen: white space of any kind, or a byte-order mark.
  var isBlank: Bool {
    unicodeScalars.allSatisfy { scalar in
      scalar.value < 0x7f
        ? scalar.value == 0x20 || (0x09...0x0d).contains(scalar.value)
        : scalar.properties.isWhitespace || scalar == "\u{feff}"
    }
  }
}

extension Substring {
  /// The same without blanks at its ends.
  var withoutOuterBlanks: Substring {
    var bytes = utf8
    while bytes.first == 0x20 { bytes.removeFirst() }
    while bytes.last == 0x20 { bytes.removeLast() }
    return Substring(bytes)
  }
}

extension LineReader {
  /// The next line of a corpus: files that were put together have byte-order marks at the beginnings of lines.
  func nextOfCorpus() throws(CorpusError) -> String? {
    guard let line = try next() else { return nil }
    return line.utf8.first == 0xef && line.begins(with: "\u{feff}")
      ? String(Substring(line.utf8.dropFirst(3))) : line
  }

  /// Refuses what `CR` alone parts: to some programs these are lines, to others not.
  func refuseCarriageReturns(_ line: String) throws(CorpusError) {
    guard let place = line.utf8.firstIndex(of: 0x0d) else { return }
    let column = line.unicodeScalars[..<place].count + 1
    throw CorpusError(.carriageReturn, at: location(column: column), excerpt: line)
  }
}

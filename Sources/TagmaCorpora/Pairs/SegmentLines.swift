internal import Foundation
internal import TagmaAnnotations

/// A text for each line of a file, or for each segment where the file has such.
///
/// Files of old evaluations are read by their tags alone, since many are no well-formed XML: `.sgm` and `.sgml` of WMT and
/// NIST, and the XML of IWSLT. The training files of IWSLT (`train.tags.…`) hold a text a line and lines of tags.
final class SegmentReader {
  private enum Form {
    case lines, segments, taggedLines
  }

  let lines: LineReader
  private let form: Form
  /// What of the last line is not yet read.
  private var rest: ArraySlice<UInt8> = []
  var name: String { lines.name }

  init(_ path: String, encoding: String? = nil) throws(CorpusError) {
    lines = try LineReader(path, encoding: encoding)
    let whole = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    let file = whole.split(separator: "/").last.map { $0.lowercased() } ?? ""
    let isSegments = [".sgm", ".sgml", ".xml"].contains { file.hasSuffix($0) }
    form = isSegments ? .segments : file.hasPrefix("train.tags.") ? .taggedLines : .lines
    if form == .lines {
      try FileKind.check(path, known: [.subtitles, .columns]) { _ in "a text a line" }
    }
  }

  /// The next text; nil at the end.
  func next() throws(CorpusError) -> String? {
    if form == .segments, let text = try segment() { return text }
    while let line = try lines.next() {
      switch form {
      case .lines: return line
      case .taggedLines:
        if line.utf8.first != UInt8(ascii: "<") { return line }
      case .segments:
        rest = Array(line.utf8)[...]
        if let text = try segment() { return text }
      }
    }
    return nil
  }

  /// The text of the segment that begins in what is left of a line; nil where none does.
  private func segment() throws(CorpusError) -> String? {
    guard let tag = firstTag("<seg", in: rest),
      let open = rest[tag...].firstIndex(of: UInt8(ascii: ">"))
    else {
      rest = []
      return nil
    }
    let place = location()
    rest = rest[(open + 1)...]
    var text: [UInt8] = []
    // A segment may go on in the lines that follow.
    while true {
      let close = firstTag("</seg>", in: rest)
      let next = firstTag("<seg", in: rest[..<(close ?? rest.endIndex)])
      text += rest[..<(next ?? close ?? rest.endIndex)]
      if next == nil, let close {
        rest = rest[close...].dropFirst("</seg>".utf8.count)
        return singleLine(unescaped(text))
      }
      guard next == nil, text.count <= LineReader.lineLimit else {
        throw CorpusError(.xml("a <seg> that is not closed"), at: place)
      }
      guard let more = try lines.next() else {
        rest = []
        return singleLine(unescaped(text))
      }
      text.append(0x20)
      rest = Array(more.utf8)[...]
    }
  }

  /// Where a tag begins, whatever the case of its letters.
  private func firstTag(_ tag: String, in bytes: ArraySlice<UInt8>) -> Int? {
    let tag = Array(tag.utf8)
    guard bytes.count >= tag.count else { return nil }
    return (bytes.startIndex...bytes.endIndex - tag.count).first { start in
      bytes[start] == tag[0]
        && tag.indices.allSatisfy { bytes[start + $0] | 0x20 == tag[$0] | 0x20 }
    }
  }

  /// The references of XML, where they are such; other `&` stay.
  private func unescaped(_ text: [UInt8]) -> String {
    MarkupPiece(.text, bytes: text).characters
  }

  func location() -> SourceLocation { lines.location() }
}

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
    while let line = try lines.next() {
      switch form {
      case .lines: return line
      case .taggedLines:
        if !line.hasPrefix("<") { return line }
      case .segments:
        if let text = try segment(line) { return text }
      }
    }
    return nil
  }

  /// The text of the segment that begins in a line; nil where none does.
  private func segment(_ line: String) throws(CorpusError) -> String? {
    let bytes = Array(line.utf8)
    guard let tag = firstTag("<seg", in: bytes),
      let open = bytes[tag...].firstIndex(of: UInt8(ascii: ">"))
    else { return nil }
    var text = Array(bytes[(open + 1)...])
    // A segment may go on in the lines that follow.
    while firstTag("</seg>", in: text) == nil, let more = try lines.next() {
      text += [0x20] + Array(more.utf8)
    }
    return singleLine(unescaped(Array(text[..<(firstTag("</seg>", in: text) ?? text.count)])))
  }

  /// Where a tag begins, whatever the case of its letters.
  private func firstTag(_ tag: String, in bytes: [UInt8]) -> Int? {
    let tag = Array(tag.utf8)
    guard bytes.count >= tag.count else { return nil }
    return (0...bytes.count - tag.count).first { start in
      tag.indices.allSatisfy { bytes[start + $0] | 0x20 == tag[$0] | 0x20 }
    }
  }

  /// The references of XML, where they are such; other `&` stay.
  private func unescaped(_ text: [UInt8]) -> String {
    MarkupPiece(.text, bytes: text).characters
  }

  func location() -> SourceLocation { lines.location() }
}

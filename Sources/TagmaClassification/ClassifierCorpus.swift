internal import Foundation
public import TagmaAnnotations
public import TagmaCorpora
public import TagmaModels

/// A text and its labels.
public struct LabelledText: Sendable, Equatable {
  public var labels: [String]
  public var text: String

  public init(labels: [String], text: String) { (self.labels, self.text) = (labels, text) }
}

/// Texts of one file.
public typealias ClassifierCorpus = Corpus<LabelledText>

/// Reads a text a line: its label, a tab, the text.
///
/// Several labels are separated by `|`; a first line `label`, tab, `text` is a head line.
public final class LabelledTextReader {
  private let lines: LineReader
  private var isFirst = true

  public init(_ path: String, encoding: String? = nil) throws(CorpusError) {
    lines = try LineReader(path, encoding: encoding)
  }

  /// The place of the text that was read last.
  public var location: SourceLocation { lines.location() }

  /// The next text; nil after the last.
  public func next() throws(CorpusError) -> LabelledText? {
    while let line = try lines.next() {
      defer { isFirst = false }
      if line.utf8.allSatisfy({ $0 <= 0x20 }) { continue }
      guard let tab = line.utf8.firstIndex(of: 0x09) else {
        throw CorpusError(
          .columnCount(found: 1, expected: 2), at: lines.location(), excerpt: line)
      }
      let (label, text) = (line[..<tab], line[line.utf8.index(after: tab)...])
      if isFirst, label == "label", text == "text" { continue }
      let labels = label.split(separator: "|").map {
        $0.trimmingCharacters(in: .whitespaces)
      }.filter { !$0.isEmpty }
      return LabelledText(labels: labels, text: String(text))
    }
    return nil
  }

  /// All texts.
  public func readAll() throws(CorpusError) -> [LabelledText] {
    var all: [LabelledText] = []
    while let text = try next() { all.append(text) }
    return all
  }
}

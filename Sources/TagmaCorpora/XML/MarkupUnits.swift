package import TagmaAnnotations

/// What a document is made of: what stands between its units, and the units.
package enum MarkupPart: Sendable {
  case between(MarkupPiece)
  /// All pieces of an element, its own tags among them, and the start tags of those around it, outermost first.
  case unit([MarkupPiece], ancestors: [MarkupPiece])
}

/// Reads a document unit by unit, such as the `tu` of a translation memory.
package final class MarkupUnitReader {
  package let scanner: MarkupScanner
  /// The start tag of the root.
  package let root: MarkupPiece
  private let unitNames: Set<String>
  private var before: [MarkupPiece] = []
  private var ancestors: [MarkupPiece] = []

  /// - Parameters:
  ///   - roots: Names that the root element may have.
  ///   - units: Names of the elements that are units.
  package init(_ path: String, roots: [String], units: Set<String>) throws(CorpusError) {
    scanner = try MarkupScanner(path)
    unitNames = units
    var first: MarkupPiece?
    while first == nil, let piece = try scanner.next() {
      before.append(piece)
      if piece.kind == .start || piece.kind == .empty { first = piece }
    }
    guard let first, roots.contains(first.name) else {
      let found = first.map { ", found <\($0.name)>" } ?? ""
      throw CorpusError(
        .xml("expected a document of type \(roots.joined(separator: " or "))\(found)"),
        at: SourceLocation(file: scanner.name, line: 1))
    }
    root = first
    before.reverse()
    if first.kind == .start { ancestors.append(first) }
  }

  /// Where the part that was read last ends.
  package var location: SourceLocation {
    SourceLocation(file: scanner.name, line: scanner.line)
  }

  /// The next part; nil at the end.
  package func next() throws(CorpusError) -> MarkupPart? {
    if let piece = before.popLast() { return .between(piece) }
    guard let piece = try scanner.next() else { return nil }
    switch piece.kind {
    case .start where unitNames.contains(piece.name): return try unit(from: piece)
    case .start: ancestors.append(piece)
    case .end: _ = ancestors.popLast()
    default: break
    }
    return .between(piece)
  }

  private func unit(from start: MarkupPiece) throws(CorpusError) -> MarkupPart {
    var pieces = [start]
    var depth = 1
    while depth > 0, let piece = try scanner.next() {
      pieces.append(piece)
      if piece.kind == .start { depth += 1 }
      if piece.kind == .end { depth -= 1 }
    }
    return .unit(pieces, ancestors: ancestors)
  }
}

extension [MarkupPiece] {
  /// The elements that lie directly in the first one, their own tags included.
  package var childElements: [(name: String, range: Range<Int>)] {
    var found: [(name: String, range: Range<Int>)] = []
    var (depth, start) = (0, 0)
    for (i, piece) in enumerated() {
      switch piece.kind {
      case .start:
        if depth == 1 { start = i }
        depth += 1
      case .end:
        depth -= 1
        if depth == 1 { found.append((self[start].name, start..<i + 1)) }
      case .empty where depth == 1: found.append((piece.name, i..<i + 1))
      default: break
      }
    }
    return found
  }

  /// The nearest value of an attribute among start tags, innermost last.
  package func nearestAttribute(_ names: String...) -> String? {
    for piece in reversed() {
      let attributes = piece.attributes
      for name in names { if let value = attributes[name] { return value } }
    }
    return nil
  }
}

extension Array<MarkupPiece>.SubSequence {
  /// Characters without what lies in elements of these names, line breaks as spaces.
  package func plainText(without codes: Set<String>) -> String {
    var text = ""
    var depth = 0
    for piece in self {
      switch piece.kind {
      case .start where depth > 0 || codes.contains(piece.name): depth += 1
      case .end where depth > 0: depth -= 1
      default: if depth == 0 { text += piece.characters }
      }
    }
    return singleLine(text)
  }
}

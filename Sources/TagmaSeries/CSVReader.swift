internal import TagmaAnnotations
internal import TagmaCorpora

/// A line of a table, or several where a line feed stands within quotation marks.
struct CSVRecord {
  var fields: [String]
  /// Where it begins, counted from 1.
  let line: Int

  /// Whether nothing stands in it, as in the rows that spreadsheets add below a table.
  var isEmpty: Bool { fields.allSatisfy(\.isEmpty) }
}

/// Reads tables as spreadsheets and programs write them: RFC 4180, but fields may be separated by tabs, semicolons or
/// white space as well as by commas, and blanks around a field are no part of it.
///
/// Which it is, Excel's first line `sep=;` says, otherwise the first record: a tab, a semicolon, a comma, in this order, if
/// one stands in it outside quotation marks. Lines that begin with `#` are comments; blank lines are passed over.
final class CSVReader {
  let lines: LineReader
  /// Nil where white space separates fields.
  private(set) var separator: Unicode.Scalar?
  private var knowsSeparator = false
  /// Lines that a field in quotation marks may go over: a mark too many must not swallow the rest of the file.
  private static let mostLines = 100

  init(_ path: String, encoding: String? = nil) throws(CorpusError) {
    lines = try LineReader(path, encoding: encoding)
  }

  /// The next record; nil after the last.
  func next() throws(CorpusError) -> CSVRecord? {
    while let line = try lines.next() {
      var scalars = Array(line.unicodeScalars)
      if isPassedOver(scalars) { continue }
      let first = lines.lineNumber
      while isOpen(scalars) {
        guard lines.lineNumber - first < Self.mostLines, let more = try lines.next() else {
          throw failure(.unclosedQuotation, first, line)
        }
        scalars += ["\n"] + Array(more.unicodeScalars)
      }
      if !knowsSeparator { recognizeSeparator(in: scalars) }
      guard let fields = fields(of: scalars) else {
        throw failure(.textAfterQuotation, first, line)
      }
      return CSVRecord(fields: fields, line: first)
    }
    return nil
  }

  private func failure(_ kind: CorpusError.Kind, _ line: Int, _ excerpt: String) -> CorpusError {
    CorpusError(kind, at: SourceLocation(file: lines.name, line: line), excerpt: excerpt)
  }

  /// What spreadsheets write for a number that could not be computed: no comments, though they begin like one.
  private static let errors = [
    "#N/A", "#NA", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!",
  ]

  /// Comments, blank lines, and what Excel says of the separator, which is taken note of.
  private func isPassedOver(_ line: [Unicode.Scalar]) -> Bool {
    if line.first == "#" { return !Self.errors.contains { line.starts(with: $0.unicodeScalars) } }
    if lines.lineNumber == 1 {
      let plain = line.filter { $0 != "\"" }
      if plain.count == 5, plain.starts(with: "sep=".unicodeScalars) {
        (separator, knowsSeparator) = (plain[4], true)
        return true
      }
    }
    return line.allSatisfy { $0.properties.isWhitespace && $0 != separator }
  }

  private func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    guard knowsSeparator else { return [",", ";", "\t"].contains(scalar) }
    return separator.map { $0 == scalar } ?? scalar.properties.isWhitespace
  }

  private func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace && !isSeparator(scalar)
  }

  /// Calls `body` with each scalar outside quotation marks; a mark opens where a field begins.
  ///
  /// - Returns: Whether the last mark is still open.
  @discardableResult
  private func scan(_ line: [Unicode.Scalar], _ body: (Unicode.Scalar) -> Void) -> Bool {
    var (isQuoted, isAtStart) = (false, true)
    for scalar in line {
      if scalar == "\"", isQuoted || isAtStart {
        // Of two marks within a field the first closes and the second opens again.
        isQuoted.toggle()
        isAtStart = !isQuoted
      } else if !isQuoted {
        body(scalar)
        isAtStart = isSeparator(scalar) || isAtStart && isBlank(scalar)
      }
    }
    return isQuoted
  }

  private func isOpen(_ line: [Unicode.Scalar]) -> Bool { scan(line) { _ in } }

  private func recognizeSeparator(in line: [Unicode.Scalar]) {
    var found: Set<Unicode.Scalar> = []
    scan(line) { found.insert($0) }
    separator = ["\t", ";", ","].first { found.contains($0) }
    knowsSeparator = true
  }

  /// Cuts a record; nil where text follows a closing quotation mark.
  private func fields(of line: [Unicode.Scalar]) -> [String]? {
    var rest = line[...]
    var fields: [String] = []
    while true {
      rest = rest.drop(while: isBlank)
      // At the end of a line white space separates nothing.
      if separator == nil {
        rest = rest.drop { $0.properties.isWhitespace }
        if rest.isEmpty { return fields }
      }
      guard let field = rest.first == "\"" ? quoted(&rest) : plain(&rest) else { return nil }
      fields.append(field)
      guard !rest.isEmpty else { return fields }
      rest.removeFirst()
    }
  }

  private func plain(_ rest: inout ArraySlice<Unicode.Scalar>) -> String {
    var field = rest.prefix { !isSeparator($0) }
    rest = rest[field.endIndex...]
    while let last = field.last, isBlank(last) { field.removeLast() }
    return text(field)
  }

  private func quoted(_ rest: inout ArraySlice<Unicode.Scalar>) -> String? {
    var field: [Unicode.Scalar] = []
    while rest.first == "\"" {
      rest.removeFirst()
      let part = rest.prefix { $0 != "\"" }
      field += part
      rest = rest[part.endIndex...].dropFirst()
      // Two marks within a field are one.
      if rest.first == "\"" { field.append("\"") }
    }
    rest = rest.drop(while: isBlank)
    guard rest.first.map(isSeparator) ?? true else { return nil }
    return text(field[...])
  }

  private func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    String(String.UnicodeScalarView(scalars))
  }
}

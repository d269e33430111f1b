public import TagmaAnnotations

/// Something wrong in a corpus file, or with reaching it.
public struct CorpusError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    case notFound
    case noPermission
    case cannotRead(String)
    case damagedGzip
    /// - Parameter offset: Where they begin, in bytes of the file.
    case bytesAfterGzip(offset: Int)
    case compressionRatio(limit: Int)
    case invalidUTF8(byte: UInt8, offset: Int)
    case invalidInEncoding(String, offset: Int)
    case unknownEncoding(String)
    case lineTooLong(limit: Int)
    case carriageReturn
    case tokenTooLong(limit: Int)
    case sentenceTooLong(limit: Int)
    case columnCount(found: Int, expected: Int)
    case tooManyColumns(found: Int, limit: Int)
    /// CoNLL-U whose tabs became blanks.
    case blanksForTabs(columns: Int)
    case noSuchColumn(Int, columns: Int)
    case emptyField(column: Int, name: String)
    /// A column of a column file that holds what is read, such as the word.
    case emptyColumn(column: Int, name: String)
    /// A row of a column file whose words are numbered.
    case notNumbered(String, expected: Int)
    case emptyTerm(column: Int)
    case spaceInField(name: String)
    case invalidID(String, expected: String)
    case invalidHead(String, words: Int)
    case overlappingMultiwordToken(String)
    case commentInsideSentence
    case missingFinalBlankLine
    case emptySentence
    case json(String)
    case xml(String)
    case schemeViolation(String)
    case noSpanTag(String)
    case damagedVectors(String)
    case noVectors([String])
    case unalignedLines(other: String, lines: Int)
    case tooFewRows(found: Int, needed: Int)
    case tooManyRows(Int, Int)
    case notANumber(String, column: String)
    case missingValue(String, column: String)
    case repeatedColumnName(String)
    case otherColumns(found: [String], expected: [String])
    case unclosedQuotation
    case textAfterQuotation
    case noPairs(source: String, target: String, languages: [String])
    case noSuchColumnName(String, known: [String])
    case unknownLabel(String, known: [String])
    case unbalancedQuotes(column: Int)
    /// A file of another kind than can be read.
    case otherKind(FileKind, expected: String)
  }

  public let kind: Kind
  /// File, line and column of the offending text.
  public let location: SourceLocation
  /// The offending text, shortened.
  public let excerpt: String

  public init(_ kind: Kind, at location: SourceLocation, excerpt: String = "") {
    self.kind = kind
    self.location = location
    self.excerpt = Self.shortened(excerpt)
  }

  /// Whether the file itself is missing or closed, rather than wrong inside.
  public var isAboutAccess: Bool {
    switch kind {
    case .notFound, .noPermission, .cannotRead: true
    default: false
    }
  }

  /// Whether no line of the file says more than its name.
  private var isAboutFile: Bool {
    switch kind {
    case .otherKind, .noVectors, .noPairs: true
    default: isAboutAccess
    }
  }

  public var description: String {
    let place = isAboutFile ? location.file : location.description
    return "\(place): \(reason)"
  }

  /// What is wrong, without the place.
  public var reason: String { message + (excerpt.isEmpty ? "" : ": \"\(excerpt)\"") }

  private var message: String {
    switch kind {
    case .notFound: "no such file"
    case .noPermission: "permission denied"
    case .cannotRead(let why): "cannot be read: \(why)"
    case .damagedGzip: "damaged or truncated gzip data"
    case .bytesAfterGzip(let offset):
      "damaged gzip data: the bytes at \(offset) of the file, after the end of a member, begin no other"
    case .compressionRatio(let limit): "gzip data expands more than \(limit) times: refused"
    case .invalidUTF8(let byte, let offset):
      "invalid UTF-8: byte 0x\(String(byte, radix: 16)) at byte \(offset) of the file; is the file in another encoding? (--encoding latin1, utf-16, …)"
    case .invalidInEncoding(let name, let offset):
      "bytes at \(offset) of the file are not valid \(name)"
    case .unknownEncoding(let name): "unknown encoding '\(name)'"
    case .lineTooLong(let limit): "line longer than \(limit) bytes"
    case .carriageReturn:
      "a carriage return within the line, expected lines that end in a line feed, or in both"
    case .tokenTooLong(let limit): "token longer than \(limit) bytes"
    case .sentenceTooLong(let limit): "sentence of more than \(limit) tokens"
    case .columnCount(let found, let expected):
      "\(found) column\(found == 1 ? "" : "s"), expected \(expected)"
    case .tooManyColumns(let found, let limit): "\(found) columns, expected at most \(limit)"
    case .blanksForTabs(let columns):
      "\(columns) columns separated by blanks, expected 10 separated by tabs: this looks like CoNLL-U whose tabs became blanks"
    case .noSuchColumn(let index, let columns):
      "no column \(index): the line has \(columns) column\(columns == 1 ? "" : "s")"
    case .emptyField(let column, let name):
      name == "FORM"
        ? "column 2 (FORM) is empty, expected a word, or '_' where there is none"
        : "column \(column) (\(name)) is empty, expected '_'"
    case .emptyColumn(let column, let name):
      "column \(column) (\(name)) is empty or white space alone, expected text"
    case .notNumbered(let found, let expected):
      "'\(Self.shortened(found))', expected the number \(expected): the words before it are numbered (--columns form=0 reads the first column as words)"
    case .emptyTerm(let column): "column \(column) is empty, expected a term"
    case .spaceInField(let name): "white space in \(name)"
    case .invalidID(let id, let expected): "ID '\(Self.shortened(id))', expected \(expected)"
    case .invalidHead(let head, let words):
      "HEAD '\(head)', expected '_' or a number from 0 to \(words)"
    case .overlappingMultiwordToken(let id):
      "multiword token \(id) is empty, overlaps another, or ends after the sentence"
    case .commentInsideSentence: "comment after the first word of a sentence"
    case .missingFinalBlankLine: "no blank line after the last sentence"
    case .emptySentence: "sentence without words"
    case .xml(let why): "XML: \(why)"
    case .json(let why): "not the expected JSON: \(why)"
    case .schemeViolation(let why): why
    case .noSpanTag(let tag):
      "'\(Self.shortened(tag))' is no tag of spans, expected O, or such as B-PER: a prefix (B, I; E, S; L, U, M), a hyphen and a label"
    case .unalignedLines(let other, let lines):
      "a line without its counterpart: \(other) has only \(lines) line\(lines == 1 ? "" : "s")"
    case .tooManyRows(let a, let b): "\(a) by \(b) rows are too many to compare"
    case .tooFewRows(let found, let needed):
      "\(found) row\(found == 1 ? "" : "s"), expected at least \(needed)"
    case .notANumber(let text, let column): "'\(text)' in column '\(column)', expected a number"
    case .unknownLabel(let label, let known):
      "label '\(Self.shortened(label))', expected "
        + (known.isEmpty
          ? "none: the training data has no spans"
          : "one of the training data's: \(known.joined(separator: ", "))")
    case .missingValue(let text, let column):
      "missing value\(text.isEmpty ? "" : " '\(text)'") in column '\(column)', expected a number"
    case .repeatedColumnName(let name): "two columns are named '\(name)', expected different names"
    case .otherColumns(let found, let expected):
      "columns \(found.joined(separator: ", ")), expected those of the first file: "
        + expected.joined(separator: ", ")
    case .unclosedQuotation: "a quotation mark that is not closed"
    case .textAfterQuotation: "text after a closing quotation mark, expected a separator"
    case .noPairs(let source, let target, let languages):
      "no pairs of '\(source)' and '\(target)'; the file has "
        + (languages.isEmpty ? "no languages" : languages.joined(separator: ", "))
    case .noVectors(let words):
      "no vector of \(words.map { "'\($0)'" }.joined(separator: ", "))"
    case .noSuchColumnName(let name, let known):
      "no column '\(name)'; there are \(known.joined(separator: ", "))"
    case .damagedVectors(let why): "damaged word vectors: \(why)"
    case .unbalancedQuotes(let column):
      "text after the closing quotation mark of column \(column), expected a tab"
    case .otherKind(let kind, let expected): "this is \(kind.rawValue), expected \(expected)"
    }
  }

  private static func shortened(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars.prefix(60) {
      out += scalar.value < 0x20 ? (scalar == "\t" ? "⇥" : "�") : String(scalar)
    }
    return text.unicodeScalars.count > 60 ? out + "…" : out
  }
}

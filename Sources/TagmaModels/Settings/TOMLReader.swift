/// What a settings file says: a value, and where.
package struct TOMLSetting: Equatable, Sendable {
  /// Names of the tables around it, then its own.
  package let path: [String]
  package let value: TOMLValue
  /// Counted from 1.
  package let line: Int
}

/// Where a text is no TOML.
package struct TOMLError: Error, Equatable, Sendable {
  package let line: Int
  /// Unicode scalars, counted from 1.
  package let column: Int
  package let found: String
  package let expected: String
}

/// Reads settings written in TOML 1.0 (https://toml.io/en/v1.0.0), in their order, tables taken apart.
///
/// Dates and lists of tables are refused: no setting is one. No input makes it trap: lists, tables and names lie at most
/// `depthLimit` deep, so that neither the stack nor the memory for names grows with the file.
package struct TOMLReader {
  /// Lists within lists, and names within names.
  private static let depthLimit = 16

  let bytes: [UInt8]
  var at = 0
  var line = 1
  private var settings: [TOMLSetting] = []
  /// Names that have a value, those of tables that can still grow, and those of headers.
  private var assigned: Set<[String]> = []
  private var tables: Set<[String]> = []
  private var headers: Set<[String]> = []

  private init(_ text: String) { bytes = Array(text.utf8) }

  /// All settings of a file's text.
  package static func settings(in text: String) throws(TOMLError) -> [TOMLSetting] {
    var reader = TOMLReader(text)
    try reader.readFile()
    return reader.settings
  }

  /// The value that a text is from its first to its last character.
  package static func value(of text: String) throws(TOMLError) -> TOMLValue {
    var reader = TOMLReader(text)
    reader.skipBlanks()
    let value = try reader.readValue(depth: 0)
    reader.skipBlanks()
    guard reader.at == reader.bytes.count else { throw reader.failure("the end of the value") }
    return value
  }
}

// MARK: - Lines

extension TOMLReader {
  private mutating func readFile() throws(TOMLError) {
    var table: [String] = []
    while true {
      try skipBlanksAndLines()
      guard let byte = peek else { return }
      if byte == UInt8(ascii: "[") {
        table = try readHeader()
      } else {
        try readAssignment(in: table, depth: table.count)
      }
      try endLine()
    }
  }

  /// The name of a table in brackets, `[name.name]`.
  private mutating func readHeader() throws(TOMLError) -> [String] {
    let start = at
    at += 1
    guard peek != UInt8(ascii: "[") else {
      throw failure("one name in brackets: no setting is a list of tables")
    }
    skipBlanks()
    let path = try readKey()
    guard take(UInt8(ascii: "]")) else { throw failure("']' after the name of a table") }
    let isTaken = path.indices.contains { assigned.contains(Array(path[...$0])) }
    guard !isTaken, headers.insert(path).inserted else {
      throw failure("a table that the file does not have yet", at: start)
    }
    noteTables(around: path + [""])
    return path
  }

  /// `name = value`; tables within braces are taken apart.
  private mutating func readAssignment(
    in table: [String], depth: Int
  ) throws(TOMLError) {
    let (start, line) = (at, line)
    let path = table + (try readKey())
    let isTaken =
      tables.contains(path) || path.indices.contains { assigned.contains(Array(path[...$0])) }
    guard !isTaken else { throw failure("a name that has no value yet", at: start) }
    guard path.count <= Self.depthLimit else {
      throw failure("at most \(Self.depthLimit) names, one within the other", at: start)
    }
    noteTables(around: path)
    guard take(UInt8(ascii: "=")) else { throw failure("'=' after a name") }
    skipBlanks()
    let value = try readValue(depth: depth)
    assigned.insert(path)
    add(value, at: path, line)
  }

  private mutating func add(_ value: TOMLValue, at path: [String], _ line: Int) {
    guard case .table(let values) = value else {
      settings.append(TOMLSetting(path: path, value: value, line: line))
      return
    }
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      add(value, at: path + [name], line)
    }
  }

  private mutating func noteTables(around path: [String]) {
    for end in path.indices.dropFirst() { tables.insert(Array(path[..<end])) }
  }

  /// The end of a line, after blanks and a comment.
  private mutating func endLine() throws(TOMLError) {
    skipBlanks()
    try skipComment()
    guard peek == nil || takeLineEnd() else { throw failure("the end of the line") }
  }
}

// MARK: - Names

extension TOMLReader {
  /// Names joined by dots, and blanks after them.
  private mutating func readKey() throws(TOMLError) -> [String] {
    var path = [try readName()]
    skipBlanks()
    while take(UInt8(ascii: ".")) {
      skipBlanks()
      guard path.count < Self.depthLimit else {
        throw failure("at most \(Self.depthLimit) names, one within the other")
      }
      path.append(try readName())
      skipBlanks()
    }
    return path
  }

  private mutating func readName() throws(TOMLError) -> String {
    switch peek {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return try readText(isName: true)
    default: break
    }
    let start = at
    while let byte = peek, Self.isNamePart(byte) { at += 1 }
    guard at > start else { throw failure("a name of letters, digits, '-' and '_'") }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

// MARK: - Values

extension TOMLReader {
  private mutating func readValue(depth: Int) throws(TOMLError) -> TOMLValue {
    guard depth < Self.depthLimit else {
      throw failure("lists and tables at most \(Self.depthLimit) deep")
    }
    switch peek {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return .text(try readText(isName: false))
    case UInt8(ascii: "["): return .list(try readList(depth: depth + 1))
    case UInt8(ascii: "{"): return .table(try readTable(depth: depth + 1))
    default: return try readWord()
    }
  }

  private mutating func readList(depth: Int) throws(TOMLError) -> [TOMLValue] {
    at += 1
    var values: [TOMLValue] = []
    while true {
      try skipBlanksAndLines()
      if take(UInt8(ascii: "]")) { return values }
      values.append(try readValue(depth: depth))
      try skipBlanksAndLines()
      if take(UInt8(ascii: "]")) { return values }
      guard take(UInt8(ascii: ",")) else { throw failure("',' or ']' in a list") }
    }
  }

  private mutating func readTable(depth: Int) throws(TOMLError) -> [String: TOMLValue] {
    at += 1
    var inner = TOMLReader("")
    skipBlanks()
    if take(UInt8(ascii: "}")) { return [:] }
    var found: [String: TOMLValue] = [:]
    while true {
      let start = at
      let path = try readKey()
      let isTaken =
        inner.tables.contains(path)
        || path.indices.contains { inner.assigned.contains(Array(path[...$0])) }
      guard !isTaken else { throw failure("a name that has no value yet", at: start) }
      inner.noteTables(around: path)
      inner.assigned.insert(path)
      guard take(UInt8(ascii: "=")) else { throw failure("'=' after a name") }
      skipBlanks()
      Self.put(try readValue(depth: depth), at: path[...], in: &found)
      skipBlanks()
      if take(UInt8(ascii: "}")) { return found }
      guard take(UInt8(ascii: ",")) else { throw failure("',' or '}' in a table") }
      skipBlanks()
    }
  }

  private static func put(
    _ value: TOMLValue, at path: ArraySlice<String>, in table: inout [String: TOMLValue]
  ) {
    guard let name = path.first else { return }
    guard path.count > 1 else {
      table[name] = value
      return
    }
    var inner: [String: TOMLValue] = [:]
    if case .table(let known) = table[name] { inner = known }
    put(value, at: path.dropFirst(), in: &inner)
    table[name] = .table(inner)
  }

  /// A number or a truth value.
  private mutating func readWord() throws(TOMLError) -> TOMLValue {
    let start = at
    while let byte = peek, Self.isNamePart(byte) || byte == 0x2b || byte == 0x2e || byte == 0x3a {
      at += 1
    }
    let word = String(decoding: bytes[start..<at], as: UTF8.self)
    if let value = Self.value(ofWord: word) { return value }
    let isDate =
      word.utf8.count >= 5 && word.utf8.prefix(2).allSatisfy { (0x30...0x39).contains($0) }
      && word.utf8.dropFirst(2).contains { $0 == 0x2d || $0 == 0x3a }
    throw failure(
      isDate
        ? "a number, true, false, or a text: no setting is a date"
        : word.isEmpty
          ? "a value" : "a number, true, false, or a text, which stands in quotation marks",
      at: start, found: word.isEmpty ? nil : "'\(word.prefix(60))'")
  }

  private static func value(ofWord word: String) -> TOMLValue? {
    switch word {
    case "true": return .truth(true)
    case "false": return .truth(false)
    case "inf", "+inf": return .number(.infinity)
    case "-inf": return .number(-.infinity)
    case "nan", "+nan", "-nan": return .number(.nan)
    default: break
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where word.hasPrefix(prefix) {
      guard let digits = digits(word.utf8.dropFirst(2), radix: radix) else { return nil }
      return Int(digits, radix: radix).map(TOMLValue.integer)
    }
    return number(word)
  }

  /// A decimal number, `_` between digits taken out.
  private static func number(_ word: String) -> TOMLValue? {
    var rest = Substring(word).utf8
    var text = ""
    if rest.first == 0x2b || rest.first == 0x2d { text += rest.removeFirst() == 0x2d ? "-" : "" }
    guard let whole = digits(leadingDigits(&rest)),
      whole.utf8.count == 1 || whole.utf8.first != 0x30
    else {
      return nil
    }
    text += whole
    if rest.isEmpty { return Int(text).map(TOMLValue.integer) }
    if rest.first == 0x2e {
      rest.removeFirst()
      guard let fraction = digits(leadingDigits(&rest)) else { return nil }
      text += "." + fraction
    }
    if rest.first.map({ $0 | 0x20 }) == 0x65 {
      rest.removeFirst()
      text += "e"
      if rest.first == 0x2b || rest.first == 0x2d { text += rest.removeFirst() == 0x2d ? "-" : "" }
      guard let power = digits(leadingDigits(&rest)) else { return nil }
      text += power
    }
    return rest.isEmpty ? Double(text).map(TOMLValue.number) : nil
  }

  /// The digits and `_` that a number goes on with.
  private static func leadingDigits(_ rest: inout Substring.UTF8View) -> Substring.UTF8View {
    let taken = rest.prefix { (0x30...0x39).contains($0) || $0 == 0x5f }
    rest = rest.dropFirst(taken.count)
    return taken
  }

  /// Digits without the `_` that stand between two of them; nil where there are none or others.
  private static func digits(_ text: some Collection<UInt8>, radix: Int = 10) -> String? {
    let parts = text.split(separator: 0x5f, omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    let digits = String(decoding: parts.joined(), as: UTF8.self)
    return digits.utf8.allSatisfy({ isDigit($0, radix) }) ? digits : nil
  }

  static func isDigit(_ byte: UInt8, _ radix: Int) -> Bool {
    (0x30...0x39).contains(byte)
      ? Int(byte) - 0x30 < radix : radix == 16 && (0x61...0x66).contains(byte | 0x20)
  }
}

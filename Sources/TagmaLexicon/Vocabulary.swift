/// Strings with numbers: the line in the file is the number, from 0.
public struct Vocabulary: Sendable, Equatable {
  public private(set) var entries: [String]
  private var ids: [String: Int]

  /// Entries in order; of equal ones the first counts.
  public init(_ entries: [String] = []) {
    self.entries = []
    ids = Dictionary(minimumCapacity: entries.count)
    for entry in entries { insert(entry) }
  }

  public var count: Int { entries.count }

  /// The number of an entry, nil where it is unknown.
  public subscript(entry: String) -> Int? { ids[entry] }

  /// Adds an entry where it is new, and returns its number.
  @discardableResult
  public mutating func insert(_ entry: String) -> Int {
    if let id = ids[entry] { return id }
    ids[entry] = entries.count
    entries.append(entry)
    return entries.count - 1
  }

  /// The text of a vocabulary file: one entry a line, `\\ \n \r \t` escaped.
  public var fileText: String {
    var text = ""
    for entry in entries {
      for scalar in entry.unicodeScalars {
        switch scalar {
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        default: text.unicodeScalars.append(scalar)
        }
      }
      text += "\n"
    }
    return text
  }

  /// Reads the text of a vocabulary file; nil where two lines are equal or an escape is unknown.
  public init?(fileText: String) {
    self.init()
    var lines = fileText.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    for line in lines {
      guard let entry = Self.unescaped(line), ids[entry] == nil else { return nil }
      insert(entry)
    }
  }

  private static func unescaped(_ line: Substring) -> String? {
    guard line.utf8.contains(UInt8(ascii: "\\")) else { return String(line) }
    var out = ""
    var isEscape = false
    for scalar in line.unicodeScalars {
      if isEscape {
        switch scalar {
        case "\\": out += "\\"
        case "n": out += "\n"
        case "r": out += "\r"
        case "t": out += "\t"
        default: return nil
        }
        isEscape = false
      } else if scalar == "\\" {
        isEscape = true
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return isEscape ? nil : out
  }

  /// The entries counted at least `minimum` times, most frequent first, then by their scalars.
  public static func frequent(_ counts: [String: Int], minimum: Int, limit: Int = .max) -> [String]
  {
    let sorted = counts.filter { $0.value >= minimum }.sorted {
      $0.value != $1.value
        ? $0.value > $1.value
        : $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars)
    }
    return sorted.prefix(limit).map(\.key)
  }
}

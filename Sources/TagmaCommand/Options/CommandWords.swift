internal import ArgumentParser
internal import Foundation

/// The words of a command line before they are parsed.
///
/// The parser takes a wrong command for a value, an attached value (`-j4`) for several options, and of an option that is
/// given twice the last, without a word.
struct CommandWords {
  private let words: [String]
  /// The command that is named, and where its own words begin.
  private let command: any ParsableCommand.Type
  private let start: Int

  /// - Parameter words: All words after the program's name.
  init(_ words: [String], root: any ParsableCommand.Type) throws(UsageError) {
    self.words = words
    var (command, at) = (root, 0)
    let isHelp = words.first == "help"
    if isHelp { at = 1 }
    while !command.configuration.subcommands.isEmpty, at < words.count, !words[at].hasPrefix("-") {
      command = try Self.subcommand(words[at], of: command)
      at += 1
    }
    if isHelp, at < words.count, !words[at].hasPrefix("-") {
      throw UsageError("'\(command._commandName)' has no command '\(words[at])'")
    }
    (self.command, start) = (command, isHelp ? words.count : at)
  }

  private static func subcommand(
    _ name: String, of command: any ParsableCommand.Type
  ) throws(UsageError) -> any ParsableCommand.Type {
    let known = command.configuration.subcommands
    if let found = known.first(where: { $0._commandName == name }) { return found }
    let names = known.map { $0._commandName }
    let close = names.min { distance($0, name) < distance($1, name) }
    if let close, distance(close, name) <= max(1, name.count / 3) {
      throw UsageError("no command '\(name)'; did you mean '\(close)'?")
    }
    throw UsageError("no command '\(name)'; there are \(names.joined(separator: ", "))")
  }

  /// The words as the parser takes them: a value that is attached to the letter of an option (`-j4`) is parted from it.
  func parted() throws(UsageError) -> [String] {
    let own = words[start...].prefix { $0 != "--" }
    guard own.contains(where: { $0.hasPrefix("-") && $0 != "-" }) else { return words }
    let options = OptionName.all(of: command)
    let parted = own.map { Self.parted($0, options) }
    try Self.checkOnce(parted, options)
    return words[..<start] + parted + words[own.endIndex...]
  }

  private static func parted(_ word: String, _ options: [OptionName]) -> String {
    guard word.hasPrefix("-"), !word.hasPrefix("--"), word.unicodeScalars.count > 2 else {
      return word
    }
    let letter = String(word.unicodeScalars.prefix(2))
    let value = String(word.unicodeScalars.dropFirst(2))
    guard !value.hasPrefix("="), options.contains(where: { $0.names.contains(letter) }) else {
      return word
    }
    return "\(letter)=\(value)"
  }

  /// What takes one value is given once: nobody can tell which of two is meant.
  private static func checkOnce(
    _ words: [String], _ options: [OptionName]
  ) throws(UsageError) {
    let given = words.filter { $0.hasPrefix("-") && $0 != "-" }.map { $0.prefix { $0 != "=" } }
    for option in options where !option.isRepeating {
      let uses = given.filter { option.names.contains(String($0)) }
      guard uses.count > 1 else { continue }
      throw UsageError(
        "'\(uses[1])' is given \(uses.count == 2 ? "twice" : "several times"), but takes one value")
    }
  }
}

/// What is wrong with a command line: exit status 64.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// An option that takes a value, by all its names, each with its hyphens.
private struct OptionName {
  let names: Set<String>
  let isRepeating: Bool

  /// What the parser itself says of a command.
  static func all(of command: any ParsableCommand.Type) -> [OptionName] {
    let info = try? JSONDecoder().decode(ToolInfo.self, from: Data(command._dumpHelp().utf8))
    return (info?.command.arguments ?? []).filter { $0.kind == "option" }.map { argument in
      OptionName(
        names: Set(
          (argument.names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }),
        isRepeating: argument.isRepeating)
    }
  }

  /// The part of the parser's description that is of use here.
  private struct ToolInfo: Decodable {
    struct Command: Decodable { let arguments: [Argument]? }
    struct Argument: Decodable {
      let kind: String
      let isRepeating: Bool
      let names: [Name]?
    }
    struct Name: Decodable {
      let kind: String
      let name: String
    }
    let command: Command
  }
}

/// How many letters of a word must be changed, added or left out to make another.
func distance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let changed = diagonal + (a[i] == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}

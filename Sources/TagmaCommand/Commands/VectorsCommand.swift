internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma vectors …` — looks at word vectors.
struct VectorsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors", abstract: "Look at word vectors: what is alike, what is to what.",
    subcommands: [NearestCommand.self, AnalogyCommand.self])
}

/// Reads a file of vectors, and says what was not as it should be.
private func readVectors(_ path: String) throws -> WordVectorTable {
  let table = try WordVectorTable(contentsOf: path)
  if table.repairedWords > 0 {
    note("\(path): \(table.repairedWords) words are not UTF-8 and were read with U+FFFD")
  }
  return table
}

/// `tagma vectors nearest` — words like a word.
struct NearestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nearest", abstract: "Show the words most like a word.",
    discussion: "  tagma vectors nearest text.vec river")

  @Argument(help: "A file of vectors.", completion: .file()) var vectors: String
  @Argument(help: "Words.") var words: [String]
  @Option(name: .shortAndLong, help: "How many.") var count = 10

  func validate() throws {
    if count < 1 { throw ValidationError("--count must be at least 1") }
  }

  func run() async throws {
    let search = VectorSearch(try readVectors(vectors))
    let out = try OutputFile("-")
    for word in words {
      guard let found = search.nearest(to: word, count: count) else {
        throw CorpusError(.noVectors([word]), at: SourceLocation(file: vectors, line: 1))
      }
      for (other, likeness) in found {
        try out.write("\(word)\t\(other)\t\(decimal(Double(likeness), 4))\n")
      }
    }
    try out.commit()
  }
}

/// `tagma vectors analogy` — what is to a word as one word is to another.
struct AnalogyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analogy",
    abstract: "Show what is to C as B is to A, or count right answers to questions.",
    discussion: """
        tagma vectors analogy text.vec man king woman
        tagma vectors analogy text.vec --questions questions.txt

      Questions are four words a line; or lines of two words, of which each asks for the second word of every other of \
      its section. Lines that begin with a colon name a section.
      """)

  @Argument(help: "A file of vectors.", completion: .file()) var vectors: String
  @Argument(help: "A, B and C.") var words: [String] = []
  @Option(help: "A file of questions.", completion: .file()) var questions: String?
  @Option(name: .shortAndLong, help: "How many.") var count = 5

  func validate() throws {
    if count < 1 { throw ValidationError("--count must be at least 1") }
    guard (words.count == 3) != (questions != nil) else {
      throw ValidationError("three words, or --questions")
    }
  }

  func run() async throws {
    let search = VectorSearch(try readVectors(vectors))
    let out = try OutputFile("-")
    if let questions {
      try answer(try sections(of: questions), search, out)
    } else {
      guard let found = search.analogy(words[0], words[1], words[2], count: count) else {
        throw CorpusError(
          .noVectors(words.filter { !search.contains($0) }),
          at: SourceLocation(file: vectors, line: 1))
      }
      for (word, likeness) in found { try out.write("\(word)\t\(decimal(Double(likeness), 4))\n") }
    }
    try out.commit()
  }

  private struct Section {
    var name: String
    var questions: [[String]] = []
    /// Pairs of words that are not yet questions.
    var pairs: [[String]] = []

    /// All its questions: each pair asks for each other.
    var all: [[String]] {
      questions
        + pairs.indices.flatMap { i in
          pairs.indices.filter { $0 != i }.map { pairs[i] + pairs[$0] }
        }
    }
  }

  private func sections(of path: String) throws -> [Section] {
    let reader = try LineReader(path)
    var sections: [Section] = []
    while let line = try reader.next() {
      if line.utf8.first == UInt8(ascii: ":") {
        sections.append(Section(name: Self.words(line.utf8.dropFirst()).joined(separator: " ")))
        continue
      }
      let words = Self.words(line.utf8[...])
      if sections.isEmpty { sections.append(Section(name: "no section")) }
      switch words.count {
      case 0: continue
      case 2: sections[sections.count - 1].pairs.append(words)
      case 4: sections[sections.count - 1].questions.append(words)
      default:
        throw CorpusError(
          .columnCount(found: words.count, expected: 4), at: reader.location(), excerpt: line)
      }
    }
    return sections
  }

  /// What blanks and tabs separate, as in files of vectors.
  private static func words(_ line: Substring.UTF8View) -> [String] {
    line.split { $0 == 0x20 || $0 == 0x09 }.map { String(Substring($0)) }
  }

  private func answer(_ sections: [Section], _ search: VectorSearch, _ out: OutputFile) throws {
    var results: [(name: String, right: Int, asked: Int, unknown: Int)] = []
    for section in sections {
      let all = section.all
      let known = all.filter { $0.allSatisfy(search.contains) }
      let answers = search.answers(known.map { ($0[0], $0[1], $0[2]) })
      let right = zip(known, answers).count { $0[3] == $1 }
      results.append((section.name, right, known.count, all.count - known.count))
    }
    results.append(
      results.reduce(("all", 0, 0, 0)) { ($0.0, $0.1 + $1.1, $0.2 + $1.2, $0.3 + $1.3) })
    for (name, right, asked, unknown) in results {
      let share = decimal(100 * Double(right) / Double(max(asked, 1)), 2)
      try out.write("\(name)\t\(share) %\t\(right) of \(asked)\t\(unknown) with unknown words\n")
    }
  }
}

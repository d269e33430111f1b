internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma vectors …` — looks at word vectors.
struct VectorsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors", abstract: "Look at word vectors: what is alike, what is to what.",
    subcommands: [NearestCommand.self, AnalogyCommand.self])
}

/// `tagma vectors nearest` — words like a word.
struct NearestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nearest", abstract: "Show the words most like a word.",
    discussion: "  tagma vectors nearest text.vec river")

  @Argument(help: "A file of vectors.", completion: .file()) var vectors: String
  @Argument(help: "Words.") var words: [String]
  @Option(name: .shortAndLong, help: "How many.") var count = 10

  func run() async throws {
    let table = try WordVectorTable(contentsOf: vectors)
    let out = try OutputFile("-")
    for word in words {
      guard let vector = table.vector(of: word) else {
        throw CorpusError(
          .damagedVectors("no vector of '\(word)'"), at: SourceLocation(file: vectors, line: 1))
      }
      for (other, likeness) in table.nearest(to: vector, count: count, except: [word]) {
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

      Questions are four words a line; lines that begin with a colon name what follows.
      """)

  @Argument(help: "A file of vectors.", completion: .file()) var vectors: String
  @Argument(help: "A, B and C.") var words: [String] = []
  @Option(help: "A file of questions.", completion: .file()) var questions: String?
  @Option(name: .shortAndLong, help: "How many.") var count = 5

  func validate() throws {
    guard (words.count == 3) != (questions != nil) else {
      throw ValidationError("three words, or --questions")
    }
  }

  func run() async throws {
    let table = try WordVectorTable(contentsOf: vectors)
    let out = try OutputFile("-")
    if let questions {
      try answer(questions, table, out)
    } else {
      guard let found = table.analogy(words[0], words[1], words[2], count: count) else {
        throw CorpusError(
          .damagedVectors("a word without a vector among \(words.joined(separator: ", "))"),
          at: SourceLocation(file: vectors, line: 1))
      }
      for (word, likeness) in found { try out.write("\(word)\t\(decimal(Double(likeness), 4))\n") }
    }
    try out.commit()
  }

  private func answer(_ path: String, _ table: WordVectorTable, _ out: OutputFile) throws {
    let reader = try LineReader(path)
    var (section, sections) = ("all", [(name: String, right: Int, asked: Int, unknown: Int)]())
    while let line = try reader.next() {
      let fields = line.split(separator: " ").map(String.init)
      if line.hasPrefix(":") {
        section = String(line.dropFirst().drop { $0 == " " })
        continue
      }
      guard !fields.isEmpty else { continue }
      guard fields.count == 4 else {
        throw CorpusError(
          .columnCount(found: fields.count, expected: 4), at: reader.location(), excerpt: line)
      }
      if sections.last?.name != section { sections.append((section, 0, 0, 0)) }
      let last = sections.count - 1
      guard table.vector(of: fields[3]) != nil,
        let found = table.analogy(fields[0], fields[1], fields[2], count: 1)
      else {
        sections[last].unknown += 1
        continue
      }
      sections[last].asked += 1
      if found.first?.word == fields[3] { sections[last].right += 1 }
    }
    let sum = sections.reduce((0, 0, 0)) { ($0.0 + $1.right, $0.1 + $1.asked, $0.2 + $1.unknown) }
    sections.append(("all", sum.0, sum.1, sum.2))
    for (name, right, asked, unknown) in sections {
      let share = decimal(100 * Double(right) / Double(max(asked, 1)), 2)
      try out.write("\(name)\t\(share) %\t\(right) of \(asked)\t\(unknown) with unknown words\n")
    }
  }
}

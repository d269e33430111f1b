internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma generate` — makes a text up.
struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Make a text up with a language model.",
    discussion: """
        tagma generate -m my-model --prefix "Once upon a time" --length 300
        tagma generate -m my-model --lines --count 10 --temperature 0.6
      """)

  @Option(name: .shortAndLong, help: "A model: a folder, or the name of one.")
  var model: String

  @Option(help: "What the text begins with.")
  var prefix = ""

  @Option(help: "Units at most: characters or subwords.")
  var length = GenerationOptions().length

  @Option(help: "How many texts, one after the other.")
  var count = 1

  @Flag(help: "A text ends with its first line.")
  var lines = false

  @Option(help: "Below 1 tamer, above 1 wilder; 0 always takes the likeliest.")
  var temperature = GenerationOptions().temperature

  @Option(help: "Sample among the K most probable units.")
  var topK = 0

  @Option(help: "Sample among the most probable units that together have this probability.")
  var topP = 1.0

  @Option(help: "No run of N units stands twice; 0 allows it.")
  var noRepeat = 0

  @Option(help: "The seed of sampling.")
  var seed: UInt64 = 1

  @Option(
    name: .shortAndLong, help: "The file to write, otherwise standard output.", completion: .file())
  var output = "-"

  @OptionGroup var overwrite: OverwriteOptions

  func validate() throws {
    guard (1...10_000_000).contains(length), (1...1_000_000).contains(count) else {
      throw ValidationError("--length must be from 1 to 10000000, --count from 1 to 1000000")
    }
    guard (0...100).contains(temperature), topP > 0, topP <= 1 else {
      throw ValidationError("--temperature must be from 0 to 100, --top-p above 0 and at most 1")
    }
    guard (0...1_000_000).contains(topK), (0...1000).contains(noRepeat) else {
      throw ValidationError("--top-k must be from 0 to 1000000, --no-repeat from 0 to 1000")
    }
  }

  func run() async throws {
    let path = try ModelPath.find(model)
    let model = try LanguageModel(contentsOf: path)
    let out = try overwrite.open(output, reading: [path])
    var options = GenerationOptions()
    (options.length, options.temperature) = (length, temperature)
    (options.topK, options.topP, options.noRepeat) = (topK, topP, noRepeat)
    options.stopsAtLineEnd = lines
    for i in 0..<count {
      options.seed = seed &+ UInt64(i) &* 0x9e37_79b9_7f4a_7c15
      try model.generate(prefix: prefix, options: options) { text in
        try out.write(text)
        if output == "-" { try out.flush() }
      }
      try out.write("\n")
    }
    try out.commit()
  }
}

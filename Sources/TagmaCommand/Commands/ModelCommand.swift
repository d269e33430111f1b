internal import ArgumentParser
internal import Foundation
internal import Tagma

/// `tagma model …` — looks at models and changes how they are stored.
struct ModelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Look at models, check them, store them smaller.",
    subcommands: [
      ModelInfoCommand.self, ModelVerifyCommand.self, ModelCardCommand.self,
      ModelQuantizeCommand.self, ModelAverageCommand.self,
    ])
}

/// `tagma model info` — what a model is.
struct ModelInfoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show what a model is and what it was trained on.",
    discussion: "  tagma model info en")

  @Argument(help: "A model: a folder, or the name of one.") var model: String
  @Flag(help: "Write JSON.") var json = false

  func run() async throws {
    let path = try ModelPath.find(model)
    let summary = try AnyModel(contentsOf: path).summary(path)
    let out = try OutputFile("-")
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try out.write(String(decoding: encoder.encode(summary.json), as: UTF8.self) + "\n")
    } else {
      try out.write(summary.text)
    }
    try out.commit()
  }
}

/// `tagma model verify` — whether a model is whole.
struct ModelVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that a model is whole and undamaged.",
    discussion: "  tagma model verify en")

  @Argument(help: "A model: a folder, or the name of one.") var model: String

  func run() async throws {
    let path = try ModelPath.find(model)
    _ = try AnyModel(contentsOf: path)
    let out = try OutputFile("-")
    try out.write(
      "\(path): whole; weights SHA-256 \(try fileSHA256("\(path)/weights.safetensors"))\n")
    try out.commit()
  }
}

/// `tagma model card` — a page about a model.
struct ModelCardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card", abstract: "Write a model's card, in Markdown.",
    discussion: "  tagma model card my-model > my-model/README.md")

  @Argument(help: "A model: a folder, or the name of one.") var model: String

  func run() async throws {
    let path = try ModelPath.find(model)
    let out = try OutputFile("-")
    try out.write(AnyModel(contentsOf: path).summary(path).card)
    try out.commit()
  }
}

/// `tagma model quantize` — half the size.
struct ModelQuantizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Store a model's weights in bfloat16, half the size.",
    discussion: "  tagma model quantize my-model -o my-model-bf16")

  @Argument(help: "A model: a folder, or the name of one.") var model: String
  @Option(name: .shortAndLong, help: "The folder of the new model.", completion: .directory)
  var output: String

  func run() async throws {
    try AnyModel(contentsOf: try ModelPath.find(model)).write(to: output, asBFloat16: true)
  }
}

/// `tagma model average` — the mean of several models' weights.
struct ModelAverageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "average",
    abstract: "Average the weights of taggers or translators of one training.",
    discussion: "  tagma model average a b c -o mean")

  @Argument(help: "Models of the same layout and vocabularies.") var models: [String]
  @Option(name: .shortAndLong, help: "The folder of the new model.", completion: .directory)
  var output: String

  func run() async throws {
    let paths = try models.map { try ModelPath.find($0) }
    if let first = paths.first, try modelKind(in: first) == "translator" {
      try Translator.average(try paths.map { try Translator(contentsOf: $0) }).write(to: output)
    } else {
      try Tagger.average(try paths.map { try Tagger(contentsOf: $0) }).write(to: output)
    }
  }
}

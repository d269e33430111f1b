internal import ArgumentParser

struct TokenizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "tokenize")
}

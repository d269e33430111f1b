internal import ArgumentParser

struct BenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "benchmark")
}

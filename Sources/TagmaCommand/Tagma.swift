internal import ArgumentParser
internal import CTagmaProcess
internal import Foundation
internal import Tagma
internal import TagmaCorpora
internal import TagmaKernels

/// `tagma` — the command line of the toolkit.
///
/// It holds no knowledge, only doors.
@main
struct TagmaTool: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tagma",
    abstract: "Label words, translate sentences, model text and series, with recurrent networks.",
    discussion: """
      Tag or translate a text with a model that ships:

        tagma tag -m en letter.txt
        tagma translate -m en-de letter.txt

      Train a model on data of your own, and say how good it is:

        tagma train tagger --train train.conllu --dev dev.conllu -o my-model
        tagma evaluate tags test.conllu -m my-model
      """,
    version: versionText,
    subcommands: [
      TokenizeCommand.self, TagCommand.self, TrainCommand.self, EvaluateCommand.self,
      TranslateCommand.self, ClassifyCommand.self, GenerateCommand.self, ScoreCommand.self,
      VectorsCommand.self,
      PredictCommand.self, TimeWarpingCommand.self, StudyCommand.self,
      CheckCommand.self, ConvertCommand.self, ModelCommand.self, BenchmarkCommand.self,
      ServeCommand.self,
    ])

  static var versionText: String {
    """
    tagma \(tagmaVersion)
    ICU \(Unicode.icuVersion) (Unicode \(Unicode.icuUnicodeVersion))
    libxml2 \(libxml2Version)
    oneDNN \(Machine.oneDNNVersion), \(Machine.instructionSet)
    """
  }

  static func main() async {
    tagma_process_watch()
    checkDescriptors()
    keepWorkMemory()
    // Past a limit on file sizes, writes fail and are reported as such.
    signal(SIGXFSZ, SIG_IGN)
    do {
      let words = try CommandWords(Array(arguments.dropFirst()), root: Self.self)
      var command = try parseAsRoot(try words.parted())
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      let code = ExitStatus.code(of: error)
      if let code {
        note("\(error)")
        Foundation.exit(code)
      }
      if let hint = settingHint(for: message(for: error), Self.arguments) { note(hint) }
      leave(saying: fullMessage(for: error), code: exitCode(for: error))
    }
  }

  /// Fewer open files, and what runs the program traps.
  private static let fewestDescriptors = 10

  private static func checkDescriptors() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
      limit.rlim_cur < fewestDescriptors
    else { return }
    note(
      "only \(limit.rlim_cur) files may be open at once (ulimit -n), at least \(fewestDescriptors) are needed"
    )
    Foundation.exit(ExitStatus.systemLimit)
  }

  /// What the program was called with: names of files need not be UTF-8.
  static var arguments: [String] {
    (0..<Int(CommandLine.argc)).compactMap { i in
      CommandLine.unsafeArgv[i].map { FilePath.text($0) }
    }
  }

  /// Ends with what the argument parser has to say: help on standard output, where a full disk is told of; all else on
  /// standard error.
  private static func leave(saying text: String, code: ArgumentParser.ExitCode) -> Never {
    guard code.isSuccess else {
      if !text.isEmpty { writeError(text + "\n") }
      Foundation.exit(code.rawValue)
    }
    do {
      let out = try OutputFile("-")
      if !text.isEmpty { try out.write(text + "\n") }
      try out.commit()
    } catch {
      note("\(error)")
      Foundation.exit(ExitStatus.code(of: error) ?? ExitStatus.writeFailed)
    }
    Foundation.exit(code.rawValue)
  }
}

internal import ArgumentParser
internal import Foundation
internal import Tagma

/// What all `train` commands that make a model's folder are told in the same way, and what they do with it.
struct TrainingOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "The folder of the new model.", completion: .directory)
  var output: String

  @Option(help: "A TOML file of settings.", completion: .file())
  var config: String?

  @Option(name: .customLong("set"), help: "A setting, such as training.epochs=20.")
  var settings: [String] = []

  @Option(help: "The seed of everything random.")
  var seed: UInt64?

  @Option(name: .shortAndLong, help: "Threads; the result does not depend on it.")
  var jobs = 2

  @Option(help: "The licence of the model, for its card, such as CC-BY-SA-4.0.")
  var licence: String?

  @Flag(help: "Go on from the last checkpoint.")
  var resume = false

  @Flag(help: "Resume though settings or data have changed.")
  var allowChanged = false

  @Flag(help: "Show what would be trained, and stop.")
  var dryRun = false

  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    if jobs < 1 { throw ValidationError("--jobs must be at least 1") }
    if allowChanged, !resume { throw ValidationError("--allow-changed is for --resume") }
  }

  /// Trains, or shows what would be trained.
  ///
  /// - Parameters:
  ///   - summary: What `--dry-run` shows.
  ///   - write: Writes what came of it.
  func run<Trainer: ModelTrainer>(
    _ trainer: Trainer, summary: () throws -> String, write: (TrainingFolder) throws -> Void
  ) throws {
    trainer.threads = jobs
    trainer.licence = licence
    trainer.command = reproducingCommand(TagmaTool.arguments)
    trainer.allowsChangedData = allowChanged
    if dryRun {
      let out = try OutputFile("-")
      try out.write(try summary())
      try out.commit()
    } else {
      try train(trainer, write: write)
    }
  }

  private func train(
    _ trainer: some ModelTrainer, write: (TrainingFolder) throws -> Void
  ) throws {
    let folder = try TrainingFolder(output)
    defer { folder.unlock() }
    trainer.checkpointPath = folder.checkpoint
    if resume {
      if try trainer.resume() {
        progress.note(
          "resumed after epoch \(trainer.epochsDone)"
            + (trainer.batchesDone > 0 ? ", batch \(trainer.batchesDone)" : ""))
      } else if folder.holdsModel {
        progress.note("the training in \(output) is finished; nothing to resume")
        return
      }
    }
    Signals.watch()
    trainer.shouldStop = { Signals.received != 0 }
    trainer.wantsCheckpoint = { Signals.takeCheckpointRequest() }
    let log = TrainingLog(folder, progress: progress, earlier: trainer.reports)
    let outcome = try trainer.train { log.report($0) }
    try log.close()
    if outcome == .interrupted {
      if let failure = trainer.checkpointFailure { throw failure }
      progress.note("stopped; --resume goes on from here")
      throw ExitCode(Signals.exitStatus)
    }
    try write(folder)
    folder.removeCheckpoint()
    for line in TrainingEnd(trainer, folder: output).lines { progress.note(line) }
    // The model is whole, but the disk is not to be trusted: exit status 74.
    if let failure = trainer.checkpointFailure { throw failure }
  }

  /// Numbers, a line each, and all settings, for `summary`.
  static func text(
    _ numbers: [(name: String, value: String)], _ settings: any Encodable...
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return numbers.map { "\($0.name)\t\($0.value)\n" }.joined()
      + (try settings.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" })
      .joined()
  }
}

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

  @Flag(
    help:
      "Put the new model in the place of one that is there; begin anew where a training was stopped."
  )
  var force = false

  @Flag(help: "Show what would be trained, and stop.")
  var dryRun = false

  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    if jobs < 1 { throw ValidationError("--jobs must be at least 1") }
    if allowChanged, !resume { throw ValidationError("--allow-changed is for --resume") }
  }

  /// Refuses, before anything is read, a training that would take the place of a model or of what it reads.
  func check(reading inputs: [String]) throws {
    guard !dryRun, !force else { return }
    try TrainingFolder(output).checkFree(
      resumes: resume, reading: inputs + [config].compactMap(\.self))
  }

  /// Trains, or shows what would be trained.
  ///
  /// - Parameters:
  ///   - facts: What `--dry-run` shows beside sizes and settings.
  ///   - finish: What came of it.
  func run(
    _ trainer: some ModelTrainer, facts: [(name: String, value: String)] = [],
    finish: () throws -> (model: AnyModel, report: TrainingReport)
  ) throws {
    trainer.threads = jobs
    trainer.licence = licence
    trainer.command = reproducingCommand(TagmaTool.arguments)
    trainer.allowsChangedData = allowChanged
    if dryRun {
      let out = try OutputFile("-")
      try out.write(try Self.summary(of: trainer, facts))
      try out.commit()
    } else {
      try train(trainer, finish: finish)
    }
  }

  private func train(
    _ trainer: some ModelTrainer, finish: () throws -> (model: AnyModel, report: TrainingReport)
  ) throws {
    let folder = TrainingFolder(output)
    let lock = try LockedFolder(folder)
    defer { lock.unlock() }
    // Another training may have ended while the data were read.
    try folder.checkFree(resumes: resume || force, reading: [], holdsLock: true)
    trainer.checkpointPath = folder.checkpoint
    guard try begin(trainer, folder) else { return }
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
    let (model, report) = try finish()
    try model.write(
      to: output,
      beside: model.companions(
        at: output, ["report.html": report.html, "train.jsonl": log.text]))
    folder.removeCheckpoint()
    for line in TrainingEnd(trainer, folder: output).lines { progress.note(line) }
    // The model is whole, but the disk is not to be trusted: exit status 74.
    if let failure = trainer.checkpointFailure { throw failure }
  }

  /// Takes up what was stopped, or makes room; false where there is nothing left to do.
  private func begin(_ trainer: some ModelTrainer, _ folder: TrainingFolder) throws -> Bool {
    guard resume else {
      folder.removeCheckpoint()
      return true
    }
    if try trainer.resume() {
      if trainer.resumedFromEarlierCheckpoint {
        warn("\(folder.checkpoint) is damaged; the checkpoint before it is taken")
      }
      progress.note(
        "resumed after epoch \(trainer.epochsDone)"
          + (trainer.batchesDone > 0 ? ", batch \(trainer.batchesDone)" : ""))
    } else if folder.holdsModel, !force {
      progress.note("the training in \(output) is finished; nothing to resume")
      return false
    } else {
      progress.note("there is no checkpoint in \(output); the training begins")
    }
    return true
  }

  /// Sizes and facts, a line each, and all settings.
  private static func summary(
    of trainer: some ModelTrainer, _ facts: [(name: String, value: String)]
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    func text(_ settings: some Encodable) throws -> String {
      String(decoding: try encoder.encode(settings), as: UTF8.self) + "\n"
    }
    let rows = trainer.sizes.map { ($0.name, "\($0.count)") } + facts
    return try rows.map { "\($0.name)\t\($0.value)\n" }.joined() + text(trainer.configuration)
      + text(trainer.training)
  }
}

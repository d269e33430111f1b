internal import ArgumentParser
internal import Foundation
internal import Tagma

/// A training from its folder to its model: what all `train` commands do in the same way.
struct TrainingRun {
  let output: String
  let resumes: Bool
  let progress: ProgressOptions

  /// - Parameter write: Writes what came of it.
  func run(_ trainer: some ModelTrainer, write: (TrainingFolder) throws -> Void) throws {
    let folder = try TrainingFolder(output)
    defer { folder.unlock() }
    trainer.checkpointPath = folder.checkpoint
    if resumes {
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
      throw ExitCode(Signals.received == SIGINT ? 130 : 143)
    }
    try write(folder)
    folder.removeCheckpoint()
    progress.note("model written to \(output)")
    // The model is whole, but the disk is not to be trusted: exit status 74.
    if let failure = trainer.checkpointFailure { throw failure }
  }
}

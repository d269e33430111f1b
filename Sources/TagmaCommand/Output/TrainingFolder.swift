internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// The folder of a training: its lock, checkpoint and log.
struct TrainingFolder {
  let path: String
  var checkpoint: String { "\(path)/checkpoint.safetensors" }
  var log: String { "\(path)/train.jsonl" }
  /// Whether a training here came to its end.
  var holdsModel: Bool { FileSystem.exists("\(path)/model.json") }
  /// Whether one was stopped.
  var holdsCheckpoint: Bool {
    FileSystem.exists(checkpoint) || FileSystem.exists("\(checkpoint).previous")
  }

  /// Whether a training is at work here.
  private var isLocked: Bool {
    let descriptor = FileSystem.open("\(path)/.lock", O_RDONLY)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0
  }

  init(_ path: String) { self.path = path }

  /// Whether a training writes a file of this name.
  private static func isWritten(_ name: String) -> Bool {
    name.hasSuffix(".vocab") || name.hasPrefix("checkpoint.safetensors")
      || [
        "model.json", "weights.safetensors", "merges.txt", "scores.txt", "lemmas.tsv",
        "multiwords.tsv", "shortlist.tsv", "names.tsv", "README.md", "LICENSE.txt", "report.html",
        "train.jsonl",
      ].contains(name)
  }

  /// Refuses a training that would take the place of a model, of one that was stopped, or of what it reads.
  ///
  /// - Parameter holdsLock: Whether it is this process that works there.
  func checkFree(resumes: Bool, reading inputs: [String], holdsLock: Bool = false) throws {
    // Another training that is at work there is told of when its lock is asked for.
    if !resumes, holdsLock || !isLocked {
      if holdsCheckpoint { throw OutputError(kind: .holdsCheckpoint, path: path) }
      if holdsModel { throw OutputError(kind: .holdsModel, path: path) }
    }
    guard let own = FileSystem.realPath(path) else { return }
    for input in inputs {
      guard let real = FileSystem.realPath(input) else { continue }
      if FilePath.folder(of: real) == own, Self.isWritten(FilePath.name(of: real)) {
        throw OutputError(kind: .isInput, path: input)
      }
    }
  }

  func removeCheckpoint() {
    FileSystem.remove(checkpoint)
    FileSystem.remove("\(checkpoint).previous")
  }
}

/// A folder that no other training works in.
struct LockedFolder {
  private let lock: String
  private let descriptor: Int32

  /// Creates the folder and locks it against a second training.
  init(_ folder: TrainingFolder) throws {
    try FileSystem.makeFolder(folder.path)
    lock = "\(folder.path)/.lock"
    descriptor = FileSystem.open(lock, O_RDWR | O_CREAT)
    guard descriptor >= 0 else { throw OutputError(creating: lock, code: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let owner = FileSystem.contents(lock).map { String(decoding: $0, as: UTF8.self) }
      close(descriptor)
      throw ModelError(.locked(owner ?? "?"), path: folder.path)
    }
    ftruncate(descriptor, 0)
    let owner = Array(String(getpid()).utf8)
    _ = write(descriptor, owner, owner.count)
    FileSystem.removeLeftovers(in: folder.path)
  }

  func unlock() {
    FileSystem.remove(lock)
    close(descriptor)
  }
}

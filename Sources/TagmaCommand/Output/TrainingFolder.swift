internal import Foundation
internal import Tagma

/// The folder of a training: its lock, checkpoint and log.
struct TrainingFolder {
  let path: String
  var checkpoint: String { "\(path)/checkpoint.safetensors" }
  /// Whether a training here came to its end.
  var holdsModel: Bool { FileManager.default.fileExists(atPath: "\(path)/model.json") }
  private let lockDescriptor: Int32

  /// Creates the folder and locks it against a second training.
  init(_ path: String) throws {
    self.path = path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw OutputError(kind: .cannotCreate, path: path, code: errno == 0 ? EIO : errno)
    }
    let lock = "\(path)/.lock"
    lockDescriptor = open(lock, O_RDWR | O_CREAT, 0o644)
    guard lockDescriptor >= 0 else {
      throw OutputError(
        kind: errno == EACCES ? .noPermission : .cannotCreate, path: lock, code: errno)
    }
    guard flock(lockDescriptor, LOCK_EX | LOCK_NB) == 0 else {
      let owner = FileManager.default.contents(atPath: lock).map {
        String(decoding: $0, as: UTF8.self)
      }
      throw ModelError(.locked(owner ?? "?"), path: path)
    }
    ftruncate(lockDescriptor, 0)
    let owner = Array(String(getpid()).utf8)
    _ = write(lockDescriptor, owner, owner.count)
    removeLeftovers()
  }

  /// Removes half-written files of processes that are no more.
  private func removeLeftovers() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      guard let mark = name.range(of: ".tmp-", options: .backwards),
        let owner = pid_t(name[mark.upperBound...]), kill(owner, 0) != 0, errno == ESRCH
      else { continue }
      unlink("\(path)/\(name)")
    }
  }

  func unlock() {
    unlink("\(path)/.lock")
    close(lockDescriptor)
  }

  func removeCheckpoint() {
    unlink(checkpoint)
    unlink(checkpoint + ".previous")
  }
}

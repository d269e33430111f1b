internal import CTagmaFiles
internal import Foundation

/// A file that has not got its name yet.
///
/// It is gone when nobody holds it any more, and when a signal ends the process.
final class TemporaryFile {
  let descriptor: Int32
  private let path: String
  /// The name that it is to have.
  private let target: String
  /// Whether the file under that name has others too, which are to stay names of one file.
  private let sharesTarget: Bool
  private let place: Int32

  /// - Parameters:
  ///   - target: The name that it is to have, which is no link.
  ///   - old: What is there now.
  ///   - name: What a person calls it.
  /// - Returns: nil where the target has to be written to directly: it is no file, or nothing can be put beside it.
  init?(
    for target: String, replacing old: FileSystem.Status?, named name: String
  ) throws(OutputError) {
    if let old {
      guard old.kind == .file else { return nil }
      guard FilePath.withCString(target, { access($0, W_OK) }) == 0 else {
        throw OutputError(creating: name, code: errno)
      }
    } else if target.isEmpty || target.hasSuffix("/") {
      throw OutputError(creating: name, code: target.isEmpty ? ENOENT : EISDIR)
    }
    self.target = target
    sharesTarget = old.map { $0.links > 1 } ?? false
    let folder = FilePath.folder(of: target)
    // Nobody else has the name, unless the disk is shared with other machines.
    while true {
      let path = "\(folder)/\(FileSystem.temporaryName())"
      let place = FilePath.withCString(path) { tagma_temporary_add($0, false) }
      // What was for few eyes stays so while it is written.
      let descriptor = FileSystem.open(
        path, O_RDWR | O_CREAT | O_EXCL, permissions: old == nil ? 0o666 : 0o600)
      let failure = errno
      guard descriptor < 0 else {
        flock(descriptor, LOCK_EX)
        // Whoever removes what others have left may have been here before the lock.
        guard FileSystem.status(descriptor: descriptor)?.links ?? 0 > 0 else {
          tagma_temporary_done(place)
          close(descriptor)
          continue
        }
        (self.path, self.place, self.descriptor) = (path, place, descriptor)
        break
      }
      tagma_temporary_done(place)
      if failure == EEXIST { continue }
      if old != nil, [EACCES, EPERM, EROFS].contains(failure) { return nil }
      throw OutputError(creating: name, code: failure)
    }
    guard let old else { return }
    // Only a privileged process may give a file away; where it does not, it is the writer's.
    if old.owner != geteuid() || old.group != getegid() {
      _ = fchown(descriptor, old.owner, old.group)
    }
    fchmod(descriptor, old.mode)
  }

  deinit {
    _ = FilePath.withCString(path, unlink)
    tagma_temporary_done(place)
    close(descriptor)
  }

  /// Takes its name; returns 0, or the system's error number.
  func takeName() -> Int32 {
    guard fsync(descriptor) == 0 || errno == EINVAL else { return errno }
    guard !sharesTarget else { return copyToTarget() }
    let renamed = FilePath.withCString(path) { from in
      FilePath.withCString(target) { rename(from, $0) }
    }
    guard renamed == 0 else {
      // A file that something is mounted on keeps its place.
      return errno == EBUSY || errno == EXDEV ? copyToTarget() : errno
    }
    FileSystem.synchronize(folder: FilePath.folder(of: target))
    return 0
  }

  /// Writes over the file that is there; its place on the disk is taken first, so that it is not lost on a full one.
  private func copyToTarget() -> Int32 {
    guard let size = FileSystem.status(descriptor: descriptor)?.size else { return errno }
    let out = FileSystem.open(target, O_WRONLY)
    guard out >= 0 else { return errno }
    defer { close(out) }
    #if os(Linux)
      if size > 0 {
        let failure = posix_fallocate(out, 0, off_t(size))
        guard ![ENOSPC, EFBIG, EDQUOT].contains(failure) else { return failure }
      }
    #endif
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { return errno }
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return errno }
      if count == 0 { break }
      let failure = FileSystem.write(Array(block[..<count]), to: out)
      guard failure == 0 else { return failure }
    }
    return ftruncate(out, off_t(size)) == 0 && fsync(out) == 0 ? 0 : errno
  }
}

extension FileSystem {
  /// Writes all bytes; returns 0, or the system's error number.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : EIO }
      done += count
    }
    return 0
  }
}

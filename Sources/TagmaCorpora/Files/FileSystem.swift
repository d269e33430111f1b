internal import CTagmaFiles
internal import Foundation
internal import Synchronization

/// What is asked of the system's files, by names whose bytes need not be UTF-8.
package enum FileSystem {
  /// What a file is.
  package struct Status: Sendable {
    package enum Kind: Sendable, Equatable {
      case file, folder
      /// A device, a pipe or a socket.
      case other
    }
    package let kind: Kind
    /// In bytes.
    package let size: Int
    let identity: FileSet.Identity
    let mode: mode_t
    let owner: uid_t
    let group: gid_t
    let links: Int

    fileprivate init(_ status: stat) {
      kind =
        switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        default: .other
        }
      size = Int(status.st_size)
      identity = FileSet.Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
      mode = status.st_mode & 0o7777
      (owner, group) = (status.st_uid, status.st_gid)
      links = Int(status.st_nlink)
    }
  }

  /// What a name leads to, links followed; nil where there is nothing or it cannot be told, which `errno` tells.
  package static func status(_ path: String) -> Status? {
    var status = stat()
    return FilePath.withCString(path) { stat($0, &status) } == 0 ? Status(status) : nil
  }

  /// What a descriptor is of; nil where it is closed.
  package static func status(descriptor: Int32) -> Status? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Status(status) : nil
  }

  /// The same place without links, `.` and `..`; nil where nothing is there.
  package static func realPath(_ path: String) -> String? {
    guard let resolved = FilePath.withCString(path, { realpath($0, nil) }) else { return nil }
    defer { free(resolved) }
    return FilePath.text(resolved)
  }

  /// Whether something is there, links followed.
  package static func exists(_ path: String) -> Bool { status(path) != nil }

  package static func isFolder(_ path: String) -> Bool { status(path)?.kind == .folder }

  /// Opens a file; a negative number where that fails, and why in `errno`.
  package static func open(_ path: String, _ flags: Int32, permissions: UInt32 = 0o666) -> Int32 {
    FilePath.withCString(path) { name in
      var descriptor: Int32
      repeat {
        descriptor = Foundation.open(name, flags | O_CLOEXEC, mode_t(permissions))
      } while descriptor < 0 && errno == EINTR
      return descriptor
    }
  }

  /// All bytes of a file; nil where it cannot be read, and why in `errno`.
  ///
  /// - Parameter limit: A larger file is not read; then `errno` is `EFBIG`.
  package static func contents(_ path: String, limit: Int = .max) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard let status = status(descriptor: descriptor), status.kind != .folder else {
      errno = EISDIR
      return nil
    }
    guard status.size <= limit else {
      errno = EFBIG
      return nil
    }
    guard status.kind == .file else { return stream(descriptor, limit: limit) }
    var failure: Int32 = 0
    // Read where it is wanted: a copy of the weights is a good part of the time that a program takes to start.
    let bytes = [UInt8](unsafeUninitializedCapacity: status.size) { buffer, count in
      while count < status.size, let start = buffer.baseAddress {
        let got = read(descriptor, start + count, status.size - count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        guard got > 0 else { break }
        count += got
      }
    }
    errno = failure
    return failure == 0 ? bytes : nil
  }

  /// What a pipe or a device gives, whose size nobody knows.
  private static func stream(_ descriptor: Int32, limit: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count <= limit {
      var got = 0
      bytes += [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        repeat {
          got = read(descriptor, buffer.baseAddress, 1 << 16)
        } while got < 0 && errno == EINTR
        count = max(got, 0)
      }
      if got < 0 { return nil }
      if got == 0 { return bytes }
    }
    errno = EFBIG
    return nil
  }

  /// The names in a folder, in the order of their bytes; none where it cannot be read.
  package static func names(in folder: String) -> [String] {
    guard let stream = FilePath.withCString(folder, opendir) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { FilePath.text($0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Makes a folder and those around it that are not there.
  package static func makeFolder(_ path: String) throws(OutputError) {
    if isFolder(path) { return }
    let outer = FilePath.folder(of: path)
    if outer != path, !exists(outer) { try makeFolder(outer) }
    guard FilePath.withCString(path, { mkdir($0, 0o777) }) == 0 || errno == EEXIST && isFolder(path)
    else { throw OutputError(creating: path, code: errno) }
  }

  /// Removes a file, or a folder with all that is in it; links are not followed.
  package static func remove(_ path: String) {
    var status = stat()
    guard FilePath.withCString(path, { lstat($0, &status) }) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      _ = FilePath.withCString(path, unlink)
      return
    }
    for name in names(in: path) { remove("\(path)/\(name)") }
    _ = FilePath.withCString(path, rmdir)
  }

  /// Waits until the names in a folder are on the disk.
  package static func synchronize(folder: String) {
    let descriptor = open(folder, O_RDONLY)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

// MARK: - Changes

extension FileSystem {
  /// Gives a file or folder another name, in the place of a file that has it; returns 0, or the system's error number.
  package static func move(_ path: String, to other: String) -> Int32 {
    call { FilePath.withCString(path) { from in FilePath.withCString(other) { rename(from, $0) } } }
  }

  /// Lets two names change what they name, at once; returns 0, or the system's error number.
  package static func exchange(_ path: String, with other: String) -> Int32 {
    call {
      FilePath.withCString(path) { a in FilePath.withCString(other) { tagma_exchange(a, $0) } }
    }
  }

  /// Gives what a name leads to a second name, a link being what it is; returns 0, or the system's error number.
  package static func duplicate(_ path: String, as other: String) -> Int32 {
    call {
      FilePath.withCString(path) { from in
        FilePath.withCString(other) { linkat(AT_FDCWD, from, AT_FDCWD, $0, 0) }
      }
    }
  }

  /// Gives a folder the permissions and the owner of another, as far as the process may.
  package static func copyPermissions(of folder: String, to other: String) {
    guard let status = status(folder) else { return }
    FilePath.withCString(other) { name in
      if status.owner != geteuid() || status.group != getegid() {
        _ = chown(name, status.owner, status.group)
      }
      _ = chmod(name, status.mode)
    }
  }

  /// Whether the process works in a folder, or in one within.
  package static func isWorkingFolder(_ folder: String) -> Bool {
    guard let here = realPath("."), let folder = realPath(folder) else { return false }
    return here == folder || here.hasPrefix("\(folder)/")
  }

  private static func call(_ body: () -> Int32) -> Int32 { body() == 0 ? 0 : errno }
}

// MARK: - Half-written files

extension FileSystem {
  /// How the names of half-written files begin.
  private static let mark = ".tagma.tmp-"

  private static let counter = Atomic(0)

  /// A name for a half-written file or folder that no other of this process has.
  static func temporaryName() -> String {
    "\(mark)\(getpid())-\(counter.wrappingAdd(1, ordering: .relaxed).newValue)"
  }

  /// Whether a name is that of something half-written.
  package static func isTemporaryName(_ name: String) -> Bool { name.hasPrefix(mark) }

  /// Removes half-written files in a folder whose writers are no more.
  ///
  /// A writer holds a lock on its file as long as it lives.
  package static func removeLeftovers(in folder: String) {
    for name in names(in: folder) where name.hasPrefix(mark) {
      let path = "\(folder)/\(name)"
      let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { remove(path) }
    }
  }
}

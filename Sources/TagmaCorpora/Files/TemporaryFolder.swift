internal import CTagmaFiles
internal import Foundation

/// A folder that has not got its place yet.
///
/// It is gone when nobody holds it any more, and when a signal ends the process.
package final class TemporaryFolder {
  package private(set) var path: String
  /// What a person calls the place that it is to have.
  private let name: String
  private let descriptor: Int32
  private var places: [Int32]
  /// The folder that it is in, where that was made for it.
  private let newFolder: String?

  /// Makes one in a folder; until it is gone, signals that end the process wait.
  ///
  /// - Parameter isNew: Whether the folder goes, too, where nothing comes of it.
  package init(in folder: String, named name: String, isNew: Bool = false) throws(OutputError) {
    self.name = name
    newFolder = isNew ? folder : nil
    tagma_end_hold()
    while true {
      let path = "\(folder)/\(FileSystem.temporaryName())"
      let place = FilePath.withCString(path) { tagma_temporary_add($0, true) }
      if FilePath.withCString(path, { mkdir($0, 0o777) }) == 0 {
        let descriptor = FileSystem.open(path, O_RDONLY)
        flock(descriptor, LOCK_EX)
        // Whoever removes what others have left may have been here before the lock.
        if FileSystem.exists(path) {
          (self.path, self.descriptor, places) = (path, descriptor, [place])
          return
        }
        if descriptor >= 0 { close(descriptor) }
        tagma_temporary_done(place)
        continue
      }
      let failure = errno
      tagma_temporary_done(place)
      if failure != EEXIST {
        Self.release()
        throw OutputError(creating: name, code: failure)
      }
    }
  }

  deinit {
    FileSystem.remove(path)
    for place in places { tagma_temporary_done(place) }
    if descriptor >= 0 { close(descriptor) }
    // Only where it is empty.
    if let newFolder { _ = FilePath.withCString(newFolder) { rmdir($0) } }
    Self.release()
  }

  private static func release() {
    let signal = tagma_end_release()
    if signal != 0 { raise(signal) }
  }

  /// Makes a folder within it.
  package func makeFolder(_ name: String) throws(OutputError) {
    var path = path
    for part in name.split(separator: "/") {
      path += "/\(part)"
      if FileSystem.isFolder(path) { continue }
      places.append(FilePath.withCString(path) { tagma_temporary_add($0, true) })
      guard FilePath.withCString(path, { mkdir($0, 0o777) }) == 0 else {
        throw OutputError(creating: "\(self.name)/\(name)", code: errno)
      }
    }
  }

  /// Writes a file within it, to the disk.
  package func write(_ bytes: [UInt8], to name: String) throws(OutputError) {
    let path = "\(path)/\(name)"
    places.append(FilePath.withCString(path) { tagma_temporary_add($0, false) })
    let file = FileSystem.open(path, O_WRONLY | O_CREAT | O_TRUNC)
    guard file >= 0 else { throw OutputError(creating: "\(self.name)/\(name)", code: errno) }
    var failure = FileSystem.write(bytes, to: file)
    if failure == 0, fsync(file) != 0, errno != EINVAL { failure = errno }
    if close(file) != 0, failure == 0 { failure = errno }
    guard failure == 0 else {
      throw OutputError(kind: .writeFailed, path: "\(self.name)/\(name)", code: failure)
    }
  }

  /// Gives a file or a link elsewhere on the disk a second name within it; returns 0, or the system's error number.
  package func add(_ path: String, as name: String) -> Int32 {
    let own = "\(self.path)/\(name)"
    places.append(FilePath.withCString(own) { tagma_temporary_add($0, false) })
    return FileSystem.duplicate(path, as: own)
  }

  /// Moves it beside another folder, on the same disk; returns 0, or the system's error number.
  package func move(beside folder: String) -> Int32 {
    let other = "\(FilePath.folder(of: folder))/\(FileSystem.temporaryName())"
    let failure = FileSystem.move(path, to: other)
    if failure == 0 { path = other }
    return failure
  }
}

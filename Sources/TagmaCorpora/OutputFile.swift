internal import CTagmaFiles
internal import CTagmaZlib
internal import Foundation

/// Where results go: every write is checked, a file appears under its name only when it is whole.
///
/// What it replaces lends it its permissions and its links: a link is followed, and a file of several names stays one.
public final class OutputFile {
  public let path: String
  /// Where the bytes go until they are whole; nil where they go to their place at once.
  private let temporary: TemporaryFile?
  private let descriptor: Int32
  private let ownsDescriptor: Bool
  private var buffer: [UInt8] = []
  private var gzip: OpaquePointer?
  private static let limit = 1 << 16

  /// Standard output for `-`; otherwise a file beside `path` that `commit` renames to it.
  ///
  /// Devices, pipes and descriptors (`/dev/stdout`) are written to directly. Compressed where the name ends in `.gz`.
  public convenience init(_ path: String) throws(OutputError) {
    try self.init(path, sparing: FileSet())
  }

  /// - Parameter inputs: Files that are read: they are not written over.
  package init(_ path: String, sparing inputs: FileSet) throws(OutputError) {
    self.path = path == "-" ? "<stdout>" : path
    if let number = Self.descriptor(path) {
      (temporary, ownsDescriptor) = (nil, number > STDERR_FILENO)
      descriptor = ownsDescriptor ? dup(number) : number
      guard let status = FileSystem.status(descriptor: descriptor) else {
        throw OutputError(kind: .cannotCreate, path: self.path, code: EBADF)
      }
      if inputs.contains(status) { throw OutputError(kind: .isInput, path: self.path) }
    } else {
      let target = FilePath.followingLinks(path)
      let old = FileSystem.status(target)
      if let old, inputs.contains(old) { throw OutputError(kind: .isInput, path: path) }
      temporary = try TemporaryFile(for: target, replacing: old, named: path)
      ownsDescriptor = temporary == nil
      descriptor =
        temporary?.descriptor
        ?? FileSystem.open(target, O_WRONLY | (old?.kind == .file ? O_TRUNC : 0))
      guard descriptor >= 0 else { throw OutputError(creating: path, code: errno) }
    }
    if path.hasSuffix(".gz") { gzip = tagma_deflate_open(6) }
  }

  /// The number of a descriptor that a name stands for; nil for a file's name.
  private static func descriptor(_ path: String) -> Int32? {
    switch path {
    case "-", "/dev/stdout": return STDOUT_FILENO
    case "/dev/stderr": return STDERR_FILENO
    default:
      let folders = ["/dev/fd/", "/proc/self/fd/"]
      return folders.first(where: path.hasPrefix).flatMap { Int32(path.dropFirst($0.count)) }
    }
  }

  deinit {
    // What was good before an error is there, where it can be.
    if temporary == nil, gzip == nil, descriptor >= 0, !buffer.isEmpty { try? flush() }
    if let gzip { tagma_zstream_close(gzip) }
    if ownsDescriptor, descriptor >= 0 { close(descriptor) }
  }

  public func write(_ text: String) throws(OutputError) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.limit { try flush() }
  }

  public func write(_ bytes: [UInt8]) throws(OutputError) {
    buffer += bytes
    if buffer.count >= Self.limit { try flush() }
  }

  /// Hands everything written so far to the system.
  public func flush() throws(OutputError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    if gzip == nil { try put(buffer) } else { try deflate(finish: false) }
  }

  /// Ends the output; a file is synchronised and takes its name.
  public func commit() throws(OutputError) {
    if gzip == nil { try flush() } else { try deflate(finish: true) }
    guard let code = temporary?.takeName(), code != 0 else { return }
    throw OutputError(kind: .writeFailed, path: path, code: code)
  }

  private func deflate(finish: Bool) throws(OutputError) {
    var (input, done) = (buffer, false)
    buffer.removeAll(keepingCapacity: true)
    repeat {
      var (inCount, outCount, status) = (input.count, Self.limit, Int32(0))
      let block = [UInt8](unsafeUninitializedCapacity: outCount) { out, used in
        status = input.withUnsafeBufferPointer {
          tagma_deflate(gzip, $0.baseAddress, &inCount, out.baseAddress, &outCount, finish ? 1 : 0)
        }
        used = outCount
      }
      input.removeFirst(inCount)
      try put(block)
      done = finish ? status == 1 : input.isEmpty && outCount < Self.limit
    } while !done
  }

  private func put(_ bytes: [UInt8]) throws(OutputError) {
    let code = FileSystem.write(bytes, to: descriptor)
    guard code == 0 else { throw OutputError(kind: .writeFailed, path: path, code: code) }
  }
}

/// Writes a whole file so that it is either the old one or the new one, also after a loss of power.
public func writeAtomically(_ bytes: [UInt8], to path: String) throws(OutputError) {
  let file = try OutputFile(path)
  try file.write(bytes)
  try file.commit()
}

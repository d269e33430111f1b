internal import CTagmaZlib
internal import Foundation

/// Why something could not be written.
public struct OutputError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    case cannotCreate
    case noPermission
    case writeFailed
  }
  public let kind: Kind
  public let path: String
  /// The system's error number.
  public let code: Int32

  public init(kind: Kind, path: String, code: Int32) {
    self.kind = kind
    self.path = path
    self.code = code
  }

  public var description: String {
    let what = kind == .writeFailed ? "write failed" : "cannot be created"
    return "\(path): \(what): \(String(cString: strerror(code)))"
  }
}

/// Where results go: every write is checked, a file appears under its name only when it is whole.
public final class OutputFile {
  public let path: String
  private let temporary: String?
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private var gzip: OpaquePointer?
  private static let limit = 1 << 16

  /// Standard output for `-`; otherwise a file beside `path` that `commit` renames to it.
  ///
  /// Compressed where the name ends in `.gz`.
  public init(_ path: String) throws(OutputError) {
    self.path = path == "-" ? "<stdout>" : path
    if path == "-" {
      temporary = nil
      descriptor = STDOUT_FILENO
      return
    }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      // Devices and pipes are written to directly.
      temporary = nil
      descriptor = open(path, O_WRONLY)
    } else {
      temporary = "\(path).tmp-\(getpid())"
      descriptor = open(temporary ?? path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    }
    guard descriptor >= 0 else {
      let kind: OutputError.Kind = errno == EACCES || errno == EPERM ? .noPermission : .cannotCreate
      throw OutputError(kind: kind, path: path, code: errno)
    }
    if path.hasSuffix(".gz") { gzip = tagma_deflate_open(6) }
  }

  deinit {
    if let gzip { tagma_zstream_close(gzip) }
    if descriptor > STDERR_FILENO { close(descriptor) }
    if let temporary, descriptor >= 0 { unlink(temporary) }
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
    guard let temporary else { return }
    guard fsync(descriptor) == 0, close(descriptor) == 0 else {
      throw OutputError(kind: .writeFailed, path: path, code: errno)
    }
    descriptor = -1
    guard rename(temporary, path) == 0 else {
      throw OutputError(kind: .writeFailed, path: path, code: errno)
    }
    synchronizeDirectory(of: path)
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
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw OutputError(kind: .writeFailed, path: path, code: count < 0 ? errno : EIO)
      }
      done += count
    }
  }
}

/// Writes a whole file so that it is either the old one or the new one, also after a loss of power.
public func writeAtomically(_ bytes: [UInt8], to path: String) throws(OutputError) {
  let file = try OutputFile(path)
  try file.write(bytes)
  try file.commit()
}

private func synchronizeDirectory(of path: String) {
  let folder = (path as NSString).deletingLastPathComponent
  let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}

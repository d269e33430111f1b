internal import Foundation

/// Names of files as the system has them: bytes separated by `/`, which need not be UTF-8.
///
/// In a `String` a byte that is not part of UTF-8 stands as one of the last 128 scalars there are, U+10FF80 to U+10FFFF; they
/// are for private use, and become that byte again wherever a file is named to the system.
package enum FilePath {
  /// The text of bytes that end in 0, such as an argument of the program.
  package static func text(_ bytes: UnsafePointer<CChar>) -> String {
    text(UnsafeRawBufferPointer(start: bytes, count: strlen(bytes)))
  }

  /// The text of bytes.
  package static func text(_ bytes: some Collection<UInt8>) -> String {
    let bytes = Array(bytes)
    if !bytes.contains(escapeLead), let text = String(validating: bytes, as: UTF8.self) {
      return text
    }
    var text = ""
    var rest = bytes[...]
    while !rest.isEmpty {
      let bad = firstInvalidByte(rest)
      var good = rest[..<bad]
      // What looks like one of the scalars that stand for bytes is bytes.
      if let escape = escape(in: good) { good = good[..<escape] }
      text += String(decoding: good, as: UTF8.self)
      rest = rest[good.endIndex...]
      guard let byte = rest.popFirst(), let scalar = Unicode.Scalar(0x10ff00 + UInt32(byte)) else {
        break
      }
      text.unicodeScalars.append(scalar)
      // The other bytes of such a scalar are no UTF-8 by themselves.
    }
    return text
  }

  /// The bytes of a name.
  package static func bytes(_ path: String) -> [UInt8] {
    let bytes = Array(path.utf8)
    guard bytes.contains(escapeLead) else { return bytes }
    var out: [UInt8] = []
    var rest = bytes[...]
    while let escape = escape(in: rest) {
      out += rest[..<escape]
      out.append(0x80 | (rest[escape + 2] & 1) << 6 | rest[escape + 3] & 0x3f)
      rest = rest[(escape + 4)...]
    }
    return out + rest
  }

  private static let escapeLead: UInt8 = 0xf4

  /// Where the first scalar stands that is for a byte.
  private static func escape(in bytes: ArraySlice<UInt8>) -> Int? {
    bytes.indices.first { i in
      bytes[i] == escapeLead && i + 3 < bytes.endIndex && bytes[i + 1] == 0x8f
        && bytes[i + 2] >= 0xbe
    }
  }

  /// Calls `body` with the name as C wants it.
  package static func withCString<Result>(
    _ path: String, _ body: (UnsafePointer<CChar>) throws -> Result
  ) rethrows -> Result {
    try (bytes(path) + [0]).withUnsafeBytes { buffer in
      try buffer.withMemoryRebound(to: CChar.self) { chars in
        // An array of one byte at least has a place.
        guard let start = chars.baseAddress else { preconditionFailure("a name without an end") }
        return try body(start)
      }
    }
  }
}

// MARK: - Parts of a path

extension FilePath {
  private static let slash: UInt8 = 0x2f

  /// The last part: `c` of `a/b/c` and of `a/b/c/`; `/` of `/`; empty where there is nothing.
  package static func name(of path: String) -> String {
    let (folder, name) = parts(of: path)
    return name.isEmpty && !folder.isEmpty ? "/" : String(decoding: name, as: UTF8.self)
  }

  /// The folder that the last part stands in: `a/b` of `a/b/c`, `.` of `c`, `/` of `/c`.
  package static func folder(of path: String) -> String {
    let (folder, _) = parts(of: path)
    guard !folder.isEmpty else { return "." }
    let end = folder.lastIndex { $0 != slash }
    return end.map { String(decoding: folder[...$0], as: UTF8.self) } ?? "/"
  }

  /// The last part without what stands from its last full stop on; `.profile` has none.
  package static func stem(of path: String) -> String {
    let name = name(of: path)
    guard let stop = name.utf8.lastIndex(of: 0x2e),
      name.utf8[..<stop].contains(where: { $0 != 0x2e })
    else { return name }
    return String(decoding: name.utf8[..<stop], as: UTF8.self)
  }

  /// All up to the last part with the slashes between, and the last part.
  private static func parts(of path: String) -> (
    folder: ArraySlice<UInt8>, name: ArraySlice<UInt8>
  ) {
    var bytes = Array(path.utf8)[...]
    while bytes.count > 1, bytes.last == slash { bytes.removeLast() }
    guard let last = bytes.lastIndex(of: slash) else { return ([], bytes) }
    return (bytes[...last], bytes[(last + 1)...])
  }

  /// Where a link leads to, also one to a file that is not there yet; another path as it is.
  package static func followingLinks(_ path: String) -> String {
    var path = path
    for _ in 0..<40 {
      var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let count = withCString(path) { name in
        target.withUnsafeMutableBytes { buffer in
          buffer.withMemoryRebound(to: CChar.self) {
            $0.baseAddress.map { readlink(name, $0, Int(PATH_MAX)) } ?? -1
          }
        }
      }
      guard count > 0 else { break }
      let next = text(target[..<count])
      path = next.hasPrefix("/") ? next : "\(folder(of: path))/\(next)"
    }
    return path
  }
}

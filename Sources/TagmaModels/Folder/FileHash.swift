package import Crypto
internal import Foundation
internal import TagmaCorpora

/// SHA-256 of a file, hexadecimal; empty for standard input and pipes, which cannot be read twice.
public func fileSHA256(_ path: String) throws -> String {
  let descriptor = FileSystem.open(path, O_RDONLY | O_NONBLOCK)
  guard descriptor >= 0 else { return "" }
  let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  guard FileSystem.status(descriptor: descriptor)?.kind == .file else { return "" }
  var hash = SHA256()
  while let block = try file.read(upToCount: 1 << 20), !block.isEmpty { hash.update(data: block) }
  return hexadecimal(hash.finalize())
}

/// SHA-256 of settings: equal ones have the same.
package func settingsHash(_ settings: any Encodable...) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  var hash = SHA256()
  for part in settings { hash.update(data: (try? encoder.encode(part)) ?? Data()) }
  return hexadecimal(hash.finalize())
}

package func hexadecimal(_ digest: SHA256.Digest) -> String {
  digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

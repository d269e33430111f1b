internal import Foundation

/// Files by what they are, not by what they are called: two names of one file are one.
package struct FileSet: Sendable {
  struct Identity: Hashable, Sendable {
    let device, number: UInt64
  }

  private var identities: Set<Identity> = []

  package init() {}

  /// The files that these names lead to, links followed.
  ///
  /// `-` is standard input; of a model's folder it is all that is in it.
  package init(_ paths: [String]) {
    for path in paths { insert(path) }
  }

  /// Adds what a name leads to; what is not there, or no file, is none.
  package mutating func insert(_ path: String) {
    let status =
      path == "-" ? FileSystem.status(descriptor: STDIN_FILENO) : FileSystem.status(path)
    switch status?.kind {
    case .file: if let identity = status?.identity { identities.insert(identity) }
    case .folder where FileSystem.exists("\(path)/model.json"):
      insertFiles(in: path, depth: 0)
    default: break
    }
  }

  private mutating func insertFiles(in folder: String, depth: Int) {
    for name in FileSystem.names(in: folder) {
      let path = "\(folder)/\(name)"
      if !FileSystem.isFolder(path) {
        insert(path)
      } else if depth < 3 {
        // Models lie in folders within each other, but no deeper.
        insertFiles(in: path, depth: depth + 1)
      }
    }
  }

  package func contains(_ status: FileSystem.Status) -> Bool {
    status.kind == .file && identities.contains(status.identity)
  }

  /// Whether a name leads to one of them.
  package func contains(_ path: String) -> Bool {
    FileSystem.status(path).map { contains($0) } ?? false
  }
}

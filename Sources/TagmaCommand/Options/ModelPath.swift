internal import Foundation
internal import Tagma

/// Finds models by name.
enum ModelPath {
  /// A path; else a name in `TAGMA_MODELS`, in `models` beside the program, or in the current folder.
  static func find(_ name: String) throws -> String {
    var candidates = [name]
    if !name.contains("/") {
      if let folder = ProcessInfo.processInfo.environment["TAGMA_MODELS"] {
        candidates.append("\(folder)/\(name)")
      }
      let program = URL(fileURLWithPath: programPath).resolvingSymlinksInPath()
        .deletingLastPathComponent().path
      candidates += [
        "\(program)/models/\(name)", "\(program)/../share/tagma/models/\(name)", "models/\(name)",
      ]
    }
    for path in candidates where FileManager.default.fileExists(atPath: "\(path)/model.json") {
      return path
    }
    // A folder without model.json gets the more exact message of the reader.
    if FileManager.default.fileExists(atPath: name) { return name }
    throw ModelError(.modelNotFound, path: name)
  }

  /// The segmenter that a model is, or holds.
  static func segmenter(_ name: String) throws -> String {
    let path = try find(name)
    let inner = "\(path)/segmenter"
    return FileManager.default.fileExists(atPath: inner) ? inner : path
  }

  private static var programPath: String {
    #if os(Linux)
      "/proc/self/exe"
    #else
      Bundle.main.executablePath ?? CommandLine.arguments[0]
    #endif
  }
}

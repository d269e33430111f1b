internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// Finds models by name.
enum ModelPath {
  /// The folder of a model: a path; else the name of a folder of models, in the order of `folders`.
  static func find(_ name: String) throws -> String {
    let isName = !name.isEmpty && !name.contains("/")
    let candidates = [name] + (isName ? folders.map { "\($0)/\(name)" } : [])
    for path in candidates where FileSystem.exists("\(path)/model.json") {
      return path
    }
    // A folder without model.json gets the more exact message of the reader.
    if FileSystem.exists(name) { return name }
    guard isName else { throw ModelError(.modelNotFound, path: name) }
    throw ModelNotFound(name: name, folders: folders)
  }

  /// Where models are looked for by name: `TAGMA_MODELS`, `models` beside the program, `share/tagma/models` of where it is
  /// installed, `models` in the current folder, then in those above the program, as that of a repository it was built in.
  static var folders: [String] {
    var folders: [String] = []
    if let named = ProcessInfo.processInfo.environment["TAGMA_MODELS"], !named.isEmpty {
      folders.append(named)
    }
    var place = FilePath.folder(of: FileSystem.realPath(programPath) ?? "/")
    folders.append("\(place)/models")
    folders.append("\(FilePath.folder(of: place))/share/tagma/models")
    folders.append("models")
    while place != "/" {
      place = FilePath.folder(of: place)
      folders.append(place == "/" ? "/models" : "\(place)/models")
    }
    return folders
  }

  /// The segmenter that a model is, or holds.
  static func segmenter(_ name: String) throws -> String {
    let path = try find(name)
    let inner = "\(path)/segmenter"
    return FileSystem.exists(inner) ? inner : path
  }

  /// What a model is called: the last part of its path, for `.` that of the folder.
  static func title(of path: String) -> String {
    let name = FilePath.name(of: path)
    guard [".", "..", "/", ""].contains(name) else { return name }
    return FilePath.name(of: FileSystem.realPath(path) ?? path)
  }

  private static var programPath: String {
    #if os(Linux)
      "/proc/self/exe"
    #else
      Bundle.main.executablePath ?? CommandLine.arguments[0]
    #endif
  }
}

/// There is no model of a name; says where it was looked for and which there are.
struct ModelNotFound: Error, CustomStringConvertible {
  let name: String
  /// Folders of models, whether they are there or not.
  let folders: [String]

  var description: String {
    // Folders that are there say more than those that might be.
    var seen: Set<String> = []
    let known = folders.filter { FileSystem.realPath($0).map { seen.insert($0).inserted } ?? false }
    let places = ["this folder"] + known
    let found = models.map { "\($0.name) (\($0.kind))" }
    return "no model '\(name)' in \(places.joined(separator: ", ")); "
      + (found.isEmpty
        ? "no models there; TAGMA_MODELS may name a folder of models"
        : "there are \(found.joined(separator: ", "))")
  }

  /// Models in the folders, each by what finds it, with its kind and languages.
  private var models: [(name: String, kind: String)] {
    var kinds: [String: String] = [:]
    for folder in folders {
      for name in FileSystem.names(in: folder)
      where kinds[name] == nil {
        kinds[name] = Self.kind(of: "\(folder)/\(name)")
      }
    }
    return kinds.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// `tagger, en` or `translator, en to de`; nil where a folder holds no model.
  private static func kind(of folder: String) -> String? {
    struct Head: Decodable {
      let kind: String
      let language, source, target: String?
    }
    guard let data = FileSystem.contents("\(folder)/model.json", limit: 1 << 20),
      let head = try? JSONDecoder().decode(Head.self, from: Data(data))
    else { return nil }
    if let source = head.source, let target = head.target {
      return "\(head.kind), \(source) to \(target)"
    }
    return head.language.map { "\(head.kind), \($0)" } ?? head.kind
  }
}

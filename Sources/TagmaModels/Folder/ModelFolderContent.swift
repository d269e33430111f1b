internal import Foundation
internal import TagmaCorpora

/// Whether a file is there and part of a model, also of one within another.
package func isOfModel(file path: String) -> Bool {
  guard FileSystem.exists(path) else { return false }
  var (folder, name) = (FilePath.folder(of: path), FilePath.name(of: path))
  // The deepest are those of a tagger's embeddings.
  for _ in 0..<3 {
    if ModelFolderContent.allFiles(in: folder).contains(name) { return true }
    name = "\(FilePath.name(of: folder))/\(name)"
    folder = FilePath.folder(of: folder)
  }
  return false
}

/// What is a model's in a folder that may hold other things.
enum ModelFolderContent {
  /// What stands beside a model and is of it, but not part of it: people may change it.
  static let companions: Set<String> = ["README.md", "LICENSE.txt", "report.html", "train.jsonl"]

  private static let names: Set<String> = [
    "weights.safetensors", "merges.txt", "scores.txt", "lemmas.tsv", "multiwords.tsv",
    "shortlist.tsv", "names.tsv",
  ]

  /// The files of a model of format 1, whose `model.json` does not name them; of a model within it `model.json`.
  static func modelFiles(in folder: String) -> [String] {
    let all = FileSystem.names(in: folder)
    let inner =
      all.filter { $0 == "segmenter" }
      + (all.contains("embeddings")
        ? FileSystem.names(in: "\(folder)/embeddings").map { "embeddings/\($0)" } : [])
    return all.filter { names.contains($0) || $0.hasSuffix(".vocab") }
      + inner.map { "\($0)/\(DescriptionFile.name)" }.filter {
        FileSystem.exists("\(folder)/\($0)")
      }
  }

  /// All that a model consists of, its `model.json` and the files of models within it among them; none where there is none.
  static func allFiles(in folder: String, withCompanions: Bool = false) -> Set<String> {
    guard
      let bytes = FileSystem.contents("\(folder)/\(DescriptionFile.name)", limit: 1 << 20)
    else { return [] }
    let head = try? JSONDecoder().decode(DescriptionFile.Head.self, from: Data(bytes))
    var files = withCompanions ? companions : []
    files.insert(DescriptionFile.name)
    for name in head?.filesCRC32.map({ Array($0.keys) }) ?? modelFiles(in: folder) {
      files.insert(name)
      guard FilePath.name(of: name) == DescriptionFile.name else { continue }
      let inner = FilePath.folder(of: name)
      for file in allFiles(in: "\(folder)/\(inner)", withCompanions: withCompanions) {
        files.insert("\(inner)/\(file)")
      }
    }
    return files
  }

  /// What else is in a folder: files, links, and folders without files (with a slash at the end).
  static func rest(of folder: String, without files: Set<String>) -> [String] {
    FileSystem.names(in: folder).flatMap { name -> [String] in
      if FileSystem.isTemporaryName(name) || files.contains(name) { return [] }
      let path = "\(folder)/\(name)"
      guard FileSystem.isFolder(path), FilePath.followingLinks(path) == path else { return [name] }
      let own = Set(
        files.lazy.filter { $0.hasPrefix("\(name)/") }.map { String($0.dropFirst(name.count + 1)) })
      let inner = rest(of: path, without: own)
      return inner.isEmpty && own.isEmpty ? ["\(name)/"] : inner.map { "\(name)/\($0)" }
    }
  }
}

internal import ArgumentParser
internal import Tagma
internal import TagmaCorpora

/// What all commands that write a file have in common: none writes over what it reads.
struct OverwriteOptions: ParsableArguments {
  @Flag(help: "Write over a file that is read, or one of a finished model.")
  var force = false

  /// Opens what `-o` names.
  ///
  /// - Parameter inputs: What is read, `-` for standard input; of a folder, as that of a model, all files in it.
  func open(_ path: String, reading inputs: [String]) throws -> OutputFile {
    guard path != "-" else { return try OutputFile(path, sparing: FileSet(inputs)) }
    let place = FilePath.followingLinks(path)
    if !force, isOfModel(file: place) { throw OutputError(kind: .isOfModel, path: path) }
    FileSystem.removeLeftovers(in: FilePath.folder(of: place))
    return try OutputFile(path, sparing: force ? FileSet() : FileSet(inputs))
  }

  /// Refuses to write over what is read, before anything is done.
  func check(_ outputs: [String], reading inputs: [String]) throws {
    guard !force else { return }
    let read = FileSet(inputs)
    for path in outputs where read.contains(path) { throw OutputError(kind: .isInput, path: path) }
  }
}

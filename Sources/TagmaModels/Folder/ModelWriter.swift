internal import Foundation
internal import TagmaCorpora
package import TagmaNeural

/// What stands beside a model: its card, its licence, the report of its training.
public enum ModelCompanions {
  /// What is there stays.
  case kept
  /// What is there goes, and texts come, by the names of their files; they are made when all files of the model are in a
  /// folder, which is given.
  case replaced((_ folder: String) throws -> [String: String])
}

/// Writes a model's folder whole or not at all.
///
/// All files are made in a folder of their own, and are on the disk before it takes the place of the one before, at once.
/// What else somebody has put into that folder stays.
package final class ModelWriter {
  private let stage: TemporaryFolder
  /// Where the model will stand.
  private let folder: String
  /// Where its files are in the stage, with a slash at the end; empty but for a model within another.
  private let prefix: String
  private let outer: ModelWriter?
  /// Whether a model that is there only changes.
  private let isAmendment: Bool
  /// Files of the model that was there, which go; of the outermost writer alone.
  private var old: Set<String>
  private var checksums: [String: String]

  /// Makes a new model.
  package init(to folder: String) throws {
    let isNew = !FileSystem.exists(folder)
    try FileSystem.makeFolder(folder)
    self.folder = FileSystem.realPath(folder) ?? folder
    (prefix, outer, isAmendment, checksums) = ("", nil, false, [:])
    old = ModelFolderContent.allFiles(in: self.folder)
    stage = try Self.stage(in: self.folder, named: folder, isNew: isNew)
  }

  /// Writes a new model, whole or not at all.
  ///
  /// - Parameter put: Puts its files.
  package static func write(
    to folder: String, beside companions: ModelCompanions, _ put: (ModelWriter) throws -> Void
  ) throws {
    let writer = try ModelWriter(to: folder)
    try put(writer)
    try writer.accompany(with: companions)
    try writer.commit()
  }

  /// Changes files of a model that is there; those that are not named stay.
  package init(amending files: ModelFiles) throws {
    folder = FileSystem.realPath(files.folder) ?? files.folder
    (prefix, outer, isAmendment, old) = ("", nil, true, [])
    checksums = try files.checksums()
    stage = try Self.stage(in: folder, named: files.folder)
  }

  private init(within outer: ModelWriter, _ name: String) throws {
    stage = outer.stage
    (folder, prefix) = ("\(outer.folder)/\(name)", "\(outer.prefix)\(name)/")
    (self.outer, isAmendment, old, checksums) = (outer, false, [], [:])
    try stage.makeFolder("\(outer.prefix)\(name)")
    outermost.leave(ModelFolderContent.allFiles(in: folder), of: self)
  }

  private static func stage(
    in folder: String, named name: String, isNew: Bool = false
  ) throws -> TemporaryFolder {
    FileSystem.removeLeftovers(in: folder)
    FileSystem.removeLeftovers(in: FilePath.folder(of: folder))
    return try TemporaryFolder(in: folder, named: name, isNew: isNew)
  }

  private var outermost: ModelWriter { outer?.outermost ?? self }

  private func leave(_ files: Set<String>, of writer: ModelWriter) {
    old.formUnion(files.map { writer.prefix + $0 })
  }

  private var holdsModel: Bool { FileSystem.exists("\(folder)/\(DescriptionFile.name)") }
}

// MARK: - What the model consists of

extension ModelWriter {
  /// A model within the model.
  package func inner(_ name: String) throws -> ModelWriter {
    try ModelWriter(within: self, name)
  }

  /// Takes in a model that stands where it belongs already, where there was none around it.
  package func adopt(_ name: String, ofKind kind: String) {
    let path = "\(folder)/\(name)"
    guard !holdsModel, let files = try? ModelFiles(in: path), files.kind == kind,
      let bytes = FileSystem.contents(files.path(of: DescriptionFile.name))
    else { return }
    checksums["\(name)/\(DescriptionFile.name)"] = hexadecimal(crc32(bytes[...]))
  }

  /// Adds a file.
  package func put(_ name: String, _ bytes: [UInt8]) throws {
    checksums[name] = hexadecimal(crc32(bytes[...]))
    try stage.write(bytes, to: prefix + name)
  }

  /// Adds what stands beside the model, when that is finished.
  package func accompany(with companions: ModelCompanions) throws {
    guard case .replaced(let makeTexts) = companions else { return }
    let texts = try makeTexts("\(stage.path)/\(prefix)")
    let isNew = !holdsModel
    if !isNew {
      outermost.leave(ModelFolderContent.allFiles(in: folder, withCompanions: true), of: self)
    }
    for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
      // Where there was no model, a card and a licence are of something else.
      if isNew, ["README.md", "LICENSE.txt"].contains(name), FileSystem.exists("\(folder)/\(name)")
      {
        continue
      }
      try stage.write(Array(text.utf8), to: prefix + name)
    }
  }

  /// Adds the weights and the description, when all other files are there.
  ///
  /// - Parameter storage: How weights are stored; nil is the smallest way that holds every one as it is.
  package func finish<Description: FolderDescription>(
    _ description: Description, _ parameters: Parameters, as storage: WeightStorage?
  ) throws {
    try put(
      WeightsFile.name,
      WeightsFile.bytes(
        of: parameters, as: storage ?? parameters.storage,
        format: "tagma \(Description.kind) \(ModelFormat.weights)"))
    try finish(description)
  }

  /// Adds the description, when all other files are there.
  package func finish(_ description: some FolderDescription) throws {
    var description = description
    description.folder.formatVersion = ModelFormat.current
    if let weights = checksums[WeightsFile.name] { description.folder.weightsCRC32 = weights }
    description.folder.filesCRC32 = checksums
    let bytes = try DescriptionFile.bytes(of: description)
    try stage.write(bytes, to: prefix + DescriptionFile.name)
    guard let outer else { return }
    let name = prefix.dropFirst(outer.prefix.count) + DescriptionFile.name
    outer.checksums[String(name)] = hexadecimal(crc32(bytes[...]))
  }
}

// MARK: - The new in the place of the old

extension ModelWriter {
  /// Puts the model in its place.
  package func commit() throws {
    if !holdsModel || !exchange() { try replaceInPlace() }
  }

  /// Lets the new folder and the old one change places; false where that cannot be.
  private func exchange() -> Bool {
    // Whoever works in the folder would find himself in one that is gone.
    guard !FileSystem.isWorkingFolder(folder), keepRest() else { return false }
    FileSystem.copyPermissions(of: folder, to: stage.path)
    FileSystem.synchronize(folder: stage.path)
    guard stage.move(beside: folder) == 0, FileSystem.exchange(stage.path, with: folder) == 0
    else { return false }
    FileSystem.synchronize(folder: FilePath.folder(of: folder))
    return true
  }

  /// Gives what is not the old model's a second name in the new folder; false where that cannot be.
  private func keepRest() -> Bool {
    for name in ModelFolderContent.rest(of: folder, without: old)
    where !FileSystem.exists("\(stage.path)/\(name)") {
      do {
        try stage.makeFolder(name.hasSuffix("/") ? name : FilePath.folder(of: name))
      } catch {
        return false
      }
      if !name.hasSuffix("/"), stage.add("\(folder)/\(name)", as: name) != 0 { return false }
    }
    return true
  }

  /// Puts file after file in its place, the description last: in between there is no model, or one whose checksums do not fit.
  private func replaceInPlace() throws {
    if !isAmendment { FileSystem.remove("\(folder)/\(DescriptionFile.name)") }
    for name in old { FileSystem.remove("\(folder)/\(name)") }
    try moveIn(stage.path, to: folder)
    FileSystem.synchronize(folder: folder)
  }

  private func moveIn(_ stage: String, to folder: String) throws {
    let names = FileSystem.names(in: stage).filter { $0 != DescriptionFile.name }
    for name in names + [DescriptionFile.name] where FileSystem.exists("\(stage)/\(name)") {
      let (from, to) = ("\(stage)/\(name)", "\(folder)/\(name)")
      if FileSystem.isFolder(from), FileSystem.isFolder(to) {
        try moveIn(from, to: to)
        continue
      }
      let failure = FileSystem.move(from, to: to)
      guard failure == 0 else { throw OutputError(kind: .writeFailed, path: to, code: failure) }
    }
  }
}

internal import Foundation
internal import TagmaCorpora
package import TagmaLexicon
internal import TagmaNeural

/// The folder of a model that is read: each file with all that could be wrong with it in mind, and compared with the
/// checksum that `model.json` has of it.
package struct ModelFiles: Sendable {
  /// Whether files are compared with their checksums.
  package enum Trust: Sendable {
    case checked
    /// Taken as they are, so that they can be given checksums.
    case asTheyAre
  }

  package let folder: String
  private let trust: Trust
  private let head: DescriptionFile.Head
  private let descriptionBytes: [UInt8]

  package init(in folder: String, _ trust: Trust = .checked) throws {
    try self.init(folder, trust, expected: nil)
  }

  /// - Parameter expected: The checksum that the model around it has of `model.json`.
  private init(_ folder: String, _ trust: Trust, expected: String?) throws {
    (self.folder, self.trust) = (folder, trust)
    guard FileSystem.isFolder(folder) else { throw Self.missing(folder) }
    let name = DescriptionFile.name
    descriptionBytes = try Self.bytes(of: name, in: folder, limit: DescriptionFile.limit)
    if let expected, trust == .checked {
      try Self.compare(descriptionBytes, expected, "\(folder)/\(name)")
    }
    head = try Self.decoded(Data(descriptionBytes), folder)
    guard head.formatVersion <= ModelFormat.current else {
      throw ModelError(
        .newerFormat(found: head.formatVersion, supported: ModelFormat.current),
        path: "\(folder)/\(name)")
    }
    guard trust == .checked, !isOfFormatOne else { return }
    guard head.filesCRC32 != nil, let own = head.descriptionCRC32 else {
      throw ModelError(.damaged("it has no checksums"), path: "\(folder)/\(name)")
    }
    let found = DescriptionFile.checksum(of: descriptionBytes)
    guard found == own else {
      throw ModelError(
        descriptionBytes.contains(0x0d) ? .lineEndsChanged : .checksum(expected: own, found: found),
        path: "\(folder)/\(name)")
    }
  }

  /// Whether only the weights have a checksum.
  package var isOfFormatOne: Bool { head.formatVersion < 2 }

  /// What the model is, such as `tagger`.
  package var kind: String { head.kind }

  package func path(of name: String) -> String { "\(folder)/\(name)" }
}

// MARK: - Files

extension ModelFiles {
  /// The bytes of a file.
  package func read(_ name: String, limit: Int = 2 << 30) throws -> [UInt8] {
    let bytes = try Self.bytes(of: name, in: folder, limit: limit)
    if trust == .checked, let checksums = head.filesCRC32 {
      guard let expected = checksums[name] else {
        throw ModelError(.notOfTheModel(name), path: folder)
      }
      try Self.compare(bytes, expected, path(of: name))
    }
    return bytes
  }

  /// Whether the model has a file that it need not have.
  ///
  /// One that is there although the model was written without it is refused: it would change what the model says.
  package func contains(_ name: String) throws -> Bool {
    let isThere = FileSystem.exists(path(of: name))
    guard trust == .checked, let checksums = head.filesCRC32 else { return isThere }
    guard checksums[name] != nil else {
      if isThere { throw ModelError(.notOfTheModel(name), path: folder) }
      return false
    }
    return true
  }

  /// The text of a file.
  package func text(_ name: String) throws -> String {
    guard let text = String(validating: try read(name), as: UTF8.self) else {
      throw ModelError(.damaged("not UTF-8"), path: path(of: name))
    }
    return text
  }

  /// A file of one entry a line.
  package func vocabulary(_ name: String) throws -> Vocabulary {
    let file = "\(name).vocab"
    let bytes = try read(file)
    guard let text = String(validating: bytes, as: UTF8.self),
      let vocabulary = Vocabulary(fileText: text), vocabulary.count > 0
    else {
      throw ModelError(.damaged("not UTF-8, empty, or two equal lines"), path: path(of: file))
    }
    return vocabulary
  }

  /// Whether there is a model within the model.
  package func containsModel(_ name: String) throws -> Bool {
    try contains("\(name)/\(DescriptionFile.name)")
  }

  /// The files of a model within the model.
  package func inner(_ name: String) throws -> ModelFiles {
    try ModelFiles(
      path(of: name), trust, expected: head.filesCRC32?["\(name)/\(DescriptionFile.name)"])
  }

  /// Compares bytes with a checksum that is known from elsewhere.
  func compare(_ bytes: [UInt8], of name: String, with expected: String) throws {
    if trust == .checked { try Self.compare(bytes, expected, path(of: name)) }
  }

  private static func compare(_ bytes: [UInt8], _ expected: String, _ path: String) throws {
    let found = hexadecimal(crc32(bytes[...]))
    guard found != expected else { return }
    if bytes.contains(0x0d), hexadecimal(crc32(withLineFeeds(bytes)[...])) == expected {
      throw ModelError(.lineEndsChanged, path: path)
    }
    throw ModelError(.checksum(expected: expected, found: found), path: path)
  }

  /// The bytes with line feeds where there are carriage returns before them.
  private static func withLineFeeds(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    for byte in bytes {
      if byte == 0x0a, out.last == 0x0d { out.removeLast() }
      out.append(byte)
    }
    return out
  }

  private static func bytes(of name: String, in folder: String, limit: Int) throws -> [UInt8] {
    let path = "\(folder)/\(name)"
    if let status = FileSystem.status(path), status.kind != .file {
      throw ModelError(.damaged("it is no file"), path: path)
    }
    if let bytes = FileSystem.contents(path, limit: limit) { return bytes }
    switch errno {
    case ENOENT, ENOTDIR: throw ModelError(.fileMissing(name), path: folder)
    case EACCES, EPERM: throw ModelError(.noPermission, path: path)
    case EFBIG: throw ModelError(.damaged("larger than \(limit) bytes"), path: path)
    default: throw ModelError(.cannotRead(String(cString: strerror(errno))), path: path)
    }
  }

  private static func missing(_ folder: String) -> ModelError {
    ModelError(errno == EACCES ? .noPermission : .modelNotFound, path: folder)
  }
}

// MARK: - All files

extension ModelFiles {
  /// What is wrong with any of the files, also of the models within.
  package func problems() -> [ModelError] {
    var problems: [ModelError] = []
    for name in (head.filesCRC32 ?? [:]).keys.sorted() {
      do {
        if FilePath.name(of: name) == DescriptionFile.name {
          problems += try inner(FilePath.folder(of: name)).problems()
        } else {
          _ = try read(name)
        }
      } catch let error as ModelError {
        problems.append(error)
      } catch {
        problems.append(ModelError(.damaged("\(error)"), path: path(of: name)))
      }
    }
    return problems
  }

  /// How many files have a checksum, also those of models within.
  package var fileCount: Int {
    1
      + (head.filesCRC32 ?? [:]).keys.reduce(0) { sum, name in
        guard FilePath.name(of: name) == DescriptionFile.name else { return sum + 1 }
        return sum + ((try? inner(FilePath.folder(of: name)))?.fileCount ?? 1)
      }
  }

  /// The checksums of all files that are the model's; those of a model of format 1 are computed.
  ///
  /// - Parameter names: What the files of a model of format 1 may be called.
  func checksums() throws -> [String: String] {
    if let checksums = head.filesCRC32 { return checksums }
    var found: [String: String] = [:]
    for name in ModelFolderContent.modelFiles(in: folder) {
      found[name] = hexadecimal(crc32(try Self.bytes(of: name, in: folder, limit: 2 << 30)[...]))
    }
    return found
  }
}

// MARK: - model.json

/// What a folder says it holds, such as `tagger`.
public func modelKind(in folder: String) throws -> String { try ModelFiles(in: folder).kind }

extension ModelFiles {
  /// Reads and checks `model.json`.
  package func description<Description: FolderDescription>() throws -> Description {
    guard head.kind == Description.kind else {
      throw ModelError(.otherKind(found: head.kind, expected: Description.kind), path: folder)
    }
    let data = Data(descriptionBytes)
    let description: Description = try Self.decoded(
      (try? Self.completed(data, with: Description())) ?? data, folder)
    try description.validate(path: path(of: DescriptionFile.name))
    return description
  }

  private static func decoded<Value: Decodable>(_ data: Data, _ folder: String) throws -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: data)
    } catch {
      throw ModelError(
        .damaged("it is not the expected JSON"), path: "\(folder)/\(DescriptionFile.name)")
    }
  }

  /// Settings that a model of an earlier version does not name have their defaults.
  private static func completed(_ data: Data, with defaults: some Encodable) throws -> Data {
    func overlay(_ base: Any, _ top: Any) -> Any {
      guard let base = base as? [String: Any], let top = top as? [String: Any] else { return top }
      return base.merging(top) { overlay($0, $1) }
    }
    let defaults = try JSONSerialization.jsonObject(with: JSONEncoder().encode(defaults))
    return try JSONSerialization.data(
      withJSONObject: overlay(defaults, try JSONSerialization.jsonObject(with: data)))
  }
}

/// Eight digits.
package func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}

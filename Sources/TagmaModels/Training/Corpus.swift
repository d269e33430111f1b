/// What a file holds that is learned from.
public struct Corpus<Item: Sendable>: Sendable {
  public var name: String
  /// SHA-256 of the file, hexadecimal, or empty.
  public var sha256: String
  public var items: [Item]

  public init(name: String, sha256: String = "", items: [Item]) {
    (self.name, self.sha256, self.items) = (name, sha256, items)
  }
}

/// A file that is learned from, whatever it holds.
public protocol CorpusFile {
  var name: String { get }
  var sha256: String { get }
}

extension Corpus: CorpusFile {}

/// What a model's description says of a file that it learned from.
@dynamicMemberLookup
public struct TrainingFile<Facts: Codable & Sendable & Equatable>: Sendable, Equatable {
  private struct Identity: Codable, Sendable, Equatable {
    var name: String
    var sha256: String
  }

  private var identity: Identity
  public var facts: Facts

  package init(_ file: some CorpusFile, _ facts: Facts) {
    identity = Identity(name: file.name, sha256: file.sha256)
    self.facts = facts
  }

  public var name: String { identity.name }
  public var sha256: String { identity.sha256 }

  public subscript<Value>(dynamicMember path: KeyPath<Facts, Value>) -> Value {
    facts[keyPath: path]
  }
}

extension TrainingFile: Codable {
  public init(from decoder: any Decoder) throws {
    identity = try Identity(from: decoder)
    facts = try Facts(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    try identity.encode(to: encoder)
    try facts.encode(to: encoder)
  }
}

/// Something that is written about each word.
public struct Task: Sendable, Hashable, Codable, CustomStringConvertible {
  public let name: String

  public init(_ name: String) {
    self.name = name
  }

  public static let upos = Task("upos")
  public static let xpos = Task("xpos")
  public static let feats = Task("feats")
  public static let lemma = Task("lemma")
  /// Dependency relations: learned beside other tasks, never written.
  public static let deprel = Task("deprel")
  public static let chunk = Task("chunk")
  public static let ner = Task("ner")

  /// The order in which columns of several tasks are written.
  public static let canonicalOrder: [Task] = [.upos, .xpos, .feats, .lemma, .chunk, .ner]

  /// Whether its labels are spans of words in a scheme such as BIO.
  public var isSpans: Bool { self == .ner || self == .chunk }

  public var description: String { name }

  public init(from decoder: any Decoder) throws {
    name = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

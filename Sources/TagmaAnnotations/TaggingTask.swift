/// Something that is written about each word.
public struct TaggingTask: Sendable, Hashable, Codable, CustomStringConvertible {
  public let name: String

  public init(_ name: String) {
    self.name = name
  }

  public static let upos = TaggingTask("upos")
  public static let xpos = TaggingTask("xpos")
  public static let feats = TaggingTask("feats")
  public static let lemma = TaggingTask("lemma")
  /// Dependency relations: learned beside other tasks, never written.
  public static let deprel = TaggingTask("deprel")
  public static let chunk = TaggingTask("chunk")
  public static let ner = TaggingTask("ner")

  /// The order in which columns of several tasks are written.
  public static let canonicalOrder: [TaggingTask] = [.upos, .xpos, .feats, .lemma, .chunk, .ner]

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

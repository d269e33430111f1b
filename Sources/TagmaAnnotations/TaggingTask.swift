/// Something that is written about each word; tasks of one name are the same.
public struct TaggingTask: Sendable, Hashable, Codable, CustomStringConvertible {
  public let name: String
  /// Whether its labels are spans of words in a scheme such as BIO.
  public let isSpans: Bool

  /// A task by name; names that are known are written in capitals or not (`NER`).
  public init(_ name: String) {
    let low = name.lowercased()
    self.init(exactly: Self.known.contains(low) ? low : name)
  }

  /// - Parameter isSpans: What the labels of a task that is not known are.
  public init(_ name: String, isSpans: Bool) {
    (self.name, self.isSpans) = (name, isSpans)
  }

  /// - Parameter name: As it is; `ner` and `chunk` are spans.
  private init(exactly name: String) {
    self.init(name, isSpans: Self.ofSpans.contains(name))
  }

  private static let ofSpans: Set<String> = ["chunk", "ner"]
  private static let known: Set<String> = [
    "upos", "xpos", "feats", "lemma", "deprel", "chunk", "ner", "segment",
  ]

  public static let upos = TaggingTask(exactly: "upos")
  public static let xpos = TaggingTask(exactly: "xpos")
  public static let feats = TaggingTask(exactly: "feats")
  public static let lemma = TaggingTask(exactly: "lemma")
  /// Dependency relations: learned beside other tasks, never written.
  public static let deprel = TaggingTask(exactly: "deprel")
  public static let chunk = TaggingTask(exactly: "chunk")
  public static let ner = TaggingTask(exactly: "ner")

  /// The order in which columns of several tasks are written.
  public static let canonicalOrder: [TaggingTask] = [.upos, .xpos, .feats, .lemma, .chunk, .ner]

  /// Whether the name says what the labels are.
  public var isKnown: Bool { Self.known.contains(name) }

  public var description: String { name }

  public static func == (a: TaggingTask, b: TaggingTask) -> Bool { a.name == b.name }

  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

// MARK: - As JSON

extension TaggingTask {
  private enum Key: CodingKey { case name, spans }

  /// A name, or an object that says what a name alone does not.
  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      self.init(exactly: name)
    } else {
      let object = try decoder.container(keyedBy: Key.self)
      self.init(
        try object.decode(String.self, forKey: .name),
        isSpans: try object.decode(Bool.self, forKey: .spans))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    if isSpans == Self.ofSpans.contains(name) {
      var container = encoder.singleValueContainer()
      try container.encode(name)
    } else {
      var object = encoder.container(keyedBy: Key.self)
      try object.encode(name, forKey: .name)
      try object.encode(isSpans, forKey: .spans)
    }
  }
}

/// A sentence: its words, what is written about them, and its place in the text.
public struct Sentence: Sendable, Equatable {
  /// Comment lines, each with its leading `#`.
  public var comments: [String]
  public var tokens: [Token]
  /// Surface tokens of several words, by the index of their first word.
  public var multiwordTokens: [MultiwordToken]
  /// Nodes of enhanced dependency graphs that have no surface form.
  public var emptyNodes: [EmptyNode]
  /// Labels that have no field of their own in a `Token`, one for each token.
  public var layers: [TaggingTask: [String]]
  /// The columns of a column file, one array for each token; empty for other formats.
  public var columns: [[String]]
  /// Numbers that were measured, one array for each token; empty where nothing was.
  public var numbers: [[Float]]
  /// Where the sentence came from, for messages.
  public var location: SourceLocation?

  public init(tokens: [Token] = [], comments: [String] = []) {
    self.tokens = tokens
    self.comments = comments
    multiwordTokens = []
    emptyNodes = []
    layers = [:]
    columns = []
    numbers = []
  }

  /// The forms of all words.
  public var forms: [String] { tokens.map(\.form) }

  /// The line of a word in the file that the sentence was read from; nil where it was read from none.
  public func location(ofWord index: Int) -> SourceLocation? {
    guard var place = location else { return nil }
    place.line += index
    if columns.isEmpty {
      place.line += comments.count
      place.line += multiwordTokens.count { $0.words.lowerBound <= index }
      place.line += emptyNodes.count { $0.wordsBefore <= index }
    }
    return place
  }

  /// The labels of a task, one for each token; nil where the sentence has none.
  public func labels(of task: TaggingTask) -> [String]? {
    switch task {
    case .upos: tokens.map(\.upos)
    case .xpos: tokens.map(\.xpos)
    case .feats: tokens.map(\.feats)
    case .lemma: tokens.map(\.lemma)
    case .deprel: tokens.map(\.deprel)
    default: layers[task]
    }
  }

  /// Sets the labels of a task, one for each token.
  public mutating func setLabels(_ labels: [String], of task: TaggingTask) {
    precondition(labels.count == tokens.count, "setLabels: one label a token")
    switch task {
    case .upos: for i in labels.indices { tokens[i].upos = labels[i] }
    case .xpos: for i in labels.indices { tokens[i].xpos = labels[i] }
    case .feats: for i in labels.indices { tokens[i].feats = labels[i] }
    case .lemma: for i in labels.indices { tokens[i].lemma = labels[i] }
    case .deprel: for i in labels.indices { tokens[i].deprel = labels[i] }
    default: layers[task] = labels
    }
  }
}

/// A word with the ten fields of CoNLL-U, less its number, which is its place in the sentence.
public struct Token: Sendable, Equatable {
  public var form: String
  public var lemma = "_"
  public var upos = "_"
  public var xpos = "_"
  public var feats = "_"
  public var head = "_"
  public var deprel = "_"
  public var deps = "_"
  public var misc = "_"
  /// Where the word stands in the text it was cut from.
  public var place: TextPlace?

  public init(form: String) {
    self.form = form
  }
}

/// A surface token that stands for several words, such as `don't` for `do` and `n't`.
public struct MultiwordToken: Sendable, Equatable {
  /// Indices of its words.
  public var words: ClosedRange<Int>
  public var form: String
  public var feats = "_"
  public var misc = "_"
  public var place: TextPlace?

  public init(words: ClosedRange<Int>, form: String) {
    self.words = words
    self.form = form
  }
}

/// A node without surface form, numbered `word.index` in CoNLL-U.
public struct EmptyNode: Sendable, Equatable {
  /// How many words stand before it.
  public var wordsBefore: Int
  /// Its number after that word, from 1.
  public var index: Int
  /// The fields from FORM to MISC.
  public var fields: [String]

  public init(wordsBefore: Int, index: Int, fields: [String]) {
    self.wordsBefore = wordsBefore
    self.index = index
    self.fields = fields
  }
}

/// A range of a text in the three units that programs count in.
public struct TextPlace: Sendable, Equatable {
  public var utf8: Range<Int>
  public var scalars: Range<Int>
  public var utf16: Range<Int>

  public init(utf8: Range<Int>, scalars: Range<Int>, utf16: Range<Int>) {
    self.utf8 = utf8
    self.scalars = scalars
    self.utf16 = utf16
  }
}

/// A place in a file, for messages.
public struct SourceLocation: Sendable, Equatable, CustomStringConvertible {
  public var file: String
  /// From 1.
  public var line: Int
  /// In Unicode scalars from 1, where it is known.
  public var column: Int?

  public init(file: String, line: Int, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }

  public var description: String {
    column.map { "\(file):\(line):\($0)" } ?? "\(file):\(line)"
  }
}

internal import TagmaLexicon
internal import TagmaModels
internal import TagmaNeural

/// Word vectors that were made elsewhere and stay as they are, for all words of their file.
///
/// A tagger's own table holds the words of its training data; these speak of others, too. A word that has no vector has
/// that of its small letters, or zeros.
final class FixedVectors: Sendable {
  /// What `model.json` says of them.
  struct Description: FolderDescription {
    static let kind = "vectors"

    var folder = FolderRecord(kind: kind)
    /// Numbers of a vector.
    var size = 1

    private enum CodingKeys: CodingKey { case size }

    init() {}

    init(from decoder: any Decoder) throws {
      folder = try FolderRecord(from: decoder)
      size = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .size)
    }

    func encode(to encoder: any Encoder) throws {
      try folder.encode(to: encoder)
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(size, forKey: .size)
    }

    func validate(path: String) throws {
      guard (1...65_536).contains(size) else {
        throw ModelError(.damaged("vectors of \(size) numbers"), path: path)
      }
    }
  }

  private static let vocabulary = "words"

  private let words: Vocabulary
  private let table: Embedding
  private let parameters: Parameters

  private init(
    _ words: Vocabulary, size: Int, values: (ParameterLayout) throws -> [Float]
  ) rethrows {
    var layout = ParameterLayout()
    self.words = words
    table = Embedding(count: words.count, size: size, name: "vectors", in: &layout)
    parameters = Parameters(layout, elements: try values(layout))
  }

  /// The first vector of each word.
  convenience init(_ vectors: WordVectorTable) {
    var words = Vocabulary()
    var values: [Float] = []
    values.reserveCapacity(vectors.values.count)
    for (i, word) in vectors.words.enumerated() where words[word] == nil {
      words.insert(word)
      values += vectors.vector(i)
    }
    self.init(words, size: vectors.size) { _ in values }
  }

  /// Reads what `write` wrote.
  convenience init(_ files: ModelFiles) throws {
    let description: Description = try files.description()
    let weights = try WeightsFile(in: files, crc32: description.folder.weightsCRC32)
    try self.init(
      files.vocabulary(Self.vocabulary), size: description.size, values: weights.elements)
  }

  func write(into writer: ModelWriter, as storage: WeightStorage?) throws {
    var description = Description()
    description.size = size
    try writer.put("\(Self.vocabulary).vocab", Array(words.fileText.utf8))
    try writer.finish(description, parameters, as: storage)
  }

  var size: Int { table.size }
  var count: Int { words.count }

  var checksum: String {
    var bytes = Array(words.fileText.utf8)
    bytes.reserveCapacity(bytes.count + 4 * parameters.elements.count)
    for value in parameters.elements {
      let bits = value.bitPattern
      for shift in [0, 8, 16, 24] as [UInt32] {
        bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
      }
    }
    return hexadecimal(crc32(bytes[...]))
  }

  /// `[N, size]`.
  func vectors(of forms: [String]) -> Matrix {
    var (ids, places): ([Int], [Int]) = ([], [])
    for (place, form) in forms.enumerated() {
      guard let id = words[form] ?? words[form.lowercased()] else { continue }
      ids.append(id)
      places.append(place)
    }
    var vectors = Matrix(rows: forms.count, columns: size)
    vectors.add(table.forward(ids, parameters), toRows: places)
    return vectors
  }
}

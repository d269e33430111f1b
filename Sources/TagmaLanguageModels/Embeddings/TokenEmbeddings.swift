internal import TagmaKernels
package import TagmaModels
package import TagmaNeural

/// Vectors of words that a tagger does not learn: what language models say of them in their sentences, and vectors that
/// were made elsewhere and stay as they are.
///
/// Immutable and safe to share between threads.
public final class TokenEmbeddings: Sendable {
  private let models: [ContextReader]
  private let fixed: FixedVectors?
  /// Width of what the models say.
  private let contextSize: Int

  /// Width of a word's vector: the columns of all models, then those of the fixed vectors.
  public let size: Int

  /// - Parameter vectors: What stays as it is.
  public convenience init(_ models: [LanguageModel], vectors: WordVectorTable? = nil) {
    self.init(models.map { ContextReader($0.model) }, vectors.map(FixedVectors.init))
  }

  private init(_ models: [ContextReader], _ fixed: FixedVectors?) {
    (self.models, self.fixed) = (models, fixed)
    contextSize = models.reduce(0) { $0 + $1.size }
    size = contextSize + (fixed?.size ?? 0)
  }

  // MARK: - Files

  private static let folder = "embeddings"
  private static let limit = 64

  /// Loads what `write` wrote into a folder; nil where there is nothing.
  package convenience init?(in files: ModelFiles) throws {
    var inner: [ModelFiles] = []
    for i in 0..<Self.limit {
      guard try files.containsModel("\(Self.folder)/\(i)") else { break }
      inner.append(try files.inner("\(Self.folder)/\(i)"))
    }
    guard let last = inner.last else { return nil }
    let hasFixed = last.kind == FixedVectors.Description.kind
    self.init(
      try inner.dropLast(hasFixed ? 1 : 0).map { ContextReader(try LanguageModelFolder($0)) },
      hasFixed ? try FixedVectors(last) : nil)
  }

  /// Writes all into a folder within another model's, each into a folder of its own.
  package func write(into writer: ModelWriter, as storage: WeightStorage?) throws {
    for (i, reader) in models.enumerated() {
      try reader.model.write(into: writer.inner("\(Self.folder)/\(i)"), as: storage)
    }
    try fixed?.write(into: writer.inner("\(Self.folder)/\(models.count)"), as: storage)
  }

  /// What tells these from others.
  package var checksums: [String] {
    models.map(\.model.description.folder.weightsCRC32) + (fixed.map { [$0.checksum] } ?? [])
  }

  /// Weights of the language models.
  public var parameterCount: Int { models.reduce(0) { $0 + $1.model.network.layout.count } }
  public var modelCount: Int { models.count }
  /// Words whose vectors stay as they are.
  public var vectorCount: Int { fixed?.count ?? 0 }

  // MARK: - Vectors

  /// A vector for each word, sentence after sentence, `[Σ words, size]`.
  package func vectors(of sentences: [[String]], threads: Int = 1) -> Matrix {
    var vectors = contexts(of: sentences, threads: threads)
    copyFixed(sentences.flatMap(\.self), into: &vectors)
    return vectors
  }

  /// What sentences tell of their words; zeros in the columns of the fixed vectors.
  package func contexts(of sentences: [[String]], threads: Int = 1) -> Matrix {
    var vectors = Matrix(rows: sentences.reduce(0) { $0 + $1.count }, columns: size)
    guard vectors.rows > 0 else { return vectors }
    var parts = models.map { (reader: $0, states: Matrix(rows: 0, columns: 0)) }
    forEachConcurrently(&parts, threads: threads) { _, part in
      part.states = part.reader.read(sentences)
    }
    var column = 0
    for part in parts {
      vectors.copy(part.states, toColumn: column)
      column += part.reader.size
    }
    return vectors
  }

  /// Overwrites the columns that do not depend on a word's sentence, `vectors` `[words, at least size]`.
  package func copyFixed(_ words: [String], into vectors: inout Matrix) {
    guard let fixed, !words.isEmpty else { return }
    vectors.copy(fixed.vectors(of: words), toColumn: contextSize)
  }
}

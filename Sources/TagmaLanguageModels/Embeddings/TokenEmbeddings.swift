internal import Foundation
internal import TagmaModels
package import TagmaNeural

/// What describes the words of sentences, beside a tagger's own tables.
protocol TokenReader: Sendable {
  /// Width of a word's vector.
  var size: Int { get }
  /// What tells it from others.
  var checksum: String { get }
  /// A vector for each word, sentence after sentence, `[Σ words, size]`.
  func read(_ sentences: [[String]]) -> Matrix
  /// Writes a folder of its own.
  func write(to folder: String, asBFloat16: Bool) throws
}

/// Vectors of words that a tagger does not learn: what language models say of them in their sentences, and vectors that
/// were made elsewhere and stay as they are.
///
/// Immutable and safe to share between threads.
public final class TokenEmbeddings: Sendable {
  private let readers: [any TokenReader]

  /// Width of a word's vector: those of all sources side by side.
  public let size: Int

  /// - Parameter vectors: What stays as it is; behind the models' columns.
  public convenience init(_ models: [LanguageModel], vectors: WordVectorTable? = nil) {
    self.init(
      models.map { ContextReader($0.model) } + (vectors.map { [FixedVectors($0)] } ?? []))
  }

  private init(_ readers: [any TokenReader]) {
    self.readers = readers
    size = readers.reduce(0) { $0 + $1.size }
  }

  /// Loads what `write` wrote into a folder; nil where there is nothing.
  package convenience init?(in folder: String) throws {
    let all = "\(folder)/\(Self.folder)"
    let inner = (0..<Self.limit).map { "\(all)/\($0)" }.prefix {
      FileManager.default.fileExists(atPath: $0)
    }
    guard !inner.isEmpty else { return nil }
    self.init(
      try inner.map { folder -> any TokenReader in
        try modelKind(in: folder) == FixedVectors.Description.kind
          ? FixedVectors(contentsOf: folder)
          : ContextReader(LanguageModel(contentsOf: folder).model)
      })
  }

  private static let folder = "embeddings"
  private static let limit = 64

  /// Writes all sources into a folder within another model's.
  package func write(to folder: String, asBFloat16: Bool) throws {
    for (i, reader) in readers.enumerated() {
      try reader.write(to: "\(folder)/\(Self.folder)/\(i)", asBFloat16: asBFloat16)
    }
    // What an earlier model left there would count as this one's.
    for i in readers.count..<max(Self.limit, readers.count) {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(Self.folder)/\(i)")
    }
  }

  /// What tells these sources from others.
  package var checksums: [String] { readers.map(\.checksum) }

  private var models: [LanguageModelFolder] {
    readers.compactMap { ($0 as? ContextReader)?.model }
  }
  /// Weights of the language models.
  public var parameterCount: Int { models.reduce(0) { $0 + $1.network.layout.count } }
  public var modelCount: Int { models.count }
  /// Words whose vectors stay as they are.
  public var vectorCount: Int {
    readers.reduce(0) { $0 + (($1 as? FixedVectors)?.count ?? 0) }
  }

  /// A vector for each word, sentence after sentence, `[Σ words, size]`.
  package func vectors(of sentences: [[String]]) -> Matrix {
    var vectors = Matrix(
      uninitializedRows: sentences.reduce(0) { $0 + $1.count }, columns: size)
    guard vectors.rows > 0 else { return vectors }
    var column = 0
    for reader in readers {
      vectors.copy(reader.read(sentences), toColumn: column)
      column += reader.size
    }
    return vectors
  }
}

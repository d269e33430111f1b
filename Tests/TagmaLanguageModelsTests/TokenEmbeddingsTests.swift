import Foundation
import TagmaLanguageModels
import TagmaLexicon
import TagmaModels
import TagmaNeural
import TestSupport
import Testing

@Suite("Words in their sentences")
struct TokenEmbeddingsTests {
  private static let words = [
    ["a1", "b2", "c3", "c3"], ["b2"], [], ["a1", "zz9", "b2 c3", "…", "a1", "b2", "c3"],
  ]

  private static func model(
    cell: CellKind = .lstm, sizes: [Int] = [5, 7], backward: Bool
  ) throws -> LanguageModel {
    var configuration = LanguageModelConfiguration()
    configuration.embeddingSize = 4
    configuration.cell = cell
    configuration.hiddenSizes = sizes
    configuration.readsBackward = backward
    var training = LanguageModelTrainingSettings()
    training.epochs = 1
    training.streams = 4
    training.steps = 10
    let trainer = try LanguageModelTrainer(
      corpora: [TextCorpus(name: "toy", items: LanguageModelTests.corpus(60, seed: 1))], dev: [],
      configuration: configuration, training: training)
    _ = try trainer.train { _ in }
    return trainer.bestModel()
  }

  @Test(
    "a word's vector is the state after its last unit, from the left and from the right",
    arguments: CellKind.allCases)
  func states(cell: CellKind) throws {
    for backward in [false, true] {
      let folder = TestData.temporaryFolder()
      try Self.model(cell: cell, backward: backward).write(to: folder)
      let embeddings = TokenEmbeddings([try LanguageModel(contentsOf: folder)])
      #expect(embeddings.size == 7)
      let vectors = embeddings.vectors(of: Self.words)
      #expect(vectors.rows == 12 && vectors.columns == 7)
      var row = 0
      for sentence in Self.words {
        for k in sentence.indices {
          let read = backward ? Array(sentence[k...]) : Array(sentence[...k])
          let expected = try plainState(after: read, backward: backward, folder)
          for (a, b) in zip(vectors.row(row), expected) { #expect(abs(a - b) < 2e-3) }
          row += 1
        }
      }
    }
  }

  /// The same, unit by unit, with what training reads with.
  private func plainState(
    after words: [String], backward: Bool, _ folder: String
  ) throws -> ArraySlice<Float> {
    let (network, subwords, parameters) = try LanguageModel(contentsOf: folder).parts
    var units = words.flatMap { subwords.encode($0) }
    if backward { units.reverse() }
    var carried = network.beginning(1)
    _ = network.read([Subwords.end] + units, &carried, parameters)
    return carried[carried.count - 1].h[...]
  }

  @Test("vectors do not depend on what else is read, nor on what was read before")
  func independent() throws {
    let embeddings = TokenEmbeddings(
      try [false, true].map { try Self.model(backward: $0) })
    #expect(embeddings.size == 14)
    let together = embeddings.vectors(of: Self.words)
    let alone = Self.words.flatMap { embeddings.vectors(of: [$0]).elements }
    for (a, b) in zip(together.elements, alone) { #expect(abs(a - b) < 1e-5) }
    #expect(embeddings.vectors(of: []).rows == 0)
  }

  @Test(
    "vectors made elsewhere are those of the word, of its small letters, or zeros; they survive their folder"
  )
  func fixed() throws {
    let table = WordVectorTable(
      words: ["Turkey", "turkey", "b", "Turkey"], size: 2, values: [1, 2, 3, 4, 5, 6, 7, 8])
    let embeddings = TokenEmbeddings([], vectors: table)
    #expect(embeddings.size == 2 && embeddings.vectorCount == 3 && embeddings.modelCount == 0)
    let sentences = [["Turkey", "TURKEY", "x"], [], ["B", "b"]]
    let expected: [Float] = [1, 2, 3, 4, 0, 0, 5, 6, 5, 6]
    #expect(embeddings.vectors(of: sentences).elements == expected)
    let folder = TestData.temporaryFolder()
    try write(embeddings, to: folder, as: .bfloat16)
    let read = try #require(try TokenEmbeddings(in: ModelFiles(in: folder)))
    #expect(read.vectors(of: sentences).elements == expected)
    #expect(read.checksums == embeddings.checksums)

    // All of these fit 8 bits and a scale for each row only nearly: a file keeps what is nearest.
    try write(embeddings, to: folder, as: .compact)
    let small = try #require(try TokenEmbeddings(in: ModelFiles(in: folder)))
    for (near, exact) in zip(small.vectors(of: sentences).elements, expected) {
      #expect(abs(near - exact) <= 8 / 254)
    }
    let other = TestData.temporaryFolder()
    try write(small, to: other)
    let file = "embeddings/0/weights.safetensors"
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
        == Data(contentsOf: URL(fileURLWithPath: "\(other)/\(file)")))

    let model = try Self.model(backward: false)
    let both = TokenEmbeddings([model], vectors: table)
    try write(both, to: folder)
    let again = try #require(try TokenEmbeddings(in: ModelFiles(in: folder)))
    #expect(again.size == 9 && again.checksums.last == both.checksums.last)
    #expect(Array(again.vectors(of: sentences).row(0).suffix(2)) == [1, 2])
  }

  /// A model that holds nothing but embeddings.
  private struct Carrier: FolderDescription {
    static let kind = "carrier"
    var folder = FolderRecord(kind: kind)

    init() {}
    init(from decoder: any Decoder) throws { folder = try FolderRecord(from: decoder) }
    func encode(to encoder: any Encoder) throws { try folder.encode(to: encoder) }
    func validate(path: String) {}
  }

  private func write(
    _ embeddings: TokenEmbeddings, to folder: String, as storage: WeightStorage? = nil
  ) throws {
    let writer = try ModelWriter(to: folder)
    try embeddings.write(into: writer, as: storage)
    try writer.finish(Carrier())
    try writer.commit()
  }

  @Test("damaged vectors are refused")
  func damaged() throws {
    let folder = TestData.temporaryFolder()
    let table = WordVectorTable(words: ["a", "b"], size: 2, values: [1, 2, 3, 4])
    try write(TokenEmbeddings([], vectors: table), to: folder)
    let inner = "\(folder)/embeddings/0"
    for (file, text) in [
      ("words.vocab", "a\n"), ("words.vocab", "a\na\n"), ("words.vocab", ""),
      ("weights.safetensors", "x"),
      ("model.json", #"{"kind": "vectors", "formatVersion": 1, "size": 0}"#),
    ] {
      let path = "\(inner)/\(file)"
      let before = try String(contentsOfFile: path, encoding: .isoLatin1)
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      for trust in [ModelFiles.Trust.checked, .asTheyAre] {
        #expect(throws: ModelError.self) { try TokenEmbeddings(in: ModelFiles(in: folder, trust)) }
      }
      try before.write(toFile: path, atomically: true, encoding: .isoLatin1)
    }
    #expect(try TokenEmbeddings(in: ModelFiles(in: folder))?.size == 2)
  }
}

internal import TagmaKernels
internal import TagmaLanguageModels
internal import TagmaNeural

/// What language models say of the words of the training data: read once, kept in 16 bits a number.
struct ContextStore: Sendable {
  private let embeddings: ContextualEmbeddings
  /// The different forms of the data.
  private let forms: [String]
  private let rows: QuantizedRows
  /// Words that are read at once.
  private static let batchWords = 2048

  /// Reads all examples, of which each word has a row.
  init(
    _ embeddings: ContextualEmbeddings, _ examples: [Example], forms: [String], threads: Int
  ) {
    self.embeddings = embeddings
    self.forms = forms
    var rows = QuantizedRows(
      rows: examples.reduce(0) { $0 + $1.context.count }, columns: embeddings.size)
    var batches: [(examples: Range<Int>, vectors: QuantizedRows?)] = []
    var (start, words) = (0, 0)
    for (i, example) in examples.enumerated() {
      words += example.forms.count
      if words >= Self.batchWords || i == examples.count - 1 {
        batches.append((start..<i + 1, nil))
        (start, words) = (i + 1, 0)
      }
    }
    // A few at a time: what was read takes twice the room until it is rounded.
    for some in stride(from: 0, to: batches.count, by: max(threads, 1)) {
      var part = Array(batches[some..<min(some + max(threads, 1), batches.count)])
      forEachConcurrently(&part, isParallel: threads > 1) { _, batch in
        let vectors = embeddings.vectors(
          of: examples[batch.examples].map { $0.forms.map { forms[$0] } })
        batch.vectors = QuantizedRows(
          vectors.elements.span, rows: vectors.rows, columns: vectors.columns)
      }
      for batch in part {
        guard let vectors = batch.vectors else { continue }
        for (k, row) in examples[batch.examples].flatMap(\.context).enumerated() {
          rows.copy(k, of: vectors, to: row)
        }
      }
    }
    self.rows = rows
  }

  /// The vectors of a batch's words, packed.
  func vectors(of examples: [Example], _ packing: PackedSequences) -> Matrix {
    var vectors = Matrix(uninitializedRows: packing.rows, columns: embeddings.size)
    var out = vectors.elements.mutableSpan
    for (i, example) in examples.enumerated() {
      let places = packing.rows(of: i)
      if example.context.isEmpty {
        let fresh = embeddings.vectors(of: [example.forms.map { forms[$0] }])
        for (t, place) in places.enumerated() {
          copyBlock(
            fresh.elements.span, stride: fresh.columns, at: t * fresh.columns, into: &out,
            stride: fresh.columns, at: place * fresh.columns, rows: 1, columns: fresh.columns)
        }
      } else {
        for (row, place) in zip(example.context, places) { rows.read(row, into: &out, at: place) }
      }
    }
    return vectors
  }
}

internal import TagmaKernels
internal import TagmaLanguageModels
internal import TagmaNeural

/// What is known of the words of the training data beside their forms: what language models say of them and fixed
/// vectors, read once and kept in 16 bits a number, and what was measured.
struct ContextStore: Sendable {
  private let embeddings: TokenEmbeddings?
  /// The different forms of the data.
  private let forms: [String]
  private let states: QuantizedRows
  /// `[words, columns of numbers]`, or nothing.
  private let numbers: Matrix
  /// Words that are read at once.
  private static let batchWords = 2048

  /// Reads all examples, of which each word has a row.
  init(
    _ embeddings: TokenEmbeddings?, numbers: Matrix, _ examples: [Example], forms: [String],
    threads: Int
  ) {
    self.embeddings = embeddings
    self.forms = forms
    self.numbers = numbers
    states =
      embeddings.map { Self.read(examples, $0, forms, threads: threads) }
      ?? QuantizedRows(rows: 0, columns: 0)
  }

  private static func read(
    _ examples: [Example], _ embeddings: TokenEmbeddings, _ forms: [String], threads: Int
  ) -> QuantizedRows {
    var states = QuantizedRows(
      rows: examples.reduce(0) { $0 + $1.context.count }, columns: embeddings.size)
    var batches: [(examples: Range<Int>, states: QuantizedRows?)] = []
    var (start, words) = (0, 0)
    for (i, example) in examples.enumerated() {
      words += example.forms.count
      if words >= batchWords || i == examples.count - 1 {
        batches.append((start..<i + 1, nil))
        (start, words) = (i + 1, 0)
      }
    }
    // A few at a time: what was read takes twice the room until it is rounded.
    for some in stride(from: 0, to: batches.count, by: max(threads, 1)) {
      var part = Array(batches[some..<min(some + max(threads, 1), batches.count)])
      forEachConcurrently(&part, threads: threads) { _, batch in
        let vectors = embeddings.vectors(
          of: examples[batch.examples].map { $0.forms.map { forms[$0] } })
        batch.states = QuantizedRows(
          vectors.elements.span, rows: vectors.rows, columns: vectors.columns)
      }
      for batch in part {
        guard let read = batch.states else { continue }
        for (k, row) in examples[batch.examples].flatMap(\.context).enumerated() {
          states.copy(k, of: read, to: row)
        }
      }
    }
    return states
  }

  /// All that is known of a batch's words, packed.
  func vectors(of examples: [Example], _ packing: PackedSequences, threads: Int) -> Matrix {
    var parts: [Matrix] = []
    if embeddings != nil { parts.append(states(of: examples, packing, threads)) }
    if numbers.columns > 0 {
      var rows = [Int](repeating: 0, count: packing.rows)
      for (i, example) in examples.enumerated() {
        for (row, place) in zip(example.context, packing.rows(of: i)) { rows[place] = row }
      }
      parts.append(numbers.gathering(rows: rows))
    }
    return concatenateColumns(parts)
  }

  private func states(of examples: [Example], _ packing: PackedSequences, _ threads: Int) -> Matrix
  {
    let size = states.columns
    var vectors = Matrix(uninitializedRows: packing.rows, columns: size)
    var out = vectors.elements.mutableSpan
    // What was changed is read anew, all at once.
    let changed = examples.indices.filter { examples[$0].context.isEmpty }
    let fresh = embeddings?.vectors(
      of: changed.map { examples[$0].forms.map { forms[$0] } }, threads: threads)
    var next = 0
    for (i, example) in examples.enumerated() {
      for (t, place) in packing.rows(of: i).enumerated() {
        if !example.context.isEmpty {
          states.read(example.context[t], into: &out, at: place)
        } else if let fresh {
          copyBlock(
            fresh.elements.span, stride: size, at: next * size, into: &out, stride: size,
            at: place * size, rows: 1, columns: size)
          next += 1
        }
      }
    }
    return vectors
  }
}

internal import TagmaAnnotations
internal import TagmaLanguageModels
internal import TagmaModels
internal import TagmaNeural

// What is known of words beside their forms.

extension Tagger {
  /// What is known of words whatever their sentences, `[N, contextInputSize]`, zeros in the other columns; it is part of
  /// the gates that are remembered.
  func context(ofWords forms: [String]) -> Matrix? {
    let size = description.configuration.contextInputSize
    guard size > 0 else { return nil }
    var context = Matrix(rows: forms.count, columns: size)
    embeddings?.copyFixed(forms, into: &context)
    return context
  }

  /// What sentences add: what language models say of all words, and what was measured, packed; nil where there is
  /// neither.
  func context(of sentences: [Sentence], _ packing: PackedSequences) -> Matrix? {
    let scales = description.numberScales
    guard embeddings?.modelCount ?? 0 > 0 || !scales.isEmpty else { return nil }
    var parts = embeddings.map { [$0.contexts(of: sentences.map(\.forms))] } ?? []
    if !scales.isEmpty {
      parts.append(
        numberMatrix(sentences.flatMap(\.numbers), scales, rows: packing.rows))
    }
    let vectors = concatenateColumns(parts)
    var first = [0]
    for sentence in sentences { first.append(first[first.count - 1] + sentence.tokens.count) }
    return vectors.gathering(
      rows: (0..<packing.steps).flatMap { t in (0..<packing.count(at: t)).map { first[$0] + t } })
  }
}

/// Rows of what was measured, each column with mean 0 and variance 1; zeros where any are missing, which `missingInput`
/// tells beforehand.
func numberMatrix(
  _ numbers: [[Float]], _ scales: [TaggerKind.NumberScale], rows: Int
) -> Matrix {
  let elements = numbers.flatMap { row in
    zip(row, scales).map { ($0 - $1.mean) / $1.deviation }
  }
  return elements.count == rows * scales.count
    ? Matrix(rows: rows, columns: scales.count, elements: elements)
    : Matrix(rows: rows, columns: scales.count)
}

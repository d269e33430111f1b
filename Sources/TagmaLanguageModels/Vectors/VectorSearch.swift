internal import TagmaCorpora
internal import TagmaKernels

/// Word vectors of length one, in which words are looked for by the cosine of the angle.
public struct VectorSearch: Sendable {
  public let table: WordVectorTable
  /// `[V, size]`.
  private let units: [Float]
  private let indices: [String: Int]
  /// Queries whose likenesses with all words are one product.
  private static let batch = 64

  public init(_ table: WordVectorTable) {
    self.table = table
    var units = table.values
    for index in table.words.indices {
      let row = index * table.size..<(index + 1) * table.size
      let length = units[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { continue }
      for i in row { units[i] /= length }
    }
    self.units = units
    indices = Dictionary(
      zip(table.words, table.words.indices), uniquingKeysWith: { first, _ in first })
  }

  /// Whether a word has a vector.
  public func contains(_ word: String) -> Bool { indices[word] != nil }

  /// Words most like a word, the most alike first; nil where it has no vector.
  public func nearest(
    to word: String, count: Int
  ) -> [(word: String, likeness: Float)]? {
    guard let index = indices[word] else { return nil }
    return nearest([(query: unit(index), except: Set([index]))], count: count)[0]
  }

  /// What is to `c` as `b` is to `a`: words near b − a + c, vectors of length one (Mikolov, Yih & Zweig 2013).
  public func analogy(
    _ a: String, _ b: String, _ c: String, count: Int
  ) -> [(word: String, likeness: Float)]? {
    query(a, b, c).map { nearest([$0], count: count)[0] }
  }

  /// The best answer to each question, what is to `c` as `b` is to `a`; nil where a word has no vector.
  public func answers(_ questions: [(a: String, b: String, c: String)]) -> [String?] {
    var answers = [String?](repeating: nil, count: questions.count)
    let queries = questions.enumerated().compactMap { place, question in
      query(question.a, question.b, question.c).map { (place: place, query: $0) }
    }
    for start in stride(from: 0, to: queries.count, by: Self.batch) {
      let block = queries[start..<min(start + Self.batch, queries.count)]
      for (found, query) in zip(nearest(block.map(\.query), count: 1), block) {
        answers[query.place] = found.first?.word
      }
    }
    return answers
  }

  private func query(
    _ a: String, _ b: String, _ c: String
  ) -> (query: [Float], except: Set<Int>)? {
    guard let a = indices[a], let b = indices[b], let c = indices[c] else { return nil }
    let (from, to, of) = (unit(a), unit(b), unit(c))
    return (from.indices.map { to[$0] - from[$0] + of[$0] }, [a, b, c])
  }

  private func unit(_ index: Int) -> [Float] {
    Array(units[index * table.size..<(index + 1) * table.size])
  }

  /// For each query its most like words by the cosine of the angle.
  private func nearest(
    _ queries: [(query: [Float], except: Set<Int>)], count: Int
  ) -> [[(word: String, likeness: Float)]] {
    let (n, size) = (table.words.count, table.size)
    var likeness = [Float](repeating: 0, count: queries.count * n)
    let rows = queries.flatMap(\.query)
    var out = likeness.mutableSpan
    // [Q, V] = q [Q, size] · Uᵀ
    matrixProduct(
      rows.span, units.span, transposeB: true, into: &out, m: queries.count,
      n: n, k: size, beta: 0)
    return queries.enumerated().map { row, query in
      let length = query.query.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0, count > 0 else { return [] }
      var best: [(index: Int, value: Float)] = []
      for index in 0..<n where !query.except.contains(index) {
        let value = likeness[row * n + index]
        guard best.count < count || value > best[best.count - 1].value else { continue }
        let place = best.firstIndex { $0.value < value } ?? best.count
        best.insert((index, value), at: place)
        if best.count > count { best.removeLast() }
      }
      return best.map { (table.words[$0.index], $0.value / length) }
    }
  }
}

internal import Foundation
internal import TagmaAnnotations
public import TagmaCorpora

extension WordVectorTable {
  /// Words that are most like a vector, by the cosine of the angle, the most alike first.
  public func nearest(
    to vector: [Float], count: Int, except: Set<String> = []
  ) -> [(word: String, likeness: Float)] {
    let own = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard own > 0 else { return [] }
    var found: [(word: String, likeness: Float)] = []
    for index in words.indices where !except.contains(words[index]) {
      var (dot, square): (Float, Float) = (0, 0)
      for i in 0..<size {
        let value = values[index * size + i]
        dot += value * vector[i]
        square += value * value
      }
      guard square > 0 else { continue }
      found.append((words[index], dot / (own * square.squareRoot())))
    }
    return Array(found.sorted { $0.likeness > $1.likeness }.prefix(count))
  }

  /// What is to `c` as `b` is to `a`: words near b − a + c, vectors of length one (Mikolov, Yih & Zweig 2013).
  public func analogy(
    _ a: String, _ b: String, _ c: String, count: Int
  ) -> [(word: String, likeness: Float)]? {
    guard let a = unit(a), let b = unit(b), let c = unit(c) else { return nil }
    let vector = (0..<size).map { b.values[$0] - a.values[$0] + c.values[$0] }
    return nearest(to: vector, count: count, except: [a.word, b.word, c.word])
  }

  /// The vector of a word; nil where it has none.
  public func vector(of word: String) -> [Float]? {
    words.firstIndex(of: word).map { Array(vector($0)) }
  }

  private func unit(_ word: String) -> (word: String, values: [Float])? {
    guard let values = vector(of: word) else { return nil }
    let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return (word, length > 0 ? values.map { $0 / length } : values)
  }
}

// MARK: - Files

extension WordVectorTable {
  /// Writes a text file as word2vec and fastText do: number and size, then a word and its vector a line.
  public func write(to file: OutputFile) throws(OutputError) {
    try file.write("\(words.count) \(size)\n")
    for index in words.indices {
      let numbers = vector(index).map { String(format: "%.5g", $0) }
      try file.write("\(words[index]) \(numbers.joined(separator: " "))\n")
    }
  }

  /// Reads such a file, or one without the first line.
  public init(contentsOf path: String) throws(CorpusError) {
    let lines = try LineReader(path)
    var (words, values, size) = ([String](), [Float](), 0)
    while let line = try lines.next() {
      let fields = line.split(separator: " ")
      if lines.lineNumber == 1, fields.count == 2, Int(fields[0]) != nil, let n = Int(fields[1]) {
        size = n
        continue
      }
      if size == 0 { size = fields.count - 1 }
      guard size > 0, fields.count > size else {
        throw CorpusError(
          .columnCount(found: fields.count, expected: size + 1), at: lines.location(),
          excerpt: line)
      }
      for field in fields.suffix(size) {
        guard let value = Float(field), value.isFinite else {
          throw CorpusError(
            .damagedVectors("'\(field)' is no finite number"), at: lines.location(), excerpt: line)
        }
        values.append(value)
      }
      words.append(fields.dropLast(size).joined(separator: " "))
    }
    self.init(words: words, size: max(size, 1), values: values)
  }
}

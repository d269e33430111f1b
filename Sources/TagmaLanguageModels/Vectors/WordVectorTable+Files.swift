internal import Foundation
internal import TagmaAnnotations
public import TagmaCorpora

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

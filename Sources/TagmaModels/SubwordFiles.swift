package import TagmaLexicon

private let unitsFile = "units"
private let mergesFile = "merges.txt"

/// The files that hold subword units.
package func subwordFiles(_ subwords: Subwords) -> [(name: String, text: String)] {
  let merges = subwords.merges.map { "\($0.left) \($0.right)\n" }.joined()
  return [("\(unitsFile).vocab", subwords.units.fileText), (mergesFile, merges)]
}

/// Reads the subword units of a model.
package func readSubwords(in folder: String) throws -> Subwords {
  let units = try readVocabulary(unitsFile, in: folder)
  let text = String(decoding: try readFile(mergesFile, in: folder), as: UTF8.self)
  let merges = try text.split(separator: "\n").map { line in
    let ids = line.split(separator: " ").map { Int($0) }
    guard ids.count == 2, let left = ids[0], let right = ids[1] else {
      throw ModelError(
        .damaged("expected two numbers, found '\(line.prefix(40))'"),
        path: "\(folder)/\(mergesFile)")
    }
    return (left, right)
  }
  guard let subwords = Subwords(units: units, merges: merges) else {
    throw ModelError(.damaged("a merge of units that makes none"), path: folder)
  }
  return subwords
}

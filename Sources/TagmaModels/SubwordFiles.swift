internal import Foundation
package import TagmaLexicon

private let unitsFile = "units"
private let mergesFile = "merges.txt"
private let scoresFile = "scores.txt"

/// The files that hold subword units.
package func subwordFiles(_ subwords: Subwords) -> [(name: String, text: String)] {
  guard subwords.scores.isEmpty else {
    let scores = subwords.scores.map { "\($0)\n" }.joined()
    return [("\(unitsFile).vocab", subwords.units.fileText), (scoresFile, scores)]
  }
  let merges = subwords.merges.map { "\($0.left) \($0.right)\n" }.joined()
  return [("\(unitsFile).vocab", subwords.units.fileText), (mergesFile, merges)]
}

/// Reads the units of a model.
package func readSubwords(in folder: String, kind: UnitKind) throws -> Subwords {
  let units = try readVocabulary(unitsFile, in: folder)
  if FileManager.default.fileExists(atPath: "\(folder)/\(scoresFile)") {
    let text = String(decoding: try readFile(scoresFile, in: folder), as: UTF8.self)
    let scores = text.split(separator: "\n").compactMap { Float($0) }
    guard let subwords = Subwords(units: units, scores: scores) else {
      throw ModelError(
        .damaged("expected \(units.count) numbers, one for each unit, found \(scores.count)"),
        path: "\(folder)/\(scoresFile)")
    }
    return subwords
  }
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
  guard kind != .bpe || subwords.mergesMakeAllUnits else {
    throw ModelError(
      .damaged("expected merges that make all units; some are missing"),
      path: "\(folder)/\(mergesFile)")
  }
  return subwords
}

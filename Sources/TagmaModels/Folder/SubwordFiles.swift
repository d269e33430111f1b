internal import Foundation
package import TagmaLexicon

private let unitsFile = "units"
private let mergesFile = "merges.txt"
private let scoresFile = "scores.txt"

extension ModelWriter {
  /// Adds the files that hold subword units.
  package func put(_ subwords: Subwords) throws {
    try put("\(unitsFile).vocab", Array(subwords.units.fileText.utf8))
    if subwords.scores.isEmpty {
      let merges = subwords.merges.map { "\($0.left) \($0.right)\n" }.joined()
      try put(mergesFile, Array(merges.utf8))
    } else {
      try put(scoresFile, Array(subwords.scores.map { "\($0)\n" }.joined().utf8))
    }
  }
}

/// Reads the units of a model.
package func readSubwords(in files: ModelFiles, kind: UnitKind) throws -> Subwords {
  let folder = files.folder
  let units = try files.vocabulary(unitsFile)
  if try files.contains(scoresFile) {
    let text = try files.text(scoresFile)
    let scores = text.split(separator: "\n").compactMap { Float($0) }
    guard let subwords = Subwords(units: units, scores: scores) else {
      throw ModelError(
        .damaged("expected \(units.count) numbers, one for each unit, found \(scores.count)"),
        path: "\(folder)/\(scoresFile)")
    }
    return subwords
  }
  let text = try files.text(mergesFile)
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

internal import ArgumentParser
internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// The languages of a corpus of pairs; with them, a file is read as one.
struct PairOptions: ParsableArguments {
  @Option(help: "The corpus holds pairs: the language of their first side, such as en.")
  var source: String?

  @Option(help: "The language of their second side, such as de.")
  var target: String?

  /// Both languages; nil where the corpus holds no pairs.
  var languages: (source: String, target: String)? {
    guard let source, let target else { return nil }
    return (source, target)
  }

  func validate() throws {
    guard (source == nil) == (target == nil) else {
      throw ValidationError("--source and --target go together")
    }
  }

  /// What both languages of a corpus look like, of its first pairs; standard input cannot be read twice.
  func sides(of path: String, encoding: String?) throws -> LanguageSides? {
    guard let languages, path != "-" else { return nil }
    let pairs = try open(path, languages, encoding: encoding)
    var sides = LanguageSides()
    var count = 0
    while count < 200_000, let pair = try pairs.next() {
      sides.add(pair)
      count += 1
    }
    return sides
  }

  /// The files that a name stands for: two where each holds one side.
  func files(of path: String) -> [String] {
    languages.flatMap { alignedFiles(path, source: $0.source, target: $0.target) }
      .map { [$0.source, $0.target] } ?? [path]
  }

  /// The pairs of a file, in the order of the languages where its name tells that it has the other.
  func open(
    _ path: String, _ languages: (source: String, target: String), encoding: String?
  ) throws -> any PairSource {
    try openPairs(
      path, source: languages.source, target: languages.target,
      isSwapped: FilePath.name(of: path).contains(
        ".\(languages.target)-\(languages.source)."), encoding: encoding)
  }
}

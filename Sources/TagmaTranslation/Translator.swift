internal import Foundation
internal import TagmaKernels
internal import TagmaLexicon
internal import TagmaModels
internal import TagmaNeural
internal import TagmaTokenization

/// A translation of one text.
public struct Translation: Sendable, Equatable {
  public var text: String
  /// The logarithm of its probability, divided by its length to the power that the search was given.
  public var score: Double
  /// Which words come from which.
  public var alignment: [AlignedWords] = []

  public init(text: String, score: Double, alignment: [AlignedWords] = []) {
    (self.text, self.score, self.alignment) = (text, score, alignment)
  }
}

/// Translates texts.
public final class Translator: Sendable {
  private let model: TranslatorModel
  /// Sentences in a batch, those of similar length together.
  private static let batchSentences = 64
  /// Longer sentences are cut.
  private static let longestSentence = 120

  public var description: TranslatorDescription { model.description }

  init(_ model: TranslatorModel) {
    self.model = model
  }

  /// Loads a model's folder.
  public convenience init(contentsOf folder: String) throws {
    self.init(try TranslatorModel(contentsOf: folder))
  }

  /// Writes the model's folder, weights as 32-bit floats or in half of the space.
  public func write(to folder: String, asBFloat16: Bool = false) throws {
    try model.write(to: folder, weights: asBFloat16 ? .bf16 : .f32)
  }

  public var parameterCount: Int { model.network.layout.count }
  public var unitCount: Int { model.network.unitCount }

  /// The best translation of a text.
  public func translate(_ text: String) -> String {
    translate([text])[0][0].text
  }

  /// The best translations of each text, best first: as many as wanted, and at least one.
  ///
  /// Texts of several sentences are translated sentence by sentence; then there is one translation.
  ///
  /// - Parameter threads: The translations do not depend on it.
  public func translate(
    _ texts: [String], options: SearchOptions = SearchOptions(), threads: Int = 2
  ) -> [[Translation]] {
    let pieces = texts.map(sentences)
    let units = pieces.flatMap { $0 }
    let order = units.indices.sorted {
      units[$0].count != units[$1].count ? units[$0].count > units[$1].count : $0 < $1
    }
    struct Work: Sendable {
      let sentences: [Int]
      var results: [[Hypothesis]] = []
    }
    var work = stride(from: 0, to: order.count, by: Self.batchSentences).map {
      Work(sentences: Array(order[$0..<min($0 + Self.batchSentences, order.count)]))
    }
    let search = BeamSearch(model.network, options, model.parameters)
    forEachConcurrently(&work, isParallel: threads > 1) { _, item in
      item.results = search.translate(item.sentences.map { units[$0] }, self.model.parameters)
    }
    let aligner = WordAligner(subwords: model.subwords)
    var translations = [[Translation]](repeating: [], count: units.count)
    for item in work {
      for (sentence, list) in zip(item.sentences, item.results) {
        translations[sentence] = list.map {
          Translation(
            text: model.subwords.decode($0.units), score: $0.score,
            alignment: aligner.alignment(source: units[sentence], $0))
        }
      }
    }
    var next = translations.startIndex
    return pieces.map { piece in
      let parts = translations[next..<next + piece.count]
      next += piece.count
      return joined(Array(parts), sources: piece)
    }
  }

  /// The translation of a text from those of its sentences; their words count on from one to the next.
  private func joined(_ parts: [[Translation]], sources: [[Int]]) -> [Translation] {
    guard parts.count != 1 else { return parts[0] }
    let best = parts.compactMap(\.first)
    var whole = Translation(
      text: best.map(\.text).filter { !$0.isEmpty }.joined(separator: " "),
      score: best.reduce(0) { $0 + $1.score } / Double(max(best.count, 1)))
    var (source, target) = (0, 0)
    for (part, units) in zip(best, sources) {
      // A piece may begin within the word that the one before it ended with.
      let first = model.subwords.beginsWord(units[0]) ? source : max(source - 1, 0)
      whole.alignment += part.alignment.map {
        AlignedWords(source: first + $0.source, target: target + $0.target)
      }
      source += units.count(where: model.subwords.beginsWord)
      target += part.text.isEmpty ? 0 : part.text.utf8.count { $0 == 0x20 } + 1
    }
    return [whole]
  }

  /// The sentences of a text in units, none longer than the longest that is translated at once; none of white space.
  private func sentences(_ text: String) -> [[Int]] {
    let whole = normalizedText(text)
    guard !whole.isEmpty else { return [] }
    let units = model.subwords.encode(whole)
    // Most lines are one sentence, and short.
    guard units.count > Self.longestSentence else { return [units] }
    guard
      var iterator = try? BreakIterator(
        .sentence, locale: "\(model.description.source)@ss=standard")
    else { return pieces(of: units) }
    let bytes = Array(whole.utf8)
    var sentences: [[Int]] = []
    iterator.forEachPiece(in: bytes) { range, _ in
      sentences += pieces(
        of: model.subwords.encode(String(decoding: bytes[range], as: UTF8.self)))
    }
    return sentences
  }

  /// A sentence in pieces that are short enough, cut before a word where one begins in their second half.
  private func pieces(of units: [Int]) -> [[Int]] {
    var pieces: [[Int]] = []
    var rest = units[...]
    while rest.count > Self.longestSentence {
      let end = rest.startIndex + Self.longestSentence
      let cut = (end - Self.longestSentence / 2..<end + 1).last {
        model.subwords.beginsWord(rest[$0])
      }
      pieces.append(Array(rest[..<(cut ?? end)]))
      rest = rest[(cut ?? end)...]
    }
    if !rest.isEmpty { pieces.append(Array(rest)) }
    return pieces
  }
}

/// The text that a translator reads and writes: single spaces, and composed what can be composed.
func normalizedText(_ text: String) -> String {
  let plain = withSingleSpaces(text)
  return plain.utf8.allSatisfy { $0 < 0x80 } ? plain : plain.normalized(.nfc)
}

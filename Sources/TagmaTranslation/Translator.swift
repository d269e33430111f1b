internal import Foundation
internal import TagmaKernels
internal import TagmaLexicon
internal import TagmaModels
internal import TagmaNeural

/// A translation of one text.
public struct Translation: Sendable, Equatable {
  public var text: String
  /// The logarithm of its probability, divided by its length to the power that the search was given.
  public var score: Double
  /// Which words come from which.
  public var alignment: [AlignedWords] = []
  /// The same for parts of words and marks of punctuation, as places in the texts.
  public var ranges: [AlignedRanges] = []

  public init(text: String, score: Double) {
    (self.text, self.score) = (text, score)
  }
}

/// Translates texts.
public final class Translator: Sendable {
  private let model: TranslatorModel
  /// Sentences in a batch, those of similar length together.
  private static let batchSentences = 64

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
    let sources = texts.map {
      SourceText(normalizedText($0), model.subwords, language: model.description.source)
    }
    let pieces = sources.flatMap(\.pieces)
    let order = pieces.indices.sorted {
      let (a, b) = (pieces[$0].units.count, pieces[$1].units.count)
      return a != b ? a > b : $0 < $1
    }
    struct Work: Sendable {
      let pieces: [Int]
      var results: [[Hypothesis]] = []
    }
    var work = stride(from: 0, to: order.count, by: Self.batchSentences).map {
      Work(pieces: Array(order[$0..<min($0 + Self.batchSentences, order.count)]))
    }
    let search = BeamSearch(
      model.network, options, model.parameters, placeholders: model.subwords.placeholders)
    forEachConcurrently(&work, isParallel: threads > 1) { _, item in
      item.results = search.translate(item.pieces.map { pieces[$0].units }, self.model.parameters)
    }
    var translations = [[Translation]](repeating: [], count: pieces.count)
    for item in work {
      for (i, list) in zip(item.pieces, item.results) {
        translations[i] = list.map { translation(of: pieces[i], $0) }
      }
    }
    var next = translations.startIndex
    return sources.map { source in
      let parts = translations[next..<next + source.pieces.count]
      next += source.pieces.count
      return joined(Array(parts))
    }
  }

  private func translation(of piece: SourceText.Piece, _ hypothesis: Hypothesis) -> Translation {
    var hypothesis = hypothesis
    hypothesis.insertMissing(of: piece.units, model.subwords)
    var translation = Translation(
      text: model.subwords.decode(hypothesis.units, placeholders: piece.carried),
      score: hypothesis.score)
    let (words, ranges) = WordAligner(subwords: model.subwords).alignment(
      source: piece.units, hypothesis, carried: piece.carried)
    translation.alignment = words.map {
      AlignedWords(source: piece.word + $0.source, target: $0.target)
    }
    translation.ranges = ranges.map {
      AlignedRanges(source: $0.source.shifted(by: piece.start), target: $0.target)
    }
    return translation
  }

  /// The translation of a text from those of its pieces; their words count on from one to the next.
  private func joined(_ parts: [[Translation]]) -> [Translation] {
    guard parts.count != 1 else { return parts[0] }
    var whole = Translation(text: "", score: 0)
    var words = 0
    for part in parts.compactMap(\.first) {
      if !whole.text.isEmpty, !part.text.isEmpty {
        whole.text += " "
        words += 1
      }
      let start = whole.text.utf8.count
      whole.alignment += part.alignment.map {
        AlignedWords(source: $0.source, target: words + $0.target)
      }
      whole.ranges += part.ranges.map {
        AlignedRanges(source: $0.source, target: $0.target.shifted(by: start))
      }
      whole.text += part.text
      whole.score += part.score / Double(parts.count)
      words += part.text.utf8.count { $0 == 0x20 }
    }
    return [whole]
  }

  /// The text that is translated in another's place: single spaces, and composed what can be composed.
  public static func normalized(_ text: String) -> String { normalizedText(text) }
}

extension Range<Int> {
  fileprivate func shifted(by distance: Int) -> Range<Int> {
    lowerBound + distance..<upperBound + distance
  }
}

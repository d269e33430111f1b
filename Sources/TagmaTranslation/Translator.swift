internal import Foundation
public import TagmaCorpora
internal import TagmaKernels
internal import TagmaLexicon
public import TagmaModels
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
  /// Which sentences come from which, in order; what stands between them is the same on both sides.
  public var sentences: [AlignedRanges] = []
  /// For each word, separated by white space, its probability after the words before it; of what was carried over, 1.
  public var confidences: [Double] = []

  public init(text: String, score: Double) {
    (self.text, self.score) = (text, score)
  }
}

/// What the units of a translation looked at.
public struct AttentionMap: Sendable, Equatable {
  public var source: [String] = []
  public var target: [String] = []
  /// For each unit of the target the weight of each of the source; what the mark of the end got is left out.
  public var weights: [[Float]] = []
}

/// Translates texts.
public final class Translator: Sendable {
  let model: TranslatorModel
  private let ensemble: Ensemble
  /// Sentences in a batch, those of similar length together.
  private static let batchSentences = 64

  public var description: TranslatorDescription { model.description }

  init(_ model: TranslatorModel) {
    self.model = model
    ensemble = Ensemble([(model.network, model.parameters)])
  }

  /// Loads a model's folder.
  public convenience init(contentsOf folder: String) throws {
    try self.init(ModelFiles(in: folder))
  }

  /// Loads a model.
  package convenience init(_ files: ModelFiles) throws {
    self.init(try TranslatorModel(files))
  }

  /// Loads several models of the same languages and units, whose probabilities are averaged.
  public init(contentsOf folders: [String]) throws {
    let models = try folders.map { try TranslatorModel(ModelFiles(in: $0)) }
    guard let first = models.first else { throw ModelError(.modelNotFound, path: "") }
    for (folder, other) in zip(folders, models) where other.subwords != first.subwords {
      throw ModelError(.otherUnits, path: folder)
    }
    model = first
    ensemble = Ensemble(models.map { ($0.network, $0.parameters) })
  }

  /// Writes the model's folder, whole or not at all; of several models, that of the first.
  ///
  /// - Parameters:
  ///   - storage: How weights are stored; nil is the smallest way that holds every one as it is.
  ///   - companions: What stands beside the model.
  public func write(
    to folder: String, as storage: WeightStorage? = nil, beside companions: ModelCompanions = .kept
  ) throws {
    try ModelWriter.write(to: folder, beside: companions) { try model.write(into: $0, as: storage) }
  }

  /// Learns from pairs which units become which and which words are names, and puts the tables into the model's folder.
  ///
  /// - Parameter limit: Units for each unit of a source.
  public func writeTables(of pairs: [TextPair], limit: Int, to folder: String) throws {
    let encoded = pairs.map {
      (
        source: model.subwords.encode(readSource($0.source).text),
        target: model.subwords.encode(readTarget($0.target))
      )
    }.filter { !$0.source.isEmpty && !$0.target.isEmpty }
    guard !encoded.isEmpty else {
      throw ModelError(
        .tooLittleData(
          found: "no pair among \(pairs.count) whose sides both have text", needed: "at least one"))
    }
    let files = try ModelFiles(in: folder, .asTheyAre)
    let writer = try ModelWriter(amending: files)
    let shortlist = Shortlist(
      UnitLexicon(encoded, unitCount: model.subwords.units.count), subwords: model.subwords,
      limit: limit)
    try writer.put(Shortlist.fileName, Array(shortlist.fileText.utf8))
    if carriesPlaceholders {
      let names = NameTable(
        counting: pairs.map {
          TextPair(
            source: model.sourceNormalization(normalizedText($0.source)).text,
            target: readTarget($0.target))
        })
      try writer.put(NameTable.fileName, Array(names.fileText.utf8))
    }
    try writer.finish(try files.description() as TranslatorDescription)
    try writer.commit()
  }

  /// The mean of the weights of models of one layout and the same units.
  public static func average(_ translators: [Translator]) throws -> Translator {
    guard var model = translators.first?.model else { throw ModelError(.noModels) }
    for other in translators.dropFirst() {
      guard other.model.subwords == model.subwords,
        other.model.network.layout.count == model.network.layout.count
      else {
        throw ModelError(.tensorMismatch(["the models have other layouts or units"]))
      }
    }
    let share = 1 / Float(translators.count)
    for i in model.parameters.elements.indices {
      model.parameters.elements[i] =
        share * translators.reduce(0) { $0 + $1.model.parameters.elements[i] }
    }
    return Translator(model)
  }

  public var parameterCount: Int { model.network.layout.count }
  /// Whether it has learned to carry placeholders.
  public var carriesPlaceholders: Bool { !model.subwords.placeholders.isEmpty }
  public var unitCount: Int { model.network.unitCount }

  /// The best translation of a text.
  public func translate(_ text: String) -> String {
    translate([text])[0][0].text
  }

  /// The best translations of each text, best first: as many as wanted, and at least one.
  ///
  /// Texts are translated sentence by sentence. What stands between sentences comes out as it is, and so do blanks at both
  /// ends and what is no prose: placeholders of programs, tags, addresses, names of files, amounts.
  ///
  /// - Parameters:
  ///   - kept: Whether each text comes out as it is, as lines of code do that `TextBlocks` finds; or none.
  ///   - prefixes: What the translations begin with, one for each text, or none.
  ///   - terms: What words must become.
  ///   - protection: What else comes out as it is.
  ///   - partsLines: Whether the end of a line ends a sentence.
  ///   - threads: The translations do not depend on it.
  ///   - shouldStop: Asked at each step of the search; once it is true, the translations are whatever has been found, one
  ///     at least for each text, and of no use.
  public func translate(
    _ texts: [String], kept: [Bool] = [], prefixes: [String] = [],
    terms: Terminology = Terminology(), protection: Protection = Protection(),
    partsLines: Bool = true, options: SearchOptions = SearchOptions(), threads: Int = 2,
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) -> [[Translation]] {
    let layouts = layouts(
      of: texts, kept: kept, prefixes: prefixes, terms: terms, protection: protection,
      partsLines: partsLines)
    var sources = layouts.flatMap(\.sentences).map { SentenceSource($0, self) }
    let given = begin(&sources, layouts, with: prefixes)
    let search = BeamSearch(
      ensemble, options, placeholders: model.subwords.placeholders, shortlist: model.shortlist,
      shouldStop: shouldStop)
    let pieces = sources.flatMap { $0.fixed == nil ? $0.source.pieces : [] }
    let found = inBatches(pieces, threads: threads, length: \.units.count) { batch in
      zip(batch, hypotheses(for: batch, search)).map { piece, list in
        list.map { translation(of: piece, $0) }
      }
    }
    let sentences = translations(of: sources, given, from: found, limit: options.nbest)
    var next = 0
    return zip(texts, layouts).map { text, layout in
      let assembly = TextAssembly(layout, of: text)
      let parts = Array(sentences[next..<next + layout.sentences.count])
      next += parts.count
      return SentenceTranslation.combinations(of: parts, limit: options.nbest)
        .map(assembly.translation)
    }
  }

  /// What is found for each piece.
  private func hypotheses(for pieces: [SourceText.Piece], _ search: BeamSearch) -> [[Hypothesis]] {
    search.translate(
      pieces.map {
        SearchRequest($0.units, prefix: $0.prefix, bounds: model.description.lengthBounds)
      })
  }

  func readSource(_ text: String) -> NormalizedText {
    var read = model.sourceNormalization(normalizedText(text))
    if let caseReading = model.caseReading {
      (read.text, read.isShouted) = caseReading(read.text)
    }
    return read
  }

  func readTarget(_ text: String) -> String {
    model.targetNormalization(normalizedText(text)).text
  }

  /// The best translation of a text, off the caller's thread.
  @concurrent
  public func translation(of text: String) async -> String { translate(text) }

  /// The best translations of texts, off the caller's thread.
  @concurrent
  public func translations(
    of texts: [String], options: SearchOptions = SearchOptions()
  ) async -> [Translation] {
    translate(texts, options: options).map { $0[0] }
  }

  /// Scores and alignments of translations that are given, each side as one piece.
  public func score(
    _ pairs: [TextPair], options: SearchOptions = SearchOptions(), threads: Int = 2
  ) -> [Translation] {
    let limit = model.subwords.placeholders.count
    let read = pairs.map { readSource($0.source) }
    let work = zip(read, pairs).map { read, pair -> (piece: SourceText.Piece, target: [Int]) in
      let (source, target) = (read.text, readTarget(pair.target))
      let both = CarriedText.pair(source, target, limit: limit, rules: model.rules)
      let carried = both?.source.carried ?? []
      return (
        SourceText.Piece(
          units: model.subwords.encode(both?.source.text ?? source), originals: carried,
          carried: carried, start: 0), model.subwords.encode(both?.target ?? target)
      )
    }
    let found = inBatches(work, threads: threads, length: \.target.count) { batch in
      let scored = ensemble.score(
        batch.map { ($0.piece.units, $0.target) }, lengthPenalty: options.lengthPenalty)
      return zip(batch, scored).map { translation(of: $0.piece, $1) }
    }
    return zip(pairs, zip(found, read)).map { pair, found in
      let (translation, read) = found
      let layout = TextLayout(whole: pair.source, dropsBlanks: true)
      return TextAssembly(layout, of: pair.source).translation(
        of: layout.sentences.isEmpty ? [] : [translation.moved { read.original($0) }])
    }
  }

  /// What the units of a text's best translation looked at; of a long text, those of its first piece.
  public func attention(_ text: String) -> AttentionMap {
    let source = SourceText(
      readSource(text).text, model.subwords, values: [], rules: model.rules)
    guard let piece = source.pieces.first else { return AttentionMap() }
    let search = BeamSearch(ensemble, SearchOptions(), placeholders: model.subwords.placeholders)
    let best = hypotheses(for: [piece], search)[0][0]
    func names(_ units: [Int]) -> [String] { units.map { model.subwords.units.entries[$0] } }
    return AttentionMap(
      source: names(piece.units), target: names(best.units),
      weights: best.units.indices.map { Array(best.attention[$0].dropLast()) })
  }

  /// Results of work in batches of similar length, in the order of the work.
  private func inBatches<Item: Sendable, Value: Sendable>(
    _ items: [Item], threads: Int, length: (Item) -> Int,
    _ body: @Sendable ([Item]) -> [Value]
  ) -> [Value] {
    let order = items.indices.sorted {
      let (a, b) = (length(items[$0]), length(items[$1]))
      return a != b ? a > b : $0 < $1
    }
    var batches = stride(from: 0, to: order.count, by: Self.batchSentences).map {
      (places: Array(order[$0..<min($0 + Self.batchSentences, order.count)]), results: [Value]())
    }
    forEachConcurrently(&batches, threads: threads) { _, batch in
      batch.results = body(batch.places.map { items[$0] })
    }
    var values = [Value?](repeating: nil, count: items.count)
    for batch in batches {
      for (place, value) in zip(batch.places, batch.results) { values[place] = value }
    }
    return values.compactMap(\.self)
  }

  private func translation(
    of piece: SourceText.Piece, _ hypothesis: Hypothesis
  ) -> SentenceTranslation {
    var hypothesis = hypothesis
    hypothesis.insertMissing(
      of: piece.units, after: piece.prefix.count, model.subwords)
    hypothesis.removeIdleSpaces(model.subwords)
    if !piece.isClosed {
      hypothesis.removeFinalMark(after: piece.prefix.count, model.subwords)
      hypothesis.removeIdleSpaces(model.subwords)
    }
    let shouted = piece.isShouted ? model.caseReading : nil
    var translation = WordAligner(subwords: model.subwords).alignment(of: piece, hypothesis)
    translation.text =
      shouted?.shouted(hypothesis.units, carried: piece.carried, originals: piece.originals)
      ?? model.subwords.decode(hypothesis.units, placeholders: piece.carried)
    translation.score = hypothesis.score
    return translation
  }
}

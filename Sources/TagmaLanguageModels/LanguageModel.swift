internal import Foundation
internal import TagmaKernels
package import TagmaLexicon
public import TagmaModels
package import TagmaNeural

/// How likely a text is.
public struct TextScore: Sendable, Equatable {
  /// Natural logarithm.
  public var logProbability = 0.0
  /// Units, ends of lines among them.
  public var units = 0
  /// Characters (Unicode scalars), ends of lines among them.
  public var characters = 0

  public init(logProbability: Double = 0, units: Int = 0, characters: Int = 0) {
    (self.logProbability, self.units, self.characters) = (logProbability, units, characters)
  }

  public var perplexity: Double { exp(-logProbability / Double(max(units, 1))) }
  public var bitsPerCharacter: Double {
    -logProbability / log(2) / Double(max(characters, 1))
  }

  public static func + (a: TextScore, b: TextScore) -> TextScore {
    TextScore(
      logProbability: a.logProbability + b.logProbability, units: a.units + b.units,
      characters: a.characters + b.characters)
  }
}

/// How a text is made up.
public struct GenerationOptions: Sendable, Equatable {
  /// Units at most.
  public var length = 400
  /// Probabilities are raised to the power of one over this: below 1 is tamer, above wilder; 0 takes the likeliest.
  public var temperature = 0.8
  /// Samples among the K most probable units (top-k); 0 among all.
  public var topK = 0
  /// Draws among the likeliest units that have this much of the probability together (Holtzman and others 2020).
  public var topP = 1.0
  /// No n-gram of this many units is repeated; 0 allows it.
  public var noRepeat = 0
  /// Whether the text ends with its first line.
  public var stopsAtLineEnd = false
  public var seed: UInt64 = 1

  public init() {}
}

/// Knows how likely texts are, and makes some up.
public final class LanguageModel: Sendable {
  let model: LanguageModelFolder
  /// Lines that are scored together.
  private static let batchLines = 32
  /// Probabilities that are held at once: so many steps are computed together.
  private static let blockSize = 4_000_000

  public var description: LanguageModelDescription { model.description }
  public var parameterCount: Int { model.network.layout.count }
  public var unitCount: Int { model.network.unitCount }

  /// What the model is made of.
  package var parts: (network: LanguageModelNetwork, subwords: Subwords, parameters: Parameters) {
    (model.network, model.subwords, model.parameters)
  }

  init(_ model: LanguageModelFolder) {
    self.model = model
  }

  /// Loads a model's folder.
  public convenience init(contentsOf folder: String) throws {
    try self.init(ModelFiles(in: folder))
  }

  /// Loads a model.
  package convenience init(_ files: ModelFiles) throws {
    self.init(try LanguageModelFolder(files))
  }

  /// Writes the model's folder, whole or not at all.
  ///
  /// - Parameters:
  ///   - storage: How weights are stored; nil is the smallest way that holds every one as it is.
  ///   - companions: What stands beside the model.
  public func write(
    to folder: String, as storage: WeightStorage? = nil, beside companions: ModelCompanions = .kept
  ) throws {
    try ModelWriter.write(to: folder, beside: companions) { try model.write(into: $0, as: storage) }
  }
}

// MARK: - Scores

extension LanguageModel {
  /// For each line how likely it is by itself, after the end of another.
  ///
  /// - Parameter threads: The scores do not depend on it.
  public func score(lines: [String], threads: Int = 2) -> [TextScore] {
    score(lines, threads: threads).map { units in
      units.reduce(TextScore()) { $0 + $1.score }
    }
  }

  /// For each line its units, each with its score; the end of the line is the last.
  public func unitScores(
    lines: [String], threads: Int = 2
  ) -> [[(unit: String, score: TextScore)]] {
    score(lines, threads: threads)
  }

  private func score(_ lines: [String], threads: Int) -> [[(unit: String, score: TextScore)]] {
    let units = lines.map {
      encoded($0, model.subwords, backward: description.configuration.readsBackward)
    }
    let order = units.indices.sorted {
      units[$0].count != units[$1].count ? units[$0].count > units[$1].count : $0 < $1
    }
    var batches = stride(from: 0, to: order.count, by: Self.batchLines).map {
      (lines: Array(order[$0..<min($0 + Self.batchLines, order.count)]), scores: [[Double]]())
    }
    forEachConcurrently(&batches, threads: threads) { _, batch in
      var carried = model.network.beginning(batch.lines.count)
      batch.scores = logProbabilities(batch.lines.map { units[$0] }, &carried)
    }
    var scores = [[(unit: String, score: TextScore)]](repeating: [], count: lines.count)
    for batch in batches {
      for (line, values) in zip(batch.lines, batch.scores) {
        scores[line] = zip(units[line], values).map { unit, value in
          let text = model.subwords.decode([Int(unit)])
          let isSpace = model.subwords.beginsWord(Int(unit))
          return (
            model.subwords.units.entries[Int(unit)],
            TextScore(
              logProbability: value, units: 1,
              characters: Int(unit) == Subwords.end
                ? 1 : text.unicodeScalars.count + (isSpace ? 1 : 0))
          )
        }
        // The space before the first word is none of the line's characters.
        let first = description.configuration.readsBackward ? scores[line].count - 2 : 0
        if first >= 0, first < scores[line].count - 1 { scores[line][first].score.characters -= 1 }
      }
    }
    return scores
  }

  /// How likely a whole text is: it is read on from line to line, in a few places at once.
  func score(text lines: [String]) -> TextScore {
    let backward = description.configuration.readsBackward
    let units = lines.flatMap { encoded($0, model.subwords, backward: backward) }
    let count = min(16, max(units.count / 500, 1))
    let length = (units.count + count - 1) / count
    let streams = (0..<count).map {
      Array(units[min($0 * length, units.count)..<min(($0 + 1) * length, units.count)])
    }
    var carried = model.network.beginning(count)
    let sum = logProbabilities(streams, &carried).reduce(0) { $0 + $1.reduce(0, +) }
    return TextScore(
      logProbability: sum, units: units.count,
      characters: lines.reduce(0) { $0 + withSingleSpaces($1).unicodeScalars.count + 1 })
  }

  /// The logarithms of the probabilities of all units of sequences, which begin after the end of a line.
  private func logProbabilities(
    _ sequences: [[Int32]], _ carried: inout [CarriedState]
  ) -> [[Double]] {
    var found = sequences.map { _ in [Double]() }
    let longest = sequences.map(\.count).max() ?? 0
    let steps = min(max(Self.blockSize / max(sequences.count * unitCount, 1), 1), 128)
    for start in stride(from: 0, to: longest, by: steps) {
      let end = min(start + steps, longest)
      // What is beyond a sequence's end is computed and not looked at.
      let inputs = (start..<end).flatMap { t in
        sequences.map { t > 0 && t - 1 < $0.count ? Int($0[t - 1]) : Subwords.end }
      }
      let outputs = model.network.read(inputs, &carried, model.parameters)
      let probabilities = model.network.embedding.probabilities(of: outputs, model.parameters)
      for t in start..<end {
        for (i, sequence) in sequences.enumerated() where t < sequence.count {
          let row = (t - start) * sequences.count + i
          let probability = probabilities.elements[row * unitCount + Int(sequence[t])]
          found[i].append(log(Double(max(probability, 1e-38))))
        }
      }
    }
    return found
  }
}

// MARK: - Making texts up

extension LanguageModel {
  /// A text that begins with a prefix, lines separated by line feeds.
  ///
  /// - Parameter write: Takes the text piece by piece, as it comes.
  public func generate(
    prefix: String = "", options: GenerationOptions = GenerationOptions(),
    write: (String) throws -> Void
  ) rethrows {
    var random = SplitMix64(seed: options.seed)
    var carried = model.network.beginning(1)
    var read = [Subwords.end] + prefixUnits(prefix)
    var units: [Int] = Array(read.dropFirst())
    try write(prefix)
    var isLineStart = prefix.isEmpty || prefix.hasSuffix("\n")
    var bytes: [UInt8] = []
    for _ in 0..<options.length {
      let outputs = model.network.read(read, &carried, model.parameters)
      let last = Matrix(
        rows: 1, columns: outputs.columns,
        elements: Array(outputs.elements.suffix(outputs.columns)))
      var probabilities = model.network.embedding.probabilities(of: last, model.parameters)
        .elements
      // What stands for nothing is never written.
      probabilities[Subwords.begin] = 0
      forbidRepeats(&probabilities, units, options.noRepeat)
      let unit = choose(probabilities, options, &random)
      if unit == Subwords.end, options.stopsAtLineEnd { break }
      units.append(unit)
      read = [unit]
      var piece = unit == Subwords.end ? [0x0a] : model.subwords.bytes(of: unit)
      if isLineStart, piece.first == 0x20 { piece.removeFirst() }
      isLineStart = unit == Subwords.end
      bytes += piece
      // Bytes of one character may come one by one.
      if let text = String(validating: bytes, as: UTF8.self) {
        try write(text)
        bytes = []
      } else if bytes.count > 8 {
        try write(String(decoding: bytes, as: UTF8.self))
        bytes = []
      }
    }
    if !bytes.isEmpty { try write(String(decoding: bytes, as: UTF8.self)) }
  }

  private func prefixUnits(_ prefix: String) -> [Int] {
    let lines = prefix.split(separator: "\n", omittingEmptySubsequences: false)
    return Array(
      lines.map { model.subwords.encode(withSingleSpaces(String($0))) }
        .joined(separator: [Subwords.end]))
  }

  private func forbidRepeats(_ probabilities: inout [Float], _ units: [Int], _ length: Int) {
    guard length > 0, units.count >= length else { return }
    let head = units.suffix(length - 1)
    for i in 0...units.count - length where units[i..<i + length - 1].elementsEqual(head) {
      probabilities[units[i + length - 1]] = 0
    }
  }

  private func choose(
    _ probabilities: [Float], _ options: GenerationOptions, _ random: inout SplitMix64
  ) -> Int {
    let order = probabilities.indices.sorted {
      probabilities[$0] != probabilities[$1] ? probabilities[$0] > probabilities[$1] : $0 < $1
    }
    guard options.temperature > 0 else { return order[0] }
    var weights = order.map { pow(Double(probabilities[$0]), 1 / options.temperature) }
    if options.topK > 0 { weights = Array(weights.prefix(options.topK)) }
    let sum = weights.reduce(0, +)
    var mass = 0.0
    let kept = weights.prefix { weight in
      defer { mass += weight }
      return mass < options.topP * sum
    }
    var rest = Double(random.nextUnit()) * kept.reduce(0, +)
    for (i, weight) in kept.enumerated() {
      rest -= weight
      if rest < 0 { return order[i] }
    }
    return order[0]
  }
}

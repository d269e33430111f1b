internal import Foundation
internal import TagmaKernels
internal import TagmaLexicon
internal import TagmaModels
internal import TagmaNeural

/// How word vectors are learned.
public struct VectorSettings: Sendable, Equatable {
  public enum Method: String, Sendable, CaseIterable {
    /// A word predicts each of its neighbours.
    case skipgram
    /// Its neighbours together predict a word.
    case cbow
  }

  public var method = Method.skipgram
  /// Numbers of a vector.
  public var size = 100
  /// Neighbours on either side at most.
  public var window = 5
  /// Words drawn by chance for each neighbour.
  public var negatives = 5
  public var epochs = 5
  /// Rarer words have no vector.
  public var minimumCount = 5
  /// Lengths of the runs of letters that a word is made of, its ends among them; 0 to 0 has none.
  public var shortestNGram = 3
  public var longestNGram = 6
  /// Rows that runs of letters share.
  public var buckets = 500_000
  public var learningRate = 0.05
  /// Words more frequent than this are not always read.
  public var sample = 1e-4
  public var seed: UInt64 = 1

  public init() {}
}

/// Words and their vectors, the most frequent first.
public struct WordVectorTable: Sendable {
  public let words: [String]
  public let size: Int
  /// A row for each word.
  public let values: [Float]
  /// Words whose bytes were not UTF-8 in the file.
  public let repairedWords: Int

  public init(words: [String], size: Int, values: [Float], repairedWords: Int = 0) {
    (self.words, self.size, self.values) = (words, size, values)
    self.repairedWords = repairedWords
  }

  public func vector(_ index: Int) -> ArraySlice<Float> {
    values[index * size..<(index + 1) * size]
  }
}

/// Learns word vectors from running text (Mikolov and others 2013), words made of runs of letters (Bojanowski and others
/// 2017).
public struct VectorTrainer {
  public let settings: VectorSettings
  public private(set) var words: [String] = []
  /// Numbers of the known words; −1 after each sentence.
  private var tokens: [Int32] = []
  private var tables = WordTables()
  private var input: [Float] = []
  private var output: [Float] = []
  public private(set) var tokenCount = 0

  /// Prepares a training.
  ///
  /// - Parameter sentences: Hands on all sentences, one at a time, words separated by white space.
  public init(
    _ settings: VectorSettings, sentences: (_ body: (String) -> Void) throws -> Void
  ) throws {
    try settings.validate()
    self.settings = settings
    // All words are numbered as they come, so that the text is read once; then the frequent ones anew.
    var numbers: [String: Int32] = [:]
    var counts: [Int] = []
    try sentences { sentence in
      for bytes in sentence.utf8.split(whereSeparator: { $0 <= 0x20 }) {
        let word = String(Substring(bytes))
        let number = numbers[word] ?? Int32(counts.count)
        if number == counts.count {
          numbers[word] = number
          counts.append(0)
        }
        counts[Int(number)] += 1
        tokens.append(number)
      }
      tokens.append(-1)
    }
    words = Vocabulary.frequent(
      numbers.mapValues { counts[Int($0)] }, minimum: settings.minimumCount)
    guard words.count > 1 else {
      throw ModelError(
        .tooLittleData(
          found: "\(counts.count) different words, \(words.count) of them frequent enough",
          needed: "at least 2 that occur \(settings.minimumCount) times or more (--min-count)"))
    }
    let known = words.map { Int(numbers[$0] ?? 0) }
    renumberTokens(known, of: counts.count)
    makeTables(known.map { counts[$0] })
    makeWeights()
  }

  /// Numbers the known words from 0 in their order; others are left out.
  private mutating func renumberTokens(_ known: [Int], of count: Int) {
    var ranks = [Int32](repeating: -1, count: count)
    for (rank, number) in known.enumerated() { ranks[number] = Int32(rank) }
    var kept = 0
    for token in tokens {
      let rank = token < 0 ? -1 : ranks[Int(token)]
      guard token < 0 || rank >= 0 else { continue }
      tokens[kept] = rank
      kept += 1
      if rank >= 0 { tokenCount += 1 }
    }
    tokens.removeLast(tokens.count - kept)
  }

  private mutating func makeTables(_ counts: [Int]) {
    let total = Double(tokenCount)
    for (id, (word, count)) in zip(words, counts).enumerated() {
      let share = Double(count) / total
      let keep = (settings.sample / share).squareRoot() + settings.sample / share
      tables.append(keep: Float(min(keep, 1)), rows: [Int32(id)] + nGrams(of: word))
    }
    // Drawn by the square root of their frequency.
    let sum = counts.reduce(0) { $0 + Double($1).squareRoot() }
    let size = Double(max(1_000_000, 10 * counts.count))
    for (id, count) in counts.enumerated() {
      let copies = max(1, Int(Double(count).squareRoot() / sum * size))
      tables.appendNegatives(Int32(id), copies: copies)
    }
  }

  /// Rows of the runs of letters of a word between `<` and `>`, by their hash (FNV-1a).
  private func nGrams(of word: String) -> [Int32] {
    guard settings.longestNGram > 0, settings.buckets > 0 else { return [] }
    let scalars = Array("<\(word)>".unicodeScalars)
    var rows: [Int32] = []
    for start in scalars.indices {
      var hash: UInt32 = 2_166_136_261
      for (length, scalar) in scalars[start...].prefix(settings.longestNGram).enumerated() {
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
          hash = (hash ^ UInt32(bitPattern: Int32(Int8(bitPattern: byte)))) &* 16_777_619
        }
        guard length + 1 >= settings.shortestNGram else { continue }
        rows.append(Int32(words.count + Int(hash) % settings.buckets))
      }
    }
    return rows
  }

  private mutating func makeWeights() {
    var random = SplitMix64(seed: settings.seed)
    let rows = words.count + (settings.longestNGram > 0 ? settings.buckets : 0)
    input = (0..<rows * settings.size).map { _ in
      (2 * random.nextUnit() - 1) / Float(settings.size)
    }
    output = [Float](repeating: 0, count: words.count * settings.size)
  }

  /// Where a training stands.
  public struct Progress: Sendable {
    /// From 0 to 1.
    public var done: Double
    public var loss: Double
  }

  /// Tokens that a thread reads between two reports.
  private static let sliceTokens = 200_000

  /// Learns.
  ///
  /// - Parameters:
  ///   - threads: With one, the same text gives the same vectors.
  ///   - report: False stops.
  public mutating func train(threads: Int = 2, report: (Progress) -> Bool) {
    let slice = Self.sliceTokens * max(threads, 1)
    let slices = (tokens.count + slice - 1) / slice
    let all = settings.epochs * slices
    for epoch in 0..<settings.epochs {
      for i in 0..<slices {
        let (first, end) = (i * slice, min((i + 1) * slice, tokens.count))
        let size = (end - first + threads - 1) / max(threads, 1)
        let parts = stride(from: first, to: end, by: max(size, 1)).map {
          $0..<min($0 + size, end)
        }
        let number = epoch * slices + i
        func rate(_ number: Int) -> Float {
          Float(settings.learningRate * (1 - Double(number) / Double(all)))
        }
        let step = VectorStep(
          size: settings.size, window: settings.window, samples: settings.negatives,
          isCBOW: settings.method == .cbow, firstRate: rate(number), lastRate: rate(number + 1),
          seed: SplitMix64(seed: settings.seed &* 0x9e37_79b9 &+ UInt64(number)).state)
        let (loss, examples) = learnVectors(
          tokens, parts: parts, tables, input: &input, output: &output, step)
        let progress = Progress(
          done: Double(number + 1) / Double(all), loss: loss / Double(max(examples, 1)))
        if !report(progress) { return }
      }
    }
  }

  /// The vectors: for each word the mean of its own row and of those of its runs of letters, less what all words have in
  /// common, which says nothing of any of them (Mu and Viswanath 2018, section 2.1).
  ///
  /// - Throws: `ModelError.Kind.diverged` where some are not finite.
  public func vectors() throws -> WordVectorTable {
    let size = settings.size
    var values = [Float](repeating: 0, count: words.count * size)
    for word in words.indices {
      let rows = tables.features[Int(tables.starts[word])..<Int(tables.starts[word + 1])]
      for row in rows {
        for i in 0..<size { values[word * size + i] += input[Int(row) * size + i] }
      }
      for i in 0..<size { values[word * size + i] /= Float(rows.count) }
    }
    for i in 0..<size {
      let column = stride(from: i, to: values.count, by: size)
      let mean = Float(column.reduce(0) { $0 + Double(values[$1]) } / Double(words.count))
      for index in column { values[index] -= mean }
    }
    guard values.allSatisfy(\.isFinite) else {
      throw ModelError(.diverged(epoch: settings.epochs))
    }
    return WordVectorTable(words: words, size: size, values: values)
  }
}

extension VectorSettings {
  func validate() throws {
    func check(_ isGood: Bool, _ setting: String, _ expected: String) throws {
      guard isGood else { throw ModelError(.badSetting(setting, expected: expected)) }
    }
    try check((1...largestVectorSize).contains(size), "size", "1 to \(largestVectorSize)")
    try check((1...100).contains(window), "window", "1 to 100")
    try check((0...100).contains(negatives), "negatives", "0 to 100")
    try check((0...10_000).contains(epochs), "epochs", "0 to 10000")
    try check((0...20_000_000).contains(buckets), "buckets", "0 to 20000000")
    try check(
      shortestNGram >= 0 && shortestNGram <= longestNGram && longestNGram <= 32,
      "shortest-ngram, longest-ngram", "0 to 32, the shortest first")
    try check(learningRate > 0 && learningRate <= 10, "learning-rate", "above 0 and at most 10")
    try check(sample > 0, "sample", "a positive number")
  }
}

internal import Foundation
public import TagmaAnnotations

/// Counts of spans or words: gold, predicted, and right.
public struct MatchCounts: Sendable, Equatable, Codable {
  public var gold = 0
  public var predicted = 0
  public var correct = 0

  public init() {}

  /// Right among predicted, from 0 to 1; 0 where nothing was predicted.
  public var precision: Double { predicted == 0 ? 0 : Double(correct) / Double(predicted) }
  /// Right among gold.
  public var recall: Double { gold == 0 ? 0 : Double(correct) / Double(gold) }
  /// The harmonic mean of the two.
  public var f1: Double {
    gold + predicted == 0 ? 0 : 2 * Double(correct) / Double(gold + predicted)
  }
}

/// How spans are read from tags.
public enum SpanReading: String, Sendable, CaseIterable, Codable {
  /// As `conlleval` and seqeval's default: an `I-X` after anything else begins a span.
  case conlleval
  /// As seqeval's strict mode for IOB2: spans begin with `B` alone.
  case strict
}

/// Compares predicted labels with gold ones, sentence by sentence.
public struct TagEvaluation: Sendable {
  public let task: TaggingTask
  public let reading: SpanReading
  public private(set) var tokens = 0
  public private(set) var correctTokens = 0
  public private(set) var sentences = 0
  public private(set) var correctSentences = 0
  /// Spans of all labels together.
  public private(set) var total = MatchCounts()
  /// For span tasks the counts of each label's spans, otherwise of each label's words.
  public private(set) var labels: [String: MatchCounts] = [:]
  /// How often each gold label got each predicted one: words, or for spans the words inside them.
  public private(set) var confusion: [String: [String: Int]] = [:]
  /// For each sentence: spans (or words) gold, predicted and right, for resampling.
  private var perSentence: [MatchCounts] = []
  /// Confidence and whether it was right, in twenty bins of equal width.
  private var calibration = [(count: Int, confidence: Double, correct: Int)](
    repeating: (0, 0, 0), count: 20)

  public init(task: TaggingTask, reading: SpanReading = .conlleval) {
    self.task = task
    self.reading = reading
  }

  /// Takes in a sentence.
  ///
  /// Gold `_` for lemmas matches anything, as in the CoNLL-2018 evaluator.
  public mutating func add(gold: [String], predicted: [String], confidences: [Float]? = nil) {
    precondition(gold.count == predicted.count, "TagEvaluation: lengths differ")
    sentences += 1
    tokens += gold.count
    var right = 0
    for (i, (a, b)) in zip(gold, predicted).enumerated() {
      let isRight = a == b || (task == .lemma && a == "_")
      if isRight { right += 1 }
      confusion[a, default: [:]][b, default: 0] += 1
      if let confidence = confidences?[i], confidence.isFinite {
        let bin = min(max(Int(confidence * 20), 0), 19)
        calibration[bin].count += 1
        calibration[bin].confidence += Double(confidence)
        if isRight { calibration[bin].correct += 1 }
      }
    }
    correctTokens += right
    if right == gold.count { correctSentences += 1 }
    task.isSpans ? addSpans(gold, predicted) : addWords(gold, predicted)
  }

  private mutating func addSpans(_ gold: [String], _ predicted: [String]) {
    let (a, b) = (spans(gold), spans(predicted))
    let both = Set(a).intersection(b)
    var counts = MatchCounts()
    (counts.gold, counts.predicted, counts.correct) = (a.count, b.count, both.count)
    for span in a { labels[span.label, default: MatchCounts()].gold += 1 }
    for span in b { labels[span.label, default: MatchCounts()].predicted += 1 }
    for span in both { labels[span.label, default: MatchCounts()].correct += 1 }
    append(counts)
  }

  private mutating func addWords(_ gold: [String], _ predicted: [String]) {
    var counts = MatchCounts()
    for (a, b) in zip(gold, predicted) {
      labels[a, default: MatchCounts()].gold += 1
      labels[b, default: MatchCounts()].predicted += 1
      if a == b || (task == .lemma && a == "_") {
        labels[a, default: MatchCounts()].correct += 1
        counts.correct += 1
      }
    }
    (counts.gold, counts.predicted) = (gold.count, gold.count)
    append(counts)
  }

  private mutating func append(_ counts: MatchCounts) {
    total.gold += counts.gold
    total.predicted += counts.predicted
    total.correct += counts.correct
    perSentence.append(counts)
  }

  private func spans(_ tags: [String]) -> [LabeledSpan] {
    reading == .strict ? strictSpans(of: tags) : TagmaAnnotations.spans(of: tags)
  }

  /// The share of words whose label is right.
  public var accuracy: Double { tokens == 0 ? 0 : Double(correctTokens) / Double(tokens) }

  /// F₁ of spans for span tasks, accuracy otherwise; from 0 to 1.
  public var score: Double { task.isSpans ? total.f1 : accuracy }

  /// Mean distance between confidence and accuracy over bins (Naeini and others, 2015); nil without
  /// confidences.
  public var expectedCalibrationError: Double? {
    let count = calibration.reduce(0) { $0 + $1.count }
    guard count > 0 else { return nil }
    return calibration.reduce(0) { $0 + abs($1.confidence - Double($1.correct)) } / Double(count)
  }

  /// The bounds between which `level` of the scores of resampled test sets lie (Efron 1979).
  public func confidenceInterval(level: Double = 0.95, samples: Int = 1000, seed: UInt64 = 1)
    -> ClosedRange<Double>
  {
    guard !perSentence.isEmpty else { return 0...0 }
    var state = seed
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(count))
    }
    let scores = (0..<samples).map { _ in
      var counts = MatchCounts()
      for _ in perSentence.indices {
        let one = perSentence[random(perSentence.count)]
        counts.gold += one.gold
        counts.predicted += one.predicted
        counts.correct += one.correct
      }
      return task.isSpans ? counts.f1 : counts.recall
    }.sorted()
    let tail = (1 - level) / 2
    let low = Int(tail * Double(samples))
    return scores[low]...scores[samples - 1 - low]
  }
}

/// Spans as seqeval reads them in strict mode with the scheme IOB2 (or IOBES where E or S occur):
/// those that begin and end as the scheme says.
public func strictSpans(of tags: [String]) -> [LabeledSpan] {
  let parts = tags.map(SpanTag.init)
  let isBIOES = parts.contains { "ESLU".contains($0.prefix) }
  var found: [LabeledSpan] = []
  var i = 0
  while i < parts.count {
    let first = parts[i]
    if isBIOES, first.prefix == "S" || first.prefix == "U" {
      found.append(LabeledSpan(label: first.label, words: i..<i + 1))
      i += 1
      continue
    }
    guard first.prefix == "B" else {
      i += 1
      continue
    }
    var end = i + 1
    while end < parts.count, parts[end].prefix == "I", parts[end].label == first.label { end += 1 }
    if isBIOES {
      if end < parts.count, "EL".contains(parts[end].prefix), parts[end].label == first.label {
        found.append(LabeledSpan(label: first.label, words: i..<end + 1))
        end += 1
      }
    } else {
      found.append(LabeledSpan(label: first.label, words: i..<end))
    }
    i = end
  }
  return found
}

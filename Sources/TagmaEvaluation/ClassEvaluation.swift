internal import Foundation

/// How well texts were classified: one label each, or several.
public struct ClassEvaluation: Sendable, Equatable {
  /// What became of one label.
  public struct Counts: Sendable, Equatable {
    public var correct = 0
    public var predicted = 0
    public var gold = 0

    public var precision: Double { predicted > 0 ? Double(correct) / Double(predicted) : 0 }
    public var recall: Double { gold > 0 ? Double(correct) / Double(gold) : 0 }
    /// The harmonic mean of precision and recall.
    public var f1: Double {
      predicted + gold > 0 ? 2 * Double(correct) / Double(predicted + gold) : 0
    }
  }

  /// A label that was taken for another.
  public struct Confusion: Hashable, Sendable {
    public var gold: String
    public var predicted: String

    public init(gold: String, predicted: String) {
      (self.gold, self.predicted) = (gold, predicted)
    }
  }

  public private(set) var texts = 0
  /// Texts whose labels are all right.
  public private(set) var correct = 0
  public private(set) var labels: [String: Counts] = [:]
  /// Counted where both sides have one label.
  public private(set) var confusions: [Confusion: Int] = [:]

  public init() {}

  public mutating func add(gold: [String], predicted: [String]) {
    let (right, mine) = (Set(gold), Set(predicted))
    texts += 1
    if right == mine { correct += 1 }
    for label in right { labels[label, default: Counts()].gold += 1 }
    for label in mine { labels[label, default: Counts()].predicted += 1 }
    for label in right.intersection(mine) { labels[label, default: Counts()].correct += 1 }
    if let a = right.first, let b = mine.first, right.count == 1, mine.count == 1, a != b {
      confusions[Confusion(gold: a, predicted: b), default: 0] += 1
    }
  }

  /// The share of texts whose labels are all right.
  public var accuracy: Double { texts > 0 ? Double(correct) / Double(texts) : 0 }

  /// Of all labels together.
  public var microF1: Double {
    var all = Counts()
    for counts in labels.values {
      all.correct += counts.correct
      all.predicted += counts.predicted
      all.gold += counts.gold
    }
    return all.f1
  }

  /// The mean over the labels of the gold data, in which each counts alike.
  public var macroF1: Double {
    // In order: the last digit of a sum depends on it.
    let known = labels.filter { $0.value.gold > 0 }.sorted { $0.key < $1.key }
    return known.reduce(0) { $0 + $1.value.f1 } / Double(max(known.count, 1))
  }

  /// Between these the accuracy on other texts lies in 95 of 100 cases (Wilson 1927).
  public var accuracyInterval: ClosedRange<Double> {
    let (n, p, z) = (Double(max(texts, 1)), accuracy, 1.959964)
    let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return max(0, middle - half)...min(1, middle + half)
  }
}

internal import Foundation
package import TagmaAnnotations
package import TagmaLexicon
package import TagmaNeural

/// The last layer of one task: from encoder states to labels.
package struct TaskHead: Sendable {
  package enum Kind: Sendable {
    /// One softmax over all labels.
    case softmax(CrossEntropy)
    /// A softmax over all known combinations of features, and one for each attribute.
    case features(CrossEntropy, FeatureGroups)
    /// A conditional random field over BIOES tags.
    case crf(LinearChainCRF)
  }

  package let task: TaggingTask
  package let labels: Vocabulary
  package let linear: Linear
  package let kind: Kind

  package init(
    task: TaggingTask, labels: Vocabulary, inputSize: Int,
    spanDecoder: TaggerConfiguration.SpanDecoder,
    labelSmoothing: Float, prefix: String, in layout: inout ParameterLayout
  ) {
    self.task = task
    self.labels = labels
    let groups = FeatureGroups(labels.entries)
    let isFactored = task == .feats
    let name = "\(prefix)heads.\(task.name)"
    linear = Linear(
      inputSize: inputSize, outputSize: isFactored ? groups.columnCount : labels.count, name: name,
      in: &layout)
    if isFactored {
      kind = .features(
        CrossEntropy(
          groups: groups.columns, labelSmoothing: labelSmoothing, auxiliaryWeight: 0.1), groups)
    } else if task.isSpans, spanDecoder == .crf {
      kind = .crf(
        LinearChainCRF(
          tagCount: labels.count, constraints: Self.constraints(labels.entries),
          name: "\(name).crf", in: &layout))
    } else {
      kind = .softmax(
        CrossEntropy(groups: [0..<labels.count], labelSmoothing: labelSmoothing))
    }
  }

  /// So many labels, the most frequent ones, are scored for each word where most labels are rare.
  static let commonCount = 96
  /// A label that is more probable than this among the common ones is taken without a look at the rare ones.
  static let certainty: Float = 0.9

  /// Whether most labels are rare: combinations of features, and scripts of lemmas.
  var hasRareLabels: Bool { task == .feats || task == .lemma }

  /// The columns that prediction scores for each word.
  var firstColumns: Range<Int> {
    hasRareLabels ? 0..<min(labels.count, Self.commonCount) : 0..<linear.outputSize
  }

  var crf: LinearChainCRF? {
    if case .crf(let crf) = kind { return crf }
    return nil
  }

  /// What BIOES allows: a span that began must go on or end, under the same label.
  package static func constraints(_ tags: [String]) -> LinearChainCRF.Constraints {
    let parts = tags.map(SpanTag.init)
    func mayFollow(_ a: SpanTag?, _ b: SpanTag?) -> Bool {
      let isOpen = a.map { $0.prefix == "B" || $0.prefix == "I" } ?? false
      guard let b, b.prefix == "I" || b.prefix == "E" else { return !isOpen }
      return isOpen && a?.label == b.label
    }
    return LinearChainCRF.Constraints(
      transition: parts.flatMap { a in parts.map { mayFollow(a, $0) } },
      start: parts.map { mayFollow(nil, $0) }, end: parts.map { mayFollow($0, nil) })
  }

  /// The numbers of gold labels for each group of classes; −1 where a label is unknown.
  package func targets(_ labels: [String]) -> [[Int32]] {
    let ids = labels.map { Int32(self.labels[$0] ?? -1) }
    guard case .features(_, let groups) = kind else { return [ids] }
    return [ids] + groups.targets(labels)
  }

  /// The loss of a batch and the gradients with respect to the encoder's states.
  func train(
    _ states: PackedMatrix, targets: [[Int32]], weight: Float, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> (loss: Double, dStates: Matrix) {
    let logits = linear.forward(states.matrix, p).output
    let (loss, dLogits) =
      switch kind {
      case .softmax(let entropy), .features(let entropy, _):
        entropy.loss(logits, targets: targets, weight: weight)
      case .crf(let crf):
        crf.negativeLogLikelihood(
          of: targets[0], emissions: PackedMatrix(logits, states.packing), weight: weight, p,
          accumulatingInto: &g)
      }
    return (loss, linear.backward(dLogits, states.matrix, p, accumulatingInto: &g))
  }
}

/// The attributes of morphological features, such as `Number`, each with its values.
package struct FeatureGroups: Sendable {
  /// Columns of the logits: first all known combinations, then the values of each attribute, of
  /// which the first means that the attribute is absent.
  package private(set) var columns: [Range<Int>]
  package let attributes: [String]
  private let values: [[String: Int32]]
  /// For each combination, its value in each attribute.
  package let combinations: [[Int32]]

  package var columnCount: Int { columns.last?.upperBound ?? 0 }

  package init(_ labels: [String]) {
    var found: [String: Set<String>] = [:]
    let parsed = labels.map(Self.parse)
    for pairs in parsed {
      for (attribute, value) in pairs { found[attribute, default: []].insert(value) }
    }
    let attributes = found.keys.sorted()
    self.attributes = attributes
    let values = attributes.map { attribute in
      Dictionary(
        uniqueKeysWithValues: (found[attribute] ?? []).sorted().enumerated().map {
          ($1, Int32($0 + 1))
        })
    }
    columns = [0..<labels.count]
    for list in values {
      let start = columns[columns.count - 1].upperBound
      columns.append(start..<start + list.count + 1)
    }
    self.values = values
    combinations = parsed.map { pairs in Self.numbers(pairs, attributes, values) }
  }

  static func parse(_ feats: String) -> [String: String] {
    var pairs: [String: String] = [:]
    guard feats != "_" else { return pairs }
    for part in feats.split(separator: "|") {
      let sides = part.split(separator: "=", maxSplits: 1)
      if sides.count == 2 { pairs[String(sides[0])] = String(sides[1]) }
    }
    return pairs
  }

  private static func numbers(
    _ pairs: [String: String], _ attributes: [String], _ values: [[String: Int32]]
  ) -> [Int32] {
    zip(attributes, values).map { attribute, list in
      pairs[attribute].map { list[$0] ?? -1 } ?? 0
    }
  }

  func targets(_ labels: [String]) -> [[Int32]] {
    let rows = labels.map { Self.numbers(Self.parse($0), attributes, values) }
    return attributes.indices.map { a in rows.map { $0[a] } }
  }

  /// The combination whose own probability times those of its values is the highest, among the
  /// `beam` likeliest combinations.
  ///
  /// - Parameter row: Probabilities of the combinations, then scores of each attribute's values.
  package func best(_ row: ArraySlice<Float>, beam: Int = 4) -> (label: Int, value: Float) {
    let start = row.startIndex
    var top: [(label: Int, p: Float)] = []
    for k in columns[0] where top.count < beam || row[start + k] > top[top.count - 1].p {
      let p = row[start + k]
      top.insert((k, p), at: top.firstIndex { $0.p < p } ?? top.count)
      if top.count > beam { top.removeLast() }
    }
    let logSums = columns.dropFirst().map { group -> Float in
      let values = row[start + group.lowerBound..<start + group.upperBound]
      let highest = values.max() ?? 0
      return highest + log(values.reduce(0) { $0 + exp($1 - highest) })
    }
    var best = (label: 0, score: -Float.infinity, p: Float(0))
    for (label, probability) in top {
      var score = log(max(probability, 1e-30))
      for (a, value) in combinations[label].enumerated() where value >= 0 {
        score += row[start + columns[a + 1].lowerBound + Int(value)] - logSums[a]
      }
      if score > best.score { best = (label, score, probability) }
    }
    return (best.label, best.p)
  }
}

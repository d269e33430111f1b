internal import TagmaAnnotations
internal import TagmaLexicon
package import TagmaNeural

/// Spans of the training data by label, to put in place of others: a network that has seen a name in
/// many sentences learns the sentences rather than the name (Dai & Adel 2020, mention replacement).
package struct SpanPool: Sendable {
  /// A span with all its labels.
  private struct Entry: Sendable {
    let forms: ArraySlice<Int>
    /// What language models have read of it, or nil where it stood in no sentence.
    let context: ArraySlice<Int>?
    let targets: [[ArraySlice<Int32>]?]
  }

  private let head: Int
  private let tags: [SpanTag]
  private var entries: [String: [Entry]] = [:]

  /// Collects the spans of the first head of spans; nil where there is none.
  ///
  /// - Parameter names: Names that no training sentence has, with the numbers of their words' forms.
  package init?(
    _ examples: [Example], heads: [TaskHead], names: [(label: String, forms: [Int])] = []
  ) {
    guard let head = heads.firstIndex(where: \.task.isSpans) else { return nil }
    self.head = head
    tags = heads[head].labels.entries.map(SpanTag.init)
    for example in examples where example.inputs.isEmpty {
      for (label, range) in spans(of: example) {
        entries[label, default: []].append(
          Entry(
            forms: example.forms[range],
            context: example.context.isEmpty ? [] : example.context[range],
            targets: example.targets.map { groups in groups?.map { $0[range] } }))
      }
    }
    for (label, forms) in names {
      let span = LabeledSpan(label: label, words: 0..<forms.count)
      let tags = TagmaAnnotations.tags(for: [span], count: forms.count, scheme: .bioes)
      var targets = [[ArraySlice<Int32>]?](repeating: nil, count: heads.count)
      targets[head] = heads[head].targets(tags).map { $0[...] }
      entries[label, default: []].append(Entry(forms: forms[...], context: nil, targets: targets))
    }
  }

  private func spans(of example: Example) -> [(label: String, range: Range<Int>)] {
    guard let ids = example.targets[head]?.first else { return [] }
    var found: [(String, Range<Int>)] = []
    var start = 0
    for (i, id) in ids.enumerated() where id >= 0 {
      let tag = tags[Int(id)]
      if tag.prefix == "B" || tag.prefix == "S" { start = i }
      if tag.prefix == "E" || tag.prefix == "S" { found.append((tag.label, start..<i + 1)) }
    }
    return found
  }

  /// The example with about `share` of its spans replaced.
  ///
  /// What language models say of the words is what they say of them where they stood; a sentence with a name that stood
  /// nowhere is read anew.
  package func replacing(in example: Example, share: Float, using random: inout SplitMix64)
    -> Example
  {
    guard example.inputs.isEmpty else { return example }
    var (forms, context): ([Int], [Int]) = ([], [])
    var targets = example.targets.map { groups in groups?.map { _ in [Int32]() } }
    var copied = 0
    var isReadAnew = false
    func copy(_ range: Range<Int>) {
      forms += example.forms[range]
      if !example.context.isEmpty { context += example.context[range] }
      for h in targets.indices {
        for g in targets[h]?.indices ?? 0..<0 {
          targets[h]?[g] += example.targets[h]?[g][range] ?? []
        }
      }
    }
    for (label, range) in spans(of: example) where random.nextUnit() < share {
      guard let choices = entries[label] else { continue }
      let entry = choices[Int(random.next() % UInt64(choices.count))]
      copy(copied..<range.lowerBound)
      copied = range.upperBound
      forms += entry.forms
      context += entry.context ?? []
      if entry.context == nil { isReadAnew = true }
      for h in targets.indices {
        for g in targets[h]?.indices ?? 0..<0 {
          // A head whose labels the other span does not have learns nothing from it.
          targets[h]?[g] +=
            entry.targets[h]?[g] ?? ArraySlice(repeating: -1, count: entry.forms.count)
        }
      }
    }
    guard copied > 0 else { return example }
    copy(copied..<example.forms.count)
    return Example(
      forms: forms, inputs: example.inputs, targets: targets, context: isReadAnew ? [] : context)
  }
}

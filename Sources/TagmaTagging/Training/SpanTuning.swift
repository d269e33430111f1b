public import TagmaAnnotations
internal import TagmaEvaluation
internal import TagmaModels
internal import TagmaNeural

/// Which spans of a task are believed.
public struct SpanChoice: Sendable, Equatable {
  /// The probability above which a span is believed.
  public var threshold: Double
  /// How much the rest of a document counts where it has the same words again, from 0 to 1.
  public var documentShare: Double
  /// Labels of names whose first or last word stands for the whole in the rest of a document, such as those of persons.
  public var documentParts: [String]
  /// F₁ on dev, in percent; nil where the choice was not made there.
  public var score: Double?

  public init(
    threshold: Double, documentShare: Double, documentParts: [String] = [], score: Double? = nil
  ) {
    (self.threshold, self.documentShare) = (threshold, documentShare)
    (self.documentParts, self.score) = (documentParts, score)
  }
}

extension Tagger {
  /// The tasks whose spans have probabilities.
  public var probableSpanTasks: [TaggingTask] {
    model.network.heads.filter { $0.crf != nil }.map(\.task)
  }

  /// The labels of a task's spans.
  public func spanLabels(of task: TaggingTask) -> [String] {
    zip(model.network.heads, spanDecoders).first { $0.0.task == task }?.1?.labelNames ?? []
  }

  private static let thresholds = (1...14).map { 0.05 * Double($0) }
  private static let documentShares = [0, 0.2, 0.4, 0.6, 0.8]
  /// What a label whose names are used in parts must bring, in percent: less is chance where dev has a thousand spans.
  private static let leastGain = 0.25

  /// Chooses on dev what spans of a task are believed: that with the highest F₁, averaged with the thresholds beside it, as one
  /// point of a curve that a few hundred spans draw is partly chance.
  ///
  /// - Parameter corpora: Sentences with labels of the task, file by file.
  /// - Returns: Nil where the task has no probabilities of spans, or the corpora have no labels.
  public func tunedSpans(
    of task: TaggingTask, on corpora: [[Sentence]], threads: Int = 1
  ) -> SpanChoice? {
    guard let h = model.network.heads.firstIndex(where: { $0.task == task && $0.crf != nil })
    else { return nil }
    var open = model
    open.description.spanThresholds[task.name] = DocumentEvidence.leastProbability
    open.description.documentShares[task.name] = 1
    let tagger = Tagger(open, embeddings: embeddings)
    guard corpora.joined().contains(where: { $0.labels(of: task)?.isEmpty == false }) else {
      return nil
    }
    // Sentences without labels are of their documents, too.
    let files = corpora.map { sentences in
      (
        sentences: sentences,
        candidates: tagger.label(sentences, options: TaggingOptions(), threads: threads).map {
          $0.undecided[h]?.candidates ?? []
        }
      )
    }
    func choice(share: Double, parts: [String]) -> (spans: SpanChoice, mean: Double) {
      let scores = f1(files, task, share: share, parts: parts)
      var highest = (i: 1, mean: -1.0)
      for i in 1..<scores.count - 1 {
        let mean = (scores[i - 1] + scores[i] + scores[i + 1]) / 3
        if mean > highest.mean { highest = (i, mean) }
      }
      return (
        SpanChoice(
          threshold: Self.thresholds[highest.i], documentShare: share, documentParts: parts,
          score: scores[highest.i]), highest.mean
      )
    }
    var best = choice(share: 0, parts: [])
    for share in Self.documentShares.dropFirst() {
      let other = choice(share: share, parts: [])
      if other.mean > best.mean { best = other }
    }
    guard best.spans.documentShare > 0 else { return best.spans }
    // Whose names are used in parts: the label that helps most, as long as one does.
    let labels = spanLabels(of: task).sorted()
    while true {
      let parts = best.spans.documentParts
      let others = labels.filter { !parts.contains($0) }.flatMap { label in
        Self.documentShares.dropFirst().map { choice(share: $0, parts: parts + [label]) }
      }
      guard let other = others.max(by: { $0.mean < $1.mean }),
        other.mean > best.mean + Self.leastGain
      else { return best.spans }
      best = other
    }
  }

  /// For each threshold the F₁, in percent.
  private func f1(
    _ files: [(sentences: [Sentence], candidates: [[SpanCandidate]])], _ task: TaggingTask,
    share: Double,
    parts: [String]
  ) -> [Double] {
    let pooled = files.map {
      pooledCandidates(
        $0.candidates, $0.sentences, share: share, parts: parts, TaggingOptions())
    }
    return Self.thresholds.map { threshold in
      var evaluation = TagEvaluation(task: task)
      for (file, candidates) in zip(files, pooled) {
        for (sentence, candidates) in zip(file.sentences, candidates) {
          guard let gold = sentence.labels(of: task), !gold.isEmpty else { continue }
          let found = SpanDecoder.chosen(from: candidates, count: gold.count, threshold: threshold)
          evaluation.add(
            gold: gold, predicted: tags(for: found.map(\.span), count: gold.count, scheme: .bio))
        }
      }
      return 100 * evaluation.score
    }
  }

  /// The same tagger, which believes spans as was chosen.
  public func believing(_ choices: [TaggingTask: SpanChoice]) -> Tagger {
    var model = model
    model.description.believe(choices)
    return Tagger(
      model, segmenter: segmenter, lemmatizer: lemmatizer, embeddings: embeddings)
  }
}

extension ModelDescription<TaggerKind> {
  mutating func believe(_ choices: [TaggingTask: SpanChoice]) {
    for (task, choice) in choices {
      self.spanThresholds[task.name] = choice.threshold
      let reads = choice.documentShare > 0
      self.documentShares[task.name] = reads ? choice.documentShare : nil
      self.documentParts[task.name] =
        reads && !choice.documentParts.isEmpty ? choice.documentParts : nil
      self.devScores[task.name] = choice.score
    }
  }
}

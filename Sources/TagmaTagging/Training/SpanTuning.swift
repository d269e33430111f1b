public import TagmaAnnotations
internal import TagmaEvaluation
internal import TagmaNeural

/// Which spans of a task are believed.
public struct SpanChoice: Sendable, Equatable {
  /// The probability above which a span is believed.
  public var threshold: Double
  /// How much the rest of a document counts where it has the same words again, from 0 to 1.
  public var documentShare: Double
  /// F₁ on dev, in percent; nil where the choice was not made there.
  public var score: Double?

  public init(threshold: Double, documentShare: Double, score: Double? = nil) {
    (self.threshold, self.documentShare, self.score) = (threshold, documentShare, score)
  }
}

extension Tagger {
  /// The tasks whose spans have probabilities.
  public var probableSpanTasks: [Task] {
    model.network.heads.filter { $0.crf != nil }.map(\.task)
  }

  private static let thresholds = (1...14).map { 0.05 * Double($0) }
  private static let documentShares = [0, 0.2, 0.4, 0.6, 0.8]

  /// Chooses on dev what spans of a task are believed: that with the highest F₁, averaged with the thresholds beside it, as one
  /// point of a curve that a few hundred spans draw is partly chance.
  ///
  /// - Parameter corpora: Sentences with labels of the task, file by file.
  /// - Returns: Nil where the task has no probabilities of spans, or the corpora have no labels.
  public func tunedSpans(
    of task: Task, on corpora: [[Sentence]], threads: Int = 1
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
    var best: SpanChoice?
    var highest = -1.0
    for share in Self.documentShares {
      let scores = f1(files, task, share: share)
      for i in 1..<scores.count - 1 {
        let smooth = scores[i - 1] + scores[i] + scores[i + 1]
        if smooth > highest {
          highest = smooth
          best = SpanChoice(
            threshold: Self.thresholds[i], documentShare: share, score: scores[i])
        }
      }
    }
    return best
  }

  /// For each threshold the F₁, in percent.
  private func f1(
    _ files: [(sentences: [Sentence], candidates: [[SpanCandidate]])], _ task: Task, share: Double
  ) -> [Double] {
    let pooled = files.map {
      pooledCandidates($0.candidates, $0.sentences, share: share, TaggingOptions())
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
  public func believing(_ choices: [Task: SpanChoice]) -> Tagger {
    var model = model
    model.description.believe(choices)
    return Tagger(
      model, segmenter: segmenter, lemmatizer: lemmatizer, embeddings: embeddings)
  }
}

extension TaggerDescription {
  mutating func believe(_ choices: [Task: SpanChoice]) {
    for (task, choice) in choices {
      spanThresholds[task.name] = choice.threshold
      documentShares[task.name] = choice.documentShare > 0 ? choice.documentShare : nil
      devScores[task.name] = choice.score
    }
  }
}

internal import Foundation
internal import TagmaAnnotations
internal import TagmaLexicon
internal import TagmaModels
internal import TagmaNeural

// How spans are chosen: the likeliest sequence of tags, or what is probable enough in its document.

/// Spans that are chosen when the rest of the document is known.
struct UndecidedSpans: Sendable {
  var candidates: [SpanCandidate]
  /// Probabilities of the tags, `[words, tags]`, where they are wanted.
  var marginals: [Float] = []
}

extension Tagger {
  /// Chooses a sentence's spans, or lays out what they are to be chosen from when the rest of the document is known.
  func decode(
    _ crf: LinearChainCRF, _ scores: LinearChainCRF.Scores, _ emissions: Matrix, rows: [Int],
    headNumber h: Int, _ result: inout TaggedSentence, _ options: TaggingOptions
  ) {
    let head = model.network.heads[h]
    let wantsMore = options.confidence || options.nbest > 0
    let threshold = description.spanThresholds[head.task.name]
    let lattice =
      wantsMore || threshold != nil ? crf.lattice(emissions: emissions, rows: rows, scores) : nil
    var marginals: [Float] = []
    if wantsMore, let lattice {
      marginals.reserveCapacity(rows.count * crf.tagCount)
      for t in rows.indices {
        for tag in 0..<crf.tagCount { marginals.append(Float(lattice.marginal(t, tag))) }
      }
    }
    if let threshold, let decoder = spanDecoders[h], let lattice, lattice.logPartition.isFinite {
      let hasDocuments = description.documentShares[head.task.name] ?? 0 > 0
      result.undecided[h] = UndecidedSpans(
        candidates: decoder.candidates(
          count: rows.count, in: lattice, scores,
          above: hasDocuments ? min(DocumentEvidence.leastProbability, threshold) : threshold),
        marginals: marginals)
    } else {
      let path = crf.viterbi(emissions: emissions, rows: rows, scores)
      let found = spans(of: path.map { head.labels.entries[$0] }).map { span in
        SpanCandidate(
          span: span,
          probability: lattice.map {
            crf.probability(
              of: Array(path[span.words]), from: span.words.lowerBound, in: $0, scores)
          } ?? 0)
      }
      write(found, ofWords: rows.count, marginals, head, &result, options)
    }
    guard options.nbest > 0, let lattice else { return }
    result.alternatives[head.task] =
      crf.bestPaths(options.nbest, emissions: emissions, rows: rows, scores).map { path in
        let names = path.tags.map { head.labels.entries[$0] }
        return (
          tags(for: spans(of: names), count: names.count, scheme: .bio),
          Float(exp(path.score - lattice.logPartition))
        )
      }
  }

  /// - Parameter marginals: Probabilities of the tags, `[words, tags]`, where they are wanted.
  private func write(
    _ found: [SpanCandidate], ofWords count: Int, _ marginals: [Float], _ head: TaskHead,
    _ result: inout TaggedSentence, _ options: TaggingOptions
  ) {
    let K = head.labels.count
    let spans = found.map(\.span)
    result.labels[head.task] = tags(for: spans, count: count, scheme: .bio)
    guard options.confidence || options.nbest > 0 else { return }
    let path = tags(for: spans, count: count, scheme: .bioes)
    result.confidences[head.task] = path.enumerated().map { t, tag in
      marginals[t * K + (head.labels[tag] ?? 0)]
    }
    result.spans[head.task] = found.map { ($0.span, Float(min($0.probability, 1))) }
  }

  /// Chooses the spans that `decode` left undecided.
  func chooseSpans(
    of sentences: [Sentence], _ results: inout [TaggedSentence], _ options: TaggingOptions
  ) {
    for (h, head) in model.network.heads.enumerated() {
      guard let threshold = description.spanThresholds[head.task.name], head.crf != nil else {
        continue
      }
      let candidates = pooledCandidates(
        results.map { $0.undecided[h]?.candidates ?? [] }, sentences,
        share: description.documentShares[head.task.name] ?? 0,
        parts: description.documentParts[head.task.name] ?? [], options)
      for i in results.indices {
        guard let undecided = results[i].undecided.removeValue(forKey: h) else { continue }
        let count = sentences[i].tokens.count
        let found = SpanDecoder.chosen(
          from: candidates[i], count: count, threshold: threshold)
        write(found, ofWords: count, undecided.marginals, head, &results[i], options)
      }
    }
  }

  /// What spans are chosen from, where documents count as much as `share` says.
  func pooledCandidates(
    _ candidates: [[SpanCandidate]], _ sentences: [Sentence], share: Double,
    parts: [String], _ options: TaggingOptions
  ) -> [[SpanCandidate]] {
    guard share > 0 else { return candidates }
    var pooled = candidates
    let documents = DocumentEvidence.documents(
      sentences, startsInDocument: options.startsInDocument)
    for document in documents {
      pooled.replaceSubrange(
        document,
        with: DocumentEvidence.pooled(
          Array(candidates[document]), forms: sentences[document].map(\.forms), share: share,
          parts: Set(parts)))
    }
    return pooled
  }
}

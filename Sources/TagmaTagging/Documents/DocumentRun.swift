internal import Foundation
internal import TagmaAnnotations
public import TagmaCorpora
internal import TagmaKernels
internal import TagmaModels
internal import TagmaTokenization

/// A file on its way through a pipeline, some units at a time.
public final class DocumentRun {
  private let pipeline: DocumentPipeline
  private let reader: DocumentReader
  private let formatter: (any SentenceFormatter)?
  private var position = Position()
  /// What is wrong with the input after what was last worked on.
  private var failure: (any Error)?

  /// - Parameter formatter: Writes what `next` gives; none is needed for sentences.
  public convenience init(
    _ pipeline: DocumentPipeline, _ source: ByteSource, _ formatter: (any SentenceFormatter)? = nil
  ) {
    self.init(
      pipeline,
      DocumentReader(
        source, format: pipeline.format, columns: pipeline.columns,
        keepsDocuments: pipeline.tagger?.readsDocuments ?? false, warn: pipeline.warn), formatter)
  }

  package init(
    _ pipeline: DocumentPipeline, _ reader: DocumentReader, _ formatter: (any SentenceFormatter)?
  ) {
    (self.pipeline, self.reader, self.formatter) = (pipeline, reader, formatter)
  }

  /// How many sentences there were.
  public var sentenceCount: Int { position.number - 1 }

  /// What the next units give, nil after the last.
  ///
  /// What comes before a fault of the input is still worked on; the fault is thrown next time. Where `shouldStop` of the
  /// tagging says so, that is a `CancellationError`.
  public func next() throws -> [String]? {
    guard var work = try nextWork() else { return nil }
    forEachConcurrently(&work, threads: pipeline.threads) { [formatter] _, item in
      var text = ""
      item.forEachSentence { formatter?.write($0, to: &text) }
      item.text = text
    }
    return work.map(\.text)
  }

  /// The sentences of the next units with what was found about them, nil after the last.
  public func nextSentences() throws -> [DocumentSentence]? {
    guard let work = try nextWork() else { return nil }
    var sentences: [DocumentSentence] = []
    for item in work { item.forEachSentence { sentences.append($0) } }
    return sentences
  }

  private func nextWork() throws -> [Work]? {
    if let failure { throw failure }
    var work: [Work] = []
    while work.count < pipeline.unitsAThread * pipeline.threads {
      do {
        guard let unit = try reader.next() else { break }
        work.append(Work(unit: unit))
      } catch {
        failure = error
        break
      }
      if !reader.hasMoreReady { break }
    }
    if work.isEmpty {
      if let failure { throw failure }
      return nil
    }
    process(&work)
    if work.isEmpty, let failure { throw failure }
    return work
  }

  private struct Work: Sendable {
    var unit: DocumentUnit
    var sentences: [Sentence] = []
    var tagged: [TaggedSentence] = []
    var start = Position()
    var text = ""
    var failure: (any Error)?

    func forEachSentence(_ body: (DocumentSentence) -> Void) {
      var position = start
      for (i, sentence) in sentences.enumerated() {
        let tagged = sentence.tokens.isEmpty || self.tagged.isEmpty ? nil : self.tagged[i]
        body(position.place(sentence, tagged))
      }
    }

    mutating func analyze(with pipeline: DocumentPipeline) {
      var options = pipeline.tagging
      // All running text is of documents.
      options.startsInDocument = pipeline.format == .text || pipeline.format == .jsonl
      if case .sentences(let sentences, let startsInDocument) = unit {
        self.sentences = sentences
        options.startsInDocument = startsInDocument
      } else {
        do {
          var cutter = try Tokenizer(pipeline.tokenizer)
          sentences = unit.sentences(using: &cutter, pipeline.segmenter)
        } catch {
          failure = error
          return
        }
      }
      guard !pipeline.tagging.shouldStop() else {
        failure = CancellationError()
        return
      }
      guard let tagger = pipeline.tagger else { return }
      if let missing = tagger.missingInput(in: sentences) {
        failure = ModelError(.missingInput(task: missing.name))
        return
      }
      tagged = tagger.tag(sentences, options: options)
      if pipeline.tagging.shouldStop() { failure = CancellationError() }
    }
  }

  /// How far a file is read.
  private struct Position: Sendable {
    /// Of the next sentence.
    var number = 1
    /// The document that it is of, where that has a name.
    var document: String?

    /// What is told of a sentence that follows here.
    mutating func place(_ sentence: Sentence, _ tagged: TaggedSentence? = nil) -> DocumentSentence {
      for comment in sentence.comments where comment.hasPrefix(DocumentEvidence.comment) {
        document = DocumentEvidence.documentName(comment)
      }
      let placed = DocumentSentence(sentence, tagged: tagged, number: number, document: document)
      if !sentence.tokens.isEmpty { number += 1 }
      return placed
    }
  }

  /// Does the work; what follows a failure is left out.
  private func process(_ work: inout [Work]) {
    let pipeline = pipeline
    forEachConcurrently(&work, threads: pipeline.threads) { _, item in
      item.analyze(with: pipeline)
    }
    if let bad = work.firstIndex(where: { $0.failure != nil }) {
      failure = work[bad].failure
      work.removeSubrange(bad...)
    }
    for i in work.indices {
      var isRaw = true
      if case .sentences = work[i].unit { isRaw = false }
      // Objects with words are of no text that stood before.
      if !isRaw, pipeline.format == .jsonl { position.document = nil }
      work[i].start = position
      for sentence in work[i].sentences {
        let number = position.place(sentence).number
        if isRaw, sentence.tokens.count == pipeline.tokenizer.sentenceLimit {
          pipeline.warn(
            "sentence \(number) is cut after \(pipeline.tokenizer.sentenceLimit) words")
        }
      }
    }
  }
}

internal import Foundation
internal import TagmaAnnotations
public import TagmaCorpora
internal import TagmaKernels
internal import TagmaModels
public import TagmaSegmentation
public import TagmaTokenization

/// From files to written results: reads units in order, works on several at once, writes in order.
///
/// What a unit gives depends on its text alone, so the output is the same for any number of threads,
/// and memory holds a few units, whatever the size of the text.
public struct DocumentPipeline: Sendable {
  public var tagger: Tagger?
  /// What cuts raw text; without one the rules for the language do.
  public var segmenter: Segmenter?
  public var tagging = TaggingOptions()
  public var tokenizer = TokenizerOptions()
  public var format = InputFormat.text
  public var columns = ColumnFormat()
  public var encoding: String?
  public var threads = 1
  /// Told of what is done otherwise than a user may expect.
  public var warn: @Sendable (String) -> Void = { _ in }

  /// Returning memory takes about as long as tagging a few sentences.
  private static let roundsBeforeRelease = 4

  public init() {}

  private struct Work: Sendable {
    var unit: DocumentUnit
    var sentences: [Sentence] = []
    var tagged: [TaggedSentence] = []
    var start = Position()
    var text = ""
    var failure: (any Error)?
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

  /// Works through one file.
  ///
  /// - Parameters:
  ///   - flush: Called when everything that was sent so far is written, where the input is live.
  /// - Returns: How many sentences there were.
  @discardableResult
  public func run(
    _ path: String, formatter: any SentenceFormatter, write: (String) throws -> Void,
    flush: () throws -> Void = {}
  ) throws -> Int {
    let reader = try DocumentReader(
      path, format: format, columns: columns, encoding: encoding,
      keepsDocuments: tagger?.readsDocuments ?? false)
    var position = Position()
    var rounds = 0
    while true {
      var work: [Work] = []
      var failure: (any Error)?
      while work.count < 4 * threads {
        do {
          guard let unit = try reader.next() else { break }
          work.append(Work(unit: unit))
        } catch {
          // What came before the fault is still worked on and written.
          failure = error
          break
        }
        if !reader.hasMoreReady { break }
      }
      if work.isEmpty {
        if let failure { throw failure }
        return position.number - 1
      }
      try process(&work, formatter, from: &position)
      for item in work { try write(item.text) }
      try flush()
      rounds += 1
      if rounds % Self.roundsBeforeRelease == 0 { releaseFreeMemory() }
      if let failure { throw failure }
    }
  }

  private func process(
    _ work: inout [Work], _ formatter: any SentenceFormatter, from position: inout Position
  ) throws {
    forEachConcurrently(&work, threads: threads) { _, item in analyze(&item) }
    for i in work.indices {
      if let failure = work[i].failure { throw failure }
      var isRaw = true
      if case .sentences = work[i].unit { isRaw = false }
      // Objects with words are of no text that stood before.
      if !isRaw, format == .jsonl { position.document = nil }
      work[i].start = position
      for sentence in work[i].sentences {
        let number = position.place(sentence).number
        if isRaw, sentence.tokens.count == tokenizer.sentenceLimit {
          warn("sentence \(number) is cut after \(tokenizer.sentenceLimit) words")
        }
      }
    }
    forEachConcurrently(&work, threads: threads) { _, item in
      var position = item.start
      for (i, sentence) in item.sentences.enumerated() {
        let tagged = sentence.tokens.isEmpty || item.tagged.isEmpty ? nil : item.tagged[i]
        formatter.write(position.place(sentence, tagged), to: &item.text)
      }
    }
  }

  private func analyze(_ item: inout Work) {
    var options = tagging
    // All running text is of documents.
    options.startsInDocument = format == .text || format == .jsonl
    if case .sentences(let sentences, let startsInDocument) = item.unit {
      item.sentences = sentences
      options.startsInDocument = startsInDocument
    } else {
      do {
        var cutter = try Tokenizer(tokenizer)
        item.sentences = item.unit.sentences(
          using: &cutter, segmenter, oneSentenceABlock: format == .lines)
      } catch {
        item.failure = error
        return
      }
    }
    if let tagger, let missing = tagger.missingInput(in: item.sentences) {
      item.failure = ModelError(.missingInput(task: missing.name))
      return
    }
    if let tagger { item.tagged = tagger.tag(item.sentences, options: options) }
  }
}

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TagmaAnnotations
internal import TagmaCorpora
internal import TagmaTagging

/// A text on its way through a pipeline.
struct DocumentRequest: Sendable {
  /// How the text is read.
  enum Input: Sendable {
    case format(InputFormat)
    /// Cut already, as UDPipe has it.
    case vertical, horizontal

    /// Whether no text is wrong in this format.
    fileprivate var takesAnything: Bool {
      switch self {
      case .format(let format): format == .text || format == .lines
      case .vertical, .horizontal: false
      }
    }
  }

  var text: [UInt8]
  var input: Input
  var pipeline: DocumentPipeline
  var formatter: any SentenceFormatter
  /// The place of the request among those at work.
  let place: Admissions.Place

  fileprivate var run: DocumentRun { DocumentRun(pipeline, reader, formatter) }

  fileprivate var reader: DocumentReader {
    let keepsDocuments = pipeline.tagger?.readsDocuments ?? false
    let source = ByteSource(bytes: withoutMark, name: "input")
    return switch input {
    case .format(let format):
      DocumentReader(
        source, format: format, columns: pipeline.columns, keepsDocuments: keepsDocuments)
    case .vertical: DocumentReader(VerticalReader(LineReader(source)))
    case .horizontal: DocumentReader(HorizontalReader(LineReader(source)))
    }
  }

  /// The text without a byte order mark; in raw text it is left to the tokenizer, which keeps it as white space.
  private var withoutMark: [UInt8] {
    if case .format(let format) = input, format.keepsByteOrderMark { return text }
    return text.starts(with: [0xef, 0xbb, 0xbf]) ? Array(text.dropFirst(3)) : text
  }

  /// Reads the text once without any work on it, as a fault must be told before the answer begins.
  fileprivate func check() throws {
    guard !input.takesAnything else { return }
    let reader = reader
    while let unit = try reader.next() {
      if pipeline.tagging.shouldStop() { throw CancellationError() }
      guard case .sentences(let sentences, _) = unit else { continue }
      if let missing = pipeline.tagger?.missingInput(in: sentences) {
        throw ServiceError.badRequest("the model needs task '\(missing.name)' as input")
      }
    }
  }
}

/// Runs a text through a pipeline and sends what comes out, piece by piece: as much is in memory as the reader has not yet taken.
struct DocumentResponse: Sendable {
  /// What stands around the pieces of an answer, and what becomes of each.
  struct Envelope: Sendable {
    var head = ""
    var piece: @Sendable (_ text: String, _ isFirst: Bool) -> String = { text, _ in text }
    var tail = ""
  }

  let workers: ServiceThreads
  let transferTimeout: Duration

  func callAsFunction(
    _ request: DocumentRequest, contentType: String, _ envelope: Envelope,
    _ context: ServiceContext
  ) async throws -> Response {
    var request = request
    request.pipeline.tagging.shouldStop = context.isOver
    // Many are at work at once.
    request.pipeline.unitsAThread = 1
    let (work, workers) = (request, workers)
    try await withTaskExecutorPreference(workers) { try work.check() }
    let transferTimeout = transferTimeout
    return Response(
      status: .ok, headers: [.contentType: contentType],
      body: ResponseBody { writer in
        var sending = PacedSending(context, work.place, timeout: transferTimeout)
        try await sending.send(envelope.head, to: &writer)
        let run = work.run
        var isFirst = true
        while let piece = try await withTaskExecutorPreference(
          workers, operation: { try Self.next(run, envelope, isFirst) })
        {
          guard !piece.isEmpty else { continue }
          try await sending.send(piece, to: &writer)
          isFirst = false
        }
        try await sending.send(envelope.tail, to: &writer)
        try await writer.finish(nil)
        withExtendedLifetime(work.place) {}
      })
  }

  /// What the next units give; nil after the last.
  private static func next(
    _ run: DocumentRun, _ envelope: Envelope, _ isFirst: Bool
  ) throws -> String? {
    guard let texts = try run.next() else { return nil }
    let text = texts.joined()
    return text.isEmpty ? "" : envelope.piece(text, isFirst)
  }
}

/// Sends an answer to a reader who must not let it wait.
///
/// Who does not read keeps a place that others want. So an answer waits for its reader as long as a request may take to
/// arrive, all its pieces together; each `pace` bytes that are taken win back a second. Then the connection is closed.
private struct PacedSending {
  /// Bytes that a reader must take in a second in the long run.
  private static let pace = 32_768.0

  private let context: ServiceContext
  private let place: Admissions.Place
  private let timeout: Duration
  /// How long the reader may still let the answer wait.
  private var patience: Duration

  init(_ context: ServiceContext, _ place: Admissions.Place, timeout: Duration) {
    (self.context, self.place, self.timeout, patience) = (context, place, timeout, timeout)
  }

  mutating func send(_ text: String, to writer: inout any ResponseBodyWriter) async throws {
    guard !text.isEmpty else { return }
    let closing = context.closeConnection(after: patience)
    let context = context
    place.beginSending { context.closeConnection(after: .zero) }
    defer {
      closing.cancel()
      place.endTransfer()
    }
    let start = ContinuousClock.now
    let buffer = ByteBuffer(string: text)
    let count = buffer.readableBytes
    try await writer.write(buffer)
    patience -= .now - start
    patience = min(timeout, patience + .seconds(Double(count) / Self.pace))
    context.record.count(bytesOut: count)
  }
}

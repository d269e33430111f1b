internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TagmaAnnotations
internal import TagmaCorpora
internal import TagmaKernels
internal import TagmaTagging

/// Runs a text through a pipeline and sends what comes out, piece by piece: as much is in memory as the reader has not yet taken.
struct DocumentResponse: Sendable {
  /// What stands around the pieces of an answer, and what becomes of each.
  struct Envelope: Sendable {
    var head = ""
    var piece: @Sendable (_ text: String, _ isFirst: Bool) -> String = { text, _ in text }
    var tail = ""
  }

  let pool: WorkerPool
  let transferTimeout: Duration

  func callAsFunction(
    _ text: String, _ pipeline: DocumentPipeline, _ formatter: any SentenceFormatter,
    contentType: String, _ envelope: Envelope = Envelope(), _ context: ServiceContext
  ) async throws -> Response {
    let admission = try pool.admit()
    if pipeline.format != .text, pipeline.format != .lines {
      try await withTaskExecutorPreference(pool) { try Self.check(text, pipeline) }
    }
    let (pool, transferTimeout) = (pool, transferTimeout)
    return Response(
      status: .ok, headers: [.contentType: contentType],
      body: ResponseBody { writer in
        func send(_ text: String) async throws {
          guard !text.isEmpty else { return }
          let closing = context.closeConnection(after: transferTimeout)
          defer { closing.cancel() }
          try await writer.write(ByteBuffer(string: text))
        }
        let run = DocumentRun(pipeline, Self.source(text), formatter)
        try await send(envelope.head)
        var isFirst = true
        while let texts = try await withTaskExecutorPreference(pool, operation: { try run.next() })
        {
          let text = texts.joined()
          guard !text.isEmpty else { continue }
          try await send(envelope.piece(text, isFirst))
          isFirst = false
        }
        if text.utf8.count > Self.longText { releaseFreeMemory() }
        try await send(envelope.tail)
        try await writer.finish(nil)
        withExtendedLifetime(admission) {}
      })
  }

  /// Bytes of a text after which memory is given back, which takes as long as tagging a few sentences.
  private static let longText = 100_000

  private static func source(_ text: String) -> ByteSource {
    ByteSource(bytes: Array(text.utf8), name: "input")
  }

  /// Reads the text once without any work on it, as a fault must be told before the answer begins.
  private static func check(_ text: String, _ pipeline: DocumentPipeline) throws {
    let reader = DocumentReader(
      source(text), format: pipeline.format, columns: pipeline.columns)
    while let unit = try reader.next() {
      guard case .sentences(let sentences, _) = unit else { continue }
      if let missing = pipeline.tagger?.missingInput(in: sentences) {
        throw ServiceError.badRequest("the model needs task '\(missing.name)' as input")
      }
    }
  }
}

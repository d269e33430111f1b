internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// A request that has arrived, with its place among those at work.
struct ArrivedRequest: Sendable {
  let parameters: RequestParameters
  /// Free when the request is over.
  let place: Admissions.Place
}

/// Takes requests in: each has its place from the first byte, must be small and come in time.
struct RequestIntake: Sendable {
  let admissions: Admissions
  let workers: ServiceThreads
  /// Bytes of a body.
  let bodyLimit: Int
  /// How long a body may take to arrive.
  let timeout: Duration

  /// - Parameter bodyName: The parameter that a body of plain text is.
  func callAsFunction(
    _ request: Request, bodyName: String, _ context: ServiceContext
  ) async throws -> ArrivedRequest {
    let (stops, stop) = AsyncStream<ServiceError>.makeStream()
    let place = try admissions.enter { stop.yield(.displaced) }
    var body: [UInt8]?
    if request.method == .post {
      let timer = context.run(after: timeout) { stop.yield(.tooSlow) }
      defer { timer.cancel() }
      body = try await bytes(of: request, place, context, until: stops)
    }
    place.endTransfer()
    stop.finish()
    let (query, type) = (request.uri.query, request.headers[.contentType])
    // Reading megabytes of JSON keeps a thread for long.
    let parameters = try await withTaskExecutorPreference(workers) { [body] in
      try RequestParameters(query: query, body: body, contentType: type, bodyName: bodyName)
    }
    return ArrivedRequest(parameters: parameters, place: place)
  }

  /// The body; what `stops` gives first ends its arrival.
  private func bytes(
    of request: Request, _ place: Admissions.Place, _ context: ServiceContext,
    until stops: AsyncStream<ServiceError>
  ) async throws -> [UInt8] {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyLimit {
      throw ServiceError.tooLarge(limit: bodyLimit)
    }
    return try await withThrowingTaskGroup(of: [UInt8].self) { group in
      group.addTask { try await read(request.body, place, context) }
      group.addTask {
        for await reason in stops { throw reason }
        throw CancellationError()
      }
      defer { group.cancelAll() }
      return try await group.next() ?? []
    }
  }

  private func read(
    _ body: RequestBody, _ place: Admissions.Place, _ context: ServiceContext
  ) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    do {
      for try await part in body {
        let count = part.readableBytes
        guard bytes.count + count <= bodyLimit else {
          throw ServiceError.tooLarge(limit: bodyLimit)
        }
        try place.hold(count)
        context.record.count(bytesIn: count)
        bytes += part.readableBytesView
      }
    } catch let error as ServiceError {
      throw error
    } catch let error as CancellationError {
      throw error
    } catch {
      throw ServiceError.badRequest("the request is broken or broke off")
    }
    return bytes
  }
}

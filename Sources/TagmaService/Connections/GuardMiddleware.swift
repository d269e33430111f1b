internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import TagmaCorpora
internal import TagmaModels
internal import TagmaTokenization

/// Around all routes: errors become answers, answers say what browsers may do with them, and each request has a line in the log,
/// without its text.
struct GuardMiddleware: RouterMiddleware {
  /// How long the rest of a request that was refused is read, so that its sender sees the answer.
  private static let lingering = Duration.seconds(5)
  /// What the log says where an answer was not sent as a whole.
  private static let unfinished = "unfinished"

  let hosts: HostRule
  let log: @Sendable (String) -> Void

  func handle(
    _ request: Request, context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    var response: Response
    do {
      response = try await answer(request, context, next)
    } catch is CancellationError {
      writeLine(request, context, status: 499, end: Self.unfinished)
      throw CancellationError()
    } catch {
      response = refusal(of: request, context, error)
    }
    if let name = HTTPField.Name("X-Content-Type-Options") { response.headers[name] = "nosniff" }
    response.headers[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    response.headers[.cacheControl] = "no-store"
    return logged(response, of: request, context)
  }

  private func answer(
    _ request: Request, _ context: ServiceContext,
    _ next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    // Whoever watches a service asks by whatever name leads to it.
    guard request.uri.path == "/health" || hosts.allows(request.head.authority) else {
      throw ServiceError.unknownHost(request.head.authority ?? "")
    }
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      guard let allowed = RouteTable.allowed(at: request.uri.path) else {
        throw ServiceError.noSuchPath(request.uri.path)
      }
      guard request.method == .options else {
        throw ServiceError.wrongMethod(
          request.method.rawValue, at: request.uri.path, allowed: allowed)
      }
      return Response(status: .noContent, headers: [.allow: allowed])
    }
  }

  private func refusal(
    of request: Request, _ context: ServiceContext, _ error: any Error
  ) -> Response {
    let known = Self.serviceError(error)
    if known.status == .internalServerError { log("\(RequestRecord.now) error: \(error)") }
    var response = known.response(from: request, context: context)
    if !known.readsBody, request.hasBody {
      response.headers[.connection] = "close"
      context.closeConnection(after: Self.lingering)
    }
    return response
  }

  private static func serviceError(_ error: any Error) -> ServiceError {
    switch error {
    case let error as ServiceError: error
    case let error as HTTPError:
      ServiceError(
        status: error.status, code: "http", message: error.body ?? error.status.reasonPhrase)
    case is CorpusError, is ModelError, is TokenizationError: .badRequest("\(error)")
    default:
      ServiceError(
        status: .internalServerError, code: "internal", message: "something went wrong here")
    }
  }

  // MARK: - The log

  /// The response, which writes a line of the log once it is sent.
  private func logged(
    _ response: Response, of request: Request, _ context: ServiceContext
  ) -> Response {
    let status = response.status.code
    if let length = response.body.contentLength {
      context.record.count(bytesOut: request.method == .head ? 0 : length)
      writeLine(request, context, status: status)
      return response
    }
    var response = response
    let body = response.body
    response.body = ResponseBody { writer in
      do {
        try await body.write(writer)
        writeLine(request, context, status: status)
      } catch {
        writeLine(request, context, status: status, end: Self.unfinished)
        throw error
      }
    }
    return response
  }

  private func writeLine(
    _ request: Request, _ context: ServiceContext, status: Int, end: String? = nil
  ) {
    log(
      context.record.line(
        client: context.client, method: request.method.rawValue, path: request.uri.path,
        status: status, end: end))
  }
}

extension Request {
  /// Whether a body comes with it.
  fileprivate var hasBody: Bool {
    headers[.transferEncoding] != nil
      || headers[.contentLength].map { $0 != "0" } ?? false
  }
}

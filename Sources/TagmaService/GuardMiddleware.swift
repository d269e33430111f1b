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

  let log: @Sendable (String) -> Void

  func handle(
    _ request: Request, context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    var response: Response
    do {
      response = try await next(request, context)
    } catch {
      let known = Self.serviceError(error)
      if known.status == .internalServerError { log("\(error)") }
      if [.contentTooLarge, .requestTimeout].contains(known.status) {
        context.closeConnection(after: Self.lingering)
      }
      response = known.response(from: request, context: context)
    }
    if let name = HTTPField.Name("X-Content-Type-Options") { response.headers[name] = "nosniff" }
    response.headers[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    response.headers[.cacheControl] = "no-store"
    let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
    let path = String(
      String.UnicodeScalarView(request.uri.path.unicodeScalars.filter { $0.value > 0x20 }))
    log("\(request.method) \(path) \(response.status.code) \(Int(milliseconds)) ms")
    return response
  }

  private static func serviceError(_ error: any Error) -> ServiceError {
    switch error {
    case let error as ServiceError: error
    case let error as HTTPError:
      ServiceError(
        status: error.status, code: error.status == .notFound ? "not_found" : "http",
        message: error.body
          ?? (error.status == .notFound
            ? "there is nothing here; GET / says what there is" : error.status.reasonPhrase))
    case is CorpusError, is ModelError, is TokenizationError: .badRequest("\(error)")
    default:
      ServiceError(
        status: .internalServerError, code: "internal", message: "something went wrong here")
    }
  }
}

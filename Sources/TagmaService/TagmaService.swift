internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import TagmaAnnotations
internal import TagmaModels

/// Tagging and translation over HTTP (`Docs/http.md`).
///
/// It holds no knowledge, only a door.
public struct TagmaService: Sendable {
  private let models: ServedModels
  private let configuration: ServiceConfiguration

  public init(_ models: ServedModels, _ configuration: ServiceConfiguration) {
    (self.models, self.configuration) = (models, configuration)
  }

  /// Serves until `stop` returns; then takes no more requests, and ends when those at work are answered.
  ///
  /// - Parameters:
  ///   - started: Told the port once connections are accepted.
  ///   - log: Told of each request.
  public func run(
    started: @escaping @Sendable (Int) -> Void, log: @escaping @Sendable (String) -> Void,
    until stop: @escaping @Sendable () async -> Void
  ) async throws {
    let logger = Logger(label: "tagma") { _ in LineLog(write: log) }
    let application = Application(
      router: router(log),
      // Later than what waits for a request, so that this can still say why.
      server: .http1(
        configuration: .init(idleTimeout: TimeAmount(configuration.transferTimeout * 2))),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port),
        serverName: "tagma/\(tagmaVersion)",
        availableConnectionsDelegate: MaximumAvailableConnections(configuration.connectionLimit)),
      onServerRunning: { started($0.localAddress?.port ?? 0) }, logger: logger)
    var services = ServiceGroupConfiguration(services: [application], logger: logger)
    services.maximumGracefulShutdownDuration = configuration.drainTimeout
    let group = ServiceGroup(configuration: services)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        do {
          try await group.run()
        } catch let error as IOError {
          throw ListeningError(
            address: "\(configuration.host):\(configuration.port)",
            reason: String(cString: strerror(error.errnoCode)))
        } catch let error as SocketAddressError.UnknownHost {
          throw ListeningError(
            address: "\(configuration.host):\(configuration.port)", reason: "\(error)")
        }
      }
      tasks.addTask {
        await stop()
        await group.triggerGracefulShutdown()
      }
      try await tasks.next()
      try await tasks.next()
    }
  }

  private func router(_ log: @escaping @Sendable (String) -> Void) -> Router<ServiceContext> {
    let pool = WorkerPool(
      threads: configuration.threads, requestLimit: configuration.requestLimit)
    let respond = DocumentResponse(pool: pool, transferTimeout: configuration.transferTimeout)
    let router = Router(
      context: ServiceContext.self, options: .autoGenerateHeadEndpoints)
    if let origin = configuration.allowedOrigin {
      router.add(
        middleware: CORSMiddleware(
          allowOrigin: origin == "*" ? .all : .custom(origin), allowHeaders: [.contentType],
          allowMethods: [.get, .post, .options]))
    }
    router.add(middleware: GuardMiddleware(log: log))
    router.get("health") { _, _ in Response.json("{\"status\":\"ok\"}") }
    router.get("/") { _, _ in Response.json(index) }
    TagRoutes(models: models, configuration: configuration, respond: respond).add(to: router)
    UDPipeRoutes(models: models, configuration: configuration, respond: respond).add(to: router)
    TranslationRoutes(models: models, configuration: configuration, pool: pool).add(to: router)
    return router
  }

  private var index: String {
    """
    {"tagma":\(jsonQuoted(tagmaVersion)),"models":[\(models.names.map(jsonQuoted).joined(separator: ","))],\
    "routes":["GET /health","GET /models","POST /tag","POST /tokenize","POST /process","POST /translate","GET /languages"]}
    """
  }
}

/// Why a service cannot begin.
public struct ListeningError: Error, CustomStringConvertible {
  public let address: String
  public let reason: String

  public var description: String { "cannot listen at \(address): \(reason)" }
}

/// A log that is one function.
private struct LineLog: LogHandler {
  let write: @Sendable (String) -> Void
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.warning

  init(write: @escaping @Sendable (String) -> Void) {
    self.write = write
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { write("\(event.message)") }
}

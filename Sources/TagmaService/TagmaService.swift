internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import TagmaAnnotations
internal import TagmaKernels
internal import TagmaModels

/// Tagging and translation over HTTP (`Docs/http.md`).
///
/// It holds no knowledge, only a door.
public struct TagmaService: Sendable {
  private let models: ServedModels
  private let configuration: ServiceConfiguration
  /// Work gives way to what speaks to clients, however many requests are at work.
  private static let workNiceness: Int32 = 5

  public init(_ models: ServedModels, _ configuration: ServiceConfiguration) {
    (self.models, self.configuration) = (models, configuration)
  }

  /// Serves until `stop` returns; then takes no more requests, and ends when those at work are answered.
  ///
  /// What speaks to clients runs on threads of its own, and so does the work: neither waits for the other, nor for what else
  /// the program does.
  ///
  /// - Parameters:
  ///   - started: Told the port once connections are accepted.
  ///   - log: Told of each request, a line with its time.
  public func run(
    started: @escaping @Sendable (Int) -> Void, log: @escaping @Sendable (String) -> Void,
    until stop: @escaping @Sendable () async -> Void
  ) async throws {
    let connectionLimit = try DescriptorLimit.connections(
      upTo: configuration.connectionLimit, at: address)
    let talk = ServiceThreads(
      "tagma.talk", threads: 2, helpers: 2, patience: .milliseconds(20))
    let workers = ServiceThreads(
      "tagma.work", threads: configuration.threads, helpers: configuration.requestLimit,
      patience: .milliseconds(200), niceness: Self.workNiceness)
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: DescriptorLimit.eventLoops)
    defer {
      workers.close()
      talk.close()
    }
    let logger = Logger(label: "tagma") { _ in LineLog(write: log) }
    let server = HTTPServer(
      address: .hostname(configuration.host, port: configuration.port),
      connectionLimit: connectionLimit, idleTimeout: configuration.transferTimeout * 2,
      bodyLimit: configuration.bodyLimit, log: log
    ).server(router(workers, log).buildResponder(), loops, logger, started: started)
    var services = ServiceGroupConfiguration(services: [server], logger: logger)
    services.maximumGracefulShutdownDuration = configuration.drainTimeout
    let group = ServiceGroup(configuration: services)
    let outcome = await Self.outcome {
      try await withTaskExecutorPreference(talk) { try await serve(group, until: stop) }
    }
    // It may still be closing what it has closed to others.
    _ = await Self.outcome { try await server.shutdownGracefully() }
    try await loops.shutdownGracefully()
    try outcome.get()
  }

  private static func outcome(
    of body: () async throws -> Void
  ) async -> Result<Void, any Error> {
    do { return .success(try await body()) } catch { return .failure(error) }
  }

  private func serve(
    _ group: ServiceGroup, until stop: @escaping @Sendable () async -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        do {
          try await group.run()
        } catch let error as IOError {
          throw ListeningError(
            address: address, reason: String(cString: strerror(error.errnoCode)))
        } catch let error as SocketAddressError.UnknownHost {
          throw ListeningError(address: address, reason: "\(error)")
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

  private var address: String { "\(configuration.host):\(configuration.port)" }

  private func router(
    _ workers: ServiceThreads, _ log: @escaping @Sendable (String) -> Void
  ) -> Router<ServiceContext> {
    let admissions = Admissions(
      places: configuration.requestLimit,
      bytes: max(configuration.heldLimit, configuration.bodyLimit)
    ) {
      Task(executorPreference: workers) { releaseFreeMemory() }
    }
    let intake = RequestIntake(
      admissions: admissions, workers: workers, bodyLimit: configuration.bodyLimit,
      timeout: configuration.transferTimeout)
    let respond = DocumentResponse(
      workers: workers, transferTimeout: configuration.transferTimeout)
    let router = Router(
      context: ServiceContext.self, options: .autoGenerateHeadEndpoints)
    if let origin = configuration.allowedOrigin {
      router.add(
        middleware: CORSMiddleware(
          allowOrigin: origin == "*" ? .all : .custom(origin), allowHeaders: [.contentType],
          allowMethods: [.get, .post, .options]))
    }
    router.add(middleware: GuardMiddleware(hosts: HostRule(configuration), log: log))
    router.get("health") { _, _ in Response.json("{\"status\":\"ok\"}") }
    router.get("/") { _, _ in Response.json(index) }
    TagRoutes(models: models, intake: intake, respond: respond).add(to: router)
    UDPipeRoutes(models: models, intake: intake, respond: respond).add(to: router)
    TranslationRoutes(
      models: models, intake: intake, workers: workers,
      characterLimit: configuration.translationLimit
    ).add(to: router)
    ClassificationRoutes(models: models, intake: intake, workers: workers).add(to: router)
    return router
  }

  private var index: String {
    let routes = RouteTable.all.map { route in
      "\(route.methods.map(\.rawValue).joined(separator: ", ")) \(route.path)"
    }
    return
      "{\"tagma\":\(jsonQuoted(tagmaVersion)),\"models\":\(Self.list(models.names)),\"routes\":\(Self.list(routes))}"
  }

  private static func list(_ texts: [String]) -> String {
    "[\(texts.map(jsonQuoted).joined(separator: ","))]"
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

  func log(event: LogEvent) { write("\(RequestRecord.now) \(event.message)") }
}

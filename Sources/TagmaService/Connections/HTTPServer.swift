internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import ServiceLifecycle
internal import TagmaModels

/// What listens, and hands requests to a responder.
///
/// Hummingbird's own `Application` runs a clock beside the server. Where the server cannot listen, that clock is cancelled while
/// it starts, and on a task executor this may lock up for ever: swift-async-algorithms' `merge` waits for the lock of a task
/// while it holds its own, cancellation the other way round. So there is no clock here; a date is written when it is asked for.
struct HTTPServer {
  let address: BindAddress
  let connectionLimit: Int
  let idleTimeout: Duration
  let log: @Sendable (String) -> Void

  /// - Parameter started: Told the port once connections are accepted.
  func service<Responder: HTTPResponder>(
    _ responder: Responder, _ loops: any EventLoopGroup, _ logger: Logger,
    started: @escaping @Sendable (Int) -> Void
  ) throws -> any Service where Responder.Context == ServiceContext {
    let log = log
    return try HTTPServerBuilder.http1(
      configuration: .init(
        additionalChannelHandlers: [ConnectionHandler(log: log)],
        // Later than what waits for a request, so that this can still say why.
        idleTimeout: TimeAmount(idleTimeout))
    ).buildServer(
      configuration: ServerConfiguration(
        address: address,
        availableConnectionsDelegate: MaximumAvailableConnections(connectionLimit)),
      eventLoopGroup: loops, logger: logger,
      responder: { request, writer, channel in
        let context = ServiceContext(source: .init(channel: channel, logger: logger))
        var response = try await responder.respond(to: request, context: context)
        response.headers[.date] = Self.date
        response.headers[.server] = "tagma/\(tagmaVersion)"
        do {
          try await writer.write(response: response.head, body: response.body)
        } catch is HTTPParserError {
          // Thrown on, it would be answered a second time.
          throw CancellationError()
        }
      },
      onServerRunning: { started($0.localAddress?.port ?? 0) })
  }
  /// The time as HTTP writes it (RFC 9110, 5.6.7).
  private static var date: String {
    var (now, parts) = (time(nil), tm())
    gmtime_r(&now, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let length = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
    return String(decoding: text[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

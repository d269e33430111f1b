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
  /// Bytes of a body; who would send more is not told to go on.
  let bodyLimit: Int
  let log: @Sendable (String) -> Void

  /// - Parameter started: Told the port once connections are accepted.
  func server<Responder: HTTPResponder>(
    _ responder: Responder, _ loops: any EventLoopGroup, _ logger: Logger,
    started: @escaping @Sendable (Int) -> Void
  ) -> Server<HTTP1Channel> where Responder.Context == ServiceContext {
    let (log, bodyLimit) = (log, bodyLimit)
    let channel = HTTP1Channel(
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
      configuration: .init(
        additionalChannelHandlers: [ConnectionHandler(bodyLimit: bodyLimit, log: log)],
        // Later than what waits for a request, so that this can still say why.
        idleTimeout: TimeAmount(idleTimeout)))
    return Server(
      childChannelSetup: channel,
      configuration: ServerConfiguration(
        address: address,
        availableConnectionsDelegate: MaximumAvailableConnections(connectionLimit)),
      onServerRunning: { started($0.localAddress?.port ?? 0) }, eventLoopGroup: loops,
      logger: logger)
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

internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

/// What is done for each connection on its event loop, before anything else sees a request.
///
/// * One turn of the event loop reads little of each connection, and the pieces of a body that come with it, however small,
///   go on as one: nobody keeps the loop from the others.
/// * Who waits to be told before sending a body (`Expect: 100-continue`) is told.
/// * A client that has closed its side while it waits may have gone, or may wait for the answer all the same. Only sending
///   something tells, and `100 Continue` is sent since clients pass over it; where it meets nobody, the connection closes.
/// * What is no HTTP is told so.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// Bytes of a connection that are read in a turn.
  private static let turnBytes = 16_384

  /// How long the sender of what is no HTTP may take to read the answer.
  private static let lingering = TimeAmount.seconds(5)

  private let bodyLimit: Int
  private let log: @Sendable (String) -> Void
  private var body: ByteBuffer?
  /// Requests without a whole answer.
  private var requests = 0
  private var hasBegunAnswer = false

  init(bodyLimit: Int, log: @escaping @Sendable (String) -> Void) {
    (self.bodyLimit, self.log) = (bodyLimit, log)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let allocator = AdaptiveRecvByteBufferAllocator(
      minimum: 1024, initial: 2048, maximum: Self.turnBytes)
    context.channel.setOption(.recvAllocator, value: allocator).whenFailure { _ in }
    context.channel.setOption(.maxMessagesPerRead, value: 1).whenFailure { _ in }
    let pipeline = context.pipeline.syncOperations
    if let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) {
      try? pipeline.addHandler(VersionHandler(), position: .before(codec))
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .body(var part):
      if body == nil { body = part } else { body?.writeBuffer(&part) }
      return
    case .head(let head):
      requests += 1
      let isTooLong = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0 > bodyLimit
      if head.headerFields[.expect]?.lowercased() == "100-continue", !isTooLong {
        tellToGoOn(context)
      }
    case .end: break
    }
    passOnBody(context)
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    passOnBody(context)
    context.fireChannelReadComplete()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      passOnBody(context)
      tellToGoOn(context)
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError, requests == 0 else {
      context.fireErrorCaught(error)
      return
    }
    refuse(error, context)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head: hasBegunAnswer = true
    case .body: break
    case .end: (requests, hasBegunAnswer) = (requests - 1, false)
    }
    context.write(data, promise: promise)
  }

  private func passOnBody(_ context: ChannelHandlerContext) {
    guard let whole = body else { return }
    body = nil
    context.fireChannelRead(wrapInboundOut(.body(whole)))
  }

  private func refuse(_ error: HTTPParserError, _ context: ChannelHandlerContext) {
    // Known only while the connection is open.
    let client = context.remoteAddress?.ipAddress ?? "-"
    let refusal = ServiceError.noHTTP(error)
    let json = ByteBuffer(string: refusal.json + "\n")
    let fields: HTTPFields = [
      .contentType: "application/json; charset=utf-8", .connection: "close",
      .contentLength: "\(json.readableBytes)",
    ]
    context.write(
      wrapOutboundOut(.head(HTTPResponse(status: refusal.status, headerFields: fields))),
      promise: nil)
    context.write(wrapOutboundOut(.body(json)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    context.close(mode: .output, promise: nil)
    let channel = context.channel
    context.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
    let record = RequestRecord()
    record.count(bytesOut: json.readableBytes)
    log(
      record.line(
        client: client, method: "-", path: "-", status: refusal.status.code))
  }

  private func tellToGoOn(_ context: ChannelHandlerContext) {
    guard requests == 1, !hasBegunAnswer else { return }
    context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
  }
}

internal import NIOCore
internal import NIOHTTP1

/// What HTTP/1.0 and HTTP/1.1 ask for in different ways, where requests are still as they came.
///
/// * An answer to HTTP/1.0 has no chunks and nothing before it, and the connection closes after it (RFC 9112, 6.1; RFC 9110,
///   15.2): that is how its end is known.
/// * A request of HTTP/1.1 has one `Host` (RFC 9112, 3.2).
final class VersionHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private var isOld = false
  private var isRefused = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isRefused else { return }
    guard case .head(var head) = unwrapInboundIn(data) else {
      context.fireChannelRead(data)
      return
    }
    isOld = head.version.major < 1 || head.version == .http1_0
    let hosts = head.headers["host"].count
    guard hosts == 1 || hosts == 0 && isOld else {
      isRefused = true
      context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
      return
    }
    if isOld { head.headers.replaceOrAdd(name: "connection", value: "close") }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard isOld, case .head(var head) = unwrapOutboundIn(data) else {
      context.write(data, promise: promise)
      return
    }
    guard head.status.code >= 200 else {
      promise?.succeed()
      return
    }
    head.version = .http1_0
    head.headers.remove(name: "transfer-encoding")
    head.headers.replaceOrAdd(name: "connection", value: "close")
    context.write(wrapOutboundOut(.head(head)), promise: promise)
  }
}

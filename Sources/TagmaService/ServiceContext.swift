internal import Hummingbird
internal import NIOCore

/// What belongs to a request: also the connection, which is closed on those that keep it for nothing.
struct ServiceContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  private let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }

  /// Closes the connection after a time, unless what this gives is cancelled before.
  @discardableResult
  func closeConnection(after time: Duration) -> Scheduled<Void> {
    let channel = channel
    return channel.eventLoop.scheduleTask(in: TimeAmount(time)) { channel.close(promise: nil) }
  }
}

internal import Hummingbird
internal import NIOCore

/// What belongs to a request: also the connection, which is closed on those that keep it for nothing, and what the log says.
struct ServiceContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let record = RequestRecord()
  /// The address of the client.
  let client: String
  private let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
    // Known only while the connection is open.
    client = channel.remoteAddress?.ipAddress ?? "-"
  }

  /// Whether nobody waits for the answer any more: the client has gone, or the service ends.
  ///
  /// Work asks this between its steps.
  var isOver: @Sendable () -> Bool {
    let channel = channel
    return { !channel.isActive || Task.isCancelled }
  }

  /// Closes the connection after a time, unless what this gives is cancelled before.
  @discardableResult
  func closeConnection(after time: Duration) -> Scheduled<Void> {
    let channel = channel
    return run(after: time) { channel.close(promise: nil) }
  }

  /// Calls a function after a time, unless what this gives is cancelled before.
  func run(after time: Duration, _ body: @escaping @Sendable () -> Void) -> Scheduled<Void> {
    channel.eventLoop.scheduleTask(in: TimeAmount(time), body)
  }
}

/// How a service listens, and what it takes on.
public struct ServiceConfiguration: Sendable {
  public var host = "127.0.0.1"
  /// 0 lets the system choose one.
  public var port = 8080
  /// Threads that tag and translate.
  public var threads = 2
  /// Names that `Host` may have beside addresses, names without a dot, and `host`; `*` is any, `.a.b` all that end so.
  public var allowedHosts: [String] = []
  /// Requests at work, waiting and arriving; what is beyond gets 503.
  public var requestLimit = 16
  /// Bytes of a request.
  public var bodyLimit = 4 << 20
  /// Bytes of all requests at work, waiting and arriving; what is beyond gets 503.
  public var heldLimit = 32 << 20
  /// Characters of a translation's source with the usual beam; with a wider one fewer, as it takes longer.
  public var translationLimit = 50_000
  /// Open connections; what is beyond waits to be accepted.
  public var connectionLimit = 1000
  /// How long a request may take to arrive, and a reader to take each part of an answer.
  public var transferTimeout = Duration.seconds(30)
  /// How long what is at work may take when the service ends; then it is stopped.
  public var drainTimeout = Duration.seconds(25)
  /// Whose pages may read answers: an origin, or `*`; nil: none but the service's own.
  public var allowedOrigin: String?

  public init() {}
}

internal import Foundation

/// How many files, connections among them, the system lets a program have open.
enum DescriptorLimit {
  /// Threads that wait for connections; each needs three descriptors.
  static let eventLoops = 2
  /// What a service needs beside connections: those of the event loops, the socket that listens, and a few to look up names.
  private static let own = 3 * eventLoops + 8
  /// Fewer connections are no service.
  private static let fewestConnections = 4

  /// The connections that may be open: as many as are wanted, or as the system allows.
  ///
  /// - Parameter address: Where the service is to listen, for the message.
  static func connections(upTo wanted: Int, at address: String) throws(ListeningError) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return wanted }
    let allowed = Int(clamping: limit.rlim_cur)
    let others = openDescriptors + own
    guard allowed - others >= fewestConnections else {
      throw ListeningError(
        address: address,
        reason:
          "only \(allowed) files may be open at once (ulimit -n), at least \(others + fewestConnections) are needed"
      )
    }
    return min(wanted, allowed - others)
  }

  private static var openDescriptors: Int {
    // Fails where even the folder cannot be opened; then there are as many as may be.
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
  }
}

internal import NIOCore

/// Which names in `Host` a service answers to.
///
/// A page of another site may have its own name lead to this machine, and read answers as if they were its own (DNS
/// rebinding). Such a name has a dot, is no address and is none of those that the service was given.
struct HostRule: Sendable {
  private let names: [String]

  init(_ configuration: ServiceConfiguration) {
    names = (configuration.allowedHosts + [configuration.host]).map { $0.lowercased() }
  }

  /// - Parameter authority: `Host` as it was sent, perhaps with a port; nil where there was none.
  func allows(_ authority: String?) -> Bool {
    guard let authority, !authority.isEmpty else { return true }
    let name = Self.name(in: authority.lowercased())
    return !name.contains(".") && !name.contains(":") || name.hasSuffix(".localhost")
      || (try? SocketAddress(ipAddress: name, port: 0)) != nil
      || names.contains { $0 == "*" || $0 == name || $0.hasPrefix(".") && name.hasSuffix($0) }
  }

  /// Without port, brackets, and the dot of the root.
  private static func name(in authority: String) -> String {
    var name = authority[...]
    if name.hasPrefix("["), let end = name.firstIndex(of: "]") {
      return String(name[name.index(after: name.startIndex)..<end])
    }
    if let colon = name.lastIndex(of: ":"), name[colon...].dropFirst().allSatisfy(\.isNumber) {
      name = name[..<colon]
    }
    if name.hasSuffix(".") { name.removeLast() }
    return String(name)
  }
}

internal import HTTPTypes

/// The paths that there are, and the methods of each.
enum RouteTable {
  static let all: [(path: String, methods: [HTTPRequest.Method])] = [
    ("/", [.get]), ("/health", [.get]), ("/models", [.get, .post]), ("/tag", [.post]),
    ("/tokenize", [.post]), ("/process", [.get, .post]), ("/translate", [.post]),
    ("/languages", [.get]), ("/classify", [.post]), ("/detect", [.post]),
  ]

  /// What a path may be asked, as `Allow` says it; nil where there is no such path.
  ///
  /// `*` is the whole service.
  static func allowed(at path: String) -> String? {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    if path == "*" { return "GET, HEAD, POST, OPTIONS" }
    guard let methods = all.first(where: { $0.path == path })?.methods else { return nil }
    let named = methods.flatMap { $0 == .get ? ["GET", "HEAD"] : [$0.rawValue] }
    return (named + ["OPTIONS"]).joined(separator: ", ")
  }
}

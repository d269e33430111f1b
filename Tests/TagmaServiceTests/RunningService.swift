internal import Foundation
internal import Synchronization
internal import Tagma
internal import TagmaService
internal import TestSupport
internal import Testing

#if canImport(Glibc)
  internal import Glibc
#endif

/// A service on a port of its own, for the time of a test.
struct RunningService {
  struct Answer {
    var status = 0
    var headers: [String: String] = [:]
    var body = ""

    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]) ?? [:]
    }

    /// The word for programs in an answer that is an error.
    var code: String? { (json["error"] as? [String: String])?["code"] }
  }

  let port: Int

  /// The models that ship.
  static let models: ServedModels = {
    var models = ServedModels()
    let folder = TestData.root.appendingPathComponent("models").path
    if let tagger = try? Tagger(contentsOf: "\(folder)/en") { models.add(tagger, name: "en") }
    if let translator = try? Translator(contentsOf: ["\(folder)/en-de"]) {
      models.add(translator, name: "en-de")
    }
    return models
  }()

  /// Runs a service, and ends it when `body` has.
  static func with<Result: Sendable>(
    _ change: (inout ServiceConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (RunningService) async throws -> Result
  ) async throws -> Result {
    var configuration = ServiceConfiguration()
    configuration.port = 0
    change(&configuration)
    let service = TagmaService(models, configuration)
    let (ports, started) = AsyncStream<Int>.makeStream()
    let (ends, end) = AsyncStream<Void>.makeStream()
    return try await withThrowingTaskGroup(of: Result?.self) { tasks in
      tasks.addTask {
        try await service.run(
          started: { started.yield($0) }, log: { _ in }, until: { for await _ in ends {} })
        return nil
      }
      tasks.addTask {
        defer { end.finish() }
        var iterator = ports.makeAsyncIterator()
        return try await body(RunningService(port: #require(await iterator.next())))
      }
      var result: Result?
      while let next = try await tasks.next() { result = next ?? result }
      return try #require(result)
    }
  }

  // MARK: - Requests

  /// Sends bytes as they are, and gives all that comes back until the connection ends.
  func send(_ bytes: [UInt8]) async throws -> [UInt8] {
    let port = port
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try Self.exchange(bytes, port: port) })
      }
    }
  }

  private static func exchange(_ bytes: [UInt8], port: Int) throws -> [UInt8] {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(connected == 0)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { break }
      sent += count
    }
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      if count <= 0 { return received }
      received += buffer[..<count]
    }
  }

  func get(_ path: String) async throws -> Answer { try await ask("GET", path, "", nil) }

  func post(_ path: String, _ body: String, as type: String? = "text/plain") async throws -> Answer
  {
    try await ask("POST", path, body, type)
  }

  private func ask(
    _ method: String, _ path: String, _ body: String, _ type: String?
  ) async throws -> Answer {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    if let type { head += "Content-Type: \(type)\r\n" }
    if method == "POST" { head += "Content-Length: \(body.utf8.count)\r\n" }
    return Self.answer(try await send(Array((head + "\r\n" + body).utf8)))
  }

  static func answer(_ bytes: [UInt8]) -> Answer {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { return Answer() }
    var answer = Answer()
    let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
    answer.status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0
    for line in lines.dropFirst() {
      let sides = line.components(separatedBy: ": ")
      if sides.count > 1 { answer.headers[sides[0].lowercased()] = sides[1] }
    }
    answer.body = String(text[end.upperBound...])
    if answer.headers["transfer-encoding"] == "chunked" {
      answer.body = unchunked(Array(answer.body.utf8))
    }
    return answer
  }

  private static func unchunked(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    var at = 0
    while let end = bytes[at...].firstIndex(of: 0x0d) {
      let size = Int(String(decoding: bytes[at..<end], as: UTF8.self), radix: 16) ?? 0
      if size == 0 || end + 2 + size > bytes.count { break }
      out += bytes[(end + 2)..<(end + 2 + size)]
      at = end + 4 + size
    }
    return String(decoding: out, as: UTF8.self)
  }
}

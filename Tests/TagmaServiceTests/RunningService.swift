internal import Foundation
internal import Synchronization
internal import Tagma
internal import TagmaService
internal import TestSupport
internal import Testing

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
  private let lines: Lines

  /// What the service has written to its log.
  var log: [String] { lines.all.withLock { $0 } }

  private final class Lines: Sendable {
    let all = Mutex([String]())
  }

  /// Waits until the log has a line with all of these, for as long as a slow machine may need.
  func logged(_ parts: String...) async throws -> Bool {
    for _ in 0..<600 {
      if log.contains(where: { line in parts.allSatisfy { line.contains($0) } }) { return true }
      try await Task.sleep(for: .milliseconds(50))
    }
    return false
  }

  /// The models that ship.
  static let models: ServedModels = {
    var models = ServedModels()
    let folder = TestData.root.appendingPathComponent("models").path
    if let tagger = try? Tagger(contentsOf: "\(folder)/en") { models.add(tagger, name: "en") }
    if let translator = try? Translator(contentsOf: ["\(folder)/en-de"]) {
      models.add(translator, name: "en-de")
    }
    if let classifier = try? Classifier(contentsOf: "\(folder)/languages") {
      models.add(classifier, name: "languages")
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
    let lines = Lines()
    return try await withThrowingTaskGroup(of: Result?.self) { tasks in
      tasks.addTask {
        try await service.run(
          started: { started.yield($0) },
          log: { line in lines.all.withLock { $0.append(line) } },
          until: { for await _ in ends {} })
        return nil
      }
      tasks.addTask {
        defer { end.finish() }
        var iterator = ports.makeAsyncIterator()
        return try await body(
          RunningService(port: #require(await iterator.next()), lines: lines))
      }
      var result: Result?
      while let next = try await tasks.next() { result = next ?? result }
      return try #require(result)
    }
  }

  // MARK: - Requests

  /// Sends bytes as they are, and gives all that comes back until the connection ends.
  func send(_ bytes: [UInt8]) async throws -> [UInt8] {
    let connection = try RawConnection(port: port)
    return try await connection.perform {
      connection.send(bytes)
      return connection.receiveAll()
    }
  }

  /// The same for a request as a text.
  func send(_ request: String) async throws -> Answer {
    Self.answer(try await send(Array(request.utf8)))
  }

  func get(_ path: String) async throws -> Answer { try await ask("GET", path, "", nil) }

  func post(_ path: String, _ body: String, as type: String? = "text/plain") async throws -> Answer
  {
    try await ask("POST", path, body, type)
  }

  func ask(
    _ method: String, _ path: String, _ body: String = "", _ type: String? = nil,
    host: String = "localhost"
  ) async throws -> Answer {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
    if let type { head += "Content-Type: \(type)\r\n" }
    if method == "POST" { head += "Content-Length: \(body.utf8.count)\r\n" }
    return Self.answer(try await send(Array((head + "\r\n" + body).utf8)))
  }

  static func answer(_ bytes: [UInt8]) -> Answer {
    var text = String(decoding: bytes, as: UTF8.self)
    let goOn = "HTTP/1.1 100 Continue\r\n\r\n"
    if text.hasPrefix(goOn) { text.removeFirst(goOn.count) }
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

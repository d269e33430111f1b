internal import Foundation
internal import Synchronization
internal import Tagma
internal import TagmaService
internal import Testing

/// Something that has happened.
private final class Flag: Sendable {
  private let value = Atomic(false)

  var isSet: Bool { value.load(ordering: .acquiring) }

  func set() { value.store(true, ordering: .releasing) }
}

/// Counts what several tasks have done.
private final class Tally: Sendable {
  private let value = Atomic(0)

  var count: Int { value.load(ordering: .acquiring) }

  func add() { value.wrappingAdd(1, ordering: .releasing) }
}

/// The service took a request, and still had room for others, however often it was tried.
private struct ServiceIsFree: Error {}

/// What clients do that are slow, many, gone or hostile, and what the others notice of them.
@Suite("Connections of the service", .serialized)
struct ConnectionTests {
  private static let sentence =
    "The quick brown fox jumps over the lazy dog and runs into the forest."

  /// A translation of many short steps.
  private static let longWork = translation(lines: 600, of: 1, beam: 5)

  /// A translation that is not cut into turns.
  private static let wideWork = translation(lines: 1, of: 50, beam: 64)

  private static func translation(lines: Int, of sentences: Int, beam: Int) -> String {
    let line = Array(repeating: sentence, count: sentences).joined(separator: " ")
    let text = Array(repeating: line, count: lines).joined(separator: "\\n")
    return post(
      "/translate", "{\"q\":\"\(text)\",\"target\":\"de\",\"beam\":\(beam)}",
      "Content-Type: application/json\r\n")
  }

  private static func post(_ path: String, _ body: String, _ headers: String = "") -> String {
    "POST \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
  }

  /// Sends what takes the only place, or all bytes but for another request, and returns when it has them.
  private static func occupy(
    _ service: RunningService, by request: String, receiveBuffer: Int? = nil,
    butFor other: String = "Ann"
  ) async throws -> RawConnection {
    for _ in 0..<100 {
      let connection = try RawConnection(port: service.port, receiveBuffer: receiveBuffer)
      connection.send(request)
      // Another request may have been there first.
      try await Task.sleep(for: .milliseconds(100))
      if try await service.post("/tokenize", other).status == 503 { return connection }
    }
    throw ServiceIsFree()
  }

  /// Asks again until there is a place.
  private static func whenFree(_ service: RunningService) async throws -> Int {
    for _ in 0..<600 {
      let status = try await service.post("/tokenize", "Ann").status
      if status != 503 { return status }
      try await Task.sleep(for: .milliseconds(50))
    }
    return 503
  }

  // MARK: - What is asked, and by what name

  @Test("a path asked by another method than its own answers 405 and names those")
  func methods() async throws {
    try await RunningService.with { service in
      for (method, path, status, allowed) in [
        ("GET", "/tag?text=a", 405, "POST, OPTIONS"), ("PUT", "/tag", 405, "POST, OPTIONS"),
        ("HEAD", "/translate", 405, "POST, OPTIONS"),
        ("POST", "/health", 405, "GET, HEAD, OPTIONS"),
        ("DELETE", "/models/", 405, "GET, HEAD, POST, OPTIONS"),
        ("PATCH", "/", 405, "GET, HEAD, OPTIONS"),
        ("OPTIONS", "/tag", 204, "POST, OPTIONS"),
        ("OPTIONS", "*", 204, "GET, HEAD, POST, OPTIONS"), ("HEAD", "/models", 200, nil),
        ("PUT", "/nothing", 404, nil),
      ] as [(String, String, Int, String?)] {
        let answer = try await service.ask(method, path)
        #expect(answer.status == status && answer.headers["allow"] == allowed, "\(method) \(path)")
        if status == 405, method != "HEAD" { #expect(answer.code == "wrong_method") }
      }
    }
  }

  @Test("a name in Host that another site might own is refused")
  func hosts() async throws {
    try await RunningService.with {
      $0.allowedHosts = ["Tagma.example.org", ".internal.net"]
    } _: { service in
      for host in [
        "localhost", "LOCALHOST:80", "a.localhost", "127.0.0.1:9", "10.1.2.3", "[::1]:8080",
        "[::1]",
        "tagma", "tagma:8080", "localhost.", "tagma.example.org", "x.internal.net:1",
      ] {
        #expect(try await service.ask("GET", "/models", host: host).status == 200, "\(host)")
      }
      for host in [
        "evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example",
        "example.org", "internal.net", "1.2.3.4.5", "evil.example.",
      ] {
        let answer = try await service.ask("GET", "/models", host: host)
        #expect(answer.status == 421 && answer.code == "unknown_host", "\(host)")
        #expect(try await service.ask("GET", "/health", host: host).status == 200)
      }
    }
    let any = try await RunningService.with {
      $0.allowedHosts = ["*"]
    } _: {
      try await $0.ask("GET", "/models", host: "evil.example").status
    }
    #expect(any == 200)
  }

  @Test("each request has a line with its time, client, size and model, and without its text")
  func log() async throws {
    try await RunningService.with { service in
      _ = try await service.post("/tokenize?model=en", "A secret.")
      _ = try await service.get("/%1b[31mx?text=secret")
      _ = try await service.get("/\u{9b}31m")
      #expect(try await service.logged("127.0.0.1 GET /%1b[31mx 404 "))
      #expect(try await service.logged("127.0.0.1 - - 400 "), "\(service.log)")
      let lines = service.log
      let pattern =
        /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z 127\.0\.0\.1 POST \/tokenize 200 \d+ ms en 9 B in (\d+) B out/
      let line = try #require(lines.first { $0.contains("/tokenize") })
      let match = try #require(try pattern.wholeMatch(in: line), "\(line)")
      #expect(Int(match.1) ?? 0 > 50)
      #expect(!lines.contains { $0.contains("secret") || $0.contains("\u{9b}") })
    }
  }

  // MARK: - Others are served meanwhile

  @Test("a long line, or a long search, keeps nobody waiting, even where one thread works")
  func turns() async throws {
    let long = Self.post(
      "/tokenize?input=lines&output=lines", String(repeating: "word ", count: 700_000))
    for request in [long, Self.wideWork] {
      try await RunningService.with {
        $0.threads = 1
      } _: { service in
        // So many that they are not done by the time the other is.
        let done = Tally()
        let connections = try (0..<6).map { _ in try RawConnection(port: service.port) }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
          for connection in connections {
            tasks.addTask {
              _ = try await connection.perform {
                connection.send(request)
                return connection.receiveAll()
              }
              done.add()
            }
          }
          // They must be at work before another comes.
          try await Task.sleep(for: .milliseconds(100))
          let answer = try await service.post("/tokenize?output=lines", "Ann.")
          #expect(answer.body == "Ann .\n" && done.count < connections.count)
          for connection in connections { connection.breakOff() }
          try await tasks.waitForAll()
        }
      }
    }
  }

  @Test("health is answered while the threads of tasks and of Dispatch are all taken")
  func health() async throws {
    try await RunningService.with { service in
      let (isOver, isWell) = (Flag(), Flag())
      let connection = try RawConnection(port: service.port)
      // Begun before the threads are taken, as a task would have to wait for them.
      Thread.detachNewThread {
        Thread.sleep(forTimeInterval: 0.2)
        connection.send("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        if RunningService.answer(connection.receiveAll()).status == 200 { isWell.set() }
        isOver.set()
      }
      await withTaskGroup(of: Void.self) { tasks in
        for _ in 0..<2 * ProcessInfo.processInfo.activeProcessorCount {
          tasks.addTask { while !isOver.isSet { sched_yield() } }
        }
      }
      #expect(isWell.isSet)
    }
  }

  // MARK: - Clients that have gone

  @Test(
    "a client that has gone stops the work for it, within a sentence, too",
    arguments: [true, false])
  func gone(tells: Bool) async throws {
    try await RunningService.with {
      $0.requestLimit = 1
    } _: { service in
      var connection: RawConnection? = try await Self.occupy(service, by: Self.longWork)
      if tells { connection?.breakOff() }
      // Else closed as by any client: which might still wait for the answer.
      connection = nil
      #expect(try await Self.whenFree(service) == 200)
      #expect(try await service.logged("POST /translate 499", "unfinished"))
    }
  }

  @Test("a client that closes its own side and waits is answered")
  func halfClosed() async throws {
    try await RunningService.with { service in
      for request in [
        Self.post("/translate?target=de", "The dog sleeps."),
        Self.post("/tag?output=lines", "Ann."),
      ] {
        let connection = try RawConnection(port: service.port)
        let bytes = try await connection.perform {
          connection.send(request)
          connection.closeOwnSide()
          return connection.receiveAll()
        }
        #expect(RunningService.answer(bytes).status == 200)
      }
    }
  }

  @Test("a client that does not read its answer loses its place")
  func notReading() async throws {
    try await RunningService.with {
      $0.requestLimit = 1
      $0.transferTimeout = .milliseconds(500)
    } _: { service in
      let text = String(repeating: "a b c d e f g h. ", count: 20_000)
      let connection = try await Self.occupy(
        service, by: Self.post("/tokenize?output=jsonl", text), receiveBuffer: 4096)
      #expect(try await Self.whenFree(service) == 200)
      #expect(try await service.logged("POST /tokenize 200", "unfinished"))
      withExtendedLifetime(connection) {}
    }
  }

  @Test("what is still at work after the time that it was given when the service ends is stopped")
  func ending() async throws {
    let answer = try await RunningService.with {
      $0.drainTimeout = .milliseconds(300)
    } _: { service in
      let work = Task { try await service.send(Array(Self.longWork.utf8)) }
      try await Task.sleep(for: .milliseconds(200))
      return work
    }.value
    #expect(RunningService.answer(answer).status == 0)
  }

  @Test("a client that does not read gives way to others long before its own time is over")
  func stalledReader() async throws {
    try await RunningService.with {
      $0.requestLimit = 1
    } _: { service in
      let text = String(repeating: "a b c d e f g h. ", count: 20_000)
      let connection = try await Self.occupy(
        service, by: Self.post("/tokenize?output=jsonl", text), receiveBuffer: 4096)
      let start = ContinuousClock.now
      #expect(try await Self.whenFree(service) == 200)
      // Its own time is 30 seconds.
      #expect(ContinuousClock.now - start < .seconds(20))
      withExtendedLifetime(connection) {}
    }
  }

  // MARK: - Versions

  @Test("HTTP/1.0 is answered without chunks, and the connection closes")
  func old() async throws {
    try await RunningService.with { service in
      for (path, body) in [
        ("/tokenize?output=lines", "Ann lives."), ("/tag", "{\"text\":\"Ann\"}"),
      ] {
        let bytes = try await service.send(
          Array(
            "POST \(path) HTTP/1.0\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
        let answer = RunningService.answer(bytes)
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.0 "))
        #expect(answer.headers["transfer-encoding"] == nil)
        #expect(answer.headers["connection"] == "close")
        if path.hasSuffix("lines") { #expect(answer.body == "Ann lives .\n") }
      }
      // One that waits with its own side closed is told nothing beforehand.
      let connection = try RawConnection(port: service.port)
      let bytes = try await connection.perform {
        connection.send("POST /tokenize?output=lines HTTP/1.0\r\nContent-Length: 4\r\n\r\nAnn.")
        connection.closeOwnSide()
        return connection.receiveAll()
      }
      #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.0 200 "))
    }
  }

  @Test("a request of HTTP/1.1 has one Host", arguments: ["", "Host: a\r\nHost: b\r\n"])
  func oneHost(fields: String) async throws {
    try await RunningService.with { service in
      let answer = try await service.send("GET /health HTTP/1.1\r\n\(fields)\r\n")
      #expect(answer.status == 400 && answer.code == "http")
    }
  }

  @Test("who asks whether to send too much is refused at once")
  func expecting() async throws {
    try await RunningService.with { service in
      let bytes = try await service.send(
        Array(
          "POST /tag HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 99000000\r\n\r\n"
            .utf8))
      #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 413 "))
    }
  }

  // MARK: - Bodies

  @Test("a body has its place from the first byte, and gives it up where it comes to a halt")
  func unfinishedBodies() async throws {
    try await RunningService.with {
      $0.requestLimit = 1
    } _: { service in
      let slow = try await Self.occupy(
        service, by: "POST /tag HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
      let busy = try await service.post("/tag", "Ann")
      #expect(busy.code == "busy" && busy.headers["retry-after"] == "1")
      #expect(try await service.get("/models").status == 200, "what is no work needs no place")
      #expect(try await Self.whenFree(service) == 200)
      let refused = try await slow.perform { slow.receiveAll() }
      #expect(RunningService.answer(refused).status == 408)
    }
  }

  @Test("all bodies together hold no more bytes than the service takes")
  func heldBytes() async throws {
    try await RunningService.with {
      ($0.bodyLimit, $0.heldLimit) = (1000, 1000)
    } _: { service in
      let half = String(repeating: "a ", count: 300)
      let head =
        "POST /tag?output=lines HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1000"
      let first = try await Self.occupy(
        service, by: "\(head)\r\n\r\n\(half)", butFor: half)
      let refused = try await service.post("/tokenize", half)
      #expect(refused.code == "busy" && refused.headers["retry-after"] == "1")
      let answer = try await first.perform {
        first.send(String(repeating: "b ", count: 200))
        return first.receiveAll()
      }
      #expect(RunningService.answer(answer).status == 200)
      #expect(try await service.post("/tokenize", half).status == 200)
    }
  }

  @Test(
    "a body of the smallest chunks is read as any other, and who asks whether to send it is told")
  func chunks() async throws {
    try await RunningService.with { service in
      let text = "Ann Smith can't come. 😀"
      let chunks = text.utf8.map { [0x31, 0x0d, 0x0a, $0, 0x0d, 0x0a] as [UInt8] }
      let head =
        "POST /tokenize?output=lines HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
      let answer = RunningService.answer(
        try await service.send(Array(head.utf8) + chunks.joined() + Array("0\r\n\r\n".utf8)))
      let whole = try await service.post("/tokenize?output=lines", text)
      #expect(answer.body == whole.body && answer.body.contains("ca n't"))

      let asking = try RawConnection(port: service.port)
      asking.send(
        "POST /tokenize?output=lines HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
      )
      let bytes = try await asking.perform {
        asking.send("Ann.")
        return asking.receiveAll()
      }
      #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 100 Continue\r\n\r\n"))
      #expect(RunningService.answer(bytes).body == "Ann .\n")
    }
  }
}

internal import Foundation
internal import Tagma
internal import TagmaService
internal import TestSupport
internal import Testing

/// Tagging and translation over HTTP, with the models that ship.
@Suite("The service", .serialized)
struct ServiceTests {
  private static let text = "Ann Smith lives in Rome.\n\nShe can't come."

  @Test("what there is, and that it is well")
  func status() async throws {
    try await RunningService.with { service in
      let index = try await service.get("/")
      #expect(index.status == 200 && index.json["models"] as? [String] == ["en", "en-de"])
      #expect(index.headers["x-content-type-options"] == "nosniff")
      #expect(index.headers["content-security-policy"]?.contains("default-src 'none'") == true)
      #expect(try await service.get("/health").json["status"] as? String == "ok")
      let head = "HEAD /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      let empty = RunningService.answer(try await service.send(Array(head.utf8)))
      #expect(empty.status == 200 && empty.body.isEmpty)
      let missing = try await service.get("/nothing")
      #expect(missing.status == 404 && missing.code == "not_found")
    }
  }

  @Test("a text is tagged as the command line does")
  func tags() async throws {
    var pipeline = DocumentPipeline(
      try Tagger(contentsOf: TestData.root.appendingPathComponent("models/en").path))
    pipeline.threads = 1
    var options = OutputOptions()
    options.tasks = inCanonicalOrder(pipeline.tagger?.tasks ?? [])
    var expected: [String: String] = [:]
    for format in [OutputFormat.conllu, .jsonl, .columns, .tsv, .html, .lines] {
      options.title = "Tagged text"
      let formatter = formatter(for: format, options)
      let run = DocumentRun(
        pipeline, ByteSource(bytes: Array(Self.text.utf8), name: "input"), formatter)
      var out = formatter.header
      while let texts = try run.next() { out += texts.joined() }
      expected[format.rawValue] = out + formatter.footer
    }
    let wanted = expected
    try await RunningService.with { service in
      for (format, text) in wanted {
        let answer = try await service.post("/tag?output=\(format)", Self.text)
        #expect(answer.status == 200 && answer.body == text, "\(format): \(answer)")
      }
      let answer = try await service.post("/tag?task=ner", Self.text)
      let sentences = try #require(answer.json["sentences"] as? [[String: Any]])
      #expect(answer.json["model"] as? String == "en" && sentences.count == 2)
      let entities = sentences[0]["entities"] as? [[String: Any]]
      #expect(entities?.map { $0["label"] as? String } == ["PER", "LOC"])
      let words = try await service.post("/tokenize?output=lines", Self.text)
      #expect(words.body == "Ann Smith lives in Rome .\nShe ca n't come .\n")
      #expect(try await service.post("/tag", "").body == "{\"model\":\"en\",\"sentences\":[]}\n")
    }
  }

  @Test("a long text comes in pieces that make one object")
  func longText() async throws {
    try await RunningService.with { service in
      let answer = try await service.post(
        "/tag?task=upos", String(repeating: "Ann lives in Rome. ", count: 8000))
      #expect((answer.json["sentences"] as? [Any])?.count == 8000)
    }
  }

  @Test("a text comes as JSON, as a form in one piece or in parts, or plain")
  func bodies() async throws {
    try await RunningService.with { service in
      let json = try await service.post(
        "/tag", #"{"text":"Ann é","output":"lines","confidence":true,"nbest":2,"task":null}"#,
        as: "application/json")
      #expect(json.body == "Ann é\n")
      let form = try await service.post(
        "/tag", "text=Ann+%C3%A9&output=lines", as: "application/x-www-form-urlencoded")
      #expect(form.body == "Ann é\n")
      for end in ["\r\n", "\n"] {
        let parts = ["text": "Ann é\(end)--", "output": "lines"].map {
          "--x y\(end)Content-Disposition: form-data; name=\"\($0)\"\(end)\(end)\($1)\(end)"
        }
        let multipart = try await service.post(
          "/tag", parts.joined() + "--x y--\(end)", as: "multipart/form-data; boundary=\"x y\"")
        #expect(multipart.body == "Ann é --\n", "\(multipart)")
      }
      #expect(try await service.post("/tag?text=Ann&output=lines", "").body == "Ann\n")
    }
  }

  @Test(
    "what cannot be meant is refused and named",
    arguments: [
      ("/tag", "{", "application/json", 400, "JSON object"),
      ("/tag", "[\"a\"]", "application/json", 400, "JSON object"),
      (
        "/tag", String(repeating: "{\"a\":", count: 10_000), "application/json", 400,
        "JSON object"
      ),
      ("/tag", "{}", "application/json", 400, "'text' is missing"),
      ("/tag", "txt=a", "application/x-www-form-urlencoded", 400, "unknown parameter 'txt'"),
      ("/tag", "text=%f", "application/x-www-form-urlencoded", 400, "hexadecimal"),
      ("/tag", "text=%ff", "application/x-www-form-urlencoded", 400, "UTF-8"),
      ("/tag", "x", "image/png", 415, "image/png"),
      ("/tag", "x", "multipart/form-data", 400, "boundary"),
      ("/tag", "x", "multipart/form-data; boundary=b", 400, "boundary"),
      ("/tag", "--b\r\n\r\nx", "multipart/form-data; boundary=b", 400, "no end"),
      ("/tag", "--b\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b", 400, "no name"),
      ("/tag?model=../en", "x", "text/plain", 404, "no model '../en'"),
      ("/tag?task=chunk", "x", "text/plain", 400, "task 'chunk'"),
      ("/tag?output=brat", "x", "text/plain", 400, "one of json, jsonl"),
      ("/tag?nbest=1001", "x", "text/plain", 400, "from 0 to 1000"),
      ("/tag?confidence=maybe", "x", "text/plain", 400, "true or false"),
      ("/tag?input=conllu", "1\ta", "text/plain", 400, "input:1"),
      ("/tag?input=columns", "a\tb\n\nc\n", "text/plain", 400, "input:3"),
      ("/tag?input=jsonl", "{\"text\":\"a\"}\n{}\n", "text/plain", 400, "input:2"),
      ("/translate", "", "text/plain", 404, "no model 'auto-xx'"),
    ])
  func refused(path: String, body: String, type: String, status: Int, part: String) async throws {
    try await RunningService.with { service in
      let path = path == "/translate" ? "/translate?target=xx&q=a" : path
      let answer = try await service.post(path, body, as: type)
      #expect(answer.status == status && answer.body.contains(part), "\(answer)")
      #expect(answer.code != nil)
    }
  }

  @Test("clients of UDPipe 2 find what they ask for")
  func udpipe() async throws {
    try await RunningService.with { service in
      let models = try await service.get("/models")
      #expect(models.json["default_model"] as? String == "en")
      func process(_ fields: String) async throws -> String {
        let answer = try await service.post(
          "/process", fields, as: "application/x-www-form-urlencoded")
        #expect(answer.json["model"] as? String == "en", "\(answer)")
        return try #require(answer.json["result"] as? String)
      }
      let tagged = try await process("data=Ann+lives.%0A&tokenizer=&tagger=&parser=")
      #expect(tagged.contains("\n1\tAnn\tAnn\tPROPN\tNNP\t"))
      #expect(try await process("data=Ann+lives.&tokenizer=").contains("\n1\tAnn\t_\t_\t_\t"))
      #expect(
        try await process("data=a+b%0Ac&input=horizontal&output=vertical") == "a\nb\n\nc\n\n")
      #expect(try await process("data=a%0Ab%0A%0Ac&input=vertical&output=horizontal") == "a b\nc\n")
      #expect(
        try await process("data=A+b.+C+d.&tokenizer=presegmented&output=horizontal")
          == "A b . C d .\n")
    }
  }

  @Test("clients of LibreTranslate find what they ask for")
  func translation() async throws {
    try await RunningService.with { service in
      #expect(
        try await service.get("/languages").body
          == "[{\"code\":\"en\",\"name\":\"English\",\"targets\":[\"de\"]}]\n")
      let one = try await service.post(
        "/translate", "q=The+dog+sleeps.&source=en&target=de",
        as: "application/x-www-form-urlencoded")
      #expect(one.json["translatedText"] as? String == "Der Hund schläft.")
      let several = try await service.post(
        "/translate",
        #"{"q":["The dog sleeps.\nGood morning.",""],"source":"auto","target":"de","alternatives":2}"#,
        as: "application/json")
      let texts = try #require(several.json["translatedText"] as? [String])
      #expect(texts.count == 2 && texts[0].hasPrefix("Der Hund schläft.\n") && texts[1] == "")
      #expect((several.json["alternatives"] as? [[String]])?.count == 2)
      #expect((several.json["detectedLanguage"] as? [[String: Any]])?.count == 2)
      let list = try await service.post(
        "/translate", #"{"q":["The dog sleeps."],"target":"de"}"#, as: "application/json")
      #expect(list.json["translatedText"] as? [String] == ["Der Hund schläft."])
      let html = try await service.post(
        "/translate", "q=a&source=en&target=de&format=html",
        as: "application/x-www-form-urlencoded")
      #expect(html.status == 400)
    }
  }

  @Test("too much is refused: bytes, characters, requests at once")
  func limits() async throws {
    try await RunningService.with {
      $0.bodyLimit = 1000
      $0.translationLimit = 10
      $0.requestLimit = 1
    } _: { service in
      #expect(try await service.post("/tag", String(repeating: "a ", count: 501)).status == 413)
      let chunked =
        "POST /tag HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked"
      let chunk = "\r\n\r\n7d0\r\n\(String(repeating: "a", count: 2000))\r\n0\r\n\r\n"
      #expect(
        RunningService.answer(try await service.send(Array((chunked + chunk).utf8))).code
          == "too_large")
      #expect(try await service.post("/translate?target=de", "a text that is long").status == 413)
      let busy = "POST /tag?nbest=1000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
      let text = String(repeating: "Ann ", count: 200)
      let request = Array((busy + "Content-Length: \(text.count)\r\n\r\n" + text).utf8)
      let answers = try await withThrowingTaskGroup(of: RunningService.Answer.self) { tasks in
        for _ in 0..<8 {
          tasks.addTask { RunningService.answer(try await service.send(request)) }
        }
        return try await tasks.reduce(into: [RunningService.Answer]()) { $0.append($1) }
      }
      #expect(answers.contains { $0.status == 200 } && answers.contains { $0.status == 503 })
      #expect(answers.allSatisfy { $0.status == 200 || $0.headers["retry-after"] == "1" })
      #expect(try await service.post("/tag", "Ann").status == 200)
    }
  }

  @Test("what is no HTTP, or never ends, harms nobody")
  func broken() async throws {
    try await RunningService.with {
      $0.transferTimeout = .milliseconds(300)
    } _: { service in
      let head = "POST /tag HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
      for (request, status) in [
        ("\u{0}\u{1}\r\n\r\n", 400), ("GET / HTTP/9.9\r\n\r\n", 400),
        ("GET /\(String(repeating: "a", count: 200_000)) HTTP/1.1\r\n\r\n", 400),
        (head + "Content-Length: -1\r\n\r\n", 400),
        (head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
        (head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (head + "Content-Length: 9\r\n\r\nshort", 408), (head, 0),
      ] {
        let answer = RunningService.answer(try await service.send(Array(request.utf8)))
        #expect(answer.status == status, "\(request.prefix(80)): \(answer)")
      }
      #expect(try await service.get("/health").status == 200)
    }
  }

  @Test("what is at work when the service ends is answered")
  func ending() async throws {
    let answer = try await RunningService.with { service in
      // The service is told to end as soon as this returns.
      let request = Task {
        try await service.post("/tag", String(repeating: "Ann lives in Rome. ", count: 3000))
      }
      try await Task.sleep(for: .milliseconds(100))
      return request
    }.value
    #expect((answer.json["sentences"] as? [Any])?.count == 3000, "\(answer.status)")
  }

  @Test("pages of others may read answers where that is wanted")
  func origins() async throws {
    let request =
      "GET /health HTTP/1.1\r\nHost: a\r\nOrigin: http://a.b\r\nConnection: close\r\n\r\n"
    for origin in [nil, "*", "http://a.b"] {
      try await RunningService.with {
        $0.allowedOrigin = origin
      } _: { service in
        let answer = RunningService.answer(try await service.send(Array(request.utf8)))
        #expect(answer.headers["access-control-allow-origin"] == origin)
        #expect(try await service.post("/tag?nbest=x", "a").status == 400)
      }
    }
  }

  @Test("an address that is taken is named")
  func taken() async throws {
    try await RunningService.with { service in
      var configuration = ServiceConfiguration()
      configuration.port = service.port
      let second = TagmaService(ServedModels(), configuration)
      await #expect(throws: ListeningError.self) {
        try await second.run(started: { _ in }, log: { _ in }, until: {})
      }
    }
  }
}

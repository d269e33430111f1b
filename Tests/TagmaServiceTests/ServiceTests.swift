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
      #expect(
        index.status == 200 && index.json["models"] as? [String] == ["en", "en-de", "languages"])
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
      (
        "/tag", "text=a&txt=a", "application/x-www-form-urlencoded", 400,
        "unknown parameter 'txt'"
      ),
      (
        "/tag", "Ann lives in Rome.", "application/x-www-form-urlencoded", 400,
        "a form is text=…"
      ),
      ("/process", "Ann", "application/x-www-form-urlencoded", 400, "a form is data=…"),
      ("/translate", "Yes.", "application/x-www-form-urlencoded", 400, "a form is q=…"),
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
      ("/tag?language=xx", "x", "text/plain", 400, "a code such as en"),
      ("/process?tokenizer=rangs", "x", "text/plain", 400, "option 'rangs'"),
      ("/process?input=epe", "x", "text/plain", 400, "one of conllu, horizontal"),
      ("/translate?target=de&beam=65", "x", "text/plain", 400, "from 1 to 64"),
      ("/translate?target=de&alternatives=64", "x", "text/plain", 400, "from 0 to 63"),
      ("/tag?input=conllu", "1\ta", "text/plain", 400, "input:1"),
      ("/tag?input=columns", "a\tb\n\nc\n", "text/plain", 400, "input:3"),
      ("/tag?input=jsonl", "{\"text\":\"a\"}\n{}\n", "text/plain", 400, "input:2"),
      ("/translate?target=xx", "a", "text/plain", 404, "no model 'auto-xx'"),
    ])
  func refused(path: String, body: String, type: String, status: Int, part: String) async throws {
    try await RunningService.with { service in
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
        try await process("data=A+b.+C+d.&tokenizer=presegmented&output=horizontal")
          == "A b . C d .\n")
      let spaced = "data=a%0A+b&tokenizer="
      #expect(try await process(spaced).contains("SpacesAfter=\\n\\s"))
      #expect(!(try await process(spaced + "normalized_spaces").contains("Spaces")))
      #expect(try await process("data=+A+b.%0A&tokenizer=&output=plaintext") == " A b.\n")
    }
  }

  @Test("places of tokens are characters of the text, where UDPipe's tokenizer is asked for them")
  func tokenRanges() async throws {
    let text = "É 😀 can't.\n\nShe left."
    try await RunningService.with { service in
      for form in [
        "tokenizer=ranges", "tokenizer=presegmented;ranges", "input=generic_tokenizer=ranges",
      ] {
        let answer = try await service.post("/process?\(form)", text)
        let result = try #require(answer.json["result"] as? String)
        let scalars = Array(text.unicodeScalars)
        let rows = result.split(separator: "\n").filter { !$0.hasPrefix("#") }
          .map { $0.split(separator: "\t").map(String.init) }
        var found: [String] = []
        for row in rows {
          guard let range = Misc.value(of: "TokenRange", in: row[9]) else { continue }
          let ends = range.split(separator: ":").compactMap { Int($0) }
          try #require(ends.count == 2)
          var form = String.UnicodeScalarView()
          form.append(contentsOf: scalars[ends[0]..<ends[1]])
          #expect(String(form) == row[1])
          found.append(row[1])
        }
        #expect(found == ["É", "😀", "can't", ".", "She", "left", "."], "\(form): \(result)")
      }
    }
  }

  @Test("text that is cut already keeps its words, whatever they look like")
  func cutText() async throws {
    let vertical =
      "\u{feff}New York\r\nis\r\n\r\n# 1\r\n#\r\n10 000\ta\tb\r\n-DOCSTART-\n\n \n\n\tBye\n 1 \n"
    let horizontal = "8/2013. ( I. 30. ) rendelet :\n\n# [ a ] \\ / =\r\n New\u{a0}York\tis \n"
    try await RunningService.with { service in
      func words(_ input: String, _ text: String) async throws -> [[String]] {
        let answer = try await service.post("/process?input=\(input)&tagger=", text)
        let result = try #require(answer.json["result"] as? String, "\(answer)")
        return result.split(separator: "\n\n").map { sentence in
          sentence.split(separator: "\n").map { String($0.split(separator: "\t")[1]) }
        }
      }
      #expect(
        try await words("vertical", vertical)
          == [["New York", "is"], ["# 1", "#", "10 000", "-DOCSTART-"], ["Bye", "1"]])
      #expect(
        try await words("horizontal", horizontal)
          == [
            ["8/2013.", "(", "I.", "30.", ")", "rendelet", ":"],
            ["#", "[", "a", "]", "\\", "/", "="], ["New York", "is"],
          ])
      let again = try await service.post(
        "/process?input=vertical&output=horizontal", "New York\nis")
      #expect(again.json["result"] as? String == "New\u{a0}York is\n")
      let many = String(repeating: "a\n", count: 10_001)
      let refused = try await service.post("/process?input=vertical", many)
      #expect(refused.status == 400 && refused.body.contains("input:10001: sentence of more than"))
    }
  }

  @Test("clients of LibreTranslate find what they ask for")
  func translation() async throws {
    try await RunningService.with { service in
      #expect(
        try await service.get("/languages").body
          == "[{\"code\":\"en\",\"name\":\"English\",\"targets\":[\"de\"]}]")
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
      for text in ["The dog sleeps.\r\n\r\nGood morning.\rYes.\n", "\r\n", "\n\r"] {
        let json = text.unicodeScalars.map {
          $0 == "\r" ? "\\r" : $0 == "\n" ? "\\n" : "\($0)"
        }.joined()
        let lines = try await service.post(
          "/translate", "{\"q\":\"\(json)\",\"target\":\"de\"}", as: "application/json")
        let found = try #require(lines.json["translatedText"] as? String)
        let isEnd = { (scalar: Unicode.Scalar) in scalar == "\r" || scalar == "\n" }
        #expect(found.unicodeScalars.filter(isEnd) == text.unicodeScalars.filter(isEnd))
        #expect(found.hasPrefix("Der Hund schläft.\r\n\r\n") == text.hasPrefix("The"))
      }
      let html = try await service.post(
        "/translate", "q=a&source=en&target=de&format=html",
        as: "application/x-www-form-urlencoded")
      #expect(html.status == 400)
    }
  }

  @Test("languages are found however clients write them")
  func languages() async throws {
    try await RunningService.with { service in
      for (source, target, status) in [
        ("en", "de", 200), ("EN", "DE", 200), ("en-US", "de-DE", 200), ("en_GB", "de_at", 200),
        ("auto", "de-CH", 200), ("english", "German", 200), ("eng", "deu", 200),
        ("en", "fr", 404), ("de", "en", 404), ("en", "deutsch", 404), ("english", "g", 404),
      ] {
        let answer = try await service.post(
          "/translate", "q=&source=\(source)&target=\(target)",
          as: "application/x-www-form-urlencoded")
        #expect(answer.status == status, "\(source) \(target)")
      }
      for (model, status) in [
        ("EN", 200), ("en-US", 200), ("eng", 200), ("english", 200), ("", 200),
        ("english-ewt-ud-2.12-230717", 200), ("german", 404), ("e", 404), ("en-de", 200),
      ] {
        #expect(
          try await service.post("/process?tokenizer=&model=\(model)", "a").status == status,
          "\(model)")
      }
    }
  }

  @Test("what the documentation shows is so")
  func documentation() async throws {
    let text = "Marie Curie was born in Warsaw."
    let document = try String(
      contentsOf: TestData.root.appendingPathComponent("Docs/http.md"), encoding: .utf8)
    #expect(document.contains(text))
    try await RunningService.with { service in
      let answer = try await service.post("/tag", "{\"text\":\"\(text)\"}", as: "application/json")
      let sentence = try #require((answer.json["sentences"] as? [[String: Any]])?.first)
      let tokens = try #require(sentence["tokens"] as? [[String: Any]])
      #expect(
        tokens.map { $0["upos"] as? String }
          == ["PROPN", "PROPN", "AUX", "VERB", "ADP", "PROPN", "PUNCT"])
      #expect(
        tokens.map { $0["lemma"] as? String }.suffix(5) == ["be", "bear", "in", "Warsaw", "."])
      let entities = try #require(sentence["entities"] as? [[String: Any]])
      #expect(entities.map { $0["text"] as? String } == ["Marie Curie", "Warsaw"])
      #expect(entities.map { $0["label"] as? String } == ["PER", "LOC"])
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
      // The same text costs more where the search is wider.
      #expect(try await service.post("/translate?target=de&beam=5", "a text").status == 200)
      let wide = try await service.post("/translate?target=de&alternatives=9", "a text")
      #expect(wide.status == 413 && wide.body.contains("beam of 10"))
      let many = try await service.post(
        "/translate",
        "{\"q\":[\(Array(repeating: "\"\"", count: 12).joined(separator: ","))],\"target\":\"de\"}",
        as: "application/json")
      #expect(many.status == 413, "texts count, too")
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
        ("GET /\(String(repeating: "a", count: 200_000)) HTTP/1.1\r\n\r\n", 431),
        (head + "Content-Length: -1\r\n\r\n", 400),
        (head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
        (head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (head + "Content-Length: 9\r\n\r\nshort", 408), (head, 0),
      ] {
        let answer = RunningService.answer(try await service.send(Array(request.utf8)))
        #expect(answer.status == status, "\(request.prefix(80)): \(answer)")
        #expect(status == 0 || answer.code != nil)
      }
      #expect(try await service.get("/health").status == 200)
    }
  }

  @Test("what is at work when the service ends is answered")
  func ending() async throws {
    let answer = try await RunningService.with { service in
      // The service is told to end as soon as this returns.
      let request = Task {
        try await service.post("/tag", String(repeating: "Ann lives in Rome. ", count: 500))
      }
      try await Task.sleep(for: .milliseconds(100))
      return request
    }.value
    #expect((answer.json["sentences"] as? [Any])?.count == 500, "\(answer.status)")
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

  @Test("texts are classified, and their languages told")
  func classes() async throws {
    try await RunningService.with { service in
      let classes = try await service.post("/classify?best=2", "Das ist ein schöner Tag.")
      #expect(classes.status == 200 && classes.json["labels"] as? [String] == ["de"])
      let german = try await service.post("/detect", "Das ist ein schöner Tag.")
      #expect(
        german.body.hasPrefix("[{\"confidence\":") && german.body.contains("\"language\":\"de\""))
      let auto = try await service.post(
        "/translate?source=auto&target=de", "The children are playing in the garden today.")
      let detected = auto.json["detectedLanguage"] as? [String: Any]
      #expect(detected?["language"] as? String == "en" && detected?["confidence"] as? Int ?? 0 > 90)
      let unknown = try await service.post("/classify?model=en", "Yes.")
      #expect(unknown.status == 404 && unknown.code == "unknown_model")
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
